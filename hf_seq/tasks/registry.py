# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The one place where tasks are entered: by name the task itself, its recipe, and that of a student of it."""

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hf_seq.errors import InputError
from hf_seq.tasks.base import Task
from hf_seq.tasks.distilled_recipes import DistilledClassificationRecipe, DistilledTaggingRecipe
from hf_seq.tasks.recipe import Recipe, panels
from hf_seq.tasks.task_recipes import (
    ClassificationRecipe,
    LanguageModelingRecipe,
    MaskedLanguageModelingRecipe,
    Seq2SeqRecipe,
    SeriesRecipe,
    TaggingRecipe,
)

TASKS = {
    "classification": "hf_seq.tasks.classification.task.Classification",
    "tagging": "hf_seq.tasks.tagging.task.Tagging",
    "language-modeling": "hf_seq.tasks.language_modeling.task.LanguageModeling",
    "masked-language-modeling": "hf_seq.tasks.masked_language_modeling.task.MaskedLanguageModeling",
    "seq2seq": "hf_seq.tasks.seq2seq.task.Seq2Seq",
    "series": "hf_seq.tasks.series.task.Series",
    "series-tagging": "hf_seq.tasks.series.task.SeriesTagging",
}
"""Where each task is defined."""

RECIPE_CLASSES: dict[str, type[Recipe]] = {
    "classification": ClassificationRecipe,
    "tagging": TaggingRecipe,
    "language-modeling": LanguageModelingRecipe,
    "masked-language-modeling": MaskedLanguageModelingRecipe,
    "seq2seq": Seq2SeqRecipe,
    "series": SeriesRecipe,
    "series-tagging": SeriesRecipe,
}
"""The recipe of each task."""

DISTILLED_RECIPES: dict[str, type[Recipe]] = {
    "classification": DistilledClassificationRecipe,
    "tagging": DistilledTaggingRecipe,
}
"""The recipe of each task that can be distilled."""


def recipe_class(task: str, distilled: bool = False) -> type[Recipe]:
    """The recipe of a task, or that of a student of it.

    Raises:
        InputError: there is no such task, or it has no students.
    """
    if task not in RECIPE_CLASSES:
        raise InputError(f"--task {task!r} is none of {', '.join(RECIPE_CLASSES)}.")
    if not distilled:
        return RECIPE_CLASSES[task]
    if task not in DISTILLED_RECIPES:
        raise InputError(f"--teacher goes with the tasks {' and '.join(DISTILLED_RECIPES)}, not with {task!r}.")
    return DISTILLED_RECIPES[task]


def reading_recipe(task: str, data: str, columns: Mapping[str, Any]) -> Recipe:
    """The recipe that reads some data, with the defaults of the task for all else.

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


def task_named(name: str) -> Task:
    """The task that `--task` names.

    Raises:
        InputError: there is no such task.
    """
    if name not in TASKS:
        raise InputError(f"--task {name!r} is none of {', '.join(TASKS)}.")
    module, _, definition = TASKS[name].rpartition(".")
    return getattr(importlib.import_module(module), definition)()


def task_of(recipe: Recipe) -> Task:
    """The task of a recipe."""
    return task_named(recipe.task)


def task_of_saved(folder: str | Path) -> Task:
    """The task of a saved model or baseline, from its record, its configuration or its kind; else classification."""
    record, config, baseline = (_facts(Path(folder) / name) for name in ("record.json", "config.json", "baseline.json"))
    if record.get("recipe", {}).get("task") in TASKS:
        return task_named(record["recipe"]["task"])
    for task in map(task_named, TASKS):
        named = baseline.get("task") == task.name
        fits = task.reads_numbers == (config.get("num_features") is not None)
        if named or (fits and any(name.endswith(task.head) for name in config.get("architectures") or [])):
            return task
    return task_named("classification")


def _facts(path: Path) -> dict[str, Any]:
    """A JSON object, or nothing where there is none; whoever loads the model says what is wrong with the file."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}
