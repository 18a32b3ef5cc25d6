# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Figures of what stands behind a score: how sure a model is against how often it is right, what typos cost."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from hf_seq.data.disturbances import DISTURBANCES
from hf_seq.metrics.calibration import Reliability
from hf_seq.reports.figures import GRID, INK, colour_of, figure_style, marker_of, new_figure

FEWEST = 10
"""Answers that a bin must hold to be drawn."""


def reliability_diagram(found: Sequence[Reliability | None]) -> Figure:
    """Draw how often models were right against how sure they were; on the diagonal they say what they know.

    Args:
        found: one per model in the table's order; None keeps the colour of a model that has no figure here.
    """
    with figure_style():
        figure, axes = new_figure()
        axes.plot([0, 100], [0, 100], color=GRID, linewidth=1.0, linestyle="--")
        for index, each in enumerate(found):
            if each is None:
                continue
            drawn = each.counts >= FEWEST
            style = {"color": colour_of(index), "marker": marker_of(index), "markersize": 5, "linewidth": 1.4}
            axes.plot(100 * each.confidence[drawn], 100 * each.accuracy[drawn], **style)
        axes.set(xlabel="how sure of the answer (%)", ylabel="how often right (%)", xlim=(0, 102), ylim=(0, 102))
        axes.tick_params(colors=INK)
        return figure


def robustness_figure(found: Sequence[Mapping[str, Any]], metric: str) -> Figure:
    """Draw what each kind of disturbance does to every model's score, with 95 % intervals.

    Args:
        found: one per model in the table's order, as `Record.robustness`; an empty one keeps the colour free.
        metric: name of the score.
    """
    with figure_style():
        figure, axes = new_figure()
        kinds = list(DISTURBANCES)
        axes.axhline(0, color=GRID, linewidth=1.0, linestyle="--")
        for index, each in enumerate(found):
            shift = 0.7 * ((index + 0.5) / len(found) - 0.5)
            for place, kind in enumerate(kinds):
                if kind not in each:
                    continue
                value, (low, high) = each[kind]["difference"], each[kind]["interval"]
                bar = [[max(0.0, value - low)], [max(0.0, high - value)]]
                style = {"color": colour_of(index), "marker": marker_of(index), "markersize": 6, "capsize": 2}
                axes.errorbar(place + shift, value, yerr=bar, elinewidth=1.2, **style)
        axes.set(
            xticks=range(len(kinds)),
            xticklabels=kinds,
            ylabel=f"{metric}: change in points",
            xlim=(-0.5, len(kinds) - 0.5),
        )
        axes.grid(visible=False, axis="x")
        return figure


def size_curves(curves: Sequence[Sequence[tuple[int, float, float, float]]], metric: str) -> Figure:
    """Draw scores against the number of train rows, on a log axis.

    Args:
        curves: one per model in the table's order: train rows, score, and the bounds of its interval; an empty one
            keeps the colour free.
        metric: name of the score.
    """
    with figure_style():
        figure, axes = new_figure()
        for index, curve in enumerate(curves):
            if not curve:
                continue
            rows, scores, lows, highs = (np.array(column, dtype=float) for column in zip(*curve, strict=True))
            shift = 1.02 ** (index - len(curves) / 2)  # so that bars stand side by side
            bars = [np.maximum(scores - lows, 0), np.maximum(highs - scores, 0)]
            style = {"color": colour_of(index), "marker": marker_of(index), "markersize": 5, "capsize": 2}
            axes.errorbar(rows * shift, scores, yerr=bars, elinewidth=1.1, linewidth=1.5, **style)
        every = sorted({point[0] for curve in curves for point in curve})
        axes.set_xscale("log")
        axes.set_xticks(every, [f"{rows:,}" for rows in every])
        axes.minorticks_off()
        axes.set(xlabel="train rows", ylabel=metric)
        return figure
