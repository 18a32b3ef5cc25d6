# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a verdict says of the students among the models: how near they are to their teacher, what it taught them."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from hf_seq.reports.rows import Row
from hf_seq.reports.verdict import Difference, judge, show_difference

Between = Callable[[Row, Row], Difference]
"""Tests one row of a comparison against another."""
NEAR = {
    "better": "is better than its teacher",
    "worse": "is worse than its teacher",
    "within noise": "is within noise of its teacher",
    "too few rows": "cannot, on so few rows, be told from its teacher",
    "undefined": "cannot be compared with its teacher",
}


def judge_students(rows: Sequence[Row], told: Sequence[Row], between: Between, *, percent: bool, lower: bool) -> str:
    """Write a sentence for each student: against its teacher, and against the same model taught by labels alone.

    Args:
        rows: of the comparison.
        told: the model that the verdict is about and its reference: their difference is told already.
        between: tests one against another.
        percent: scores run from 0 to 100; otherwise from 0 to 1.
        lower: a lower score is a better one.
    """
    done = [row for row in rows if row.done]
    sentences = []
    for student in (row for row in done if row.record.distillation):
        parts = []
        teacher = teacher_among(student, done)
        if teacher is not None and not (student in told and teacher in told):
            difference = between(student, teacher)
            kind = judge(difference, student.record.n, percent=percent, lower=lower)
            parts.append(f"{NEAR[kind]} {teacher.record.name} ({show_difference(difference, percent=percent)})")
        alone = next((row for row in done if row.kind == student.kind and learned_alone(row)), None)
        if alone is not None:
            parts.append(_against(student, alone, between(student, alone), percent=percent, lower=lower))
        if parts:
            sentences.append(f"{student.record.name} {', and '.join(parts)}.")
    return " ".join(sentences)


def _against(student: Row, alone: Row, difference: Difference, *, percent: bool, lower: bool) -> str:
    kind = judge(difference, student.record.n, percent=percent, lower=lower)
    numbers = show_difference(difference, percent=percent)
    words = {
        "better": f"beats {alone.record.name}, which learned from labels alone ({numbers})",
        "worse": f"is worse than {alone.record.name}, which learned from labels alone ({numbers})",
        "within noise": f"does not beat {alone.record.name}, which learned from labels alone ({numbers})",
        "undefined": f"cannot be compared with {alone.record.name}, which learned from labels alone",
    }
    few = f"cannot be told from {alone.record.name}, which learned from labels alone ({numbers})"
    return words.get(kind, few)


def learned_alone(row: Row) -> bool:
    """Say whether a model had nothing but the labels of the data."""
    return not row.record.distillation and not any(
        row.record.recipe.get(each) for each in ("start_from", "word_vectors")
    )


def teacher_among(student: Row, rows: Sequence[Row]) -> Row | None:
    """Find the model that a student learned from, by its name or its folder; None where it is not there."""
    names = {str(each.get("name")) for each in student.record.distillation.get("teachers", [])}
    folders = {Path(each).resolve() for each in names}
    for other in rows:
        at_home = other.home is not None and other.home.resolve() in folders
        if other.done and other is not student and (at_home or other.record.model in names):
            return other
    return None


def teachers(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the models of a comparison that others learned from."""
    for row in rows:
        if (teacher := teacher_among(row, rows)) is not None:
            yield teacher
