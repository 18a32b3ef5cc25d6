# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The page of a search: every candidate by score against size and latency, the frontier among them, the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from matplotlib.figure import Figure

from hf_seq.files.writing import write_text
from hf_seq.reports.figures import GRID, INK, SERIES, figure_style, log_ticks, new_figure, place_label, to_svg
from hf_seq.reports.record import Record

FORMS = {"torch": "o", "onnx": "s", "int8": "^"}
"""The marker of each form."""


@dataclass(frozen=True)
class FrontierPoint:
    """A candidate in a plane of cost and score.

    Attributes:
        name: what is written beside it, where it is on the frontier.
        form: decides the marker.
        cost: megabytes or milliseconds.
        score: in people's unit.
        low: end of its interval.
        high: the other end.
        kept: whether it is on the frontier.
        chosen: whether it is the answer.
    """

    name: str
    form: str
    cost: float
    score: float
    low: float
    high: float
    kept: bool
    chosen: bool


@dataclass(frozen=True)
class FrontierPage:
    """What the page shows."""

    record: Record
    answer: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    more: Sequence[str]
    by_size: Sequence[FrontierPoint]
    by_latency: Sequence[FrontierPoint]
    size_limit: float | None
    latency_limit: float | None
    facts: Sequence[tuple[str, str]]


def frontier_figure(points: Sequence[FrontierPoint], cost: str, score: str, limit: float | None) -> Figure:
    """Draw score against cost on a log axis: the frontier with intervals, the others pale, the limit dashed.

    Args:
        points: all candidates.
        cost: label of the x axis, unit included.
        score: label of the y axis.
        limit: of the cost; None where there is none.
    """
    with figure_style():
        figure, axes = new_figure()
        for each in points:
            if not each.kept:
                axes.plot(each.cost, each.score, marker=_marker(each), color=GRID, markersize=4, linestyle="none")
        shown = [each for each in points if each.kept]
        for each in shown:
            bar: Any = [[max(0.0, each.score - each.low)], [max(0.0, each.high - each.score)]]
            style: dict[str, Any] = {
                "markersize": 9 if each.chosen else 6,
                "capsize": 3,
                "elinewidth": 1.2,
                "zorder": 3,
            }
            axes.errorbar(each.cost, each.score, yerr=bar, color=_colour(each), marker=_marker(each), **style)
        if limit is not None:
            axes.axvline(limit, color=INK, linestyle="--", linewidth=1)
        axes.set_xscale("log")
        log_ticks(axes)
        axes.set(xlabel=cost, ylabel=score)
        axes.margins(x=0.12, y=0.08)
        figure.draw_without_rendering()
        marks = [tuple(axes.transData.transform((each.cost, each.score))) for each in shown]
        placed: list[tuple[float, float, float, float]] = []
        for each, mark in zip(shown, marks, strict=True):
            if each.chosen:
                place_label(axes, each.name, mark=mark, marks=marks, placed=placed, colour=_colour(each))
        return figure


def write_frontier(page: FrontierPage, path: Path) -> None:
    """Write the page."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("hf_seq.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    metric = f"{page.record.metric} on validation"
    figures = {
        "by_size": frontier_figure(page.by_size, "MB that are deployed", metric, page.size_limit),
        "by_latency": frontier_figure(page.by_latency, "ms per text, p50 (one thread)", metric, page.latency_limit),
    }
    drawn = {name: Markup(to_svg(figure)) for name, figure in figures.items()}  # ours; names inside are escaped
    text = environment.get_template("fit.html.j2").render(page=page, **drawn)
    write_text(path, text)


def _colour(point: FrontierPoint) -> str:
    return SERIES[0] if point.chosen else SERIES[1]


def _marker(point: FrontierPoint) -> str:
    return FORMS.get(point.form, "o")
