# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hf_seq.errors import InputError
from hf_seq.files.writing import write_text
from hf_seq.reports import environment
from hf_seq.reports.record import Record, folder_name, quoted_score


def make(**fields):
    return Record("text-classification", "lstm", "builtin:reviews", "test", "accuracy", **fields)


def test_a_record_comes_back_as_it_was_written(tmp_path):
    record = make(
        score=84.9, interval=[82.0, 87.1], n=872, seed=3, recipe={"hidden_size": 128}, latency_ms={"p50": 0.5}
    )
    record.write(tmp_path)
    assert Record.read(tmp_path) == record


def test_a_record_has_every_field_that_scripts_rely_on(tmp_path):
    values = json.loads(make().write(tmp_path).read_text())
    promised = (
        "task model data split metric score interval n seed parameters parameters_without_embeddings bytes latency_ms "
        "throughput_per_s train_seconds versions machine commit command"
    )
    assert set(promised.split()) <= values.keys()
    assert {"processor", "cores", "amx"} <= values["machine"].keys()
    assert {"torch", "transformers", "python"} <= values["versions"].keys()


def test_what_json_has_no_word_for_becomes_null_or_plain(tmp_path):
    path = make(score=float("nan"), metrics={"f1": np.float32(0.5), "matrix": np.eye(2, dtype=int)}).write(tmp_path)
    values = json.loads(path.read_text(), parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert values["score"] is None
    assert values["metrics"] == {"f1": 0.5, "matrix": [[1, 0], [0, 1]]}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "does not exist"),
        ("{", "is not JSON"),
        ("[]", "a list, not an object"),
        ('{"task": "t"}', "not a run record"),
        ('{"task": "t", "model": "m", "data": "d", "split": "s", "metric": "a", "colour": 1}', "colour"),
    ],
)
def test_a_missing_or_foreign_record_is_refused_in_words(tmp_path, content, words):
    if content is not None:
        (tmp_path / "record.json").write_text(content)
    with pytest.raises(InputError, match=words):
        Record.read(tmp_path)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "record.json"
    write_text(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "new \ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_fractions_become_percent_and_correlations_stay():
    assert quoted_score("accuracy", 0.849) == pytest.approx(84.9)
    assert quoted_score("pearson", 0.849) == 0.849


@pytest.mark.parametrize(
    ("model", "folder"),
    [("bilstm-attention", "bilstm-attention"), ("google/electra-small", "google--electra-small"), ("../x y/", "x--y")],
)
def test_a_model_name_becomes_one_folder_below(model, folder):
    assert folder_name(model) == folder


def test_the_commit_is_that_of_this_checkout():
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        pytest.skip("not a checkout")
    head = subprocess.run(["git", "-C", root, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    assert environment.current_commit().removesuffix("+") == head.stdout.strip()


def test_the_command_can_be_pasted(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/usr/bin/hf-seq", "train", "--data", "my file.csv"])
    assert environment.current_command() == "hf-seq train --data 'my file.csv'"


def test_rows_cut_from_train_are_never_called_train_rows(tmp_path):
    held_out = Record("text-classification", "lstm", "a.csv", "test (cut from train)", "accuracy", n=1200)
    assert held_out.scored_rows == "1,200 test rows (cut from train)"
    assert (
        Record("text-classification", "lstm", "sst2", "validation", "accuracy", n=872).scored_rows
        == "872 validation rows"
    )
    earlier = Record(
        "text-classification",
        "lstm",
        "a.csv",
        "train",
        "accuracy",
        notes=["test: 40 rows cut from train, stratified, seed 1"],
    )
    earlier.write(tmp_path)
    assert Record.read(tmp_path).split == "test (cut from train)"
    Record("text-classification", "lstm", "a.csv", "train", "accuracy").write(tmp_path)  # `evaluate --split train`
    assert Record.read(tmp_path).split == "train"
