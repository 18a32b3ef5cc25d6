# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Shards on slurm, whose commands are played by three small scripts, and on ray where it is installed."""

import json
import os
import sys
from pathlib import Path

import pandas as pd
import pytest

from hf_seq.cli import main

pytest.importorskip("datatrove")
MODEL = str(Path(__file__).parents[1] / "fixtures/0.1.0.dev0/bilstm")
SBATCH = """#!/bin/bash
# runs every task of the array at once, and tells a number, as sbatch does
script="${@: -1}"
last=$(sed -n 's/#SBATCH --array=0-\\([0-9]*\\).*/\\1/p' "$script")
for task in $(seq 0 ${last:-0}); do
    SLURM_ARRAY_TASK_ID=$task SLURM_NODELIST=localhost SLURM_NODEID=0 RUN_OFFSET=0 bash "$script" >> "$LOG" 2>&1
done
echo Submitted batch job 7
"""
SRUN = '#!/bin/bash\nwhile [[ $1 == -* ]]; do [[ $1 == -n ]] && shift; shift; done\nexec "$@"\n'


@pytest.fixture
def shards(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(2):
        pd.DataFrame({"id": [2 * number, 2 * number + 1], "text": ["a good film", "bad"]}).to_parquet(
            folder / f"{number}.parquet"
        )
    return folder


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in {"sbatch": SBATCH, "srun": SRUN, "scontrol": "#!/bin/bash\necho localhost\n"}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("LOG", str(tmp_path / "slurm.log"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))


@pytest.mark.slow
def test_slurm_does_the_shards_and_the_same_command_adds_them_up(shards, tmp_path, slurm, capsys):
    words = ["predict", MODEL, "--input", str(shards), "--output", str(tmp_path / "out"), "--executor", "slurm"]
    assert main([*words, "--executor_options", "partition=tiny,time=00:10:00", "--workers", "2"]) == 0
    log = (tmp_path / "slurm.log").read_text()
    assert "partition=tiny" in (tmp_path / "out/.hf_seq/launch_script.slurm").read_text(), log
    assert main(words) == 0
    assert json.loads((tmp_path / "out/.hf_seq/statistics.json").read_text())["rows"] == 4
    found = pd.concat([pd.read_parquet(path) for path in sorted((tmp_path / "out").glob("*.parquet"))])
    assert list(found.id) == [0, 1, 2, 3]
    assert found.label.notna().all()


def test_options_of_an_executor_are_read_and_checked(shards, tmp_path, slurm, capsys):
    words = ["predict", MODEL, "--input", str(shards), "--output", str(tmp_path / "out")]
    assert main([*words, "--executor_options", "time=1"]) == 2
    assert "are for --executor slurm and ray" in capsys.readouterr().err
    assert main([*words, "--executor", "slurm", "--executor_options", "time"]) == 2
    assert "must be NAME=VALUE" in capsys.readouterr().err
    assert main([*words, "--executor", "slurm", "--executor_options", "tempo=1"]) == 2
    assert "unexpected keyword argument 'tempo'" in capsys.readouterr().err


@pytest.mark.slow
def test_ray_does_the_shards(shards, tmp_path):
    pytest.importorskip("ray")
    words = ["predict", MODEL, "--input", str(shards), "--output", str(tmp_path / "out"), "--executor", "ray"]
    assert main([*words, "--workers", "1", "--executor_options", "mem_per_cpu_gb=1"]) == 0
    assert json.loads((tmp_path / "out/.hf_seq/statistics.json").read_text())["rows"] == 4
