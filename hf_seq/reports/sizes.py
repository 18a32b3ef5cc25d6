# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Learning curves by data size: the same models after training on fewer rows, scored on the same test rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hf_seq.reports.rows import Row, read_row


@dataclass(frozen=True)
class SizePoint:
    """The score of a model after training on some rows.

    Attributes:
        rows: train rows.
        score: mean over the seeds, in people's unit.
        interval: 95 %, over test rows and seeds.
    """

    rows: int
    score: float
    interval: tuple[float, float]


def size_point(row: Row, rows: int) -> SizePoint | None:
    """Return the point of a model that was trained on `rows` rows; None where it was not run or has no score."""
    if not row.done or row.score is None:
        return None
    return SizePoint(rows, row.score, row.interval or (row.score, row.score))


def read_sizes(
    runs: Mapping[str, Mapping[int, Sequence[Path]]], whole: Mapping[str, Row], train_rows: int
) -> dict[str, list[SizePoint]]:
    """Read the points of every model.

    Args:
        runs: per model and number of train rows the folders of its runs, one per seed.
        whole: per model its row of the comparison, trained on all rows.
        train_rows: how many these are.

    Returns:
        Per model its points, from the fewest rows.
    """
    found: dict[str, list[SizePoint]] = {}
    for name, by_rows in runs.items():
        rows = {size: read_row(folders) for size, folders in by_rows.items()}
        rows |= {train_rows: whole[name]} if name in whole else {}
        points = [size_point(row, size) for size, row in sorted(rows.items())]
        found[name] = [point for point in points if point is not None]
    return found


def size_table(sizes: Mapping[str, Sequence[SizePoint]], *, percent: bool) -> tuple[list[str], dict[str, list[str]]]:
    """Return numbers of train rows as headings, and per model its scores under them."""
    every = sorted({point.rows for points in sizes.values() for point in points})
    digits = 1 if percent else 3
    lines = {}
    for name, points in sizes.items():
        scores = {point.rows: f"{point.score:.{digits}f}" for point in points}
        lines[name] = [scores.get(rows, "–") for rows in every]
    return [f"{rows:,}" for rows in every], lines
