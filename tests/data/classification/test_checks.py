# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Checks: every fault planted in good data is found, with its rows, and good data passes."""

import json
import re

import pytest

from hf_seq.data import check_data, check_splits, load_splits
from hf_seq.errors import InputError
from hf_seq.text import train_tokenizer


def row(index, split):
    return {"text": f"{split} text {index} says {'good' if index % 2 else 'bad'} things", "label": "pn"[index % 2]}


@pytest.fixture
def folder(tmp_path):
    """Writes good splits of 120 rows; `change` gets them as lists of rows before they are written."""

    def write(change=lambda splits: None):
        splits = {split: [row(index, split) for index in range(120)] for split in ("train", "validation", "test")}
        change(splits)
        for split, rows in splits.items():
            (tmp_path / f"{split}.jsonl").write_text("\n".join(map(json.dumps, rows)))
        return tmp_path

    return write


def put(split, index, **values):
    return lambda splits: splits[split][index].update(values)


def test_good_data_has_no_finding(folder):
    report = check_data(folder())
    assert (report.errors, report.warnings) == ([], [])
    assert report.render().endswith("no problem found.")
    assert "rows: train 120, validation 120, test 120" in report.render()
    report.raise_for_errors()


WARNINGS = [
    (put("train", 4, text="  "), "text-empty", r"no text in 1 row; kept.*", [("train", 5)]),
    (put("train", 4, text=None), "text-empty", r"no text in 1 row", [("train", 5)]),
    (
        put("train", 9, text="Train text 3 says  good things"),
        "text-repeated",
        r"same text and label again in 1 row",
        [("train", 10)],
    ),
    (
        put("test", 9, text="test text 2 says bad things"),
        "label-conflict",
        r"same text under another label in 1 row",
        [("test", 10)],
    ),
    (
        put("test", 1, text="train text 3 says good things"),
        "overlap",
        r"1 of 120 test texts \(0.8%\) is in train too",
        [("test", 2)],
    ),
    (
        put("validation", 1, text="train text 3 says good things"),
        "overlap",
        r"1 of 120 validation texts",
        [("validation", 2)],
    ),
    (lambda s: s.update(test=s["test"][:20]), "test-small", r"the test has 20 rows; .* off by 22 points", []),
    (lambda s: s.update(test=s["test"][::2] * 2), "class-untested", r"no test row has the label 'n'", []),
    (put("train", 0, label="new"), "class-small", r"fewer than 10 train rows have the label 'new'", []),
    (put("train", 0, label="N"), "label-spelling", r"the labels 'N', 'n' differ in case only", []),
    (put("train", 0, label="new"), "imbalance", r"'n' has 60 train rows, 'new' 1; look at macro F1", []),
]


@pytest.mark.parametrize(
    ("change", "code", "words", "rows"), WARNINGS, ids=[f"{i}-{w[1]}" for i, w in enumerate(WARNINGS)]
)
def test_what_makes_training_doubtful_is_a_warning_with_its_rows(change, code, words, rows, folder):
    report = check_data(folder(change))
    assert report.errors == []
    found = {warning.code: warning for warning in report.warnings}
    assert found[code].rows == rows
    assert re.search(words, found[code].message)
    assert "nothing was dropped" in report.render()


ERRORS = [
    (put("train", 6, label=None), "label-missing", r"1 label is missing \(seen: None\); .* \(train row 7\)"),
    (put("train", 6, label=float("nan")), "label-missing", r"1 label is missing \(seen: nan\); .* \(train row 7\)"),
    (
        put("test", 6, label="q"),
        "label-unknown",
        r"label 'q' is not among the 2 labels of train: n, p; .* \(test row 7\)",
    ),
    (
        lambda s: s.update(train=s["train"][::2]),
        "single-class",
        r"every train row has the label 'p'; give rows of two classes",
    ),
]


@pytest.mark.parametrize(("change", "code", "words"), ERRORS, ids=[f"{i}-{e[1]}" for i, e in enumerate(ERRORS)])
def test_what_makes_training_impossible_is_an_error_with_its_rows(change, code, words, folder):
    report = check_data(folder(change))
    assert code in [error.code for error in report.errors]
    assert f"error    [{code}]" in report.render()
    with pytest.raises(InputError, match=words):
        report.raise_for_errors()


def test_all_faults_are_in_one_report_and_no_row_is_lost(folder):
    def change(splits):
        splits["train"][3]["label"] = ""
        splits["test"][5]["label"] = "q"
        splits["test"][8]["text"] = ""

    splits = load_splits(folder(change), strict=False)
    report = check_splits(splits)
    assert [error.code for error in report.errors] == ["label-missing", "label-unknown"]
    assert [warning.code for warning in report.warnings] == ["text-empty"]
    assert [len(splits[name]) for name in ("train", "validation", "test")] == [120] * 3


def test_a_declared_class_without_rows_is_a_warning(folder):
    path = folder()
    (path / "labels.json").write_text('["n", "p", "other"]')
    assert "class-absent" in [warning.code for warning in check_data(path).warnings]


def test_row_numbers_of_a_cut_split_are_those_of_the_file(tmp_path):
    rows = [row(index, "train") for index in range(400)]
    for index in range(0, 400, 3):
        rows[index]["text"] = ""
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (finding,) = (w for w in check_data(tmp_path / "a.jsonl").warnings if w.code == "text-empty")
    assert sorted(finding.rows) == [("train", index + 1) for index in range(0, 400, 3)]


def test_many_rows_are_counted_not_listed(folder):
    def change(splits):
        for entry in splits["train"][:30]:
            entry["text"] = ""

    assert "train rows 1, 2, 3, 4, 5, 6, 7, 8 and 22 more" in check_data(folder(change)).render()


def test_a_constant_target_is_an_error(folder):
    def change(splits):
        for rows in splits.values():
            for entry in rows:
                entry["label"] = 0.5

    assert "target-constant" in [finding.code for finding in check_data(folder(change)).errors]


def test_lengths_are_held_against_max_length_in_tokens_or_in_words(folder):
    path = folder(put("test", 2, text="word " * 30))
    tokenizer = train_tokenizer(load_splits(path).train["text"])
    for options, unit in (({"tokenizer": tokenizer}, "tokens"), ({}, "words")):
        (finding,) = (w for w in check_data(path, max_length=20, **options).warnings if w.code == "truncated")
        assert f"1 of 360 texts are longer than max_length=20 {unit} (longest: 30)" in finding.message
        assert finding.rows == [("test", 3)]


def test_unknown_tokens_are_doubtful_and_a_foreign_tokenizer_is_an_error(folder):
    path = folder()
    foreign = train_tokenizer(["нет ни одного слова"], min_frequency=1)
    with pytest.raises(
        InputError, match=r"100% of the train tokens are unknown to the tokenizer; train one on this text"
    ):
        check_data(path, tokenizer=foreign).raise_for_errors()
    some = train_tokenizer(["text says good bad things train"], min_frequency=1)
    assert "unknown-tokens" in [warning.code for warning in check_data(path, tokenizer=some).warnings]


def test_multi_label_classes_are_counted_one_by_one(folder):
    def change(splits):
        for rows in splits.values():
            for index, entry in enumerate(rows):
                entry["label"] = ["a", "b"] if index % 2 else ["a"]
        splits["train"][0]["label"] = ["rare"]

    found = {warning.code: warning.message for warning in check_data(folder(change)).warnings}
    assert "'rare'" in found["class-small"]
    assert "'a' has 119 train rows, 'rare' 1" in found["imbalance"]
