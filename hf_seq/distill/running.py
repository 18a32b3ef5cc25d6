# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq train` and `hf-seq distill`: read the command line, and train by labels or by a teacher.

    hf-seq distill --teacher runs/big --student bilstm-attention --data path/to/sst2 --output runs/small
    hf-seq distill --recipe sst2-distilled --teacher runs/big --data path/to/sst2

A student is a run like any other (`train/running.py`); what comes before its first step is in `preparation.py`.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from hf_seq.distill.preparation import prepare_student
from hf_seq.flags.flag import Flag
from hf_seq.flags.reading import glance
from hf_seq.loops.options import TrainingOptions
from hf_seq.reports.record import Record
from hf_seq.tasks.distillation import DistilledRecipe
from hf_seq.tasks.recipe import Recipe
from hf_seq.tasks.registry import task_of_saved
from hf_seq.train.parsing import parse_recipe
from hf_seq.train.running import train

D = TypeVar("D", bound=DistilledRecipe)


def main(argv: Sequence[str] | None = None) -> Record | None:
    """Distil as the command line says.

    Args:
        argv: flags without the program's name; those of this process if None.
    """
    words = as_train_flags(sys.argv[1:] if argv is None else argv)
    return train_or_distill(*parse_recipe(words, task=task_of_teacher(words), distilled=True))


def distill(recipe: D, arguments: TrainingOptions) -> Record | None:
    """Train, save and score a student, as `train` does a model that learns from labels alone."""
    return train(recipe, arguments, preparation=prepare_student)


def train_or_distill(recipe: Recipe, arguments: TrainingOptions) -> Record | None:
    """Train what a recipe says, by a teacher where it names one."""
    return distill(recipe, arguments) if isinstance(recipe, DistilledRecipe) else train(recipe, arguments)


def train_main(argv: Sequence[str] | None = None, task: str | None = None) -> Record | None:
    """Train what the command line of `hf-seq train` says, by a teacher where it names one.

    Args:
        argv: flags without the program's name; those of this process if None.
        task: what to learn where they do not say.
    """
    return train_or_distill(*parse_recipe(sys.argv[1:] if argv is None else argv, task=task, aloud=True))


def as_train_flags(argv: Sequence[str]) -> list[str]:
    """Translate `--student` and `--output`, as `hf-seq distill` calls `--model` and `--output_dir`."""
    names = {"--student": "--model", "--output": "--output_dir"}
    spelled = []
    for word in argv:
        name, equals, value = word.partition("=")
        spelled.append(f"{names.get(name, name)}{equals}{value}")
    return spelled


def task_of_teacher(words: Sequence[str]) -> str | None:
    """Find the task of the teacher in a folder, for a command line that does not name one."""
    teachers = glance([Flag("teacher", many=True)], words).get("teacher")
    return task_of_saved(teachers[0]).name if teachers and Path(teachers[0]).is_dir() else None
