# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Whole texts to ids: every character belongs to a token, and pieces change nothing."""

import pytest

from hf_seq.errors import InputError
from hf_seq.text import continuous, train_tokenizer
from hf_seq.text.continuous import encode_continuous

TEXT = "First Citizen:\nBefore we   proceed\tany é further,\r\n\n hear me\u00a0speak.\n\nAll:\nSpeak, speak."


def tokenizer(kind, texts=(TEXT,)):
    return train_tokenizer(texts, kind, vocab_size=300, lowercase=False, min_frequency=1)


@pytest.mark.parametrize("kind", ["char", "bpe", "word"])
def test_characters_of_the_tokens_add_up_to_the_text(kind):
    encoded = encode_continuous([TEXT], tokenizer(kind))
    assert encoded.characters.sum() == len(TEXT)
    assert encoded.ids.tolist() == tokenizer(kind)(TEXT)["input_ids"]
    assert encoded.unknown == 0


@pytest.mark.parametrize("kind", ["char", "bpe"])
def test_ids_decode_to_the_text_with_its_blanks_and_line_feeds(kind):
    trained = tokenizer(kind)
    assert trained.decode(encode_continuous([TEXT], trained).ids.tolist()) == TEXT


@pytest.mark.parametrize("kind", ["char", "bpe", "word"])
def test_a_long_text_is_encoded_in_pieces_to_the_same_ids(kind, monkeypatch):
    trained = tokenizer(kind)
    whole = encode_continuous([TEXT * 20], trained)
    monkeypatch.setattr(continuous, "PIECE", 30)
    assert len(list(continuous._pieces(TEXT * 20))) > 20
    pieces = encode_continuous([TEXT * 20], trained)
    assert pieces.ids.tolist() == whole.ids.tolist()
    assert pieces.characters.tolist() == whole.characters.tolist()


def test_several_texts_end_with_the_end_token_and_a_single_one_does_not():
    trained = tokenizer("char", ["ab", "cde"])
    encoded = encode_continuous(["ab", "", "cde"], trained)
    end = trained.eos_token_id
    assert encoded.rows() == [[*trained("ab")["input_ids"], end], [end], [*trained("cde")["input_ids"], end]]
    assert encoded.characters.tolist() == [1, 1, 0, 0, 1, 1, 1, 0]
    assert encoded.documents.tolist() == [0, 0, 0, 1, 2, 2, 2, 2]
    assert encode_continuous(["ab"], trained).ids.tolist() == trained("ab")["input_ids"]
    begun = encode_continuous(["ab"], trained, begin=True, end=True)
    assert begun.ids.tolist() == [trained.bos_token_id, *trained("ab")["input_ids"], end]


def test_unknown_characters_are_counted():
    assert encode_continuous(["abxy"], tokenizer("char", ["ab"])).unknown == 2


def test_texts_without_a_token_are_refused():
    with pytest.raises(InputError, match="hold no token"):
        encode_continuous([""], tokenizer("char"))
