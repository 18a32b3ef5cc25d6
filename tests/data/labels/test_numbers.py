# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Amounts as people write them are the numbers they mean; what means two numbers is asked for."""

import pandas as pd
import pytest

from hf_seq.data import load_splits
from hf_seq.errors import InputError

NUMBERS = [1250.5 + 1003.25 * n for n in range(60)]


def german(number):
    return f"{number:,.2f}".translate(str.maketrans(",.", ".,"))


WAYS = {
    "dollars": lambda number: f"${number:,.2f}",
    "negative": lambda number: f"-{number:,.2f}",
    "per cent": lambda number: f"{number:.2f} %",
    "euros": lambda number: f"{german(number)} €",
    "Swiss": lambda number: f"{number:,.2f}".translate(str.maketrans(",.", "',")),
    "French": lambda number: german(number).replace(".", "\u202f"),
    "thousands and decimals": lambda number: f"{number:,.2f}",
}


def load(tmp_path, labels):
    frame = pd.DataFrame({"text": [f"text number {n}" for n in range(len(labels))], "label": labels})
    frame.to_csv(tmp_path / "a.csv", index=False)
    return load_splits(tmp_path / "a.csv")


def labels_of(splits):
    return [*splits.train["label"], *splits.validation["label"], *splits.test["label"]]


@pytest.mark.parametrize("way", WAYS)
def test_amounts_are_read_however_they_are_written(way, tmp_path):
    splits = load(tmp_path, [WAYS[way](number) for number in NUMBERS])
    sign = -1 if way == "negative" else 1
    assert splits.problem_type == "regression"
    assert sorted(abs(label) for label in labels_of(splits)) == pytest.approx(NUMBERS)
    assert {label > 0 for label in labels_of(splits)} == {sign > 0}
    assert any(f"{WAYS[way](NUMBERS[0])!r} (as {sign * NUMBERS[0]:.10g})" in note for note in splits.notes)


def test_a_comma_that_may_part_thousands_or_decimals_is_asked_for(tmp_path):
    with pytest.raises(InputError, match=r"'1,003' may be 1003 or 1\.003"):
        load(tmp_path, [f"{1003 + 7 * n:,}" for n in range(60)])


def test_two_commas_part_thousands(tmp_path):
    numbers = [1_003_000 + 7 * n for n in range(60)]
    assert sorted(labels_of(load(tmp_path, [f"{number:,}" for number in numbers]))) == numbers


def test_a_few_amounts_with_a_unit_are_names(tmp_path):
    assert load(tmp_path, ["5%", "10%", "20%"] * 20).label_names == ["10%", "20%", "5%"]


def test_stars_with_a_point_in_jsonl_are_classes_found_without_a_name(tmp_path):
    rows = pd.DataFrame({"text": [f"a text of number {n}" for n in range(60)], "verdict": [1.0, 2.0, 5.0] * 20})
    rows.to_json(tmp_path / "a.jsonl", orient="records", lines=True)
    assert load_splits(tmp_path / "a.jsonl").label_names == ["1", "2", "5"]


def test_lists_of_words_in_a_csv_are_words(tmp_path):
    rows = [(str(["a", "text", f"of{n}"]), "yn"[n % 2]) for n in range(60)]
    pd.DataFrame(rows, columns=["tokens", "label"]).to_csv(tmp_path / "a.csv", index=False)
    assert load_splits(tmp_path / "a.csv").train[0]["text"].split()[:2] == ["a", "text"]


@pytest.mark.parametrize("said", ["NA", "none", "?", "#N/A"])
def test_what_says_that_there_is_no_number_is_no_class_beside_numbers(tmp_path, said):
    for labels in ([1, 2, 3], [0.25, 0.75, 0.5]):
        with pytest.raises(InputError, match=r"15 labels are missing .*train rows 4, 8"):
            load(tmp_path, [*labels, said] * 15)
    assert load(tmp_path, ["DE", "US", said] * 20).label_names == sorted(["DE", "US", said])
