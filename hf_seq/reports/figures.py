# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Figures of the reports: score against cost, learning curves. matplotlib draws, the page's style sheet colours.

The same figure becomes a PNG on white, or an SVG whose ink is `currentColor` and whose series are the CSS variables
`--series-0` to `--series-7`, so that it follows the reader's light or dark theme.
"""

import hashlib
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from hf_seq.reports.record import quoted_score

INK = "#1e2428"
GRID = "#8c959f"
SERIES = ("#c2410c", "#0b6bcb", "#15803d", "#9333ea", "#b7791f", "#0e7490", "#be185d", "#5b6470")
"""One colour per model, in the order of the table; after eight they begin again with another marker."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

Curves = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Point:
    """A model in a plane of cost and score; `low` and `high` bound the score's interval."""

    name: str
    cost: float
    score: float
    low: float
    high: float


def trade_off(points: Sequence[Point | None], cost: str, score: str) -> Figure:
    """Draw score against cost on a log axis, with intervals.

    Args:
        points: one per model in the table's order; None keeps the colour of a model that has no figure here.
        cost: label of the x axis, unit included.
        score: label of the y axis.
    """
    with figure_style():
        figure, axes = new_figure()
        placed: list[tuple[float, float, float, float]] = []
        drawn = [(index, point) for index, point in enumerate(points) if point is not None and point.cost > 0]
        for index, point in drawn:
            bar = [[max(0.0, point.score - point.low)], [max(0.0, point.high - point.score)]]
            axes.errorbar(point.cost, point.score, yerr=bar, color=colour_of(index), marker=marker_of(index), **_POINT)
        axes.set_xscale("log")
        log_ticks(axes)
        axes.set(xlabel=cost, ylabel=score)
        axes.margins(x=0.12, y=0.08)
        figure.draw_without_rendering()
        marks = [tuple(axes.transData.transform((point.cost, point.score))) for _, point in drawn]
        for (index, point), mark in zip(drawn, marks, strict=True):
            place_label(axes, point.name, mark=mark, marks=marks, placed=placed, colour=colour_of(index))
        return figure


def learning_curves(curves: Curves, metric: str) -> Figure:
    """Draw loss and validation score against epochs, side by side.

    Args:
        curves: per model its evaluations during training, under the names of Trainer's log history: `epoch`, `loss`,
            `eval_loss`, `eval_<metric>`; models are coloured in this order, one without a curve keeps its colour free.
        metric: name of the score to draw; accuracy and F1 are shown as 0-100.
    """
    with figure_style():
        figure, (left, right) = new_figure(columns=2)
        _draw_losses(left, curves)
        _draw_scores(right, curves, metric)
        return figure


def loss_curves(curves: Curves) -> Figure:
    """Draw the loss alone; see `learning_curves`."""
    with figure_style():
        figure, axes = new_figure()
        _draw_losses(axes, curves)
        return figure


def score_curves(curves: Curves, metric: str) -> Figure:
    """Draw the validation score alone; see `learning_curves`."""
    with figure_style():
        figure, axes = new_figure()
        _draw_scores(axes, curves, metric)
        return figure


def to_svg(figure: Figure) -> str:
    """Turn a figure into inline SVG that takes its colours from the page."""
    buffer = io.StringIO()
    with figure_style():
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    svg = re.sub(r"<(metadata|style)\b.*?</\1>", "", svg[svg.index("<svg") :], flags=re.S)
    opening, rest = svg.split(">", 1)
    svg = re.sub(r' (width|height)="[^"]*"', "", opening) + ">" + rest
    svg = svg.replace(INK, "currentColor").replace(GRID, "var(--grid)")
    for index, colour in enumerate(SERIES):
        svg = svg.replace(colour, f"var(--series-{index})")
    # Several figures share one page: their ids must not meet.
    mark = hashlib.sha256(svg.encode()).hexdigest()[:8]
    svg = re.sub(r'\bid="', f'id="{mark}-', svg)
    return re.sub(r"(url\(#|href=\"#)", rf"\g<1>{mark}-", svg)


_POINT: dict[str, Any] = {"markersize": 7, "capsize": 3, "elinewidth": 1.2, "linestyle": "none", "zorder": 3}


def colour_of(index: int) -> str:
    """Return the colour of a model, by its place in the table."""
    return SERIES[index % len(SERIES)]


def marker_of(index: int) -> str:
    """Return the marker of a model, by its place in the table."""
    return MARKERS[(index + index // len(SERIES)) % len(MARKERS)]


@contextmanager
def figure_style() -> Iterator[None]:
    """Draw with thin, quiet axes; text stays text in SVG."""
    settings: dict[Any, Any] = {
        "text.parse_math": False,
        "svg.fonttype": "none",
        "svg.hashsalt": "hf_seq",
        "font.family": "sans-serif",
        "font.size": 11,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": GRID,
        "grid.alpha": 0.3,
        "grid.linewidth": 0.7,
        "lines.linewidth": 1.8,
    } | dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"), INK)
    with mpl.rc_context(settings):
        yield


def new_figure(columns: int = 1) -> tuple[Figure, Any]:
    """Make a figure of the usual size, and its axes."""
    figure = Figure(figsize=(5.4 * columns, 3.9), layout="constrained")
    return figure, figure.subplots(1, columns)


def _draw_losses(axes: Axes, curves: Curves) -> None:
    for index, (name, curve) in enumerate(curves.items()):
        axes.plot(*_series(curve, "loss"), color=colour_of(index), linestyle=":", linewidth=1.2)
        axes.plot(
            *_series(curve, "eval_loss"), color=colour_of(index), marker=marker_of(index), markersize=4, label=name
        )
    axes.set(xlabel="epoch", ylabel="loss (dotted: training)")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _draw_scores(axes: Axes, curves: Curves, metric: str) -> None:
    for index, curve in enumerate(curves.values()):
        epochs, scores = _series(curve, f"eval_{metric}")
        shown = [quoted_score(metric, each) for each in scores]
        axes.plot(epochs, shown, color=colour_of(index), marker=marker_of(index), markersize=4)
    axes.set(xlabel="epoch", ylabel=f"{metric} on validation")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _series(curve: Sequence[Mapping[str, Any]], key: str) -> tuple[list[float], list[float]]:
    pairs = [(float(row["epoch"]), float(row[key])) for row in curve if row.get(key) is not None and "epoch" in row]
    return [epoch for epoch, _ in pairs], [value for _, value in pairs]


def log_ticks(axes: Axes) -> None:
    """Label the log axis with plain numbers (0.1, 1, 10), and 2 and 5 between them when it spans under two decades."""
    low, high = axes.get_xlim()
    wide = math.log10(high / low) > 2 if low > 0 else True
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0,) if wide else (1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def place_label(
    axes: Axes,
    text: str,
    *,
    mark: tuple[float, ...],
    marks: Sequence[tuple[float, ...]],
    placed: list[tuple[float, float, float, float]],
    colour: str,
) -> None:
    """Write a name beside its mark at the place that covers the fewest names and marks."""
    pixels = axes.figure.dpi / 72  # per point
    width, height = 6.4 * len(text) * pixels, 14 * pixels
    frame = axes.get_window_extent()

    def cost(box: tuple[float, float, float, float]) -> float:
        left, low, right, high = box
        covered = sum(_overlap(box, other) for other in placed)
        hidden = sum(left - 4 < x < right + 4 and low - 4 < y < high + 4 for x, y in marks)
        outside = left < frame.x0 or right > frame.x1 or low < frame.y0 or high > frame.y1
        return 5 * covered + 300 * hidden + 3000 * outside

    candidates = []
    for far, (dx, dy) in enumerate(_PLACES):
        x = mark[0] + dx * pixels - (width if dx < 0 else width / 2 if dx == 0 else 0)
        y = mark[1] + dy * pixels - height / 2
        candidates.append((cost((x, y, x + width, y + height)) + 40 * far, (x, y, x + width, y + height)))
    _, best = min(candidates)
    placed.append(best)
    x, y = axes.transAxes.inverted().transform((best[0], best[1] + height / 2))
    axes.text(x, y, text, transform=axes.transAxes, color=colour, va="center", fontsize=10.5, zorder=4)


_PLACES = (
    (9, 0),
    (-9, 0),
    (9, 10),
    (9, -10),
    (-9, 10),
    (-9, -10),
    (9, 22),
    (9, -22),
    (-9, 22),
    (-9, -22),
    (0, 36),
    (0, -36),
)


def _overlap(one: tuple[float, float, float, float], two: tuple[float, float, float, float]) -> float:
    width = min(one[2], two[2]) - max(one[0], two[0])
    height = min(one[3], two[3]) - max(one[1], two[1])
    return width * height if width > 0 and height > 0 else 0.0
