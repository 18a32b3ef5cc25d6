# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Cells of a label column, in the shapes that pandas, fastText and annotation tools write."""

import csv

import pandas as pd
import pytest

from hf_seq.data import load_splits
from hf_seq.data.labels.cells import as_list, find_separator, has_decimal_commas
from hf_seq.errors import InputError


def write(path, labels, **columns):
    frame = pd.DataFrame({"text": [f"text number {n}" for n in range(len(labels))], "label": labels, **columns})
    frame.to_csv(path, index=False)
    return path


def sets_of(splits):
    """Label names of each row by its text, from all splits."""
    parts = (splits.train, splits.validation, splits.test)
    rows = [row for part in parts for row in part]
    return {
        row["text"]: {name for name, held in zip(splits.label_names, row["label"], strict=True) if held} for row in rows
    }


@pytest.mark.parametrize(
    ("cells", "separator"),
    [
        (["food;noise", "food", "noise;parking", "parking", "food;parking;noise"], ";"),
        (["0,27", "27", "0", "3,27", "3"], ","),
        (["1,2", "0,2", "0,1"], ","),
        (["0 27", "27", "0", "3 27", "3"], " "),
        (["1 0 0", "0 1 0", "1 1 0"], " "),
        (["1,0,0", "0,1,0", "1,1,0"], ","),
        (["very good", "very bad", "good", "bad"], None),
        (["12", "7", "3"], None),
        ([f"{n} {half}" for n in range(1, 9) for half in ("000", "500")], None),
        (["a|b", "b|c", "c|a"], "|"),
        (["a\nb", "b\nc", "c", "a"], "\n"),
        (["C/C++", "a|b", "Sci-Fi, Fantasy", "Toys, Games"], None),
        (["animal|dog", "animal|cat", "plant|rose", "plant|fern"], None),
        (["Paris, France", "Lyon, France", "Bonn, Germany"], None),
        (["0,5", "1,0", "1,5", "2,0", "2,5", "3,0"], None),
        (["yes", "no"], None),
        ([";", "a;", "b;"], None),
    ],
)
def test_a_separator_is_found_where_the_cells_are_made_of_common_parts(cells, separator):
    assert find_separator(cells * 10) == separator


@pytest.mark.parametrize(("sign", "shown"), [("/", "/"), ("+", "+"), (" ", "#")])
def test_what_may_part_labels_but_stands_in_names_is_asked_for(sign, shown, tmp_path):
    names = ["Drama", "Comedy", "Horror"] if sign != " " else ["#Drama", "#Comedy", "#Horror"]
    cells = [sign.join(names[n % 3 : n % 3 + 1 + n % 2]) for n in range(60)]
    pd.DataFrame({"text": [f"a b{n}" for n in range(60)], "topic": cells}).to_csv(tmp_path / "x.csv", index=False)
    splits = load_splits(tmp_path / "x.csv")
    assert splits.problem_type == "single_label_classification"
    assert any(f"say --label_separator {sign!r}" in note and shown in note for note in splits.notes)
    parted = load_splits(tmp_path / "x.csv", label_separator=sign)
    assert sorted(parted.label_names) == sorted(names)
    names = pd.DataFrame({"text": [f"a b{n}" for n in range(60)], "topic": ["C/C++", "Java", "R/S"] * 20})
    names.to_csv(tmp_path / "y.csv", index=False)
    assert not any("--label_separator" in note for note in load_splits(tmp_path / "y.csv").notes)


def test_decimal_commas_are_numbers(tmp_path):
    values = [n / 8 for n in range(60)]
    splits = load_splits(write(tmp_path / "a.csv", [f"{value:.3f}".replace(".", ",") for value in values]))
    assert splits.problem_type == "regression"
    assert any("'0,125' (as 0.125)" in note for note in splits.notes)
    assert sorted([*splits.train["label"], *splits.validation["label"], *splits.test["label"]]) == values
    assert has_decimal_commas(["3,5", "2,0"])
    assert not has_decimal_commas(["3", "2"])


@pytest.mark.parametrize(
    "written", ["['a', 'b']", '["a", "b"]', "['a' 'b']", "[a, b]", "('a', 'b')", "{'a', 'b'}", "['a','b',]"]
)
def test_lists_are_read_however_they_are_written(written):
    assert sorted(as_list(written)) == ["a", "b"]


@pytest.mark.parametrize("written", ["a", "3", "[", "(1)", "['a'", "nested[0]"])
def test_what_is_no_list_is_none(written):
    with pytest.raises(ValueError, match=r".*"):
        as_list(written)


@pytest.mark.parametrize(
    ("cells", "names", "first"),
    [
        (["__label__good", "__label__bad"], ["bad", "good"], {"good"}),
        (["__label__a __label__b", "__label__b"], ["a", "b"], {"a", "b"}),
        (["__label__a;__label__b", "__label__b", "__label__a", "__label__b;__label__a"], ["a", "b"], {"a", "b"}),
        (["__label__good", "bad"], ["__label__good", "bad"], {"__label__good"}),
    ],
)
def test_labels_of_fasttext_in_a_column_lose_their_prefix_where_all_have_it(cells, names, first, tmp_path):
    splits = load_splits(write(tmp_path / "a.csv", cells * 20))
    assert splits.label_names == names
    assert any("without fastText's prefix" in note for note in splits.notes) == ("bad" not in cells)
    if splits.problem_type == "multi_label_classification":
        assert sets_of(splits)["text number 0"] == first


@pytest.mark.parametrize("sign", [" ", ",", ";"])
def test_cells_of_0_and_1_are_a_label_each(sign, tmp_path):
    rows = [[n % 2, n // 2 % 2, n % 3 == 0, 0] for n in range(80)]
    splits = load_splits(write(tmp_path / "a.csv", [sign.join(str(int(bit)) for bit in row) for row in rows]))
    assert splits.label_names == ["0", "1", "2", "3"]
    expected = {f"text number {n}": {str(at) for at, bit in enumerate(row) if bit} for n, row in enumerate(rows)}
    assert sets_of(splits) == expected
    assert any("a row has 0 or 1 for each of 4 labels" in note for note in splits.notes)


def test_empty_cells_are_rows_without_a_label(tmp_path):
    splits = load_splits(write(tmp_path / "a.csv", ["a;b", "b", "", "a"] * 15), label_separator=";")
    assert sets_of(splits)["text number 2"] == set()
    assert sets_of(splits)["text number 0"] == {"a", "b"}


def test_three_columns_of_0_and_1_are_a_label_each(tmp_path):
    bits = {name: [int((n >> shift) % 2) for n in range(80)] for shift, name in enumerate(("toxic", "threat", "rare"))}
    frame = pd.DataFrame({"id": range(80), "comment_text": [f"text number {n}" for n in range(80)], **bits})
    frame.to_csv(tmp_path / "a.csv", index=False)
    splits = load_splits(tmp_path / "a.csv")
    assert (splits.label_names, splits.columns["label_columns"]) == (["toxic", "threat", "rare"],) * 2
    assert sets_of(splits)["text number 5"] == {"toxic", "rare"}
    assert any("3 columns of 0 and 1 are read as a label each" in note for note in splits.notes)
    assert load_splits(tmp_path / "a.csv", label_column="threat").label_names == ["0", "1"]
    frame[["comment_text", "toxic", "threat"]].to_csv(tmp_path / "two.csv", index=False)
    with pytest.raises(InputError, match=r"2 columns could be the label.*--label_columns"):
        load_splits(tmp_path / "two.csv")
    assert load_splits(tmp_path / "two.csv", label_columns=["toxic", "threat"]).label_names == ["toxic", "threat"]
    with pytest.raises(InputError, match=r"'threats' is not there; .*did you mean 'threat'"):
        load_splits(tmp_path / "two.csv", label_columns=["toxic", "threats"])


@pytest.mark.parametrize(
    "marks", [(False, True), ("no", "yes"), ("F", "T"), (0.0, 1.0), ("nein", "ja"), ("non", "oui")]
)
def test_columns_of_other_marks_are_a_label_each_too(marks, tmp_path):
    bits = {name: [marks[n >> shift & 1] for n in range(80)] for shift, name in enumerate(("toxic", "threat", "rare"))}
    frame = pd.DataFrame({"comment_text": [f"text number {n}" for n in range(80)], **bits})
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_json(tmp_path / "a.jsonl", orient="records", lines=True)
    for name in ("a.csv", "a.jsonl"):
        splits = load_splits(tmp_path / name)
        assert splits.label_names == ["toxic", "threat", "rare"]
        assert sets_of(splits)["text number 5"] == {"toxic", "rare"}


def test_a_named_label_wins_over_columns_of_0_and_1(tmp_path):
    marks = {name: [0, 1] * 30 for name in ("is_reply", "is_long", "has_link")}
    splits = load_splits(write(tmp_path / "a.csv", ["pos", "neg", "neg"] * 20, **marks))
    assert splits.label_names == ["neg", "pos"]


@pytest.mark.parametrize(("line", "sign"), [("sep=;", ";"), ('"sep=|"', "|"), ("SEP=\t", "\t")])
def test_a_first_line_may_name_the_separator(line, sign, tmp_path):
    with (tmp_path / "a.csv").open("w", newline="") as file:
        file.write(line + "\r\n")
        writer = csv.writer(file, delimiter=sign)
        writer.writerows([["text", "label"], *([f"a, b and {n}", "yn"[n % 2]] for n in range(40))])
    splits = load_splits(tmp_path / "a.csv")
    assert splits.label_names == ["n", "y"]
    assert len(splits.train) + len(splits.validation) + len(splits.test) == 40
