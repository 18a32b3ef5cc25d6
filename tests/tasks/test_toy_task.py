# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The task of docs/extending.md, from outside the package: every verb knows it."""

import importlib.util
import itertools
import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from transformers import AutoModelForSequenceClassification

from hf_seq.cli import main
from hf_seq.errors import InputError
from hf_seq.tasks import register
from hf_seq.tasks.registry import TASKS, task_of_saved

DOCUMENT = (Path(__file__).parents[2] / "docs/extending.md").read_text(encoding="utf-8")
CODE = re.search(r'```python\n("""Parity.*?)```', DOCUMENT, re.DOTALL).group(1)


@pytest.fixture(scope="module")
def parity(tmp_path_factory):
    """The module of the document, registered; forgotten when the tests are done."""
    file = tmp_path_factory.mktemp("outside") / "parity.py"
    file.write_text(CODE, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("parity", file)
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "parity", module)  # dataclasses look their module up
        spec.loader.exec_module(module)
        yield module
    del TASKS["parity"]


@pytest.fixture(scope="module")
def bits(tmp_path_factory) -> str:
    """Every string of one to four bits, eight times, shuffled."""
    strings = ["".join(bits) for length in range(1, 5) for bits in itertools.product("01", repeat=length)] * 8
    random.Random(0).shuffle(strings)
    file = tmp_path_factory.mktemp("data") / "bits.txt"
    file.write_text("\n".join(strings) + "\n")
    return str(file)


@pytest.fixture(scope="module")
def trained(parity, bits, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "counter"
    assert main(["train", "--task", "parity", "--data", bits, "--output_dir", str(folder), "--bf16", "false"]) == 0
    return folder


def test_it_takes_sixty_lines():
    assert len([line for line in CODE.splitlines() if line.strip()]) <= 60


def test_it_trains_and_its_score_is_that_of_counting_ones(trained, bits):
    record = json.loads((trained / "record.json").read_text())
    tested = Path(bits).read_text().split()[::10]
    lines = (trained / "predictions.jsonl").read_text().splitlines()
    scores = [json.loads(line) for line in lines][-len(tested) :]
    pairs = zip((each["scores"] for each in scores), tested, strict=True)
    right = [max(each) == each[text.count("1") % 2] for each, text in pairs]
    assert record["score"] == pytest.approx(100 * sum(right) / len(right))
    assert record["score"] > 90
    assert record["recipe"]["label_for"] == "odd"


def test_it_is_found_again_loaded_and_predicts(trained, capsys):
    assert task_of_saved(trained).name == "parity"
    assert AutoModelForSequenceClassification.from_pretrained(trained).config.id2label == {0: "no", 1: "yes"}
    assert main(["predict", str(trained), "0110", "1"]) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if line]
    assert "no" in said[0]
    assert "yes" in said[1]


def test_it_is_evaluated_on_other_data_by_its_own_reader(trained, tmp_path, capsys):
    (tmp_path / "more.txt").write_text("1\n11\n111\n")
    assert main(["evaluate", str(trained), "--data", str(tmp_path / "more.txt")]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["n"], record["score"]) == (3, 100)


def test_its_models_are_compared(parity, bits, tmp_path):
    output = tmp_path / "compared"
    small = ["--num_train_epochs", "1", "--calls", "5", "--robustness_rows", "0", "--bf16", "false"]
    assert main(["compare", "--task", "parity", "--data", bits, "--output", str(output), *small]) == 0
    rows = json.loads((output / "comparison.json").read_text())["rows"]
    assert [row["model"] for row in rows] == ["majority", "counter"]


def test_a_name_that_is_taken_is_refused(parity):
    import dataclasses

    register(parity.PARITY)  # again, as when a module is imported twice
    with pytest.raises(InputError, match="There is a task 'series' already"):
        register(dataclasses.replace(parity.PARITY, name="series"))


@pytest.fixture
def installed(tmp_path) -> dict[str, str]:
    """The environment of a process where a package is installed that names the task of the document."""
    folder = tmp_path / "toy-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text("[hf_seq.tasks]\nparity = parity:PARITY\nbroken = nowhere:TASK\n")
    (tmp_path / "parity.py").write_text(CODE, encoding="utf-8")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}


def test_a_task_of_an_installed_package_is_found_by_name_and_by_its_saved_model(installed, tmp_path):
    (tmp_path / "record.json").write_text(json.dumps({"recipe": {"task": "parity"}}))
    code = f"""
from hf_seq.tasks.registry import register, task_named, task_names, task_of_saved
assert task_of_saved({str(tmp_path)!r}).name == "parity"
assert "parity" in task_names()
register(task_named("parity"))
"""
    subprocess.run([sys.executable, "-c", code], env=installed, check=True)


def test_a_task_that_cannot_be_imported_is_told_with_its_place(installed):
    code = "from hf_seq.tasks.registry import task_named; task_named('broken')"
    ended = subprocess.run([sys.executable, "-c", code], env=installed, capture_output=True, text=True, check=False)
    assert "--task 'broken' stands at nowhere:TASK" in ended.stderr
