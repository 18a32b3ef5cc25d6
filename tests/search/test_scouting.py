# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A look beyond the limits weighs the next wider models, and stops at the first that breaks them."""

from types import SimpleNamespace

import pytest

from hf_seq.search.budget import Budget, Speed
from hf_seq.search.candidates import Candidate
from hf_seq.search.limits import Limits
from hf_seq.search.scouting import MEGABYTE, _just_beyond, scout
from hf_seq.search.space import SCRATCH, WIDE, Setting
from hf_seq.search.study import SearchResult

LIMITS = Limits(1_000_000, 1.0)
SHAPE = {"embedding_size": 64, "hidden_size": 64, "vocab_size": 16_000}


def bench(weigh):
    """A workshop that weighs by a function of the flags, and remembers what it weighed."""
    weighed = []

    def forms_of(setting):
        weighed.append(setting.flags)
        return {"torch": weigh(setting.flags)}

    return SimpleNamespace(limits=LIMITS, options=SimpleNamespace(limits=LIMITS), forms_of=forms_of), weighed


@pytest.mark.parametrize(("heavy", "weighed_to"), [(200, 128), (100, 256)])
def test_the_first_wider_model_that_breaks_a_limit_is_taken(heavy, weighed_to):
    workshop, weighed = bench(lambda flags: (heavy * flags["embedding_size"] * 50, 0.1))  # 640 kB or 320 kB at 64
    setting = _just_beyond(workshop, Setting("bilstm", SCRATCH, SHAPE), LIMITS.wider(size=MEGABYTE))
    assert setting.flags == {**SHAPE, "embedding_size": weighed_to}
    assert [each["embedding_size"] for each in weighed] == [128, 256][: weighed_to // 128]


def test_one_that_breaks_another_limit_ends_the_look():
    workshop, weighed = bench(lambda flags: (200 * flags["embedding_size"] * 50, 0.1))
    assert _just_beyond(workshop, Setting("bilstm", SCRATCH, SHAPE), LIMITS.wider(milliseconds=1.0)) is None
    assert len(weighed) == 1


@pytest.mark.parametrize(("there", "next_one"), [(5_000, 20_000), (8_000, 16_000)])
def test_more_ngrams_are_tried_first_of_a_model_that_has_some(there, next_one):
    workshop, _ = bench(lambda flags: (100 * flags["num_ngrams"], 0.1))  # 10,000 just keep the limit
    setting = _just_beyond(workshop, Setting(WIDE, SCRATCH, {**SHAPE, "num_ngrams": there}), LIMITS.wider(MEGABYTE))
    assert setting.flags == {**SHAPE, "num_ngrams": next_one}


def test_nothing_is_weighed_where_the_clock_has_ended_the_search():
    workshop, weighed = bench(lambda flags: (1, 0.1))
    candidate = Candidate("000-1", "torch", "a", 50.0, None, 1, 0.1, updates=10)
    found = SearchResult([candidate], {"000-1": (Setting("bilstm", SCRATCH, SHAPE), 10)})
    late = Budget(60, Speed(0.1, 1.0), 100, trained=True, late=True)
    assert [each.candidate for each in scout(workshop, found, late, 1)] == [None, None]
    assert not weighed
