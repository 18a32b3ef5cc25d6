# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A run begins by saying what it reads: rows, columns, guesses with their flags, and rows as the model sees them."""

import re

import pandas as pd
import pytest

from hf_seq.cli import main
from hf_seq.data import load_splits
from hf_seq.data.examples import first_rows
from hf_seq.data.pairs.loading import load_pair_splits
from hf_seq.data.tagging.loading import load_tagged_splits

TINY = [
    *("--embedding_size", "8", "--hidden_size", "8", "--max_steps", "2", "--bf16", "false", "--disable_tqdm", "true"),
    *("--eval_strategy", "steps", "--save_strategy", "steps", "--eval_steps", "2", "--save_steps", "2"),
]


@pytest.fixture
def tickets(tmp_path):
    cells = ["food;noise", "food", "noise;parking", "parking", "food;parking"] * 12
    frame = pd.DataFrame({"id": range(60), "text": [f"Complaint number {n}" for n in range(60)], "labels": cells})
    frame.to_csv(tmp_path / "tickets.csv", index=False)
    return str(tmp_path / "tickets.csv")


@pytest.mark.parametrize("model", ["bilstm", "tfidf"])
def test_train_says_what_it_reads(model, tickets, tmp_path, capsys, in_a_hurry):
    flags = TINY if model == "bilstm" else []
    assert main(["train", "--data", tickets, "--model", model, "--output_dir", str(tmp_path / "run"), *flags]) == 0
    said = capsys.readouterr().out
    assert "48 train, 6 validation, 6 test (cut from train) rows, 3 labels: food, noise, parking" in said
    assert "text column 'text', label column 'labels'" in said
    assert "'food;noise' is 'food' and 'noise'" in said
    assert "--label_separator" in said
    number = load_splits(tickets).train[0]["row"]
    read = "complaint number [UNK]" if model == "bilstm" else f"Complaint number {number - 1}"
    assert f"row {number}: {read}  ->  " in said


def test_check_shows_rows_too(tickets, capsys):
    assert main(["check", tickets, "--problem_type", "single_label_classification"]) == 0
    assert re.search(r": complaint number \d+  ->  ", capsys.readouterr().out)  # as the usual model's pieces read it


def test_rows_of_every_kind_are_shown(tmp_path):
    frame = pd.DataFrame({"source": [f"eins {n}" for n in range(40)], "target": [f"one {n}" for n in range(40)]})
    frame.to_csv(tmp_path / "pairs.csv", index=False)
    first = load_pair_splits(tmp_path / "pairs.csv")
    assert (
        first_rows(first)[0]
        == f"row {first.train[0]['row']}: {first.train[0]['source']}  ->  {first.train[0]['target']}"
    )
    (tmp_path / "a.conll").write_text("\n\n".join(f"Ann B-PER\nleft O\nn{n} O" for n in range(40)))
    assert "Ann/B-PER left/O n" in first_rows(load_tagged_splits(tmp_path / "a.conll"))[0]
    pd.DataFrame({"text": [f"t {n}" for n in range(40)], "label": [n / 8 for n in range(40)]}).to_csv(
        tmp_path / "numbers.csv", index=False
    )
    assert len(first_rows(load_splits(tmp_path / "numbers.csv"))) == 3
    assert first_rows(load_splits(tmp_path / "numbers.csv"))[0].count("->") == 1
