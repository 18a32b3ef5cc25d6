# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Whose tokens a student reads where nobody said: its teacher's commonest, unless they would hide something."""

from types import SimpleNamespace

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from hf_seq.distill.tokenizers import choose, usual_tokens
from hf_seq.text.borrowed_tokenizers import prune
from tests.text.test_borrowed_tokenizers import SPECIAL, TOKENS, bert_like, counts_of


def recipe(**changes):
    return SimpleNamespace(
        **{"student_tokenizer": "auto", "tokenizer": None, "tokenizer_kind": "auto", "lowercase": True, "vocab_size": 3}
        | changes
    )


def byte_level():
    """A tokenizer whose tokens build on each other."""
    backend = Tokenizer(models.BPE({"a": 0, "b": 1, "ab": 2}, [("a", "b")]))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(tokenizer_object=backend)


@pytest.mark.parametrize(
    ("changes", "choice"),
    [
        ({}, "commonest"),
        ({"tokenizer_kind": "bpe"}, "own"),
        ({"tokenizer": "some/folder"}, "own"),
        ({"lowercase": False}, "commonest"),
        ({"student_tokenizer": "pruned"}, "pruned"),
        ({"student_tokenizer": "teacher", "lowercase": False}, "teacher"),
    ],
)
def test_the_teachers_commonest_tokens_unless_somebody_says_otherwise(changes, choice):
    assert choose(recipe(**changes), bert_like()) == choice


def test_a_tokenizer_that_cannot_be_cut_is_read_whole_where_it_is_small_and_else_left_to_the_teacher():
    assert choose(recipe(vocab_size=3), byte_level()) == "teacher"
    assert choose(recipe(vocab_size=2), byte_level()) == "own"
    assert choose(recipe(vocab_size=3, tokenizer_kind="word"), byte_level()) == "own"


def test_words_that_no_text_has_stay_in_the_order_of_the_vocabulary_while_there_is_room():
    tokens = ["[unused1]", *TOKENS[:-2], "é", *TOKENS[-2:]]
    whole = bert_like(tokens)
    counts = counts_of(whole, gin=3) + usual_tokens(whole)
    cut = prune(whole, counts, len(SPECIAL) + 2 * 7 + 2, max_length=64).get_vocab()
    assert {"gin", "walk"} <= set(cut)  # the one that occurs, and the first that does not
    assert not {"king", "[unused1]", "é"} & set(cut)
    all_of_them = prune(whole, counts, 1_000, max_length=64).get_vocab()
    assert set(whole.get_vocab()) - set(all_of_them) == {"[unused1]", "é"}


def test_letters_and_digits_are_usual():
    whole = bert_like([*TOKENS, "7", "##7", "ß"])
    marks = dict(zip(whole.convert_ids_to_tokens(range(len(whole))), usual_tokens(whole), strict=True))
    assert [marks[token] for token in ("7", "##7", "a", "##a", "walk", "ß")] == [1, 1, 1, 1, 1, 0]
    assert np.sum(list(marks.values())) == len(whole) - 1
