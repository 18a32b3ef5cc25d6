# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The series a model was least sure of, drawn: its channels over the steps, and where its attention lay.

T steps · C channels
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from hf_seq.reports.comparison import Comparison
from hf_seq.reports.figures import SERIES, figure_style, to_svg
from hf_seq.reports.rows import Row

SHOWN = 6
MOST_CHANNELS = 6
"""Channels that are drawn; those that vary most in the series."""
POINTS = 600
"""Of the drawing of a clip of sound."""


@dataclass(frozen=True)
class SeriesPlot:
    """One series with what was predicted for it.

    Attributes:
        title: its row, its gold label, the model's answer and how sure it was.
        right: whether the answer is right.
        svg: the drawing.
    """

    title: str
    right: bool
    svg: Markup


@dataclass(frozen=True)
class LeastConfident:
    """The series one model was least sure of; `weighed` says whether its attention is drawn."""

    model: str
    weighed: bool
    drawn: list[SeriesPlot]


def doubtful_series(comparison: Comparison, inputs: Sequence[Any], rows: Sequence[int]) -> LeastConfident | None:
    """Draw the test series with the lowest top probability.

    Args:
        comparison: of models of series; a label a row.
        inputs: N series, (T, C), or clips of sound, (T,), of which the waves are drawn.
        rows: (N,) their numbers, for people.

    Returns:
        Of the best model that attends, else of the best; None where no model of ours gives probabilities.
    """
    found = _chosen(comparison)
    if found is None or comparison.first.problem_type != "single_label_classification":
        return None
    row, predictor = found
    names, sure = comparison.first.label_names, row.scores.max(axis=1)
    drawn = []
    for index in np.argsort(sure, kind="stable")[:SHOWN].tolist():
        predicted, gold = int(row.answers[0][index]), int(row.gold[index])
        title = f"row {rows[index]}: {names[gold]}, the model says {names[predicted]} ({sure[index]:.0%})"
        given = np.asarray(inputs[index])
        weights = predictor.attention(given) if given.ndim == 2 else None
        svg = Markup(to_svg(draw_series(_drawable(given), weights)))  # ours
        drawn.append(SeriesPlot(title, predicted == gold, svg))
    attends = np.ndim(inputs[0]) == 2 and predictor.attention(inputs[0]) is not None
    return LeastConfident(row.record.name, attends, drawn)


def _drawable(given: np.ndarray) -> np.ndarray:
    """Give a series (T, C) as it is; of a clip (T,) the highest and lowest of a few hundred stretches."""
    if given.ndim == 2:
        return given
    stretches = [each for each in np.array_split(given, POINTS // 2) if len(each)]
    return np.array([value for each in stretches for value in (each.min(), each.max())])[:, None]


def _chosen(comparison: Comparison) -> tuple[Row, Any] | None:
    """Return the best model from scratch whose folder is there, one with attention pooling before others."""
    from hf_seq.predictors.door import load

    places = {row.record.name: row.home for row in comparison.done if row.small and row.home is not None}
    ours = [row for row in comparison.done if row.small and (places[row.record.name] / "config.json").is_file()]
    ours.sort(key=lambda row: -(row.score or 0.0))
    loaded = [(row, load(places[row.record.name])) for row in ours]
    attending = [pair for pair in loaded if pair[1].model.config.pooling == "attention"]
    return next(iter([*attending, *loaded]), None)


def draw_series(series: np.ndarray, weights: np.ndarray | None = None) -> Figure:
    """Draw channels over steps, each on its own scale, and attention weights as bars below.

    Args:
        series: (T, C); missing values leave a gap.
        weights: (T,), or None where the model has none.
    """
    with figure_style():
        figure = Figure(figsize=(5.4, 2.6 if weights is None else 3.2), layout="constrained")
        if weights is None:
            upper = figure.subplots()
        else:
            upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
            lower.bar(np.arange(len(weights)), weights, width=1.0, color=SERIES[1])
            lower.set(xlabel="step", ylabel="attention", yticks=[])
        spread = np.nan_to_num(np.nanstd(series, axis=0)) if len(series) else np.zeros(series.shape[1])
        shown = np.sort(np.argsort(-spread, kind="stable")[:MOST_CHANNELS])
        for place, channel in enumerate(shown.tolist()):
            values = series[:, channel].astype(np.float64)
            scaled = (values - np.nanmean(values)) / (spread[channel] or 1.0)
            upper.plot(scaled, color=SERIES[place % len(SERIES)], linewidth=1.2, label=f"channel {channel}")
        upper.set(ylabel="deviations", **({"xlabel": "step"} if weights is None else {}))
        upper.xaxis.set_major_locator(MaxNLocator(integer=True))
        upper.legend(fontsize=8, ncols=3, frameon=False, loc="lower left", bbox_to_anchor=(0, 1))
        return figure
