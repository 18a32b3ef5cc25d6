# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The one place where tasks are entered, and how they are found: by name, by recipe, by a saved model.

A task from outside is entered by `register(task)`, before the command line is read, or by an entry point of an
installed package:

    [project.entry-points."hf_seq.tasks"]
    parity = "my_package.parity:PARITY"
"""

import importlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from hf_seq.errors import InputError
from hf_seq.files.reading import object_or_nothing
from hf_seq.predictors.kinds import AUDIO, EVENTS, kind_of_config
from hf_seq.tasks.base import R, Task
from hf_seq.tasks.recipe import Recipe, panels

TASKS: dict[str, "str | Task[Any]"] = {
    "classification": "hf_seq.tasks.classification.task:CLASSIFICATION",
    "tagging": "hf_seq.tasks.tagging.task:TAGGING",
    "language-modeling": "hf_seq.tasks.language_modeling.task:LANGUAGE_MODELING",
    "masked-language-modeling": "hf_seq.tasks.masked_language_modeling.task:MASKED_LANGUAGE_MODELING",
    "series": "hf_seq.tasks.series.task:SERIES",
    "series-tagging": "hf_seq.tasks.series_tagging.task:SERIES_TAGGING",
    "audio": "hf_seq.tasks.audio.task:AUDIO",
    "events": "hf_seq.tasks.events.task:EVENTS",
    "next-event": "hf_seq.tasks.next_event.task:NEXT_EVENT",
    "forecasting": "hf_seq.tasks.forecasting.task:FORECASTING",
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
    entered = TASKS.get(task.name, task)
    named_by_package = isinstance(entered, str) and not entered.startswith("hf_seq.")  # whose module may be at it now
    if entered != task and not named_by_package:
        raise InputError(f"There is a task {task.name!r} already; give yours another name.")
    TASKS[task.name] = task


def task_names() -> list[str]:
    """List the names of all tasks, those of installed packages last."""
    _enter_installed()
    return list(TASKS)


def task_named(name: str) -> "Task[Any]":
    """Find the task that `--task` names.

    Raises:
        InputError: there is no such task, or it cannot be imported from the package that names it.
    """
    if name not in task_names():
        raise InputError(f"--task {name!r} is none of {', '.join(TASKS)}.")
    entry = TASKS[name]
    if isinstance(entry, str):
        entry = TASKS[name] = _import(name, entry)
    return entry


@cache
def _enter_installed() -> None:
    """Enter the tasks that installed packages name; ours and those entered before keep their names."""
    for each in entry_points(group=ENTRY_POINTS):
        TASKS.setdefault(each.name, each.value)


def _import(name: str, place: str) -> "Task[Any]":
    module, _, definition = place.partition(":")
    try:
        return getattr(importlib.import_module(module), definition)
    except (ImportError, AttributeError) as error:
        if module.startswith("hf_seq."):
            raise
        raise InputError(
            f"--task {name!r} stands at {place}, as an installed package says, and cannot be imported from there "
            f"({error}); install that package anew, or uninstall it."
        ) from error


def task_of(recipe: R) -> Task[R]:
    """Find the task of a recipe."""
    return task_named(recipe.task)


def task_of_saved(folder: str | Path) -> "Task[Any]":
    """Find the task of a saved model or baseline by its record, configuration or kind; else take classification."""
    record, config, baseline = (_facts(Path(folder) / name) for name in ("record.json", "config.json", "baseline.json"))
    recipe = record.get("recipe")
    if isinstance(recipe, dict) and recipe.get("task") in task_names():
        return task_named(recipe["task"])
    if config.get("modality") in (AUDIO, EVENTS):  # which a class and its numbers alone do not tell
        kind = next(filter(None, (kind_of_config(name, config) for name in named_classes(config))), None)
        if kind is not None:
            return task_named(kind.task)
    for task in map(task_named, task_names()):
        named = baseline.get("task") == task.name
        fits = task.reads_numbers == (config.get("num_features") is not None)
        suffix = task.models.auto_class_suffix
        if named or (fits and any(name.endswith(suffix) for name in named_classes(config))):
            return task
    return task_named("classification")


def named_classes(config: Mapping[str, Any]) -> list[str]:
    """List the classes that a configuration names; none where it names them in no list."""
    names = config.get("architectures")
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _facts(path: Path) -> dict[str, Any]:
    """Read a JSON object, or nothing where there is none; whoever loads the model says what is wrong with the file."""
    return object_or_nothing(path)


def recipe_class(task: str, distilled: bool = False) -> type[Recipe]:
    """Find the recipe of a task, or that of a student of it.

    Raises:
        InputError: there is no such task, or it has no students.
    """
    chosen = task_named(task)
    if not distilled:
        return chosen.recipe
    if chosen.distillation is None:
        able = [each.name for each in map(task_named, task_names()) if each.distillation is not None]
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
    names = {each.name for panel in ("Data", "Text") for each in panels(chosen)[panel]}
    odd = next((name for name in given if name not in names), None)
    if odd is not None:
        raise InputError(f"--{odd} is nothing that {task} reads; leave it out.")
    return chosen(**{"task": task, "data": data, **given})
