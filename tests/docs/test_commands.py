# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Every command and piece of Python that README and the pages show is run, in a folder with what they take as given.

Trainings take two steps. The Hub is the one of `tests/hub`. What waits for callers is called, and then ended.
"""

import csv
import importlib.util
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import types
import urllib.request
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from ..conftest import write_reviews
from ..hub.client import environment
from ..hub.server import WRITE, serve
from .test_blocks import PAGES, ROOT, RUN, commands_of

GRADIO = importlib.util.find_spec("gradio") is not None
"""Whether pages with a demo can be shown; where not, the commands say what to install."""
SHORT = ["--max_steps", "2", "--max_train_rows", "60"]
"""Flags that make a training a matter of seconds; what is one long text or series is read whole."""
WHOLE = {"language-modeling", "masked-language-modeling", "forecasting"}
TRAINS = {"train", "compare", "distill"}
FEWER = {"compare": ["--calls", "1", "--robustness_rows", "0"], "distill": ["--augmented_rows", "40"]}
"""Flags that spare a comparison its many timed calls, and a teacher 400,000 texts."""
WAITS = {"demo", "serve"}
ELSEWHERE = {
    "slurm": "a cluster",
    "ray": "a cluster",
    "--main_process_ip": "a second machine",
}
"""Words of commands that need what a test has not; that their flags exist `test_blocks.py` says."""
RUN_ELSEWHERE = ("data", "newcomer")
"""Pages whose commands `tests/test_data_page.py` and `tests/docs/test_newcomer.py` run."""
COMMANDED = [page for page in PAGES if commands_of(page) and page.stem not in RUN_ELSEWHERE]
GIVEN = {
    "README.md": {"runs/big": "bilstm"},
    "deployment.md": {"runs/reviews": "bilstm"},
    "distillation.md": {},
    "sharing.md": {"runs/mine": "bilstm"},
    "sharing-earlier-models.md": {"runs/lm": "lstm-lm"},
}
"""Models that a page takes as given, each the classifier or the language model of `world`."""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The files that the pages call yours, and a small classifier."""
    from hf_seq.cli import main

    folder = tmp_path_factory.mktemp("world")
    rows = write_reviews(folder) / "train.csv"
    for name in ("reviews", "my", "more", "few-labels"):
        shutil.copy(rows, folder / f"{name}.csv")
    (folder / "path/to/sst2").mkdir(parents=True)
    for name in ("train", "validation", "test"):
        (folder / f"{name}.csv").rename(folder / "path/to/sst2" / f"{name}.csv")
    with rows.with_name("my.csv").open(encoding="utf-8") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    for name in ("more", "news", "unlabelled", "plays"):
        (folder / f"{name}.txt").write_text("\n".join(f"ROMEO: {text}" for text in texts * 16) + "\n")
    days = pd.date_range("2024-01-01", periods=400)
    for name, times in (("sales", days), ("history", pd.date_range("2024-01-01", periods=400, freq="h"))):
        pd.DataFrame({"date": times, "sold": np.sin(np.arange(400) / 4).round(3)}).to_csv(
            folder / f"{name}.csv", index=False
        )
    pairs = pd.DataFrame({"de": [f"ein Hund {n}" for n in range(80)], "en": [f"a dog {n}" for n in range(80)]})
    (folder / "path/to/multi30k").mkdir()
    pairs.to_json(folder / "path/to/multi30k/train.jsonl", orient="records", lines=True)
    steps = [{"series": [[float(n), 1.0]] * 6, "labels": ["low", "high"] * 3} for n in range(60)]
    pd.DataFrame(steps).to_parquet(folder / "path/to/steps.parquet")
    for n in range(60):
        clip = folder / f"path/to/clips/{('low', 'high')[n % 2]}/{n}.wav"
        clip.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(clip, np.sin(np.arange(1600) * (0.1, 0.4)[n % 2] + n) / 2, 8000)
    shutil.copy(clip, folder / "clip.wav")
    start = pd.Timestamp("2026-03-01 12:30")
    log = [
        {"user_id": user, "timestamp": start + pd.Timedelta(minutes=user * 9 + step), "event": event, "amount": step}
        | {"label": ("kept", "gone")[user % 2]}
        for user in range(60)
        for step, event in enumerate(["open", *["look"] * (user // 2), ("buy", "leave")[user % 2]])
    ]
    for name in ("log", "new"):
        pd.DataFrame(log).to_csv(folder / f"{name}.csv", index=False)
    (folder / "shards").mkdir()
    pd.read_csv(folder / "my.csv").to_parquet(folder / "shards/a.parquet")
    small = ["--embedding_size", "8", "--hidden_size", "8", *SHORT[:2]]
    model = str(folder / "model")
    assert main(["train", "--data", str(folder / "my.csv"), "--model", "bilstm", "--output_dir", model, *small]) == 0
    language = ["--task", "language-modeling", "--data", str(folder / "plays.txt"), *small]
    assert main(["train", *language, "--output_dir", str(folder / "language")]) == 0
    return folder


@pytest.fixture
def place(world, tmp_path, monkeypatch):
    """A copy of the world to work in; the home is there, too."""
    folder = tmp_path / "work"
    shutil.copytree(world, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path))
    return folder


def shortened(words):
    """The same command with tiny trainings, and without more answers than are needed."""
    verb = words[0]
    words = [word for word in words if word != "/usr/share/dict/words"]
    if verb in TRAINS and "--resume" in words:
        return words
    if verb in TRAINS and "--streaming" in words:
        return [*words, *SHORT[:2], "--eval_steps", "1", "--save_steps", "1"]
    if verb in TRAINS:
        short = SHORT[:2] if WHOLE & {*words} else SHORT
        return [*words, *short, *FEWER.get(verb, [])]
    if verb == "find-threshold":  # which a model of two steps does not reach
        return [*words[:-1], "0.3"]
    if verb == "fit":
        return [*words, "--trials", "2", "--max_train_rows", "60"]
    return words


def call_and_end(words):
    """Start what waits for callers, ask it, end it: GET /health of a server, GET / of a page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "hf_seq", *words, "--port", str(port)]
    process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE)
    end = time.monotonic() + 120
    try:
        while time.monotonic() < end and process.poll() is None:
            try:
                address = f"http://127.0.0.1:{port}{'/health' if words[0] == 'serve' else '/'}"
                with urllib.request.urlopen(address, timeout=30) as answer:
                    return answer.status
            except OSError:
                time.sleep(0.5)
        return process.stderr.read().decode() if process.poll() is not None else "it does not answer"
    finally:
        process.terminate()
        process.wait(30)


def push(words, home):
    """Push to a Hub on this machine, in a process that is not offline."""
    with serve(lfs_from=3_000) as hub:
        command = [sys.executable, "-m", "hf_seq", *words]
        there = environment(hub.url, home, WRITE) | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=there, capture_output=True, text=True, check=False)
    needs_gradio = "--space" in words and "--static" not in words
    assert done.returncode == (0 if GRADIO or not needs_gradio else 2), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("page", COMMANDED, ids=lambda page: page.stem)
def test_the_commands_of_a_page_run(page, place, in_a_hurry, capfd):
    from hf_seq.cli import main

    for name, kind in GIVEN.get(page.name, {}).items():
        shutil.copytree(place / ("language" if kind == "lstm-lm" else "model"), place / name)
    for words in commands_of(page):
        if any(word in ELSEWHERE for word in words):
            continue
        if words[0] == "demo" and not GRADIO:
            assert main(words) == 2
            assert "pip install" in capfd.readouterr().err
        elif words[0] in WAITS:
            assert call_and_end(words) == 200, words
        elif words[0] == "push":
            push(words, place / "cache")
        else:
            code = main(shortened(words))
            assert code in (0, None), f"hf-seq {shlex.join(words)}: {capfd.readouterr().err[-2000:]}"


def python_of(page):
    """The pieces of Python that a page shows."""
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)


def test_every_page_with_python_is_run_by_a_test():
    shown = {path.relative_to(ROOT).as_posix() for path in PAGES if python_of(path.relative_to(ROOT))}
    elsewhere = {"docs/extending.md", "docs/newcomer.md"}  # tests/tasks/test_toy_task.py, benchmarks/newcomer.py
    assert shown == {f"docs/{name}.md" for name in RUN} | elsewhere | {*PREPARED}


def on_the_hub(place, name="ada/reviews-bilstm"):
    """What a push of the classifier would leave on the Hub, as a folder of that name."""
    from hf_seq.hub.staging import stage

    (place / name).mkdir(parents=True)
    stage(place / "model", place / name, name)


def exported(place):
    """An export, in whose folder Python finds `runtime`."""
    from hf_seq import export

    export(place / "model", place / "exported", quantize="int8")


def forecaster(place):
    """The forecaster of the page, and a past for it."""
    from hf_seq.cli import main

    data = ["--task", "forecasting", "--data", "sales.csv", "--horizon", "28"]
    assert main(["train", *data, "--output_dir", "runs/sales", *SHORT[:2]]) == 0
    return {"past": np.sin(np.arange(300) / 4)[:, None]}


def given(name, of="model"):
    """A model where the page has it."""
    return lambda place: shutil.copytree(place / of, place / name) and None


def cells_beside(place):
    """The module that the page calls my_cells.py."""
    (place / "my_cells.py").write_text(python_of("docs/own-cells.md")[0], encoding="utf-8")


class Fields(list):
    """A StructType of Spark as far as the page needs it: the names."""

    def add(self, name, _):
        return Fields([*self, name])


class Lines:
    """Ray Data and Spark as far as the page needs them, over one table of pandas."""

    schema = property(lambda self: list(self.frame))

    def __init__(self, frame):
        self.frame = frame

    def map_batches(self, kind, fn_constructor_args, **_):
        batch = {name: self.frame[name].to_numpy() for name in self.frame}
        return Lines(pd.DataFrame(kind(*fn_constructor_args)(batch)))

    def mapInPandas(self, function, schema):
        assert schema == [*self.frame, "label", "score"]
        return Lines(pd.concat(function([self.frame])))

    def write_parquet(self, folder):
        assert {"text", "label", "score"} <= {*self.frame}
        Path(folder).mkdir(exist_ok=True)
        self.frame.to_parquet(Path(folder) / "part.parquet")

    @property
    def write(self):
        return types.SimpleNamespace(parquet=self.write_parquet)


def clusters(place):
    """The names under which the page finds Ray and Spark."""
    shutil.copytree(place / "model", place / "runs/filter")

    def read(folder):
        return Lines(pd.read_parquet(folder))

    ray = types.SimpleNamespace(read_parquet=read, ActorPoolStrategy=lambda **sizes: sizes)
    sys.modules["ray"] = types.SimpleNamespace(data=ray)
    session = types.SimpleNamespace(read=types.SimpleNamespace(parquet=read))
    builder = types.SimpleNamespace(getOrCreate=lambda: session)
    sys.modules["pyspark"] = types.ModuleType("pyspark")
    sys.modules["pyspark.sql"] = types.SimpleNamespace(SparkSession=types.SimpleNamespace(builder=builder))
    sys.modules["pyspark.sql.types"] = types.SimpleNamespace(StructType=Fields)


PREPARED = {
    "README.md": on_the_hub,
    "docs/deployment.md": exported,
    "docs/forecasting.md": forecaster,
    "docs/own-cells.md": cells_beside,
    "docs/scale.md": clusters,
    "docs/sharing.md": on_the_hub,
    "docs/sharing-earlier-models.md": given("runs/lm", "language"),
    "docs/trace.md": given("runs/mine"),
}
"""What the Python of a page finds when it is run; it may give values for names that the page leaves to the reader."""


@pytest.mark.slow
@pytest.mark.parametrize("page", PREPARED)
def test_the_python_of_a_page_runs_where_things_are_as_it_says(page, place, monkeypatch):
    for name in ("ray", "pyspark", "pyspark.sql", "runtime", "my_cells"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    for folder in (place, place / "exported"):
        monkeypatch.syspath_prepend(str(folder))
    names = {"__name__": "page"} | (PREPARED[page](place) or {})
    code = [each.replace('"bilstm",', '"bilstm", max_steps=2, max_train_rows=60,') for each in python_of(page)]
    if page == "docs/deployment.md":  # the second piece is a file beside the export
        exec(compile(code[0], page, "exec"), names)
        monkeypatch.chdir(place / "exported")
        exec(compile(code[1], page, "exec"), names)
        assert len(names["handler"]({"inputs": ["one", "two"]}, None)) == 2
    elif page == "docs/sharing-earlier-models.md":  # it pushes, so in a process that is not offline
        shutil.copytree(place / "language", place / "ada/your-model")
        with serve(lfs_from=3_000) as hub:
            there = environment(hub.url, place / "cache", WRITE) | {"PYTHONPATH": str(ROOT)}
            subprocess.run([sys.executable, "-c", "\n".join(code)], env=there, check=True)
    else:
        rest = code[1:] if page == "docs/own-cells.md" else code  # whose first piece is a file that the others import
        exec(compile("\n".join(rest), page, "exec"), names)
