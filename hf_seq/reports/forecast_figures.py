# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Forecasts, drawn: the past, what came, and the forecast with its band.

P steps of the past · F horizon
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from hf_seq.reports.comparison import Comparison
from hf_seq.reports.figures import INK, SERIES, figure_style, to_svg
from hf_seq.reports.forecasts import read_shown
from hf_seq.reports.rows import Row

PICTURE_NAME = "forecasts.png"
COLUMNS = 2
"""Of drawings in a picture."""
SAME = ("series", "origin", "channel")
"""What two models' windows must share to be drawn together."""
Window = Mapping[str, Any]


@dataclass(frozen=True)
class DrawnForecasts:
    """The forecasts of one model.

    Attributes:
        model: its name.
        beside: of the model whose forecasts are drawn dashed; None where there is none.
        levels: the quantiles of the band; None where the model has none.
        drawn: title and drawing of each window.
    """

    model: str
    beside: str | None
    levels: tuple[str, str] | None
    drawn: list[tuple[str, Markup]]


def drawn_forecasts(comparison: Comparison) -> DrawnForecasts | None:
    """Draw the forecasts of the best model, those of the reference beside them; None where none were kept."""
    best, reference = comparison.best, comparison.reference
    shown = _kept(best)
    if best is None or not shown:
        return None
    others = {} if reference is best else {_place(each): each["forecast"] for each in _kept(reference)}
    drawn = []
    for each in shown:
        svg = Markup(to_svg(draw_forecast(each, others.get(_place(each)))))  # ours
        drawn.append((title_of(each), svg))
    levels = shown[0].get("levels")
    return DrawnForecasts(
        best.record.name,
        reference.record.name if reference is not None and others else None,
        None if levels is None else (f"{levels[0]:g}", f"{levels[1]:g}"),
        drawn,
    )


def write_forecast_picture(shown: Sequence[Window], folder: str | Path) -> Path | None:
    """Draw the windows of a run as `forecasts.png`; None where there are none."""
    if not shown:
        return None
    with figure_style():
        lines = -(-len(shown) // COLUMNS)
        figure = Figure(figsize=(5.4 * COLUMNS, 2.6 * lines), layout="constrained")
        places = figure.subplots(lines, COLUMNS, squeeze=False).flatten()
        for axes, each in zip(places, shown, strict=False):
            _draw(axes, each)
            axes.set_title(title_of(each), fontsize=10)
        for axes in places[len(shown) :]:
            axes.set_axis_off()
        figure.legend(*places[0].get_legend_handles_labels(), loc="outside upper left", ncols=4, frameon=False)
        path = Path(folder) / PICTURE_NAME
        figure.savefig(path, dpi=110, facecolor="white")
    return path


def draw_forecast(window: Window, other: Sequence[float | None] | None = None) -> Figure:
    """Draw one window.

    Args:
        window: as `forecasts.json` has it: `past` (P,), `gold` and `forecast` (F,), and `low` and `high` of the band.
        other: (F,) another model's forecast of it.
    """
    with figure_style():
        figure = Figure(figsize=(5.4, 2.6), layout="constrained")
        axes = figure.subplots()
        _draw(axes, window, other)
        axes.legend(fontsize=8, ncols=5, frameon=False, loc="lower left", bbox_to_anchor=(0, 1), columnspacing=1)
        return figure


def title_of(window: Window) -> str:
    """Say which series, which channel and from which step on; the only series, and the only channel, have no name."""
    names = [str(window[key]) for key in ("series", "channel") if window[key] not in ("", None)]
    return f"{', '.join(names)} from step {window['origin'] + 1:,}"


def _draw(axes: Axes, window: Window, other: Sequence[float | None] | None = None) -> None:
    past, gold, forecast = (_floats(window[name]) for name in ("past", "gold", "forecast"))
    before, ahead = np.arange(-len(past), 0), np.arange(len(forecast))
    axes.plot(before, past, color=INK, linewidth=1.1, label="past")
    axes.plot(ahead, gold, color=INK, linewidth=1.1, alpha=0.45, label="what came")
    if "low" in window:
        low, high = _floats(window["low"]), _floats(window["high"])
        name = "{:g} to {:g}".format(*window["levels"])
        axes.fill_between(ahead, low, high, color=SERIES[0], alpha=0.2, linewidth=0, label=name)
    axes.plot(ahead, forecast, color=SERIES[0], linewidth=1.5, label="forecast")
    if other is not None:
        axes.plot(ahead, _floats(other), color=SERIES[1], linewidth=1.1, linestyle="--", label="reference")
    axes.axvline(-0.5, color=INK, linewidth=0.7, alpha=0.4)
    axes.set(xlabel="steps from the end of the past")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _floats(values: Sequence[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _place(window: Window) -> tuple[Any, ...]:
    return tuple(window[key] for key in SAME)


def _kept(row: Row | None) -> list[dict[str, Any]]:
    return [] if row is None or row.home is None else read_shown(row.home)
