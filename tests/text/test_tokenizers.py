# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tokenizers of all kinds: what they learn, what comes back, what a fresh AutoTokenizer makes of them."""

import json
import re
from collections import Counter

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from hf_seq.data.builtin.reviews import make_reviews
from hf_seq.errors import InputError
from hf_seq.text import SPECIAL_TOKENS, train_tokenizer

KINDS = ["word", "char", "bpe", "wordpiece", "unigram"]
TEXTS = [
    "The soup wasn't bad at all.",
    "The waiter didn't smile, but the soup was good.",
    "The room was far from good; the company's towels were bad.",
] * 4


@pytest.mark.parametrize("lowercase", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_auto_tokenizer_loads_what_was_saved_and_gives_the_same_ids(kind, lowercase, tmp_path):
    tokenizer = train_tokenizer(TEXTS, kind, 400, lowercase, model_max_length=77)
    tokenizer.save_pretrained(tmp_path)
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    new = "The towels weren't Good..."
    assert loaded(new)["input_ids"] == tokenizer(new)["input_ids"]
    assert loaded.decode(loaded(TEXTS[0])["input_ids"]) == tokenizer.decode(tokenizer(TEXTS[0])["input_ids"])
    assert loaded.model_max_length == 77
    assert sorted(loaded(new)) == ["attention_mask", "input_ids"]


@pytest.mark.parametrize("kind", KINDS)
def test_special_tokens_have_fixed_first_ids_and_are_not_put_around_a_text(kind):
    tokenizer = train_tokenizer(TEXTS, kind, 400)
    assert isinstance(tokenizer, PreTrainedTokenizerFast)
    assert tokenizer.convert_tokens_to_ids(list(SPECIAL_TOKENS.values())) == list(range(7))
    assert (tokenizer.pad_token_id, tokenizer.unk_token_id, tokenizer.mask_token) == (0, 1, "[MASK]")
    assert min(tokenizer("the soup was good")["input_ids"]) >= 7


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("char", "The company's soup,\n\t  wasn't bad"),
        ("bpe", "Čapek ate 3 soups – for 4 €,\n and  the 🍲 wasn't bad "),
        ("unigram", "The waiter was good, but the company's towels"),
    ],
)
def test_text_comes_back_exactly_where_the_kind_allows(kind, text):
    tokenizer = train_tokenizer([*TEXTS, "\n\t"], kind, 400, lowercase=False)
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


def test_word_and_wordpiece_come_back_up_to_blanks_around_signs():
    for kind in ("word", "wordpiece"):
        tokenizer = train_tokenizer(TEXTS, kind, 400, lowercase=False)
        text = "The room was far from good; the soup was bad."
        assert tokenizer.decode(tokenizer(text)["input_ids"]).replace(" ", "") == text.replace(" ", "")


def test_words_split_clitics_alike_in_running_and_in_tokenised_text():
    tokenizer = train_tokenizer(TEXTS, "word", min_frequency=1)
    assert tokenizer.tokenize("The company's soup wasn't good.") == tokenizer.tokenize(
        "the company 's soup was n't good ."
    )
    assert tokenizer.tokenize("wasn't") == ["was", "n't"]
    assert tokenizer.tokenize("wasn’t")[0] == "was"


def test_word_vocabulary_is_the_most_frequent_words_as_counted_by_hand():
    counts = Counter(re.findall(r"[a-z]+", " ".join(["b b b a a a a c c d"]).lower()))
    tokenizer = train_tokenizer(["b b b a", "a a a c c d"], "word", vocab_size=10)
    learned = [token for token in tokenizer.get_vocab() if token not in SPECIAL_TOKENS.values()]
    assert set(learned) == {word for word, _ in counts.most_common(3)}


def test_words_seen_once_are_unknown_unless_asked_for():
    texts = ["common common rare"]
    assert train_tokenizer(texts, "word")("rare")["input_ids"] == [1]
    assert train_tokenizer(texts, "word", min_frequency=1)("rare")["input_ids"] != [1]


def test_lowercase_folds_case_and_without_it_case_counts():
    for kind in KINDS:
        folded, kept = (train_tokenizer(TEXTS, kind, 400, lowercase=value, min_frequency=1) for value in (True, False))
        assert folded("The soup")["input_ids"] == folded("THE SOUP")["input_ids"], kind
        assert kept("The soup")["input_ids"] != kept("the soup")["input_ids"], kind


@pytest.mark.parametrize("kind", ["word", "char", "bpe", "wordpiece"])
def test_the_same_texts_give_the_same_tokenizer_bit_for_bit(kind):
    texts = [row["text"] for row in make_reviews(300, seed=1)]
    first, second, third = (train_tokenizer(texts, kind, 500).backend_tokenizer.to_str() for _ in range(3))
    assert first == second == third


def test_the_same_texts_give_the_same_unigram_ids_and_scores_to_two_digits():
    texts = [row["text"] for row in make_reviews(300, seed=1)]
    first, second = (train_tokenizer(texts, "unigram", 300) for _ in range(2))
    assert first.get_vocab() == second.get_vocab()
    scores = [dict(json.loads(tokenizer.backend_tokenizer.to_str())["model"]["vocab"]) for tokenizer in (first, second)]
    assert scores[0] == pytest.approx(scores[1], abs=0.011)


def test_wordpiece_merges_the_same_words_as_the_librarys_own_trainer():
    texts = [row["text"].lower() for row in make_reviews(200, seed=1)]
    theirs = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    theirs.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    specials = list(SPECIAL_TOKENS.values())
    trainer = trainers.WordPieceTrainer(vocab_size=5_000, min_frequency=2, special_tokens=specials, show_progress=False)
    theirs.train_from_iterator(texts, trainer)
    ours = train_tokenizer(texts, "wordpiece", 5_000)
    words = sorted({word for text in texts for word in re.findall(r"[a-z]+", text)})
    whole = [word for word in words if theirs.token_to_id(word) is not None]  # pieces on the way there vary by ties
    assert len(whole) > 150
    assert [word for word in words if word in ours.get_vocab()] == whole


@pytest.mark.parametrize("kind", KINDS)
def test_the_vocabulary_is_never_larger_than_asked(kind):
    assert len(train_tokenizer(TEXTS, kind, 300, min_frequency=1)) <= 300


@pytest.mark.parametrize("kind", KINDS)
def test_texts_are_read_once_and_never_all_held(kind):
    """A generator that would notice being read to its end before the first text was let go."""
    alive = Counter()

    class Text(str):
        def __new__(cls, value):
            alive["now"] += 1
            alive["most"] = max(alive["most"], alive["now"])
            return super().__new__(cls, value)

        def __del__(self):
            alive["now"] -= 1

    tokenizer = train_tokenizer((Text(f"soup number {i % 50} was not bad") for i in range(20_000)), kind, 400)
    assert len(tokenizer) > 7
    assert alive["most"] < 2_000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"kind": "bytes"}, r"'bytes' is not known; use one of word, char, bpe"),
        ({"vocab_size": 7}, r"vocab_size=7 is too small for kind='word'.* use at least 8"),
        ({"kind": "bpe", "vocab_size": 200}, r"vocab_size=200 is too small for kind='bpe'.* 256 bytes.* at least 263"),
        (
            {"kind": "unigram", "vocab_size": 12},
            r"vocab_size=12 is too small.* every letter .* use more, or kind='bpe'",
        ),
        (
            {"kind": "wordpiece", "vocab_size": 12},
            r"vocab_size=12 is too small.* letters .* need \d+; use more, or kind='bpe'",
        ),
        ({"texts": []}, r"got no text; check that the train split has rows"),
        ({"texts": "one string"}, r"got one string; give an iterable of texts, e\.g\. \['one string'\]"),
        ({"texts": ["all words once"]}, r"learned no token.* occurs 2 times; use min_frequency=1"),
    ],
)
def test_what_cannot_be_trained_is_refused_with_a_remedy(arguments, words):
    with pytest.raises(InputError, match=words):
        train_tokenizer(**{"texts": TEXTS, **arguments})
