# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The comparison as a table: on the terminal (rich), in Markdown, and as cells for the HTML page.

Every number is formatted here and nowhere else, so the three show the same.
"""

from dataclasses import dataclass

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from hf_seq.reports.comparison import Comparison, Row
from hf_seq.reports.verdict import show_p

NOTHING = "–"
WIDE = 160
"""Columns to print where there is no terminal whose width could be asked."""


@dataclass(frozen=True)
class Column:
    """A heading, its explanation, and the part of the table it belongs to: quality, size or speed."""

    heading: str
    help: str
    part: str


def columns(comparison: Comparison) -> list[Column]:
    """The columns after the model's name, in order."""
    metric = comparison.first.metric
    several = any(row.spread is not None for row in comparison.rows)
    reference = comparison.reference.record.short_name if comparison.reference else "reference"
    shown = [
        Column(metric, f"{metric} on the test rows" + (", 0-100" if comparison.percent else ""), "quality"),
        Column("95 % interval", "of the score, over the choice of test rows", "quality"),
    ]
    if several:
        shown.append(Column("± seeds", "standard deviation of the score over the seeds", "quality"))
    return [
        *shown,
        Column(f"to {reference}", "difference to the reference on the same rows, points", "quality"),
        Column("p", "paired test of that difference", "quality"),
        Column("parameters", "in all", "size"),
        Column("w/o emb.", "parameters without embeddings", "size"),
        Column("on disk", "weights, configuration and tokenizer", "size"),
        Column("ms p50/p95", "one text, one thread, tokenization included", "speed"),
        Column("model only", "the same in ms, tokenization excluded", "speed"),
        Column("texts/s", "one thread, sorted batches, tokenization included", "speed"),
        Column("train s", "seconds of training", "speed"),
    ]


def cells(comparison: Comparison, row: Row) -> list[str]:
    """What stands under `columns` for a row."""
    several = any(each.spread is not None for each in comparison.rows)
    digits = 1 if comparison.percent else 3
    interval = NOTHING if row.interval is None else f"{row.interval[0]:.{digits}f}–{row.interval[1]:.{digits}f}"
    spread = [NOTHING if row.spread is None else f"{row.spread:.{digits}f}"] if several else []
    record, difference = row.record, row.difference
    points, p_value = NOTHING, NOTHING
    if row is comparison.reference:
        points = "reference"
    elif difference is not None:
        points = f"{difference.points:+.{digits}f}".replace("-", "−")
        p_value = show_p(difference.p_value).removeprefix("p = ").removeprefix("p ")
    return [
        NOTHING if row.score is None else f"{row.score:.{digits}f}",
        interval,
        *spread,
        points,
        p_value,
        count(record.parameters),
        count(record.parameters_without_embeddings),
        size(record.bytes),
        percentiles(record.latency_ms),
        percentiles(record.model_latency_ms),
        NOTHING if record.throughput_per_s is None else f"{significant(record.throughput_per_s)}",
        NOTHING if row.train_seconds is None else significant(row.train_seconds),
    ]


def print_table(comparison: Comparison, console: Console) -> None:
    """Print the table, what was not run, the notes and the verdict.

    Where the terminal is too narrow for the table, quality, size and speed come one below the other.
    """
    first = comparison.first
    title = f"{first.data}: {first.metric} on {first.n:,} {first.split} rows"
    shown = columns(comparison)
    groups, unbounded = [list(range(len(shown)))], Console(width=1000)
    if Measurement.get(unbounded, unbounded.options, _rich_table(comparison, groups[0], None)).maximum > console.width:
        groups = [[i for i, each in enumerate(shown) if each.part == part] for part in ("quality", "size", "speed")]
    for index, group in enumerate(groups):
        console.print(_rich_table(comparison, group, title if index == 0 else None))
    for row in comparison.rows:
        if not row.done:
            console.print(Text(f"not run: {row.record.name}: {row.record.reason}", style="yellow"))
    for note in comparison.notes:
        console.print(Text(f"note: {note}", style="dim"))
    console.print(Text(comparison.verdict, style="bold"))


def to_markdown(comparison: Comparison) -> str:
    """The table, the verdict and the notes as Markdown."""
    first, shown = comparison.first, columns(comparison)
    lines = [
        f"`{first.data}`: {first.metric} on {first.n:,} {first.split} rows.",
        "",
        "| model | " + " | ".join(each.heading for each in shown) + " |",
        "|---|" + "---:|" * len(shown),
    ]
    for row in comparison.rows:
        values = cells(comparison, row) if row.done else ["not run", *[""] * (len(shown) - 1)]
        lines.append("| " + " | ".join(_escape(each) for each in (row.record.name, *values)) + " |")
    lines += ["", f"**{_escape(comparison.verdict)}**", ""]
    lines += [f"- {_escape(note)}" for note in comparison.notes]
    lines += [f"- {each.heading}: {each.help}." for each in shown]
    return "\n".join(lines) + "\n"


def count(value: int | None) -> str:
    """Write a number of parameters: `2.1 M`, `66 M`, `812 k`."""
    return NOTHING if value is None else _scaled(value, (("G", 10**9), ("M", 10**6), ("k", 10**3)))


def size(value: int | None) -> str:
    """Write a number of bytes in decimal units: `8.4 MB`."""
    return NOTHING if value is None else _scaled(value, (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)), "B")


def percentiles(value: dict[str, float] | None) -> str:
    """Write `0.62/0.91`."""
    return NOTHING if value is None else f"{significant(value['p50'])}/{significant(value['p95'])}"


def significant(value: float) -> str:
    """Write a number with two or three digits that mean something, and thousands apart."""
    if value >= 99.95:
        return f"{value:,.0f}"
    if value >= 9.995:
        return f"{value:.1f}"
    if value >= 0.0095:
        return f"{value:.2f}"
    return f"{value:.1g}" if value > 0 else "0.00"


def _scaled(value: int, units: tuple[tuple[str, int], ...], one: str = "") -> str:
    for unit, factor in units:
        if value >= factor * 0.9995:
            scaled = value / factor
            return f"{scaled:.1f} {unit}" if scaled < 99.95 else f"{scaled:.0f} {unit}"
    return f"{value} {one}".strip()


def _rich_table(comparison: Comparison, group: list[int], title: str | None) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("model", min_width=16, max_width=24)
    shown = columns(comparison)
    for index in group:
        table.add_column(shown[index].heading, justify="right", no_wrap=True)
    for row in comparison.rows:
        if row.done:
            values = cells(comparison, row)
            table.add_row(Text(row.record.name), *(Text(values[index]) for index in group))
        else:
            table.add_row(Text(row.record.name), Text("not run"), style="yellow")
    return table


def _escape(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
