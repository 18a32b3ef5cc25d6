# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A series of numbers as an SVG.

T steps · C channels
"""

import html
from typing import Any

import numpy as np

CHANNELS = 6
"""Channels that are drawn; those that vary most in the series."""
COLOURS = ("#2563eb", "#d97706", "#059669", "#db2777", "#7c3aed", "#64748b", "#0891b2", "#ca8a04")


def draw(
    values: np.ndarray, channels: list[str], weights: np.ndarray | None, tags: list[int] | None, names: dict[int, str]
) -> str:
    """Draw the channels over the steps, with the weights or tags of the steps as shades behind them.

    Args:
        values: (T, C); NaN leaves a gap.
        channels: C names.
        weights: (T,) or None.
        tags: T ids or None.
        names: of the tags.
    """
    known = np.where(np.isnan(values), 0.0, values)
    shown = sorted(np.argsort(-known.std(axis=0), kind="stable")[:CHANNELS].tolist())
    low, high = float(known[:, shown].min()), float(known[:, shown].max())
    wide, scale = 640 / len(values), 200 / ((high - low) or 1.0)
    parts = []
    if weights is not None:
        top = weights.max() or 1.0
        for step, weight in enumerate(weights.tolist()):
            parts.append(_band(step * wide, wide, "#f59e0b", 0.6 * weight / top, f"step {step}: weight {weight:.3f}"))
    for first, end, tag in runs_of(tags or []):
        name = f"{names[tag]}, steps {first} to {end - 1}"
        parts.append(_band(first * wide, (end - first) * wide, COLOURS[tag % len(COLOURS)], 0.25, name))
    for place, channel in enumerate(shown):
        column, colour = values[:, channel], COLOURS[place]
        for first, end, there in runs_of(np.isfinite(column).tolist()):
            if there:
                points = [f"{(x + 0.5) * wide:.1f},{210 - (column[x] - low) * scale:.1f}" for x in range(first, end)]
                points = points * 2 if len(points) == 1 else points  # a dot
                line = f"stroke='{colour}' stroke-width='1.6' stroke-linecap='round' fill='none'"
                parts.append(f"<polyline class='channel' points='{' '.join(points)}' {line}/>")
    legend = [(COLOURS[place], channels[channel]) for place, channel in enumerate(shown)]
    legend += [("#f59e0b", "shade: attention of the pooling")] if weights is not None else []
    marks = " ".join(f"<span style='color:{colour}'>■ {html.escape(name)}</span>" for colour, name in legend)
    about = f"steps 0 to {len(values) - 1}; {low:.2f} to {high:.2f} deviations from the mean in training"
    return (
        f"<div>{marks}</div><svg viewBox='0 0 640 220' style='width:100%' role='img' aria-label='The series'>"
        f"{''.join(parts)}</svg><div>{about}</div>"
    )


def _band(left: float, width: float, colour: str, shade: float, title: str) -> str:
    place = f"x='{left:.1f}' y='0' width='{width:.1f}' height='220'"
    return f"<rect {place} fill='{colour}' fill-opacity='{shade:.2f}'><title>{html.escape(title)}</title></rect>"


def runs_of(values: list[Any]) -> list[tuple[int, int, Any]]:
    """List first, end and value of each stretch of the same values."""
    edges = [i for i in range(len(values)) if not i or values[i] != values[i - 1]]
    return [(a, b, values[a]) for a, b in zip(edges, [*edges[1:], len(values)], strict=False)]
