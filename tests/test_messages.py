# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Messages lead somewhere: a flag that one names exists in every command that can print it.

The walk reads every string in the package. A string of a module that only one task imports must name flags of that
task; of one that all tasks share, flags that some verb has.
"""

import ast
import re
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from hf_seq.commands.application import command_of
from hf_seq.commands.data_flags import OUTPUT
from hf_seq.commands.launching import FLAGS as LAUNCHING
from hf_seq.commands.verbs import VERBS
from hf_seq.compare.options import own_flags
from hf_seq.flags.source import training_argument_flags
from hf_seq.search.options import own_flags as fit_flags
from hf_seq.tasks.distillation import DistilledRecipe
from hf_seq.tasks.recipe import WordRecipe
from hf_seq.tasks.registry import recipe_class, task_names

ROOT = Path(__file__).parents[1] / "hf_seq"
FLAG = re.compile(r"(?<![\w-])--([a-z][a-z0-9_-]*[a-z0-9])")
OTHER_PROGRAMS = {
    *("cpu", "multi_gpu", "nproc_per_node", "module", "same_network"),  # accelerate launch and torchrun
    *("upgrade", "porcelain", "untracked_files", "no_audit", "no_fund", "ignore_scripts", "prefix"),  # pip, git, npm
    "folder",  # the server that an export brings
    *("grid", "series"),  # variables of CSS
}
OF_EVERY_VERB = {"help", "install_completion", "name", "no", "show_completion", "version"}
FOLDER_TASKS = {
    "classification": ("classification",),
    "tagging": ("tagging",),
    "seq2seq": ("seq2seq",),
    "series": ("series",),
    "series_tagging": ("series-tagging",),
    "audio": ("audio",),
    "events": ("events", "next-event"),
    "next_event": ("next-event",),
    "forecasting": ("forecasting",),
    "language_modeling": ("language-modeling",),
    "masked_language_modeling": ("masked-language-modeling",),
}
ONLY = {
    "data/labels/columns.py": ("classification",),
    "data/text_columns.py": ("classification",),
    "data/classification/balance.py": ("classification", "series"),
    "data/labels/cells.py": ("classification", "series"),
    "data/labels/reading.py": ("classification", "series"),
    "data/tagging/loading.py": ("tagging",),
    "data/tagging/columns.py": ("tagging",),
    "data/pairs/loading.py": ("seq2seq",),
    "data/forecasts/columns.py": ("forecasting",),
    "data/forecasts/splits.py": ("forecasting",),
    "data/forecasts/reading.py": ("forecasting",),
    "data/forecasts/checks.py": ("forecasting",),
    "data/columns.py": ("classification", "language-modeling", "masked-language-modeling"),
}
"""Of modules that only some tasks use: which."""


@cache
def flags_of_task(task: str) -> frozenset[str]:
    names = {name for each in fields(recipe_class(task)) for name in (each.name, *each.metadata.get("aliases", ()))}
    return frozenset(names | {flag.name for flag in training_argument_flags()} | flags_of_verbs())


@cache
def flags_of_verbs() -> frozenset[str]:
    """Every flag that any verb has beside those of recipes."""
    commands = [command_of([name]).commands[name] for name in VERBS]
    options = [option for command in commands for each in command.params for option in each.opts]
    taught = {each.name for each in fields(DistilledRecipe)} - {each.name for each in fields(WordRecipe)}
    more = {"recipe", "student", *taught, *(flag.name for flag in (*own_flags(), *fit_flags(), *OUTPUT, *LAUNCHING))}
    return frozenset({option.lstrip("-") for option in options} | more | OF_EVERY_VERB)


def strings_of(path: Path):
    """Every string in a file that is no docstring, pieces of formatted ones included."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.lineno, node.value


def tasks_of(name: str) -> tuple[str, ...]:
    folder = re.match(r"tasks/(\w+)/", name)
    if folder:
        return FOLDER_TASKS[folder[1]]
    return ONLY.get(name, tuple(task_names()))


SOURCES = sorted(path for path in ROOT.rglob("*.py") if "builtin" not in path.parts)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_flag_that_a_message_names_exists(path):
    name = path.relative_to(ROOT).as_posix()
    tasks = tasks_of(name)
    shared = name not in ONLY and not re.match(r"tasks/\w+/", name)
    for line, text in strings_of(path):
        for flag in map(lambda found: found.replace("-", "_"), FLAG.findall(text)):
            if flag in OTHER_PROGRAMS or flag.removeprefix("no_") in flags_of_verbs():
                continue
            having = [task for task in tasks if flag in flags_of_task(task)]
            needed = 1 if shared else len(tasks)
            assert len(having) >= needed, f"{name}:{line} names --{flag}, which {set(tasks) - set(having)} do not have"


def test_the_walk_would_see_a_flag_that_is_not_there():
    assert "no_such_flag" not in flags_of_task("classification")
    assert {"text_column", "positive", "metric_for_best_model", "output_columns"} <= flags_of_task("classification")
    assert "text_pair_column" not in flags_of_task("language-modeling")
    assert FLAG.findall("say --label_separator ';' or --problem-type x, not a--b") == [
        "label_separator",
        "problem-type",
    ]
