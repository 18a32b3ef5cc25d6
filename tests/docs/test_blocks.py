# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What README and docs show runs: their Python as it stands, their commands with flags that there are."""

import re
import shlex
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
RUN = (
    "index",
    "python",
    "classification",
    "tagging",
    "language-models",
    "text-to-text",
    "series",
    "audio",
    "events",
    "confidence",
)
"""Pages whose Python is run from top to bottom, in one program."""
NOT_FLAGS = {"--help", "--version"}


@pytest.mark.slow
@pytest.mark.parametrize("page", RUN)
def test_the_python_of_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / f"docs/{page}.md").read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    exec(compile("\n".join(blocks), f"docs/{page}.md", "exec"), {"__name__": "page"})


def commands_of(page: Path) -> list[list[str]]:
    """The words of every `hf-seq` command in the code blocks of a page, lines that go on put together."""
    blocks = re.findall(r"```(?:bash|console|sh)\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    found = [re.sub(r"^(\$ )?(python -m hf_seq|hf-seq)\b", "hf-seq", line.strip()) for line in lines]
    return [shlex.split(line, comments=True)[1:] for line in found if re.match(r"hf-seq [a-z]", line)]


@cache
def spellings(verb: str, task: str, teacher: bool) -> frozenset[str]:
    """Every flag that a verb takes for a task."""
    from hf_seq.commands.application import command_of
    from hf_seq.commands.verbs import VERBS

    words = [verb, f"--task={task}", *(["--teacher=x"] if teacher else []), *(["--help"] if VERBS[verb].lister else [])]
    command = command_of(words).commands[verb]
    return frozenset(name for each in command.params for name in (*each.opts, *each.secondary_opts))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_flag_of_a_command_exists(page):
    for words in commands_of(page):
        verb, *rest = words
        task = dict(pairwise(rest)).get("--task", "classification")
        known = spellings(verb, task, "--teacher" in rest or "student" in " ".join(rest)) | NOT_FLAGS
        for word in rest:
            name = word.partition("=")[0].replace("-", "_").replace("__", "--", 1)
            if word.startswith("--") and len(word) > 2:
                plain = f"--{name.rpartition('.')[2]}" if "." in name else name
                assert plain in known, f"{page.name}: hf-seq {' '.join(words)}"


def test_every_exercise_has_its_place_among_what_to_learn():
    from hf_seq import teach

    page = (ROOT / "docs/learn.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| ") and line.endswith("|")][1:]
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row[3])]
    assert sorted(named) == sorted(teach.exercises())
    for notebook in (ROOT / "docs/notebooks").glob("*.py"):
        assert notebook.name in page
