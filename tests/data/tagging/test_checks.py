# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Checks of tagged data: every fault planted in good data is found, with its rows, and good data passes."""

import json
import re

import pytest

from hf_seq.data import check_tagged, load_tagged_splits
from hf_seq.errors import InputError
from hf_seq.text import train_tokenizer

WORDS = {"Ada": "B-PER", "Bo": "I-PER", "sang": "O", "in": "O", "Rome": "B-LOC", "well": "O"}


def row(index, split):
    """A sentence of known words; binary digits of the row and split make it differ from all others."""
    digits = f"{index:08b}{('train', 'validation', 'test').index(split):02b}"
    fillers = ["well" if digit == "1" else "in" for digit in digits]
    tokens = ["Ada", "Bo", "sang", *fillers, "in", "Rome"]
    return {"tokens": tokens, "tags": [WORDS[word] for word in tokens]}


@pytest.fixture
def check(tmp_path):
    """Checks good splits of 120 sentences; `change` gets them as lists of rows before they are written."""

    def run(change=lambda splits: None, tokenizer=None, max_length=None):
        splits = {split: [row(index, split) for index in range(120)] for split in ("train", "validation", "test")}
        change(splits)
        for split, rows in splits.items():
            (tmp_path / f"{split}.jsonl").write_text("\n".join(map(json.dumps, rows)))
        return check_tagged(load_tagged_splits(tmp_path, strict=False), tokenizer, max_length)

    return run


def put(split, index, **values):
    return lambda splits: splits[split][index].update(values)


def retag(split, index, word, tag):
    return lambda splits: splits[split][index]["tags"].__setitem__(word, tag)


def every_tag(**change):
    def run(splits):
        for rows in splits.values():
            for each in rows:
                each["tags"] = [change.get(tag.replace("-", "_"), tag) for tag in each["tags"]]

    return run


def test_good_data_has_no_finding(check):
    report = check()
    assert (report.errors, report.warnings) == ([], [])
    assert "tag scheme: bio, spans of 2 types: LOC, PER" in report.facts
    assert "words that are not in train: validation 0.0%, test 0.0%" in report.facts


WARNINGS = [
    (
        retag("train", 4, 2, "I-LOC"),
        "scheme-broken",
        r"1 tag of 361 in train spans \(0\.3%\) break the bio scheme in 1 sentence: I-PER I-LOC \(1x\)",
        [("train", 5)],
    ),
    (retag("test", 4, 0, "I-PER"), "scheme-broken", r"I-PER at the start \(1x\)", [("test", 5)]),
    (retag("test", 4, 3, "I-PER"), "scheme-broken", r"O I-PER \(1x\)", [("test", 5)]),
    (retag("test", 6, 0, "B-ORG"), "tag-unseen", r"train lacks the label 'B-ORG', which test has", [("test", 7)]),
    (retag("train", 0, 0, "B-ORG"), "class-small", r"fewer than 10 train words have the label 'B-ORG'", []),
    (retag("train", 0, 0, "B-ORG"), "class-untested", r"no test word has the label 'B-ORG'", []),
    (every_tag(B_LOC="B-per"), "label-spelling", r"'B-PER', 'B-per' differ in case only", []),
    (put("train", 4, tokens=[], tags=[]), "sentence-empty", r"no word in 1 row; kept", [("train", 5)]),
    (put("test", 4, tokens=["a", " "], tags=["O", "O"]), "token-empty", r"1 row with an empty token", [("test", 5)]),
    (put("train", 9, **row(3, "train")), "sentence-repeated", r"the same sentence and label again", [("train", 10)]),
    (
        put("train", 9, tokens=row(3, "train")["tokens"], tags=["O"] * 15),
        "label-conflict",
        r"the same sentence under another label in 1 row",
        [("train", 10)],
    ),
    (put("test", 1, **row(3, "train")), "overlap", r"1 of 120 test sentences \(0.8%\) is in train", [("test", 2)]),
    (
        lambda s: [each.update(tokens=[f"new{n}" for n in range(15)]) for each in s["test"][::2]],
        "unknown-words",
        r"50\.0% of the test words are not in train",
        [],
    ),
    (lambda s: s.update(test=s["test"][:20]), "test-small", r"the test has 20 rows", []),
    (every_tag(B_LOC="LOC"), "scheme-unknown", r"'B-PER' mark spans, but the label 'LOC' do not", []),
]


@pytest.mark.parametrize(
    ("change", "code", "words", "rows"), WARNINGS, ids=[f"{i}-{w[1]}" for i, w in enumerate(WARNINGS)]
)
def test_what_makes_training_doubtful_is_a_warning_with_its_rows(change, code, words, rows, check):
    report = check(change)
    assert report.errors == []
    found = {warning.code: warning for warning in report.warnings}
    assert found[code].rows == rows
    assert re.search(words, found[code].message), found[code].message


ERRORS = [
    (put("train", 6, tags=["O"]), "lengths-differ", r"15 tokens, 1 tags.* \(train row 7\)"),
    (put("test", 6, tags=None), "tags-missing", r"1 row without tags.* \(test row 7\)"),
    (every_tag(B_PER="O", I_PER="O", B_LOC="O"), "single-class", r"every train word has the tag 'O'"),
]


@pytest.mark.parametrize(("change", "code", "words"), ERRORS, ids=[each[1] for each in ERRORS])
def test_what_makes_training_impossible_is_an_error_with_its_rows(change, code, words, check):
    report = check(change)
    assert [error.code for error in report.errors] == [code]
    with pytest.raises(InputError, match=words):
        report.raise_for_errors()


def test_iob1_is_told_from_bio_by_the_sentences(check):
    def change(splits):
        every_tag(B_LOC="I-LOC", B_PER="I-PER")(splits)
        splits["train"][0]["tags"] = ["I-PER", "B-PER", "O", *["O"] * 9, "O", "I-LOC", "B-LOC"]

    report = check(change)
    codes = {warning.code: warning.message for warning in report.warnings}
    assert "scheme-broken" not in codes
    assert "look like bio, but they are read as iob1" in codes["scheme-differs"]


def test_bioes_is_followed_to_the_end_of_a_sentence(check):
    def change(splits):
        every_tag(B_LOC="S-LOC", I_PER="E-PER")(splits)
        splits["train"][4]["tags"][-1] = "B-PER"

    (warning,) = check(change).warnings
    assert warning.code == "scheme-broken"
    assert "B-PER at the end (1x)" in warning.message


def test_long_sentences_are_counted_in_words_or_tokens(check):
    tokenizer = train_tokenizer([row(0, "train")["tokens"]] * 3, kind="word", words="tagging")
    long = put("test", 3, tokens=["in"] * 40, tags=["O"] * 40)
    for given, unit in ((None, "words"), (tokenizer, "tokens")):
        warning = check(long, tokenizer=given, max_length=20).warnings[-1]
        assert (warning.code, warning.rows) == ("truncated", [("test", 4)])
        assert f"1 of 360 sentences are longer than max_length=20 {unit} (longest: 40)" in warning.message


def test_a_tokenizer_that_knows_nothing_is_an_error(check):
    tokenizer = train_tokenizer([["x", "y"]] * 3, kind="word", words="tagging")
    errors = check(tokenizer=tokenizer).errors
    assert {error.code for error in errors} == {"unknown-tokens"}
