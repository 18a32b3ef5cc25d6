# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Texts without blanks take time by their length; the bounds that make it so change no word of ordinary text.

A limit of `PATIENCE` tells seconds from the minutes and hours of time by the square of the length, on any machine.
"""

import json
import random
import time
from pathlib import Path

import pytest
from tokenizers import Regex, pre_tokenizers
from transformers import AutoTokenizer

import hf_seq
from hf_seq.text.continuous import encode_continuous
from hf_seq.text.tokenizers import _without_blobs, train_tokenizer
from hf_seq.text.word_patterns import WordHabits, bound, splitter, word_pattern

FIXTURES = Path(__file__).parents[1] / "fixtures" / "0.1.0.dev0"
UNBOUNDED = {
    r"{1,64}@": "+@",
    r"{1,63}(?:\.\w{1,63}){0,8}\.": r"+(?:\.\w+)*\.",
    r"{2,24}(?!": "{2,}(?!",
    "{1,64}?": "+?",
}
SIZE = 100_000
PATIENCE = 60  # seconds of a processor
RUNS = {
    "initials": "a." * (SIZE // 2) + "x",
    "address": "a-" * (SIZE // 2) + "@",
    "code": "f(a,b){return a.b+b.c}" * (SIZE // 22),
    "letters": "a" * SIZE,
    "signs": "!'" * (SIZE // 2),
}
ORDINARY = [
    "Mail a.b+c@mail.example.com, see www.example.com/a?b=c. The U.S.A. won 3-1 at 5:30!!!",
    "He don't know; they'll go to sub.domain.example.org/path or e.g. F.B.I. headquarters...",
    "C'est l'été à Paris — 1,000.50 € :-) <3 #tag @user &amp; PG&E can't",
]


def before_bounds(pattern):
    for now, before in UNBOUNDED.items():
        assert now in pattern
        pattern = pattern.replace(now, before)
    return pattern


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS.keys())
@pytest.mark.parametrize("saved", [False, True], ids=["new", "saved before"])
def test_a_long_run_is_split_in_seconds(run, saved):
    pattern = word_pattern(WordHabits())
    start = time.process_time()
    splitter(before_bounds(pattern) if saved else pattern).pre_tokenize_str(run)
    assert time.process_time() - start < PATIENCE


@pytest.mark.parametrize("text", ORDINARY)
def test_words_of_ordinary_text_are_those_of_the_pattern_without_bounds(text):
    pattern = word_pattern(WordHabits())
    old = pre_tokenizers.Split(Regex(before_bounds(pattern)), "removed", invert=True)
    assert splitter(pattern).pre_tokenize_str(text) == old.pre_tokenize_str(text)


@pytest.mark.slow
def test_a_word_of_megabytes_does_not_break_the_expression():
    tokenizer = train_tokenizer(["a b c"] * 2, "word")
    assert len(tokenizer("a" * 11_000_000)["input_ids"]) == 1


@pytest.mark.parametrize("name", ["bilstm", "bilstm-crf"])
def test_saved_tokenizers_get_bounds_and_keep_their_words(name):
    old, new = (AutoTokenizer.from_pretrained(FIXTURES / name) for _ in range(2))
    bound(new)
    state = [json.loads(each.backend_tokenizer.to_str()) for each in (old, new)]
    assert state[0]["pre_tokenizer"] != state[1]["pre_tokenizer"]
    assert old(ORDINARY)["input_ids"] == new(ORDINARY)["input_ids"]


def test_a_saved_tagger_reads_a_run_of_initials():
    tagger = hf_seq.load(FIXTURES / "bilstm-crf")
    start = time.process_time()
    assert len(tagger.tag([["Ada", "."]])[0]) == 2
    tagger("a." * 10_000 + "x")
    assert time.process_time() - start < PATIENCE


@pytest.mark.parametrize("kind", ["word", "char", "bpe", "wordpiece", "unigram"])
@pytest.mark.parametrize(
    "letters", ["ACGT", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"], ids=["DNA", "base64"]
)
def test_a_tokenizer_learns_from_a_text_without_blanks_and_reads_it_in_seconds(kind, letters):
    blob = "".join(random.Random(0).choices(letters, k=SIZE))
    start = time.process_time()
    tokenizer = train_tokenizer(["a good film", "a bad film"] * 20 + [blob], kind, 1_000)
    encode_continuous([blob], tokenizer)  # as a language model does
    assert time.process_time() - start < PATIENCE


def test_unigram_learns_the_same_from_text_with_blanks():
    texts = [f"{'word ' * 9_000}{n} 我们去看电影。" for n in range(3)] + ["我们去看电影" * 9_000]
    assert [_without_blobs(text) for text in texts[:3]] == texts[:3]
    assert len(_without_blobs(texts[3]).replace(" ", "")) == len(texts[3])
