# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a search can ask for: n-grams fill what a limit of size leaves, and come from labels or a pretrained start."""

import pytest

from hf_seq.search.limits import Limits
from hf_seq.search.space import NGRAMS, SCRATCH, START, TEACHER, WIDE, Space

optuna = pytest.importorskip("optuna")


def asked(size, sources=(SCRATCH,), labels=2, **chosen):
    """The setting that a space answers with where all choices are made."""
    usual = {"family": WIDE, "source": sources[-1], "hidden_size": 64, "embedding_size": 32, "vocabulary": "largest"}
    usual |= {"learning_rate": 2e-3, "embedding_dropout": 0.1, "token_dropout": 0.0}
    space = Space("classification", sources, Limits(size), 1, {}, labels)
    return space.suggest(optuna.trial.FixedTrial(usual | chosen))


def test_ngrams_fill_what_the_limit_leaves_and_have_a_weight_of_each_label():
    found = [asked(size).flags["num_ngrams"] for size in (None, 5_000_000, 1_000_000, 300_000)]
    assert found[0] == NGRAMS[0]
    assert found == sorted(found, reverse=True)
    assert found[2] > found[3]
    assert asked(1_000_000, labels=77).flags["num_ngrams"] < found[2]


@pytest.mark.parametrize("labels", [2, 77])
def test_what_is_asked_for_is_thought_to_fit(labels):
    for size in (300_000, 1_000_000, 5_000_000):
        flags = asked(size, labels=labels).flags
        weights = flags["vocab_size"] * 32 + flags["num_ngrams"] * labels
        assert weights + flags["num_ngrams"] * 16 + flags["vocab_size"] * 40 < size


def test_nobody_teaches_ngrams_but_a_pretrained_model_starts_the_part_beside_them():
    assert asked(None, (SCRATCH, START, TEACHER)).source == START
    assert asked(None, (SCRATCH, TEACHER)).source == SCRATCH
    assert asked(None, (SCRATCH, START, TEACHER), family="bilstm").source == TEACHER
    assert "num_ngrams" not in asked(None, family="bilstm").flags


def test_what_is_tried_first_has_words_to_read_in_every_family():
    space = Space("classification", (SCRATCH, START), Limits(1_000_000), 1)
    found = [space.suggest(optuna.trial.FixedTrial(first)) for first in space.first()]
    assert [each.family for each in found] == [WIDE, "bilstm", "bilstm-attention", "gru", "bilstm"]
    assert [each.source for each in found] == [START] * 4 + [SCRATCH]
    assert all(each.flags["vocab_size"] >= 4_000 for each in found)
    assert found[1].flags["hidden_size"] > found[0].flags["hidden_size"]  # the rest of its bytes is for n-grams
    taught = Space("classification", (SCRATCH, START, TEACHER), Limits(1_000_000), 1).first()
    assert [each["family"] for each in taught[:2]] == ["bilstm", WIDE]  # a teacher's answers say more than n-grams
