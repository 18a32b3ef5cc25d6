# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A trace as one HTML page that needs no network, reads on a phone and follows light or dark.

Heat maps are images whose colour says the sign and whose opacity says the size, so that zero shows the page itself,
light or dark. The template escapes everything; only these images, made of numbers, go in as they are.

T steps · H units · N heads
"""

import base64
import io
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import matplotlib.image
import numpy as np
import torch
from markupsafe import Markup, escape
from torch import Tensor

from hf_seq.errors import InputError
from hf_seq.files.writing import write_text
from hf_seq.tracing.record import Gates, Stage, Step, TraceData
from hf_seq.tracing.terminal import folded, indented, legend, stage_cells, summary_of

POSITIVE, NEGATIVE = (224, 92, 20), (24, 118, 224)  # orange and blue, apart for every kind of colour sight
MOST_MAPS, MOST_UNITS = 24, 4096
"""Heat maps of states, the outer stages first where a deep model has hundreds; and rows of one."""
WIDEST, TALLEST = 260, 200
"""Pixels of a heat map that fits its card, and of one without names beside its rows."""
MOST_LINES = 256
"""Rows of a heat map, one pixel each where there are so many."""
MOST_LABELS = 64
"""Tokens that all stand under a heat map; with more of them, and in a numeric sequence, some are left out."""


@dataclass(frozen=True)
class HeatMap:
    """An image with its size on the page in pixels and the names of its columns and rows."""

    title: str
    note: str
    image: str
    width: float
    height: float
    columns: list[tuple[float, str]]
    rows: list[tuple[float, str]]
    left: int
    below: int


def write_page(trace: TraceData, path: Path) -> Path:
    """Write the page.

    Raises:
        InputError: there is no such folder.
    """
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}; make it, or choose another.")
    write_text(path, render_page(trace))
    return path


def render_page(trace: TraceData) -> str:
    """Make the page."""
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader("hf_seq.tracing"), jinja2.PackageLoader("hf_seq.reports")]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    environment.filters["breakable"] = _breakable
    return environment.get_template("trace.html.j2").render(_context(trace))


def _breakable(name: str) -> Markup:
    """Return a module's name that may go on in the next line after a dot or an underscore."""
    return Markup(re.sub(r"([._])", r"\1<wbr>", str(escape(name))))  # escaped before the breaks go in


def _context(trace: TraceData) -> dict[str, Any]:
    several = len(trace.steps) > 1
    return {
        "trace": trace,
        "several": several,
        "rows": [(trace.raw[row], summary_of(steps), folded(steps)) for row, steps in enumerate(trace.steps)],
        "legend": legend(trace),
        "stages": [(stage, indented(stage).strip(), stage_cells(stage)) for stage in trace.stages],
        "numeric": all(step.id is None for steps in trace.steps for step in steps),
        "series": _series(trace),
        "weights": _weights(trace),
        "states": states_maps(trace),
        "gates": [each for gates in trace.gates[:MOST_MAPS] for each in gate_maps(trace, gates)],
        "attention": [
            each
            for title, weights in trace.attention.items()
            if weights.dim() == 4
            for each in attention_maps(trace, title, weights)
        ],
    }


def _weights(trace: TraceData) -> list[tuple[str, list[tuple[Step, float, float]]]]:
    """Return pooling weights of each row: a title, and every real step with its weight and its share of the largest."""
    shown = []
    for title, weights in trace.attention.items():
        if weights.dim() != 2:
            continue
        for row, steps in enumerate(trace.steps):
            values = weights[row].tolist()
            top = max(*values, 1e-9)
            number = f", row {row + 1}" if len(trace.steps) > 1 else ""
            pairs = [
                (step, value, value / top) for step, value in zip(steps, values, strict=True) if step.kind != "padding"
            ]
            if pairs:
                shown.append((f"Weights of the {title}{number}", pairs))
    return shown


def _series(trace: TraceData) -> list[HeatMap]:
    """Return the numbers of the first row over time, where the input is a series."""
    values = trace.inputs.get("input_values")
    if values is None or values.dim() != 3:
        return []
    names = [f"feature {index}" for index in range(values.shape[-1])]
    return [heat_map("input_values", "as the model reads them", values[0], trace.steps[0], names)]


def states_maps(trace: TraceData) -> list[HeatMap]:
    """Draw states of the first row over time, of every stage that gives one vector a step, label scores included."""
    found: list[tuple[Stage, Tensor, list[Step]]] = []
    for stage in reversed(trace.stages):
        output = stage.output
        if output is None or output.dim() != 3 or stage.passes_on or not output.is_floating_point():
            continue
        steps = _steps_of(trace, stage.name, output)
        if steps is None or not 1 < output.shape[-1] <= MOST_UNITS:
            continue
        if not any(torch.equal(output[0], other) for _, other, _ in found):  # what only hands on what is inside it
            found.append((stage, output[0], steps))
    outer_first = sorted(found[::-1], key=lambda each: each[0].depth)[:MOST_MAPS]
    shown = [each for each in found[::-1] if any(each is kept for kept in outer_first)]
    return [heat_map(stage.name, stage.description, values, steps) for stage, values, steps in shown]


def _steps_of(trace: TraceData, name: str, output: Tensor) -> list[Step] | None:
    """Return names of the steps of a tensor (B, T, ...): the source's or the decoder's."""
    sides = [trace.steps] if not trace.decoder_steps or "encoder" in name else [trace.decoder_steps, trace.steps]
    fitting = (side for side in sides if output.shape[:2] == (len(side), len(side[0])))
    return next((side[0] for side in fitting), None)


def gate_maps(trace: TraceData, gates: Gates) -> list[HeatMap]:
    """Draw one map a gate, first row, in the order in which the cell read."""
    maps = []
    for name, values in gates.values.items():
        steps = _steps_of(trace, gates.stage, values)
        read = _order(steps, gates, values.shape[1])
        what = {"cell": "what the cell holds", "state": "the state itself"}.get(name, "0 is shut, 1 is open")
        way = "; read backwards, so the last step comes first" if gates.backwards else ""
        limit = None if name == "cell" else 1.0
        maps.append(heat_map(f"{gates.title}: {name}", f"{what}{way}", values[0], read, limit=limit))
    return maps


def _order(steps: list[Step] | None, gates: Gates, count: int) -> list[Step]:
    """Put the steps in the order of reading: the real ones first where the model reads so, backwards if it does."""
    if steps is None:
        return [Step(str(position), None, "known") for position in range(count)]
    compact = gates.mask is not None and bool((gates.mask[0].int().diff() <= 0).all())
    real = [step for step in steps if step.kind != "padding"]
    hidden = [step for step in steps if step.kind == "padding"]
    if not compact:
        return steps[::-1] if gates.backwards else steps
    return (real[::-1] if gates.backwards else real) + hidden


def attention_maps(trace: TraceData, title: str, weights: Tensor) -> list[HeatMap]:
    """Draw one map a head, first row: who looks (down) at whom (across)."""
    looking = trace.decoder_steps[0] if trace.decoder_steps and "decoder" in title else trace.steps[0]
    seen = trace.decoder_steps[0] if trace.decoder_steps and title.startswith("decoder layer") else trace.steps[0]
    heads = weights[0]  # (N, T, S)
    if heads.shape[1:] != (len(looking), len(seen)):
        return []
    names = [step.text for step in looking]
    return [
        heat_map(f"{title}, head {head + 1}", "rows look at columns", values, seen, names, transposed=True, limit=1.0)
        for head, values in enumerate(heads)
    ]


def heat_map(
    title: str,
    note: str,
    values: Tensor,
    steps: list[Step],
    names: list[str] | None = None,
    *,
    transposed: bool = False,
    limit: float | None = None,
) -> HeatMap:
    """Draw (T, H) with time across.

    Args:
        title: over the map.
        note: what it shows.
        values: (T, H), or (H, T) where `transposed`.
        steps: the T steps, whose tokens stand below.
        names: of the H units; absent: they are only counted.
        transposed: whether time is the last axis already.
        limit: what full colour means; the largest absolute value if absent.
    """
    grid = (values if transposed else values.transpose(0, 1)).detach().float().cpu().numpy()  # (H, T)
    units, count = grid.shape
    grid = _folded(grid)
    if len(grid) < units:
        note = f"{note}; each line is the strongest of {math.ceil(units / len(grid))} units"
    wide, tall = _cell(steps, count, len(grid), bool(names))
    rows = _row_names(names, units, tall * len(grid))
    every = math.ceil(11 / wide)
    longest = max((len(step.text) for step in steps), default=1)
    if limit is None:
        limit = float(np.abs(grid[np.isfinite(grid)]).max()) if np.isfinite(grid).any() else 0.0
    return HeatMap(
        title=title,
        note=f"{note}; full colour is {limit:.3g}",
        image=encode_image(grid, limit),
        width=wide * count,
        height=tall * len(grid),
        columns=[(wide * (number + 0.5), _mark(step)) for number, step in enumerate(steps) if number % every == 0],
        rows=rows,
        left=7 * max((len(name) for _, name in rows), default=0) + 8,
        below=7 * min(longest, 16) + 14,
    )


def _cell(steps: list[Step], count: int, units: int, named: bool) -> tuple[float, float]:
    """Return pixels of one number, across and down."""
    wide = max(4.0, min(22.0, WIDEST / count))
    if count <= MOST_LABELS and steps and steps[0].id is not None:
        wide = max(12.0, wide)  # every token is named; a wide map scrolls
    if named and units <= MOST_LABELS:
        return wide, 22.0 if units <= 20 else 14.0
    return wide, max(1.0, min(14.0, TALLEST / units))


def _folded(grid: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Return at most `MOST_LINES` rows: of neighbouring units the one with the largest absolute value, step by step."""
    if len(grid) <= MOST_LINES:
        return grid
    groups = np.array_split(grid, MOST_LINES)
    return np.stack([np.take_along_axis(each, np.abs(each).argmax(0)[None], 0)[0] for each in groups])


def _row_names(names: list[str] | None, units: int, height: float) -> list[tuple[float, str]]:
    """Return names beside the rows where there is room for them; the number of rows where they have none."""
    if names is None:
        return [(height / 2, f"{units} units")]
    tall = height / units
    return [(tall * (row + 0.5), name[:18]) for row, name in enumerate(names)] if tall >= 14 else []


def _mark(step: Step) -> str:
    text = step.text if len(step.text) <= 16 else step.text[:15] + "…"
    return f"{text}?" if step.kind == "unknown" else "" if step.kind == "padding" else text


def encode_image(grid: "np.ndarray[Any, Any]", limit: float) -> str:
    """Encode a PNG as a data URI, one pixel a number: orange above 0, blue below, clear at 0, magenta if not finite."""
    finite = np.isfinite(grid)
    scaled = np.where(finite, grid, 0.0) / (limit or 1.0)
    pixels = np.zeros((*grid.shape, 4), dtype=np.uint8)
    pixels[..., :3] = np.where((scaled >= 0)[..., None], POSITIVE, NEGATIVE)
    pixels[..., 3] = np.round(255 * np.abs(scaled)).astype(np.uint8)
    pixels[~finite] = (255, 0, 255, 255)
    buffer = io.BytesIO()
    matplotlib.image.imsave(buffer, pixels, format="png")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
