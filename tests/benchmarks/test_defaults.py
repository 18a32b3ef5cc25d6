# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`benchmarks/defaults.py` cuts train and nothing else, and answers from the test rows of a comparison."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from benchmarks import defaults
from benchmarks.toy_sets import write_toy_sets
from hf_seq.reports.predictions import read_predictions


def test_a_cut_set_has_so_many_train_rows_and_the_same_test(tmp_path):
    write_toy_sets(tmp_path / "sets")
    cut = defaults.cut_set(tmp_path / "sets/sst2", 10, tmp_path / "cut")
    whole, some = (pq.read_table(folder / "train.parquet").to_pylist() for folder in (tmp_path / "sets/sst2", cut))
    assert len(some) == 10
    assert all(row in whole for row in some)
    assert (cut / "test.parquet").read_bytes() == (tmp_path / "sets/sst2/test.parquet").read_bytes()
    assert defaults.cut_set(tmp_path / "sets/sst2", None, tmp_path / "no") == tmp_path / "sets/sst2"
    assert [name for name, (_, rows) in defaults.PARTS.items() if rows is None] == [
        "sst2-all",
        "ag_news-all",
        "banking77-all",
    ]


def test_a_part_is_compared_and_its_row_is_whole(tmp_path, capsys):
    argv = ["--toy", "--only", "sst2-all", "--output", str(tmp_path / "runs"), "--results", str(tmp_path)]
    defaults.main(argv)
    row = json.loads((tmp_path / "defaults.jsonl").read_text())
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["part"] == row["part"] == "sst2-all"
    assert row["rival"] == "tfidf"
    assert row["best_from_scratch"] in ("bilstm", "bilstm-wide")
    right = []
    for name in (row["best_from_scratch"], "tfidf"):
        gold, scores = read_predictions(tmp_path / "runs/sst2-all/models" / name)
        right.append(100 * np.mean(gold == scores.argmax(1)))
    assert row["from_scratch"]["points"] == pytest.approx(right[0] - right[1], abs=0.01)
    assert "--seeds 0" in row["command"]
