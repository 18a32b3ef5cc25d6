# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Given words to ids: one label per word, on its first piece; no word lost; raw text meets the same pieces."""

import pytest
import torch
from transformers import DataCollatorForTokenClassification, PreTrainedTokenizerFast

from hf_seq.data import EncodedDataset, TaggingCollator
from hf_seq.errors import InputError
from hf_seq.text import encode_words, train_tokenizer
from hf_seq.text.word_patterns import WordHabits, count_parting_hyphens, habits_of

SENTENCES = [
    ["I", "do", "n't", "like", "Ada", "'s", "e-mail", ",", "Mr.", "U.S.", "!!!", ":)", "unlikely"],
    ["see", "http://x.org/a-b", "@ada", "#tag", "for", "1,000", "at", "5:30"],
] * 3


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(SENTENCES, kind="wordpiece", words="tagging", vocab_size=400)


@pytest.fixture(scope="module")
def with_special_tokens():
    """As a pretrained one: [CLS] and [SEP] around the text."""
    from tokenizers.processors import TemplateProcessing

    plain = train_tokenizer(SENTENCES, kind="wordpiece", words="tagging", vocab_size=400)
    backend = plain.backend_tokenizer
    ids = [(token, plain.convert_tokens_to_ids(token)) for token in ("[CLS]", "[SEP]")]
    backend.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ids)
    return PreTrainedTokenizerFast(tokenizer_object=backend, unk_token="[UNK]", pad_token="[PAD]")


def test_raw_text_and_given_words_meet_the_same_pieces(tokenizer):
    for words in SENTENCES[:2]:
        raw = tokenizer(" ".join(words))["input_ids"]
        assert tokenizer(words, is_split_into_words=True)["input_ids"] == raw
        assert encode_words([words], None, tokenizer, 512).input_ids == [raw]


def test_the_vocabulary_says_which_piece_begins_a_word(tokenizer):
    encoded = encode_words([["Adalike", "likelike"]], None, tokenizer, 512)
    pieces = tokenizer.convert_ids_to_tokens(encoded.input_ids[0])
    assert [not piece.startswith("##") for piece in pieces] == [label != -100 for label in encoded.labels[0]]
    assert sum(label != -100 for label in encoded.labels[0]) == 2 < len(pieces)


def test_case_is_kept_and_frequent_words_are_whole(tokenizer):
    assert tokenizer.tokenize("Ada") == ["Ada"]
    assert tokenizer.tokenize("ada") != ["Ada"]


def test_labels_stand_on_first_pieces_and_nowhere_else(with_special_tokens):
    encoded = encode_words([["Adalike", "I"]], [[5, 7]], with_special_tokens, 512)
    pieces = with_special_tokens.convert_ids_to_tokens(encoded.input_ids[0])
    assert (pieces[0], pieces[-1]) == ("[CLS]", "[SEP]")
    expected = [-100 if token.startswith(("##", "[")) else {"I": 7}.get(token, 5) for token in pieces]
    assert encoded.labels[0] == expected


@pytest.mark.parametrize("odd", ["", " ", "\u200b", "\x00", "\ufe0f", "\U0001f98a"])
def test_a_word_without_a_piece_becomes_unknown_and_keeps_its_label(odd, tokenizer):
    encoded = encode_words([["I", odd, "like"]], [[1, 2, 3]], tokenizer, 512)
    assert [label for label in encoded.labels[0] if label != -100] == [1, 2, 3]
    assert encoded.input_ids[0][1] == tokenizer.unk_token_id
    assert encoded.unknown_rate == pytest.approx(1 / 3)


def test_what_is_cut_off_is_counted(with_special_tokens):
    encoded = encode_words([["I"] * 10, ["I"], []], [[0] * 10, [1], []], with_special_tokens, 6)
    assert [len(ids) for ids in encoded.input_ids] == [6, 3, 2]
    assert with_special_tokens.convert_ids_to_tokens(encoded.input_ids[0])[-1] == "[SEP]"
    assert encoded.words_kept == [4, 1, 0]
    assert (encoded.truncated, encoded.words_lost, encoded.empty) == (1, 6, 1)
    assert encoded.full_lengths == [12, 3, 2]


def test_an_empty_sentence_is_one_unknown_token_without_a_label(tokenizer):
    encoded = encode_words([[]], [[]], tokenizer, 8)
    assert (encoded.input_ids, encoded.labels) == ([[tokenizer.unk_token_id]], [[-100]])


def test_without_tags_the_labels_number_the_words(tokenizer):
    assert encode_words([["I", "like", "Ada"]], None, tokenizer, 8).labels == [[0, 1, 2]]


def test_a_tag_too_few_is_refused(tokenizer):
    with pytest.raises(InputError, match="sentence 1 has 2 words but 1 tags"):
        encode_words([["I"], ["I", "like"]], [[0], [0]], tokenizer, 8)


def test_no_room_is_refused(with_special_tokens):
    with pytest.raises(InputError, match=r"max_length=2 leaves no room .* use at least 3"):
        encode_words([["I"]], [[0]], with_special_tokens, 2)


def test_a_tokenizer_in_python_gives_the_same(with_special_tokens):
    class InPython:
        is_fast = False
        unk_token_id = with_special_tokens.unk_token_id
        eos_token_id = bos_token_id = None

        def encode(self, word, add_special_tokens):
            return with_special_tokens(word, add_special_tokens=add_special_tokens)["input_ids"]

        def build_inputs_with_special_tokens(self, ids):
            cls, sep = with_special_tokens.convert_tokens_to_ids(["[CLS]", "[SEP]"])
            return [cls, *ids, sep]

        def get_special_tokens_mask(self, ids):
            return [1, *[0] * len(ids), 1]

        def num_special_tokens_to_add(self, pair):
            return 2

    words = [["Adalike", "", "I"], []]
    fast = encode_words(words, None, with_special_tokens, 6)
    slow = encode_words(words, None, InPython(), 6)
    assert (slow.input_ids, slow.labels) == (fast.input_ids, fast.labels)


# Training the tokenizer


@pytest.mark.parametrize(
    ("words", "habits"),
    [
        (["do", "n't", "'s", "'ll", "it"], WordHabits(negation=True, owner=True, verb=True)),
        (["don't", "it's", "I'll"], WordHabits(negation=False, owner=False, verb=False)),
        (["don't", "'s"], WordHabits(negation=False, owner=True, verb=True)),
        (["state-of-the-art"], WordHabits(hyphen=False)),
        (["state", "-", "of", "-", "the"], WordHabits(hyphen=True)),
    ],
)
def test_the_words_given_say_what_stands_alone(words, habits, tokenizer):
    from collections import Counter

    assert habits_of(Counter(words), count_parting_hyphens(words)) == habits
    trained = train_tokenizer([words] * 2, kind="word", words="tagging")
    assert trained.tokenize(" ".join(words)) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, world!", ["Hello", ",", "world", "!"]),
        ("(see www.a.org/b?c=d).", ["(", "see", "www.a.org/b?c=d", ")", "."]),
        ("mail a.b@c.org...", ["mail", "a.b@c.org", "..."]),
        ("The U.S. of A.", ["The", "U.S.", "of", "A", "."]),
        ("1,000.50 or 3pm, 11/28/2000", ["1,000.50", "or", "3pm", ",", "11/28/2000"]),
        ("Yes!?!! :-) <3", ["Yes", "!?!!", ":-)", "<3"]),
        ("CAN'T stop PG&E &amp; co", ["CA", "N'T", "stop", "PG&E", "&amp;", "co"]),
        ("O'Neil's well-known cat", ["O'Neil", "'s", "well-known", "cat"]),
    ],
)
def test_raw_text_falls_into_the_words_that_people_tag(text, words):
    trained = train_tokenizer([text, text], kind="word", words="tagging")
    assert trained.tokenize(text) == words


def test_strings_and_lists_do_not_mix():
    with pytest.raises(InputError, match="some texts are strings and others lists of words"):
        train_tokenizer([["a"], "b"], kind="word", words="tagging")
    with pytest.raises(InputError, match="goes with kind 'word' or 'wordpiece', not 'bpe'"):
        train_tokenizer([["a"]], kind="bpe", words="tagging")


def test_the_same_words_give_the_same_tokenizer(tokenizer):
    again = train_tokenizer(SENTENCES, kind="wordpiece", words="tagging", vocab_size=400)
    assert again.get_vocab() == tokenizer.get_vocab()


# Batches


def test_batches_are_those_of_transformers_collator(tokenizer):
    encoded = encode_words([*SENTENCES[:2], ["I"]], None, tokenizer, 64)
    rows = EncodedDataset(encoded.input_ids, encoded.labels).__getitems__([0, 1, 2])
    ours = TaggingCollator(tokenizer.pad_token_id, pad_to_multiple_of=8)(rows)
    theirs = DataCollatorForTokenClassification(tokenizer, pad_to_multiple_of=8)([dict(row) for row in rows])
    for name in ("input_ids", "attention_mask", "labels"):
        assert torch.equal(ours[name], theirs[name]), name


def test_labels_that_do_not_fit_their_ids_are_refused():
    with pytest.raises(ValueError, match="a row has 1 labels and 2 input_ids"):
        TaggingCollator(0)([{"input_ids": [1, 2], "labels": [1]}])
