# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The student of a comparison: a small model that learns from a pretrained one that the comparison has fine-tuned.

    hf-seq compare --data DATA --output runs/mine                                    # where distilbert is, student is
    hf-seq compare --data DATA --output runs/mine --models tfidf,google/electra-small-discriminator,student

It follows the defaults of `hf-seq distill`; `--student.FLAG VALUE` changes them, `--student.model` says which small
model it is, `--student.teacher` names another model of the list, or a folder or Hub id outside it. The student of a
seed learns from the teacher of that seed. It is trained again where the teacher's weights are others than those that it
learned from.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hf_seq.compare.starts import start_of
from hf_seq.errors import InputError
from hf_seq.flags.flag import flags_of
from hf_seq.tasks.architectures import ModelChoice
from hf_seq.tasks.base import Task

STUDENT = "student"
NOT_FOR_STUDENTS = frozenset(
    {"word_vectors", "word_vectors_limit", "start_from", "start_tokenizer", "label_smoothing_factor", "teacher"}
)
"""Flags that have no meaning beside a teacher, so that those for all models from scratch leave the student alone."""


def check_student_row(task: Task[Any], names: Sequence[str], groups: Sequence[Sequence[str]]) -> None:
    """Refuse a student whom nobody can teach.

    Raises:
        InputError: the task has no students, or no model of the list can be a teacher and no other is named.
    """
    if task.distillation is None:
        raise InputError(
            f"--models names {STUDENT}, but models of the task {task.name} learn from no teacher; leave it out."
        )
    if teacher_of(task.models, names, groups) is None and not _named_teachers(groups):
        raise InputError(
            f"--models names {STUDENT}, but no pretrained model that it could learn from; add one, for example "
            f"--models {','.join(names)},distilbert, or name a teacher with --student.teacher FOLDER."
        )


def teacher_of(models: ModelChoice, names: Sequence[str], groups: Sequence[Sequence[str]]) -> str | None:
    """Choose the model of a comparison that its student learns from.

    Args:
        models: of the task.
        names: of the comparison's models.
        groups: flags for the models, as typed.

    Returns:
        The one that `--student.teacher` names, else the first pretrained one; None where the teacher is no model of the
        comparison.
    """
    pretrained = [name for name in names if not is_small(models, name) and name not in models.baselines]
    named = _named_teachers(groups)
    if named:
        return named[0] if len(named) == 1 and named[0] in pretrained else None
    return next(iter(pretrained), None)


def _named_teachers(groups: Sequence[Sequence[str]]) -> list[str]:
    """List what `--student.teacher` says, the last time it is given."""
    found: list[str] = []
    for group in groups:
        flag, equals, value = group[0].partition("=")
        if flag == f"--{STUDENT}.teacher":
            found = [*([value] if equals else []), *group[1:]]
    return found


def teacher_folder(folder: Path, teacher: str) -> Path:
    """Find the folder of a student's teacher: the one beside the student's, of the same seed.

    Example:
        >>> teacher_folder(Path("out/models/student.seed2"), "google/electra").as_posix()
        'out/models/google--electra.seed2'
    """
    from hf_seq.reports.record import folder_name

    return folder.with_name(folder_name(teacher) + folder.name.removeprefix(STUDENT))


def is_small(models: ModelChoice, name: str) -> bool:
    """Say whether a row is one of those that a verdict is about: ours, taught, started or not."""
    return name == STUDENT or models.is_from_scratch(name) or start_of(models, name) is not None


def student_flags(task: Task[Any]) -> set[str]:
    """Name the flags that only students have, such as `augmented_rows`; none for a task without students."""
    if task.distillation is None:
        return set()
    plain = {each.name for each in flags_of(task.recipe)}
    return {each.name for each in flags_of(task.distillation.recipe)} - plain


def goes_to_student(flag: str) -> bool:
    """Say whether a flag without a model's name before it goes to the student, too."""
    return flag not in NOT_FOR_STUDENTS
