# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Texts to ids: equal to the tokenizer's own call, and honest about what was lost."""

import pytest
from tokenizers.processors import TemplateProcessing

from hf_seq.errors import InputError
from hf_seq.text import encode_texts, train_tokenizer

TEXTS = ["the soup was good", "soup", "the room was bad the room was bad"]


@pytest.fixture
def tokenizer():
    return train_tokenizer(TEXTS, "word", min_frequency=1)


def test_ids_are_those_of_the_tokenizers_own_call(tokenizer):
    encoded = encode_texts(iter(TEXTS), tokenizer, max_length=5)
    assert encoded.input_ids == tokenizer(TEXTS, truncation=True, max_length=5)["input_ids"]
    assert len(encoded) == 3


def test_truncation_is_counted_and_the_full_lengths_are_kept(tokenizer):
    encoded = encode_texts(TEXTS, tokenizer, max_length=3)
    assert (encoded.truncated, encoded.full_lengths, encoded.lengths) == (2, [4, 1, 8], [3, 1, 3])


def test_special_tokens_of_a_pretrained_kind_survive_truncation(tokenizer):
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 4), ("[SEP]", 5)]
    )
    encoded = encode_texts(TEXTS, tokenizer, max_length=4)
    assert [(ids[0], ids[-1]) for ids in encoded.input_ids] == [(4, 5)] * 3
    assert encoded.lengths == [4, 3, 4]


@pytest.mark.parametrize("text", ["", "  \n "])
def test_a_text_without_tokens_is_one_unknown_token(text, tokenizer):
    encoded = encode_texts([text, "soup"], tokenizer, max_length=8)
    assert encoded.input_ids[0] == [tokenizer.unk_token_id]
    assert encoded.empty == 1


def test_unknown_rate_is_the_share_of_unknown_tokens(tokenizer):
    assert encode_texts(["the xx yy soup"], tokenizer, 8).unknown_rate == 0.5
    assert encode_texts(TEXTS, tokenizer, 8).unknown_rate == 0.0
    assert encode_texts([], tokenizer, 8).unknown_rate == 0.0


def test_truncation_switched_on_in_the_tokenizer_is_not_used_and_is_put_back(tokenizer):
    tokenizer.backend_tokenizer.enable_truncation(2)
    assert encode_texts(TEXTS, tokenizer, 8).full_lengths == [4, 1, 8]
    assert len(tokenizer.backend_tokenizer.encode(TEXTS[0]).ids) == 2


def test_a_text_of_a_hundred_thousand_words_is_cut_and_counted(tokenizer):
    encoded = encode_texts(["soup " * 100_000], tokenizer, max_length=512)
    assert (encoded.lengths, encoded.full_lengths, encoded.truncated) == ([512], [100_000], 1)


def test_a_length_without_room_is_refused(tokenizer):
    with pytest.raises(InputError, match=r"max_length=0 leaves no room .* use at least 1"):
        encode_texts(TEXTS, tokenizer, max_length=0)
