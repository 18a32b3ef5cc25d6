# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Figures of the page that `hf-seq check --html` writes: lengths, labels and values, split by split."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from hf_seq.data.labels.problem_types import MULTI, REGRESSION
from hf_seq.data.splits import Splits
from hf_seq.reports.figures import SERIES, figure_style, new_figure

BINS = 30
LABELS = 20  # bars that are still read
LONGEST_NAME = 24  # characters of a label beside its bar
OUTSIDE = "O"
TAIL = 0.995  # share of the rows that the axis of lengths is made for; the few longer ones stand in its last bin


def length_histogram(lengths: Mapping[str, Sequence[int]], unit: str, limit: int | None = None) -> Figure:
    """Draw how long the inputs of each split are, as shares of its rows.

    Args:
        lengths: of the rows, by split.
        unit: what is counted, such as `tokens`.
        limit: what a model reads at most; a line marks it.
    """
    every = np.concatenate([np.asarray(each, dtype=float) for each in lengths.values()])
    end = max(2.0, float(np.quantile(every, TAIL, method="lower")))
    return _histogram({name: np.minimum(each, end) for name, each in lengths.items()}, unit, end, limit)


def value_histogram(values: Mapping[str, Sequence[float]]) -> Figure:
    """Draw the values that a regression learns, as shares of the rows of each split."""
    return _histogram({name: np.asarray(each, dtype=float) for name, each in values.items()}, "value")


def _histogram(
    numbers: Mapping[str, np.ndarray], unit: str, end: float | None = None, limit: int | None = None
) -> Figure:
    edges = np.histogram_bin_edges(np.concatenate(list(numbers.values())), BINS)
    if end is not None:  # whole numbers: bins of equally many
        step = max(1, round(end / BINS))
        edges = np.arange(0, end + 2 * step, step) - 0.5
    with figure_style():
        figure, axes = new_figure()
        for (name, each), colour in zip(numbers.items(), SERIES, strict=False):
            shares = np.histogram(each, edges)[0] / max(1, len(each))
            axes.stairs(100 * shares, edges, color=colour, label=name, linewidth=1.6)
        if limit is not None and end is not None and limit < end:
            axes.axvline(limit, color=SERIES[-1], linestyle="--", linewidth=1)
        axes.set(xlabel=unit, ylabel="% of the rows")
        _legend(axes)
        return figure


def label_bars(counts: Mapping[str, Counter[str]]) -> Figure:
    """Draw the share of each label in each split, the commonest ones of train first.

    Args:
        counts: of the labels, by split.
    """
    first = next(iter(counts.values()))
    every = sorted({name for each in counts.values() for name in each}, key=lambda name: (-first[name], name))
    names = every[:LABELS]
    height = 0.8 / len(counts)
    with figure_style():
        figure, axes = new_figure()
        for place, ((split, each), colour) in enumerate(zip(counts.items(), SERIES, strict=False)):
            shares = [100 * each[name] / max(1, each.total()) for name in names]
            axes.barh(np.arange(len(names)) + place * height, shares, height, color=colour, label=split)
        axes.set_yticks(np.arange(len(names)) + 0.4 - height / 2, [_fitting(name) for name in names])
        axes.invert_yaxis()
        axes.set(xlabel="% of the labels")
        _legend(axes)
        if len(names) > 8:
            figure.set_figheight(figure.get_figheight() * len(names) / 10)
        return figure


def labels_of(splits: Splits, name: str, most: int) -> Counter[str]:
    """Count the labels, or the tags but `O`, of the first rows of a split."""
    rows = splits[name][:most]
    names = splits.label_names
    if "tags" in rows:
        return Counter(
            names[tag] for row in rows["tags"] for tag in row if 0 <= tag < len(names) and names[tag] != OUTSIDE
        )
    known = [label for label in rows["label"] if label is not None]
    if splits.problem_type == MULTI:
        return Counter(name for label in known for name, holds in zip(names, label, strict=True) if holds)
    return Counter(names[label] for label in known)


def values_of(splits: Splits, name: str, most: int) -> list[Any]:
    """Give the numbers that a regression learns, of the first rows of a split."""
    return [label for label in splits[name][:most]["label"] if label is not None]


def answers_figure(splits: Splits, names: Sequence[str], most: int) -> tuple[str, Figure] | None:
    """Draw what is to be learned: labels, tags or values, with words for it; None where texts are to be written."""
    columns: Any = splits.train.column_names
    if "label" in columns and splits.problem_type == REGRESSION:
        if splits.label_names:
            rows = values_of(splits, names[0], most)
            targets = zip(splits.label_names, zip(*rows, strict=True), strict=True)
            return f"targets of {names[0]}", value_histogram(dict(list(targets)[: len(SERIES)]))
        return "values", value_histogram({name: values_of(splits, name, most) for name in names})
    if ("label" in columns or "tags" in columns) and splits.label_names:
        counts = {name: labels_of(splits, name, most) for name in names}
        return "tags" if "tags" in columns else "labels", label_bars(counts)
    return None


def _legend(axes: Any) -> None:
    axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)


def _fitting(name: str) -> str:
    shown = name.replace("$", r"\$")
    return shown if len(shown) <= LONGEST_NAME else f"{shown[: LONGEST_NAME - 1]}…"
