# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq compare --jobs`: the same bits for any number of jobs, failures said as one after another, runs kept."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hf_seq.cli import main
from hf_seq.compare.running import parse_options, plan_runs
from hf_seq.compare.side_by_side import Trained, train_alone
from hf_seq.errors import InputError

FLAGS = [
    "--embedding_size",
    "8",
    "--hidden_size",
    "8",
    "--num_train_epochs",
    "2",
    "--per_device_train_batch_size",
    "16",
]
FLAGS += ["--learning_rate", "0.01", "--bf16", "false", "--disable_tqdm", "--calls", "3", "--robustness_rows", "0"]


def compare(reviews, output, *words):
    return main(["compare", "--data", reviews, "--output", str(output), *FLAGS, *words])


def scores(output):
    return {row["model"]: row["scores"] for row in json.loads((output / "comparison.json").read_text())["rows"]}


@pytest.mark.slow
def test_two_jobs_give_the_bits_of_one_and_what_is_done_stays(reviews, tmp_path, weights, same_bits, capsys):
    words = ["--models", "tfidf,bilstm,gru", "--seeds", "0,1", "--sizes", "24"]
    for jobs in (1, 2):
        assert compare(reviews, tmp_path / str(jobs), *words, "--jobs", str(jobs)) == 0
    assert scores(tmp_path / "1") == scores(tmp_path / "2")
    for name in ("models/bilstm", "models/bilstm.seed1", "models/gru", "sizes/24/gru.seed1"):
        assert same_bits(weights(tmp_path / "1" / name), weights(tmp_path / "2" / name))
    (tmp_path / "2/models/bilstm/record.json").unlink()
    capsys.readouterr()
    assert compare(reviews, tmp_path / "2", *words, "--jobs", "2") == 0
    assert "1 trainings, 1 at a time" in capsys.readouterr().out
    assert scores(tmp_path / "1") == scores(tmp_path / "2")


def children_of(pid):
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="finds the workers in /proc")
def test_a_killed_worker_ends_in_words_and_the_same_command_goes_on(reviews, tmp_path, weights, same_bits):
    words = ["--models", "bilstm,gru", "--seeds", "0,1", "--num_train_epochs", "20"]
    assert compare(reviews, tmp_path / "whole", *words, "--jobs", "1") == 0
    command = ["compare", "--data", reviews, "--output", str(tmp_path / "killed"), *FLAGS, *words, "--jobs", "2"]
    child = subprocess.Popen([sys.executable, "-m", "hf_seq", *command], stderr=subprocess.PIPE, text=True)
    begun, deadline = tmp_path / "killed/models", time.monotonic() + 200
    while not list(begun.glob("*/recipe.yaml")) and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    workers = [each for server in children_of(child.pid) for each in children_of(server)]
    os.kill(workers[0], signal.SIGKILL)
    assert "A training was killed" in child.communicate(timeout=120)[1]
    assert child.returncode == 2
    assert main(command) == 0
    for name in ("bilstm", "bilstm.seed1", "gru", "gru.seed1"):
        assert same_bits(weights(tmp_path / "whole/models" / name), weights(tmp_path / "killed/models" / name))


def test_no_job_is_refused(reviews, tmp_path, capsys):
    assert compare(reviews, tmp_path / "out", "--jobs", "0") == 2
    assert "jobs=0 trains nothing" in capsys.readouterr().err


def test_what_goes_wrong_in_a_worker_is_said_in_words_and_raised_where_the_run_is_asked_for(reviews, tmp_path):
    words = ["--data", reviews, "--output", str(tmp_path / "out"), "--models", "bilstm", *FLAGS]
    (run,) = plan_runs(parse_options([*words, "--label_column", "verdict"]))["bilstm"]
    error = train_alone(run)
    assert isinstance(error, InputError)
    assert "verdict" in str(error)
    with pytest.raises(InputError, match="verdict"):
        Trained(failed={run.folder: error})(run)
    assert Trained(done={run.folder})(run) is None
    assert not Path(run.folder, "record.json").exists()
