# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`benchmarks/fit_against_fasttext.py` holds two searches against each other on the same rows."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import accuracy_score

import hf_seq
from benchmarks import fit_against_fasttext
from benchmarks.toy_sets import write_toy_sets
from hf_seq.reports.predictions import write_predictions
from hf_seq.search.limits import Limits


@pytest.fixture(scope="module")
def toys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toys")
    write_toy_sets(folder)
    return folder


def test_both_answers_are_scored_on_the_same_rows(toys, tmp_path, monkeypatch):
    splits = hf_seq.load_splits(str(toys / "sst2"))
    gold = np.array(splits.test["label"][:])
    ours, theirs = gold.copy(), gold.copy()
    ours[:2], theirs[:6] = 1 - ours[:2], 1 - theirs[:6]
    chosen = {"label": "bilstm", "form": "int8", "bytes": 9, "milliseconds": 0.1}

    def fit(data, **settings):
        write_predictions(settings["output"], gold, np.eye(2)[ours])
        return SimpleNamespace(folder=settings["output"], summary={"chosen": chosen, "tried": 3})

    found = {"said": theirs, "bytes": 8, "milliseconds": 0.01, "seconds": 1.0}
    monkeypatch.setattr(hf_seq, "fit", fit)
    monkeypatch.setattr(fit_against_fasttext, "search_fasttext", lambda *_: found)
    row = fit_against_fasttext.compare_on(toys / "sst2", tmp_path, "1MB", None, 1.0, 0, {})
    assert row["ours"] == pytest.approx(100 * accuracy_score(gold, ours), abs=0.01)
    assert row["fasttext"] == pytest.approx(100 * accuracy_score(gold, theirs), abs=0.01)
    assert row["points"] == pytest.approx(100 * 4 / len(gold), abs=0.01)
    assert row["interval"][0] < row["points"] < row["interval"][1]
    assert 0 < row["p"] < 1


def test_fasttext_is_told_bytes_and_seconds_and_answers_every_test_row(toys, monkeypatch):
    library = pytest.importorskip("fasttext")
    told = {}

    def train_supervised(**settings):
        told.update(settings)
        kept = {name: settings[name] for name in ("input", "thread", "verbose")}
        return library.train_supervised(**kept, epoch=25)  # no clock in a test

    monkeypatch.setattr(
        fit_against_fasttext, "import_rival", lambda name: SimpleNamespace(train_supervised=train_supervised)
    )
    splits = hf_seq.load_splits(str(toys / "banking77"))
    found = fit_against_fasttext.search_fasttext(splits, Limits(1_000_000, 0.3), 2.5)
    assert (told["autotuneModelSize"], told["autotuneDuration"]) == ("1000000", 150)
    assert np.mean(found["said"] == np.array(splits.test["label"][:])) > 0.7  # each label has words of its own
    assert found["bytes"] > 0


def test_a_row_is_written_for_each_search_and_replaces_its_like(tmp_path, capsys):
    argv = ["--toy", "--only", "sst2", "--output", str(tmp_path / "runs"), "--results", str(tmp_path)]
    for points in (1.0, 2.0):
        fit_against_fasttext.main(argv, lambda *_, points=points: {"points": points})
    (row,) = map(json.loads, (tmp_path / "fit.jsonl").read_text().splitlines())
    assert row["points"] == 2.0
    assert (row["set"], row["max_size"], row["minutes"]) == ("sst2", "1MB", 20.0)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == row
