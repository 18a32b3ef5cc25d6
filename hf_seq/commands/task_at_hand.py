# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Find which task a command line is about, before its flags can be read and without importing a task."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

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
        import yaml

        from hf_seq.tasks.recipe import RECIPES

        file = Path(named["recipe"])
        file = file if file.is_file() else RECIPES / f"{file.name.removesuffix('.yaml')}.yaml"
        values = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}
        if isinstance(values, dict) and values.get("task"):
            return str(values["task"])
    return next((task for folder in named.get("teacher", []) if (task := task_of_record(folder))), DEFAULT)


def task_of_record(folder: str) -> str | None:
    """Name the task of a model in a folder, where its record says it."""
    try:
        record = json.loads((Path(folder) / "record.json").read_text(encoding="utf-8"))
        return str(record["recipe"]["task"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
