# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Flags that do not go together are refused before any model is loaded, and the message shows what was given."""

import pytest

from hf_seq.cli import main

REFUSED = {
    "predict model good --workers 4 --skip_broken": "--workers 4 --skip_broken: such options are for shards",
    "predict model good --executor slurm": "--executor slurm: such options are for shards",
    "predict model --input in.csv --output out --id_column row --output_columns y=label,row": (
        "leave --id_column row --output_columns y=label,row out"
    ),
    "translate model good --id_column row": "or leave --id_column row out",
    "translate model good --output_columns a,b=c --output out.txt": ("or leave --output_columns a,b=c out"),
    "translate model good --output out.conll": "--output out.conll: conll is for words and their tags; use .txt",
    "generate model --split test": "--split says how data are read, and there are none; give --data",
    "find-threshold model --precision 0.95 --best f1": "--precision 0.95 and --best f1 contradict each other",
    "check rows.csv --data more.csv": "check got both rows.csv and --data more.csv; name the data once",
    "check": "check got no data; name the data once",
    "compare --data builtin:reviews --output out --models ,": "--models ',' names no model",
    "train --num_machines 2 --machine_rank 0": "--num_machines 2 --machine_rank 0: hosts need --num_processes",
    "train --num_processes 4 --num_machines 2": "2 hosts need --main_process_ip",
}


@pytest.mark.parametrize("command", REFUSED)
def test_what_was_given_is_shown(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(command.split()) == 2
    assert REFUSED[command] in " ".join(capsys.readouterr().err.split())
    assert not list(tmp_path.iterdir())


def test_a_started_process_says_which_flags_to_leave_out(monkeypatch, capsys):
    monkeypatch.setenv("RANK", "1")
    assert main(["train", "--data", "x.csv", "--num_processes", "2"]) == 2
    message = "started this process already (RANK=1); leave --num_processes 2 out"
    assert message in " ".join(capsys.readouterr().err.split())
