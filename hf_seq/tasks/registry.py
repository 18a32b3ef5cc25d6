# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The one place where tasks are entered, and how they are found: by name, by recipe, by a saved model.

A task from outside is entered by `register(task)`, before the command line is read, or by an entry point of an
installed package:

    [project.entry-points."hf_seq.tasks"]
    parity = "my_package.parity:PARITY"
"""

import importlib
import json
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from hf_seq.errors import InputError
from hf_seq.tasks.base import R, Task
from hf_seq.tasks.recipe import Recipe, panels

TASKS: dict[str, "str | Task[Any]"] = {
    "classification": "hf_seq.tasks.classification.task:CLASSIFICATION",
    "tagging": "hf_seq.tasks.tagging.task:TAGGING",
    "language-modeling": "hf_seq.tasks.language_modeling.task:LANGUAGE_MODELING",
    "masked-language-modeling": "hf_seq.tasks.masked_language_modeling.task:MASKED_LANGUAGE_MODELING",
    "series": "hf_seq.tasks.series.task:SERIES",
    "series-tagging": "hf_seq.tasks.series_tagging.task:SERIES_TAGGING",
    "seq2seq": "hf_seq.tasks.seq2seq.task:SEQ2SEQ",
}
"""The tasks, or where they are defined, by name."""
ENTRY_POINTS = "hf_seq.tasks"
"""The group of entry points under which installed packages name tasks of theirs."""


def register(task: "Task[Any]") -> None:
    """Enter a task, so that every verb of `hf-seq` knows it by its name.

    Raises:
        InputError: another task has that name.
    """
    if TASKS.get(task.name, task) != task:
        raise InputError(f"There is a task {task.name!r} already; give yours another name.")
    TASKS[task.name] = task


def task_names() -> list[str]:
    """List the names of all tasks."""
    return list(TASKS)


def task_named(name: str) -> "Task[Any]":
    """Find the task that `--task` names.

    Raises:
        InputError: there is no such task.
    """
    if name not in TASKS:
        for each in entry_points(group=ENTRY_POINTS):
            TASKS.setdefault(each.name, each.value)
    entry = TASKS.get(name)
    if entry is None:
        raise InputError(f"--task {name!r} is none of {', '.join(TASKS)}.")
    if isinstance(entry, str):
        module, _, definition = entry.partition(":")
        entry = TASKS[name] = getattr(importlib.import_module(module), definition)
    return entry


def task_of(recipe: R) -> Task[R]:
    """Find the task of a recipe."""
    return task_named(recipe.task)


def task_of_saved(folder: str | Path) -> "Task[Any]":
    """Find the task of a saved model or baseline by its record, configuration or kind; else take classification."""
    record, config, baseline = (_facts(Path(folder) / name) for name in ("record.json", "config.json", "baseline.json"))
    if record.get("recipe", {}).get("task") in TASKS:
        return task_named(record["recipe"]["task"])
    for task in map(task_named, list(TASKS)):
        named = baseline.get("task") == task.name
        fits = task.reads_numbers == (config.get("num_features") is not None)
        suffix = task.models.auto_class_suffix
        if named or (fits and any(name.endswith(suffix) for name in config.get("architectures") or [])):
            return task
    return task_named("classification")


def _facts(path: Path) -> dict[str, Any]:
    """Read a JSON object, or nothing where there is none; whoever loads the model says what is wrong with the file."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def recipe_class(task: str, distilled: bool = False) -> type[Recipe]:
    """Find the recipe of a task, or that of a student of it.

    Raises:
        InputError: there is no such task, or it has no students.
    """
    chosen = task_named(task)
    if not distilled:
        return chosen.recipe
    if chosen.distillation is None:
        able = [each.name for each in map(task_named, list(TASKS)) if each.distillation is not None]
        raise InputError(f"--teacher goes with the tasks {' and '.join(able)}, not with {task!r}.")
    return chosen.distillation.recipe


def reading_recipe(task: str, data: str, columns: Mapping[str, Any]) -> Recipe:
    """Make the recipe that reads some data, with the defaults of the task for all else.

    Args:
        task: name of the task.
        data: as in a recipe.
        columns: what else says how the data are read; None leaves the default.

    Raises:
        InputError: a column that the task does not have.
    """
    chosen = recipe_class(task)
    given = {name: value for name, value in columns.items() if value is not None}
    names = {each.name for each in panels(chosen)["Data"]}
    odd = next((name for name in given if name not in names), None)
    if odd is not None:
        raise InputError(f"--{odd} is nothing that {task} reads; leave it out.")
    return chosen(**{"task": task, "data": data, **given})
