# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A sample of `make fuzz`: no malformed file, flag or folder of a model ends in anything but an answer or words."""

import pytest

from .running import draw, search

SEED, SAMPLE, AT_ONCE = 7, 150, 15


@pytest.mark.parametrize("start", range(0, SAMPLE, AT_ONCE))
def test_drawn_cases_end_in_words_or_work(start, in_a_hurry):
    assert search(SEED, range(start, start + AT_ONCE)) == []


def test_a_case_is_a_function_of_its_seed_and_number():
    assert draw(0, 5) == draw(0, 5)
    assert draw(0, 5) != draw(1, 5)


def test_a_verb_that_breaks_is_found(monkeypatch):
    def broken(words):
        raise KeyError("planted")

    monkeypatch.setattr("tests.fuzz.running.main", broken)
    ((_, said),) = search(0, range(1), say=lambda _: None)
    assert "planted" in said
