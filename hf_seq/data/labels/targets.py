# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Amounts to learn: one number a row, or several, in a list or in columns of their own."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hf_seq.data.findings import Finding
from hf_seq.data.labels.cells import as_comma_decimal, as_decimal, converts
from hf_seq.data.labels.names import is_bit

OFTEN = 0.1
"""Share of the rows in which columns that are named hold something else than 0 and 1, from which on they are amounts:
a few such rows among bits are slips."""
UNLIKE = 3.0
"""How many times as far one target spreads as another, from which on the loss neglects the smaller."""


def are_amounts(rows: Sequence[Any]) -> bool:
    """Check whether lists are of amounts, which no names of labels are: half of them or more."""
    found = sum(map(_is_of_amounts, rows))
    return bool(found) and found >= len(rows) / 2


def _is_of_amounts(row: Sequence[Any]) -> bool:
    """Check whether a list holds what no list of ids does: a number with a point, below 0, or twice that is no bit."""
    numbers = [item for item in row if isinstance(item, int | float) and not isinstance(item, bool)]
    if len(numbers) < len(row) or not numbers:
        return False
    pointed = any(isinstance(item, float) and not item.is_integer() for item in numbers)
    return pointed or min(numbers) < 0 or (len(set(numbers)) < len(numbers) and not all(map(is_bit, numbers)))


def hold_amounts(columns: Sequence[Sequence[Any]]) -> bool:
    """Check whether columns that are named together are targets: numbers, and not all but a few of them 0 and 1."""
    cells = [[cell for cell in column if cell is not None and str(cell).strip()] for column in columns]
    if not all(cells) or not all(as_amount(cell) is not None for column in cells for cell in column):
        return False
    rows = zip(*cells, strict=False)
    odd = sum(any(as_amount(cell) not in (0.0, 1.0, -1.0) for cell in row) for row in rows)
    return odd >= OFTEN * min(map(len, cells))


def as_amount(cell: Any) -> float | None:
    """Read a finite number, as text too, with a decimal comma too; None where it is none."""
    if isinstance(cell, bool) or cell is None:
        return None
    for kind in (as_decimal, as_comma_decimal):
        if isinstance(cell, int | float) or converts(kind, cell):
            number = float(cell) if isinstance(cell, int | float) else kind(cell)
            return number if math.isfinite(number) else None
    return None


def read_amounts(raw: Mapping[str, Sequence[Any]]) -> dict[str, list[float | None]]:
    """Read one number a row; None where there is none."""
    return {
        split: [float(each) if isinstance(each, int | float) and math.isfinite(each) else None for each in labels]
        for split, labels in raw.items()
    }


def read_targets(raw: Mapping[str, Sequence[Any]]) -> dict[str, list[list[float] | None]]:
    """Read several numbers a row, as many as most of train has; None where a row has others."""
    lengths = [len(row) for row in raw["train"] if isinstance(row, list | tuple)]
    width = max(set(lengths), key=lengths.count)
    return {split: [_row(label, width) for label in labels] for split, labels in raw.items()}


def _row(label: Any, width: int) -> list[float] | None:
    if not isinstance(label, list | tuple) or len(label) != width:
        return None
    numbers = [as_amount(item) for item in label]
    return None if None in numbers else numbers  # type: ignore[return-value]


def describe_scales(names: Sequence[str], rows: Sequence[list[float] | None]) -> list[str]:
    """Say that targets differ much in scale, where they do: the squared error is then that of the largest alone."""
    spreads = [float(np.std(column)) for column in zip(*(row for row in rows if row is not None), strict=True)]
    least, most = min(spreads, default=0.0), max(spreads, default=0.0)
    if not least or most < UNLIKE * least:
        return []
    small, large = names[spreads.index(least)], names[spreads.index(most)]
    return [
        f"the targets differ in scale ({small} by {least:.3g} around its mean, {large} by {most:.3g}), and the loss "
        f"sees little but {large}; write them in units that make them alike"
    ]


def not_amounts(split: str, seen: Any, rows: Sequence[int], targets: int) -> Finding:
    """Say which rows hold no number where train has amounts, or not as many."""
    wanted = "is not a finite number, but train has numbers with a decimal point (regression)"
    if targets:
        wanted = f"is not a list of {targets} finite numbers, as train has them (regression on several targets)"
    return Finding("label-not-a-number", f"label {seen!r} {wanted}; correct it", [(split, row) for row in rows])
