# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The README says what is: its figures are the results', its code parses, its commands exist."""

import ast
import importlib.util
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
COMMANDS = re.findall(r"^hf-seq +([a-z-]+)", README, re.MULTILINE)


def tables():
    spec = importlib.util.spec_from_file_location("tables", ROOT / "benchmarks" / "tables.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(name):
    return [json.loads(line) for line in (ROOT / "benchmarks/results" / name).read_text(encoding="utf-8").splitlines()]


def test_the_tables_are_made_from_the_results():
    made = tables()
    for page in made.PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        for name, table in made.made(page).items():
            assert f"<!-- {name} -->\n{table.strip()}\n<!-- /{name} -->" in text, f"run benchmarks/tables.py for {page}"


def test_it_is_short_and_shows_python_before_line_35():
    lines = README.splitlines()
    assert len(lines) <= 130
    assert "```python" in lines[:35]
    assert (ROOT / "docs/report.png").stat().st_size < 200_000


def test_every_link_leads_somewhere():
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_score_of_the_results_is_the_mean_of_its_seeds():
    for row in rows("quality.jsonl"):
        assert row["mean"] == pytest.approx(sum(row["scores"]) / len(row["seeds"]), abs=0.01)
        assert row["interval"][0] <= row["mean"] <= row["interval"][1]


def test_its_first_python_runs_outside_a_clone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scope = {}
    exec(PYTHON[0].replace('"bilstm"', '"bilstm", max_train_rows=200, num_train_epochs=1'), scope)
    assert {"label", "score"} <= scope["trained"]("not bad at all").keys()
    assert Path("runs/first/record.json").is_file()


@pytest.mark.parametrize("code", PYTHON)
def test_its_python_imports_what_there_is(code):
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module == "hf_seq":
            module = __import__("hf_seq")
            assert all(hasattr(module, name.name) for name in node.names)


def test_its_commands_exist():
    from hf_seq.commands.verbs import VERBS

    assert COMMANDS
    assert set(COMMANDS) <= set(VERBS)
