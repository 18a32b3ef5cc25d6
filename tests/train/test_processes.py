# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Several processes of one training: one process with the same global batch is what they must equal."""

import json
import random
import socket
import subprocess
import sys

import pytest

from hf_seq.cli import main
from hf_seq.commands import launching
from hf_seq.reports.record import Record

SMALL = ["--hidden_size=16", "--num_train_epochs=2", "--learning_rate=0.01", "--bf16=false", "--disable_tqdm"]
SMALL += ["--load_best_model_at_end=false"]
STILL = [f"--{name}_dropout=0" for name in ("embedding", "hidden", "token")]
LANGUAGE = ["--output_dropout=0", "--weight_dropout=0", "--activation_regularization=2"]
TASKS = {
    "classification": ["--data=builtin:reviews", "--model=bilstm", "--classifier_dropout=0"],
    "n-grams": ["--data=builtin:reviews", "--model=bilstm-wide", "--classifier_dropout=0"],
    "tagging": ["--data=builtin:orders", "--model=bilstm-crf", "--classifier_dropout=0"],
    "series": ["--data=builtin:waves", "--model=gru", "--classifier_dropout=0"],
    "audio": ["--data=builtin:tones", "--model=bilstm-attention", "--classifier_dropout=0", "--augmentation=none"],
    "forecasting": ["--data=builtin:seasons", "--model=gru", "--horizon=4", "--max_steps=6", "--classifier_dropout=0"],
    "seq2seq": ["--data=builtin:reverse", "--model=lstm-seq2seq"],
    "language-modeling": ["--data={lines}", "--reading=texts", "--model=lstm-lm", *LANGUAGE],
    "masked-language-modeling": ["--data={lines}", "--model=transformer", "--attention_dropout=0"],
}


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    """Write a table of lines, a text each."""
    file = tmp_path_factory.mktemp("lines") / "lines.csv"
    texts = random.Random(0).choices(["the", "film", "was", "good", "and", "a", "plot", "of", "actors"], k=1_200)
    file.write_text("text\n" + "\n".join(" ".join(texts[n : n + 3 + n % 9]) for n in range(0, 1_190, 10)) + "\n")
    return file


def arguments(task, folder, batch, *more, lines=None):
    given = [word.format(lines=lines) for word in TASKS[task]]
    still = STILL[:2] if task == "forecasting" else [*STILL, "--max_train_rows=75"]
    task = "classification" if task == "n-grams" else task
    words = ["train", "--task", task, *given, *SMALL, *still, "--output_dir", str(folder)]
    return [*words, "--per_device_train_batch_size", str(batch), *more]


def losses(folder, name="loss"):
    return [row[name] for row in Record.read(folder).curve if name in row]


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_two_processes_give_the_losses_and_weights_of_one(task, lines, tmp_path, in_a_hurry, weights):
    assert main(arguments(task, tmp_path / "one", 16, lines=lines)) == 0
    two = arguments(task, tmp_path / "two", 8, "--num_processes", "2", lines=lines)
    subprocess.run([sys.executable, "-m", "hf_seq", *two], check=True, timeout=500)
    assert json.loads((tmp_path / "two/.run.json").read_text())["the number of processes"] == 2
    for name in ("loss", "eval_loss"):
        assert losses(tmp_path / "two", name) == pytest.approx(losses(tmp_path / "one", name), abs=1e-5)
    one, other = weights(tmp_path / "one"), weights(tmp_path / "two")
    assert max((one[name].double() - other[name].double()).abs().max() for name in one) < 1e-4


@pytest.mark.slow
def test_two_hosts_train_as_one_process(tmp_path, in_a_hurry):
    assert main(arguments("classification", tmp_path / "one", 16)) == 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    words = arguments("classification", tmp_path / "two", 8, "--num_processes", "2", "--num_machines", "2")
    words += ["--main_process_ip", "127.0.0.1", "--main_process_port", port]
    hosts = [
        subprocess.Popen([sys.executable, "-m", "hf_seq", *words, "--machine_rank", str(rank)]) for rank in range(2)
    ]
    assert [host.wait(timeout=500) for host in hosts] == [0, 0]
    assert losses(tmp_path / "two") == pytest.approx(losses(tmp_path / "one"), abs=1e-5)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--num_processes", "1"], "--num_processes 1 is one process, as without it"),
        (["--num_machines", "2"], "need --num_processes, the processes of all hosts together"),
        (["--num_processes", "3", "--num_machines", "2"], "cannot be shared by 2 hosts"),
        (["--num_processes", "4", "--num_machines", "2", "--machine_rank", "2"], "--machine_rank 2 is none of 2 hosts"),
        (["--num_processes", "4", "--num_machines", "2"], "need --main_process_ip and --main_process_port"),
        (["--num_processes", "two"], "--num_processes 'two' is not a whole number"),
    ],
)
def test_processes_that_cannot_be_are_refused_before_any_starts(words, said, tmp_path, capsys):
    assert main(["train", "--data", "builtin:reviews", "--output_dir", str(tmp_path / "out"), *words]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_launcher_gets_its_flags_and_the_training_all_others(monkeypatch):
    heard = []
    monkeypatch.setattr(launching, "_launch", heard.extend)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    words = ["--data", "x.csv", "--num-processes", "2", "--seed", "1", "--machine_rank=0"]
    assert launching.launched("distill", words)
    assert heard[-6:] == ["hf_seq", "distill", "--data", "x.csv", "--seed", "1"]
    assert {"--multi_gpu", "--num_processes=2", "--machine_rank=0", "--main_process_port=0"} < {*heard}
    assert not launching.launched("train", ["--data", "x.csv"])
