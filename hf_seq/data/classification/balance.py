# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which of two labels is the positive one, and when one class hides the others from an accuracy."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from hf_seq.data.labels.columns import BITS
from hf_seq.data.labels.problem_types import SINGLE
from hf_seq.errors import InputError

RARE = 0.4
"""Share of the rows below which a label is the rarer of two; else the second is positive, as in scikit-learn."""
UNBALANCED = 3
"""Times as many rows as the rarest class has, from which on accuracy alone misleads."""


def find_positive(
    names: Sequence[str], labels: Sequence[Any], problem_type: str, asked: str | None = None
) -> str | None:
    """Name the positive one of two labels: the one asked for, the rarer one, else the second; None of other problems.

    Args:
        names: of the labels, in id order.
        labels: ids of the train rows.
        problem_type: what the labels are.
        asked: what the user or the record of a model says.

    Raises:
        InputError: that label does not exist, or there are not two.
    """
    if asked is not None:
        if problem_type != SINGLE or len(names) != 2:
            kind = f"{len(names)} labels" if problem_type == SINGLE else problem_type
            raise InputError(f"--positive {asked} is for two labels, one a row; these data have {kind}: leave it out.")
        if asked not in names:
            raise InputError(f"--positive {asked} does not fit: the labels are {names[0]} and {names[1]}.")
        return asked
    if problem_type != SINGLE or len(names) != 2:
        return None
    counts = Counter(label for label in labels if label is not None)
    rows = sum(counts.values())
    if rows and counts[1] >= RARE * rows and (BITS.get(names[0].lower()), BITS.get(names[1].lower())) == (1, 0):
        return names[0]  # ja and nein
    return names[0] if rows and counts[0] < RARE * rows else names[1]


def describe_balance(names: Sequence[str], labels: Sequence[Any], positive: str | None) -> list[str]:
    """Say that the classes are unbalanced, where one label a row has far more rows than another; else nothing."""
    if not is_unbalanced(labels):
        return []
    counts = Counter(label for label in labels if label is not None).most_common()
    (most, many), (least, few) = counts[0], counts[-1]
    message = f"{names[most]!r} has {many:,} rows, {names[least]!r} {few:,}: macro F1 is shown beside accuracy"
    if positive is None:
        return [message]
    return [f"{message}; precision, recall and F1 are those of {positive!r} (--positive)"]


def is_unbalanced(labels: Sequence[Any]) -> bool:
    """Check whether a class has three times the rows of another, or more; ids of one label a row."""
    counts = Counter(label for label in labels if isinstance(label, int))
    return len(counts) > 1 and max(counts.values()) >= UNBALANCED * min(counts.values())
