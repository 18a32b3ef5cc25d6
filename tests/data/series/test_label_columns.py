# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Columns of labels or amounts beside series, in every layout."""

import json
import re

import numpy as np
import pytest

from hf_seq.data import load_series_splits
from hf_seq.data.inputs import Source
from hf_seq.data.series.options import SeriesOptions
from hf_seq.data.series.reading import series_inputs
from hf_seq.errors import InputError

STEPS = 5


def write_lines(path, lines):
    path.write_text("\n".join(",".join(map(str, line)) for line in lines))
    return path


def several(folder, layout, first, second):
    """Write the same series in a layout, with two columns that say something of each."""
    series = np.random.default_rng(0).normal(size=(len(first), STEPS)).round(3)
    both = list(zip(series, first, second, strict=True))
    if layout == "nested":
        rows = [{"series": row[:, None].tolist(), "hot": one, "cold": two} for row, one, two in both]
        (folder / "x.jsonl").write_text("\n".join(map(json.dumps, rows)))
        return folder / "x.jsonl"
    if layout == "wide":
        header = [*(f"t{step}" for step in range(STEPS)), "hot", "cold"]
        return write_lines(folder / "x.csv", [header, *([*row, one, two] for row, one, two in both)])
    lines = [[n, t, v, one, two] for n, (row, one, two) in enumerate(both) for t, v in enumerate(row)]
    return write_lines(folder / "x.csv", [["id", "t", "x", "hot", "cold"], *lines])


@pytest.mark.parametrize("layout", ["long", "wide", "nested"])
def test_several_columns_are_a_label_each(tmp_path, layout):
    hot, cold = [n % 2 for n in range(40)], [int(n % 3 == 0) for n in range(40)]
    splits = load_series_splits(several(tmp_path, layout, hot, cold), label_column="hot, cold")
    rows = [each for split in (splits.train, splits.validation, splits.test) for each in split]
    assert splits.problem_type == "multi_label_classification"
    assert splits.label_names == ["hot", "cold"]
    assert sorted(map(tuple, (row["label"] for row in rows))) == sorted(zip(hot, cold, strict=True))
    assert {np.shape(row["series"]) for row in rows} == {(STEPS, 1)}  # no label is a channel


@pytest.mark.parametrize("layout", ["long", "wide", "nested"])
def test_several_columns_of_numbers_are_an_amount_each(tmp_path, layout):
    height = [n + 0.5 for n in range(40)]
    splits = load_series_splits(several(tmp_path, layout, height, [-n for n in height]), label_column="hot,cold")
    assert splits.problem_type == "regression"
    assert all(row["label"][0] == -row["label"][1] for row in splits.train)


def test_what_was_trained_on_several_columns_reads_series_without_them(tmp_path):
    several(tmp_path, "long", [0, 1] * 20, [1, 0] * 20)
    bare = [line.rsplit(",", 2)[0] for line in (tmp_path / "x.csv").read_text().splitlines()]
    (tmp_path / "bare.csv").write_text("\n".join(bare))
    source = Source(
        tmp_path / "bare.csv", trained_on={"label_column": "hot,cold", "id_column": "id", "time_column": "t"}
    )
    assert len(list(series_inputs(source, SeriesOptions(), None).values)) == 40


@pytest.mark.parametrize(
    ("named", "cell", "words"),
    [
        ("hot,warm", 1, "--label_column hot,warm is not there; the columns are id, t, x, hot, cold"),
        ("hot,cold", "maybe", "has 'maybe' in column 'hot', and columns of labels hold 0 and 1"),
    ],
)
def test_columns_of_labels_that_are_not_there_or_hold_something_else_are_refused(tmp_path, named, cell, words):
    path = several(tmp_path, "long", [cell, *[0, 1] * 20][:40], [1, 0] * 20)
    with pytest.raises(InputError, match=re.escape(words)):
        load_series_splits(path, label_column=named)
