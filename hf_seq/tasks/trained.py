# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What the record of a trained model says of how its data were read, for verbs that read other data for it."""

from pathlib import Path
from typing import Any

from hf_seq.errors import InputError
from hf_seq.reports.record import RECORD_NAME, Record
from hf_seq.tasks.recipe import Recipe, panels
from hf_seq.tasks.registry import reading_recipe, recipe_class

OF_ONE_SOURCE = frozenset(
    [
        *("task", "data", "config", "revision", "validation_fraction", "train_on_validation", "data_split_seed"),
        *("max_train_rows", "train_rows", "max_length"),
    ]
)
"""Data fields of a recipe that say which data and how they are cut, not how any data of the model are read."""
OF_ITS_FILES = frozenset(
    ["train_file", "validation_file", "test_file", "encoding", "delimiter", "no_header", "columns"]
)
"""Data fields that say which files, and how these are written; others need not be written so."""


def record_of(folder: str | Path) -> Record | None:
    """Read the record beside a model; None where there is none."""
    return Record.read(folder) if (Path(folder) / RECORD_NAME).is_file() else None


def columns_of(known: Record | None) -> dict[str, Any]:
    """Give the option of a loader that says how training read its data; nothing where no record says it."""
    if known is None or not known.columns:
        return {}
    return {"trained_on": {**known.columns, "problem_type": known.problem_type, "positive": known.positive}}


def reading(task: str, data: str | None, known: Record | None, columns: dict[str, Any]) -> Recipe:
    """Make the recipe that reads data for a model: those named, or those of its training, cut the same way.

    Other data are read as those of training were: with what the record says of their labels, but not with its columns,
    which they need not have (`Record.columns` are what to try first).

    Args:
        task: of the model.
        data: what to read; None for the data of training.
        known: the record of the model.
        columns: what the user says of the data; None leaves it open.

    Raises:
        InputError: there are no data, or the task has no such field.
    """
    given = {name: value for name, value in columns.items() if value is not None}
    if data is not None:
        return reading_recipe(task, data, {**kept_settings(task, known), **given})
    if known is None:
        raise InputError("There is no record beside the model that names its data; give --data.")
    names = {each.name for each in panels(recipe_class(task))["Data"]} - {"task", "data"}
    settings = {name: value for name, value in known.recipe.items() if name in names}
    return reading_recipe(task, known.recipe.get("data", known.data), {**settings, **given})


def kept_settings(task: str, known: Record | None) -> dict[str, Any]:
    """List what a record says of how any data are read: not which, not their columns, not how they are cut."""
    names = {each.name for each in panels(recipe_class(task))["Data"]} - OF_ONE_SOURCE - OF_ITS_FILES
    settings = known.recipe if known else {}
    return {
        name: value
        for name, value in settings.items()
        if name in names and not name.endswith(("_column", "_columns")) and value is not None
    }
