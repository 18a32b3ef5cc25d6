# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Find which task a command line is about, before its flags can be read and without importing a task."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hf_seq.files.reading import object_or_nothing, read_yaml
from hf_seq.flags.flag import Flag
from hf_seq.flags.reading import glance

NAMED = (Flag("task"), Flag("recipe"), Flag("teacher", many=True))
DEFAULT = "classification"


def task_in(words: Sequence[str]) -> str:
    """Name the task of `--task`, of the recipe, of a teacher's folder; else classification."""
    named: dict[str, Any] = glance(NAMED, words)
    if task := named.get("task"):
        return str(task)
    if named.get("recipe"):
        from hf_seq.tasks.recipe import RECIPES

        file = Path(named["recipe"])
        file = file if file.is_file() else RECIPES / f"{file.name.removesuffix('.yaml')}.yaml"
        values = read_yaml(file) if file.is_file() else {}
        if isinstance(values, dict) and values.get("task"):
            return str(values["task"])
    return next((task for folder in named.get("teacher", []) if (task := task_of_record(folder))), DEFAULT)


def task_of_record(folder: str) -> str | None:
    """Name the task of a model in a folder, where its record says it."""
    recipe = object_or_nothing(Path(folder) / "record.json").get("recipe")
    return str(recipe["task"]) if isinstance(recipe, dict) and "task" in recipe else None
