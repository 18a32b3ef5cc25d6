# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A trace as tables on a terminal; every number and sentence that the HTML page shares is made here."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from hf_seq.tracing.record import Stage, Step, Table, TraceData

MANY_STAGES = 40
"""With more stages than this, a terminal shows the outer ones only, unless it was asked for a depth."""
LONG_RUN, LONG_TEXT = 3, 120
"""Steps of padding that are still shown one by one, and of a text."""
WIDE = 120
"""Columns from which on the stages are a table."""
_STYLES = {"unknown": "bold red", "special": "cyan", "padding": "dim", "known": ""}
_MARKS = {"unknown": "?", "special": "·", "padding": "-", "known": ""}
NOTHING = "–"


def print_trace(trace: TraceData, console: Console, depth: int | None = None) -> None:
    """Print input, stages, answer and findings."""
    console.print(Text(trace.model, style="bold"))
    for row, steps in enumerate(trace.steps):
        _print_row(trace, row, steps, console)
    for row, steps in enumerate(trace.decoder_steps):
        console.print(Text(f"\nwhat the decoder read{_number(row, trace)}", style="bold"))
        console.print(_steps_table(steps, console.width))
    if trace.stages:
        _print_stages(trace, console, depth)
    for table in trace.answer:
        _show(table, console)
    for title, weights in trace.attention.items():
        if weights.dim() == 2:
            for row, steps in enumerate(trace.steps):
                if all(step.kind == "padding" for step in steps):
                    continue
                _show(weights_table(title, weights[row].tolist(), steps, _number(row, trace)), console)
    if trace.notes:
        console.print()
    for note in trace.notes:
        console.print(Text(f"note: {note}", style="dim"))
    _print_findings(trace, console)


def _number(row: int, trace: TraceData) -> str:
    return f", row {row + 1}" if len(trace.steps) > 1 else ""


def _print_row(trace: TraceData, row: int, steps: Sequence[Step], console: Console) -> None:
    console.print()
    console.print(Text.assemble((f"input{_number(row, trace)}: ", "bold"), trace.raw[row]))
    console.print(Text(summary_of(steps), style="dim"))
    console.print(_steps_table(steps, console.width))


def summary_of(steps: Sequence[Step]) -> str:
    """Return how many steps there are of which kind."""
    count = {kind: sum(step.kind == kind for step in steps) for kind in ("unknown", "special", "padding")}
    numeric = all(step.id is None for step in steps)
    names = {
        "unknown": "with missing numbers" if numeric else "unknown (?)",
        "special": "special (·)",
        "padding": "padding (-)",
    }
    parts = [f"{count[kind]} {name}" for kind, name in names.items() if count[kind]]
    return ", ".join([f"{len(steps)} {'steps' if numeric else 'tokens'}", *parts])


def folded(steps: Sequence[Step]) -> list[Step]:
    """Return a row with long runs of padding, and the middle of a long text, folded into one step that counts them."""
    kept: list[Step] = []
    for kind, group in groupby(steps, key=lambda step: step.kind == "padding"):
        run = list(group)
        if kind and len(run) > LONG_RUN:
            kept.append(Step(f"{run[0].text} x {len(run):,}".strip(), run[0].id, "padding"))
        elif not kind and len(run) > LONG_TEXT + LONG_RUN:
            cut = len(run) - LONG_TEXT
            kept += [*run[: LONG_TEXT // 2], Step(f"… {cut:,} more …", None, "special"), *run[-LONG_TEXT // 2 :]]
        else:
            kept += run
    return kept


def _steps_table(steps: Sequence[Step], width: int) -> RichTable:
    """Return tokens over their ids and mask, in as many blocks as the width asks for."""
    table = RichTable(box=None, show_header=False, padding=(0, 0))
    table.add_column()
    steps = folded(steps)
    for start in _blocks(steps, width - 8):
        block = steps[start[0] : start[1]]
        lines = [("token", [step.text + _mark(step) for step in block])]
        if any(step.kind == "unknown" and step.source for step in block):
            lines.append(("text", [step.source or "" if step.kind == "unknown" else "" for step in block]))
        if any(step.id is not None for step in block):
            lines.append(("id", ["" if step.id is None else str(step.id) for step in block]))
        lines.append(("mask", ["0" if step.kind == "padding" else "1" for step in block]))
        widths = [max(len(values[position]) for _, values in lines) for position in range(len(block))]
        for name, values in lines:
            text = Text(f"{name:<6}", style="dim", no_wrap=True)
            for step, value, room in zip(block, values, widths, strict=True):
                text.append(value.ljust(room + 1), style=_STYLES[step.kind] if name in ("token", "text") else "dim")
            table.add_row(text)
    return table


def _mark(step: Step) -> str:
    return "" if step.text.startswith("… ") else _MARKS[step.kind]  # what `folded` left out is no token


def _blocks(steps: Sequence[Step], width: int) -> list[tuple[int, int]]:
    """Return where to break a row of steps so that each block fits the width."""
    blocks, start, used = [], 0, 0
    for position, step in enumerate(steps):
        need = (
            max(len(step.text) + 1, len(str(step.id or 0)), len(step.source or "") if step.kind == "unknown" else 0) + 1
        )
        if position > start and used + need > width:
            blocks.append((start, position))
            start, used = position, 0
        used += need
    return [*blocks, (start, len(steps))]


def legend(trace: TraceData) -> str:
    """Return `B=1 rows of the batch, T=12 steps, ...`."""
    return ", ".join(f"{letter}={size:,} {meaning}" for letter, (size, meaning) in trace.letters.items())


def _print_stages(trace: TraceData, console: Console, depth: int | None) -> None:
    shown = [stage for stage in trace.stages if not stage.passes_on]
    hidden = len(trace.stages) - len(shown)
    if depth is None and len(shown) > MANY_STAGES:
        depth = max((d for d in range(1, 9) if sum(s.depth <= d for s in shown) <= MANY_STAGES), default=1)
    inner = 0 if depth is None else sum(stage.depth > depth for stage in shown)
    shown = [stage for stage in shown if depth is None or stage.depth <= depth]
    console.print(Text("\nstages, in the order in which they begin", style="bold"))
    console.print(_stages_table(shown) if console.width >= WIDE else _stages_lines(shown))
    console.print(Text(legend(trace), style="dim"))
    left_out = [f"{hidden} that only pass on (dropout, identity)"] if hidden else []
    left_out += [f"{inner} inner ones (--depth or --html shows them)"] if inner else []
    if left_out:
        console.print(Text(f"Not shown: {' and '.join(left_out)}.", style="dim"))


def _stages_table(stages: Sequence[Stage]) -> RichTable:
    table = RichTable(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("module", no_wrap=True, overflow="ellipsis", max_width=34)
    table.add_column("what it does", ratio=1, min_width=24)
    table.add_column("in", no_wrap=True)
    table.add_column("out", no_wrap=True)
    table.add_column("first values", no_wrap=True)
    table.add_column("norm", justify="right", no_wrap=True)
    table.add_column("padding", justify="right", no_wrap=True)
    for stage in stages:
        style = "" if stage.finite else "bold red"
        table.add_row(*(Text(each, style=style) for each in (indented(stage), *stage_cells(stage))))
    return table


def _stages_lines(stages: Sequence[Stage]) -> Text:
    """Format the stages for a narrow terminal: two lines each."""
    text = Text()
    for stage in stages:
        description, before, after, values, norm, padding = stage_cells(stage)
        name = indented(stage)
        room = " " * (len(name) - len(name.lstrip()) + 2)
        text.append(name, style="bold" if stage.finite else "bold red").append(f": {description}\n")
        text.append(f"{room}{before} → {after}, {values}, norm {norm}, padding {padding}\n", style="dim")
    text.right_crop(1)
    return text


def indented(stage: Stage) -> str:
    """Return the last parts of a module's name, indented by how deep it was called; `#2` for a second call."""
    parts = stage.name.split(".")
    short = ".".join(parts[-2:]) if parts[-1].isdigit() else parts[-1]
    return "  " * stage.depth + short + (f" #{stage.call}" if stage.call > 1 else "")


def stage_cells(stage: Stage) -> tuple[str, str, str, str, str, str]:
    """Return what stands behind a stage's name: words, shapes, values, norm, share of padding."""
    values = " ".join(f"{value:.2g}" if isinstance(value, float) else str(value) for value in stage.values)
    return (
        stage.description,
        stage.shape_in or NOTHING,
        stage.shape_out or NOTHING,
        values + (" …" if len(stage.values) == 4 else ""),
        NOTHING if stage.norm is None else f"{stage.norm:.3g}",
        NOTHING if stage.padding is None else f"{stage.padding:.0%}",
    )


def weights_table(title: str, weights: Sequence[float], steps: Sequence[Step], number: str = "") -> Table:
    """Return the steps that a pooling weighs most."""
    order = sorted(range(len(steps)), key=lambda place: -weights[place])
    rows = [
        (str(place), steps[place].text, f"{weights[place]:.4f}", "█" * round(20 * weights[place]))
        for place in order[:10]
        if steps[place].kind != "padding"
    ]
    return Table(f"Weights of the {title}{number}", ("step", "token", "weight", ""), rows)


def _show(table: Table, console: Console) -> None:
    made = RichTable(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in table.columns:
        made.add_column(column)
    for row in table.rows:
        made.add_row(*(Text(each) for each in row))
    console.print(Text(f"\n{table.title}", style="bold"))
    console.print(made)
    if table.note:
        console.print(Text(table.note, style="dim"))


def _print_findings(trace: TraceData, console: Console) -> None:
    console.print()
    if not trace.findings:
        console.print(Text("Nothing looks suspicious.", style="green"))
    for each in trace.findings:
        console.print(
            Text.assemble((f"suspicious - {each.kind}: ", "bold yellow"), each.message, (f" {each.advice}", "dim"))
        )
