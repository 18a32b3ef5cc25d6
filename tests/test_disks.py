# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Disks that fill up or are read-only, folders of odd names, two runs at once: words, and nothing half-written."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pandas as pd
import pytest

import hf_seq
from hf_seq.cli import main
from hf_seq.errors import InputError
from hf_seq.train.holding import held

FIXTURES = Path(__file__).parent / "fixtures" / "0.1.0.dev0"
MODEL = str(FIXTURES / "bilstm")
TINY = ["--hidden_size", "8", "--embedding_size", "8", "--max_steps", "2", "--bf16", "false", "--disable_tqdm", "true"]
TINY += ["--per_device_train_batch_size", "8", "--model", "bilstm"]


@pytest.fixture
def disk(tmp_path):
    """Mount a disk of a megabyte; where nobody may, the test is skipped."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", place], capture_output=True, check=False
    ).returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A table of texts and labels."""
    path = tmp_path_factory.mktemp("data") / "reviews.csv"
    pd.DataFrame({"text": [f"a {'good' if n % 2 else 'bad'} film number {n}" for n in range(60)],
                  "label": ["bad", "good"] * 30}).to_csv(path, index=False)  # fmt: skip
    return str(path)


def commands(data, place):
    """Name commands that write, and what each leaves there."""
    many = "".join(f"a good film number {n}\n" for n in range(2_000))
    texts = Path(data).with_name("many.txt")
    texts.write_text(many)
    return {
        "predict": (["predict", MODEL, "--data", str(texts), "--output", f"{place}/a.jsonl"], "a.jsonl"),
        "parquet": (["predict", MODEL, "--data", str(texts), "--output", f"{place}/a.parquet"], "a.parquet"),
        "trace": (["trace", MODEL, "a good film", "--html", f"{place}/t.html"], "t.html"),
        "check": (["check", data, "--html", f"{place}/c.html"], "c.html"),
        "evaluate": (["evaluate", MODEL, "--data", data, "--output", f"{place}/e", "--label_column", "label"], "e"),
        "export": (["export", MODEL, "--output", f"{place}/x"], "x"),
    }


def fill(disk, left):
    """Leave so many bytes of a disk."""
    free = shutil.disk_usage(disk).free
    (disk / "ballast").write_bytes(b"x" * max(0, free - left))


@pytest.mark.parametrize(
    ("name", "left"),
    [("predict", 16_384), ("parquet", 0), ("trace", 4_096), ("check", 0)],
)
def test_a_full_disk_ends_in_words_and_leaves_nothing_half_written(name, left, disk, data, capsys):
    words, output = commands(data, disk)[name]
    fill(disk, left)
    code = main(words)
    said = capsys.readouterr().err
    assert (code, "disk is full" in said.lower()) == (2, True), said
    assert [path.name for path in disk.iterdir()] == ["ballast"]
    (disk / "ballast").unlink()
    assert main(words) == 0
    assert (disk / output).stat().st_size > left


@pytest.mark.slow
@pytest.mark.parametrize("left", [0, 4_096, 16_384, 40_000])
def test_an_export_that_finds_no_room_leaves_nothing(left, disk, data, capsys):
    words, _ = commands(data, disk)["export"]
    fill(disk, left)
    assert main(words) == 2
    assert "disk is full" in capsys.readouterr().err.lower()
    assert [path.name for path in disk.iterdir()] == ["ballast"]


@pytest.mark.slow
@pytest.mark.parametrize("left", [0, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072])
def test_a_training_that_finds_no_room_goes_on_when_there_is_some(left, disk, data, capsys):
    words = [
        "train",
        "--data",
        data,
        "--output_dir",
        f"{disk}/run",
        "--save_strategy",
        "steps",
        "--save_steps",
        "1",
        *TINY,
    ]
    words += ["--eval_strategy", "steps", "--eval_steps", "1"]
    fill(disk, left)
    code = main(words)
    assert code == 2, capsys.readouterr().err
    assert "full" in capsys.readouterr().err.lower()
    (disk / "ballast").unlink()
    began = (disk / "run").is_dir() and any((disk / "run").iterdir())
    assert main([*words, *(["--resume"] if began else [])]) == 0
    assert hf_seq.load(disk / "run")("a good film")["label"] in ("bad", "good")


@pytest.mark.parametrize("name", ["predict", "evaluate"])
def test_a_disk_that_is_read_only_is_named(name, disk, data, capsys):
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    words, _ = commands(data, disk)[name]
    assert main(words) == 2
    said = capsys.readouterr().err
    assert str(disk) in said
    assert "cannot be" in said


def test_a_model_on_a_disk_that_is_read_only_answers(disk):
    shutil.copytree(MODEL, disk / "model")
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    assert main(["predict", str(disk / "model"), "a good film"]) == 0


NAMES = ("a run of mine", "Füße und 模型 🍲", 'it\'s "quoted" & $HOME; `x`', "-begins with a dash", "per%20cent #1")


@pytest.mark.parametrize("name", [*NAMES[2:4], *(pytest.param(name, marks=pytest.mark.slow) for name in NAMES[:2])])
def test_blanks_and_signs_in_paths_go_through_every_verb(name, tmp_path, data, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    place = Path(name)
    place.mkdir()
    shutil.copy(data, place / f"{name}.csv")
    shutil.copytree(MODEL, place / "model")
    there = str(place / f"{name}.csv") if not name.startswith("-") else f"./{place}/{name}.csv"
    model = f"./{place}/model"
    assert main(["check", there, f"--html={place}/c.html"]) == 0
    assert main(["predict", model, "--data", there, f"--output={place}/{name}.jsonl", "--text_column", "text"]) == 0
    assert len((place / f"{name}.jsonl").read_text().splitlines()) == 60
    assert main(["trace", model, "a good film", f"--html={place}/t.html"]) == 0
    assert main(["push", model, "ada/model", "--dry-run", "--no-remote-code"]) == 0
    capsys.readouterr()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES[:3])
def test_a_run_in_a_folder_of_an_odd_name_trains_and_loads(name, tmp_path, data):
    folder = tmp_path / name / "run"
    shutil.copy(data, tmp_path / f"{name}.csv")
    assert main(["train", "--data", str(tmp_path / f"{name}.csv"), "--output_dir", str(folder), *TINY]) == 0
    assert main(["evaluate", str(folder)]) == 0
    assert main(["export", str(folder), "--output", str(tmp_path / name / "exported")]) == 0
    assert main(["predict", str(tmp_path / name / "exported"), "a good film"]) == 0


def test_a_second_run_into_a_folder_is_refused_while_the_first_writes(tmp_path):
    with (
        held(tmp_path / "run", lambda: None),
        pytest.raises(InputError, match="Another run is writing to"),
        held(tmp_path / "run", lambda: None),
    ):
        pass
    with held(tmp_path / "run", lambda: None):
        pass


@pytest.mark.slow
def test_of_two_trainings_started_into_one_folder_one_ends_in_words(tmp_path, data):
    command = ["train", "--data", data, "--output_dir", str(tmp_path / "run"), *TINY]
    runs = [
        subprocess.Popen([sys.executable, "-m", "hf_seq", *command], stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [run.communicate()[1] for run in runs]
    assert sorted(run.returncode for run in runs) == [0, 2], said
    assert "in use" in "".join(said) or "Another run" in "".join(said)
    assert hf_seq.load(tmp_path / "run")("a good film")["label"] in ("bad", "good")


def test_one_predictor_answers_in_threads_as_alone():
    model = hf_seq.load(MODEL)
    texts = [f"a {'good' if n % 3 else 'bad'} film number {n}" for n in range(60)]
    expected, found = [model(text) for text in texts], {}

    def answer(part):
        found.update({number: model(texts[number]) for number in range(part, len(texts), 4)})

    threads = [threading.Thread(target=answer, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[number] for number in range(len(texts))] == expected


FORK = """
import json, os, sys
import hf_seq
model = hf_seq.load(sys.argv[1])
expected = model("a good film")
read, write = os.pipe()
child = os.fork()
if not child:
    os.write(write, json.dumps(model("a good film")).encode())
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert json.loads(os.read(read, 10_000)) == json.loads(json.dumps(expected))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")
def test_a_predictor_answers_in_a_fork_of_its_process():
    # in a process of its own: a fork of this one could wait for ever for a thread of an earlier test
    done = subprocess.run([sys.executable, "-c", FORK, MODEL], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
