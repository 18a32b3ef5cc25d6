# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The comparison as a table: on the terminal (rich), in Markdown, and as cells for the HTML page.

Every number is formatted here and nowhere else, so the three show the same. Each column is declared once, with what
stands in it; `quality`, `size` and `speed` make the main table, `trust` the one below it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from hf_seq.data.disturbances import DISTURBANCES
from hf_seq.reports.comparison import Comparison
from hf_seq.reports.rows import Row
from hf_seq.reports.sizes import size_table
from hf_seq.reports.verdict import show_p

NOTHING = "–"
MACRO_HELP = "mean of the F1 of all labels, 0-100: it counts rare ones as much as common ones"
WIDE = 160
"""Columns to print where there is no terminal whose width could be asked."""
TRUST = "How far to trust each model"


@dataclass(frozen=True)
class Column:
    """A heading, its explanation, what stands under it, and the part it belongs to: quality, size, speed or trust."""

    heading: str
    help: str
    part: str
    show: Callable[[Row], str]


def columns(comparison: Comparison) -> list[Column]:
    """List the columns of the main table after the model's name, in order."""
    return [*_quality(comparison), *_size(), *_speed(comparison)]


def trust_columns(comparison: Comparison) -> list[Column]:
    """List the columns of the second table: those for which any model has a figure."""
    done = comparison.done
    return [each for each in _trust(comparison) if any(each.show(row) != NOTHING for row in done)]


def cells(shown: list[Column], row: Row) -> list[str]:
    """Fill the columns for a row."""
    return [each.show(row) for each in shown]


def _quality(comparison: Comparison) -> Iterator[Column]:
    metric, digits = comparison.first.metric, 1 if comparison.percent else 3
    reference = comparison.reference.record.short_name if comparison.reference else "reference"

    def range_of(bounds: tuple[float, float] | None) -> str:
        return NOTHING if bounds is None else f"{bounds[0]:.{digits}f}–{bounds[1]:.{digits}f}"

    def points(row: Row) -> str:
        if row is comparison.reference:
            return "reference"
        return NOTHING if row.difference is None else signed(row.difference.points, digits)

    def seeds_of(row: Row) -> str:
        return NOTHING if row.spread is None else f"{range_of(row.spread)} ({len(row.seeds)})"

    unbalanced = any(row.record.unbalanced for row in comparison.rows) and metric == "accuracy"
    several = any(row.spread is not None for row in comparison.rows)
    over = "over the choice of test rows" + (" and of seeds" if several else "")
    shown = f"{'mean ' if several else ''}{metric} on the test rows" + (", 0-100" if comparison.percent else "")
    yield Column(metric, shown, "quality", lambda row: NOTHING if row.score is None else f"{row.score:.{digits}f}")
    if unbalanced:
        yield from _of_rare_labels(comparison)
    yield Column("95 % interval", f"of the score, {over}", "quality", lambda row: range_of(row.interval))
    if several:
        seeds = "the worst and the best seed, and how many there are"
        yield Column("seeds", seeds, "quality", seeds_of)
    yield Column(f"to {reference}", "difference to the reference on the same rows, points", "quality", points)
    yield Column("p", "paired test of that difference, by itself", "quality", lambda row: _p(row, corrected=False))
    tested = [row for row in comparison.rows if row.difference is not None]
    if len(tested) > 1:
        meaning = f"the same, corrected for {len(tested)} models by Holm's method"
        yield Column("p (Holm)", meaning, "quality", lambda row: _p(row, corrected=True))


def _of_rare_labels(comparison: Comparison) -> Iterator[Column]:
    """Yield the scores that a common class does not hide."""
    yield Column("macro F1", MACRO_HELP, "quality", lambda row: _fraction(row, "f1_macro"))
    if positive := comparison.first.positive:
        yes = f"of the positive label, {positive}, 0-100"
        yield Column(f"F1 of {positive}", yes, "quality", lambda row: _fraction(row, "f1"))


def _fraction(row: Row, metric: str) -> str:
    """Show the mean of a metric over the seeds, 0-100; a dash where nothing was scored."""
    values = [each.metrics[metric] for each in row.seeds if each.metrics.get(metric) is not None]
    return f"{100 * sum(values) / len(values):.1f}" if values else NOTHING


def _p(row: Row, *, corrected: bool) -> str:
    if row.difference is None:
        return NOTHING
    value = row.difference.surest if corrected else row.difference.p_value
    return show_p(value).removeprefix("p = ").removeprefix("p ")


def _size() -> Iterator[Column]:
    yield Column("parameters", "in all", "size", lambda row: count(row.record.parameters))
    help_text = "parameters without embeddings"
    yield Column("w/o emb.", help_text, "size", lambda row: count(row.record.parameters_without_embeddings))
    yield Column("on disk", "weights, configuration and tokenizer", "size", lambda row: size(row.record.bytes))


def _speed(comparison: Comparison) -> Iterator[Column]:
    (one_input, inputs), prepared = comparison.first.input_names, comparison.first.how_prepared
    one = f"one {one_input}, one thread, {prepared} included"
    yield Column("ms p50/p95", one, "speed", lambda row: percentiles(row.record.latency_ms))
    alone = f"the same in ms, {prepared} excluded"
    yield Column("model only", alone, "speed", lambda row: percentiles(row.record.model_latency_ms))
    many = f"one thread, sorted batches, {prepared} included"
    yield Column(f"{inputs}/s", many, "speed", lambda row: _number(row.record.throughput_per_s))
    million = f"a million {inputs} at that rate"
    yield Column(f"1M {inputs}", million, "speed", lambda row: duration(row.million_seconds))
    if comparison.price_per_hour is not None:
        price = f"what they cost at {comparison.price_per_hour:g} an hour and core"
        yield Column("cost", price, "speed", lambda row: _number(comparison.million_cost(row)))
    yield Column("train s", "seconds of training", "speed", lambda row: _number(row.train_seconds))


def _trust(comparison: Comparison) -> Iterator[Column]:
    teacher = comparison.teacher

    def same(row: Row) -> str:
        return "itself" if row is teacher else NOTHING if row.agreement is None else f"{row.agreement:.1f}"

    if teacher is not None and any(row.agreement is not None for row in comparison.rows):
        what = "of 100 rows (words, texts), those that get the same answer"
        yield Column(f"as {teacher.record.short_name}", what, "trust", same)
    error = "expected calibration error, 0-100: how far from right the model is when it says how sure it is"
    yield Column("ECE", error, "trust", lambda row: _number(row.calibration_error))
    heat = "what logits were divided by to calibrate the model, fitted on validation"
    yield Column("temperature", heat, "trust", lambda row: _number(row.record.calibration.get("temperature")))

    for kind in DISTURBANCES:
        yield Column(kind, _HELP[kind], "trust", partial(_robustness, comparison, kind))


_HELP = {
    "typos": "points gained or lost where one word in ten has a slip of the finger; * where the interval leaves out 0",
    "capitals": "the same where all is written in capitals",
    "lower case": "the same where all is written in lower case",
}


def _robustness(comparison: Comparison, kind: str, row: Row) -> str:
    """Return the difference, with a star where its interval does not hold 0."""
    found = row.record.robustness.get(kind)
    if found is None:
        return NOTHING
    low, high = found["interval"]
    star = "*" if low > 0 or high < 0 else ""
    return signed(found["difference"], 1 if comparison.percent else 3) + star


def _number(value: float | None) -> str:
    return NOTHING if value is None else significant(value)


def duration(seconds: float | None) -> str:
    """Write seconds for people: `38 s`, `4.5 min`, `2.1 h`."""
    if seconds is None:
        return NOTHING
    unit, length = next((u for u in (("h", 3600), ("min", 60)) if seconds >= u[1] * 1.5), ("s", 1))  # 80 s, 2.0 min
    return f"{significant(seconds / length)} {unit}"


def signed(value: float, digits: int = 1) -> str:
    """Write a difference with its sign: `+0.4`, `−1.2`."""
    return f"{value:+.{digits}f}".replace("-", "−")


def print_table(comparison: Comparison, console: Console) -> None:
    """Print the tables, what was not run, the notes and the verdict.

    Where the terminal is too narrow for the main table, quality, size and speed come one below the other.
    """
    first = comparison.first
    title = f"{first.data}: {first.metric} on {first.scored_rows}"
    shown, unbounded = columns(comparison), Console(width=1000)
    groups = [shown]
    if Measurement.get(unbounded, unbounded.options, _rich_table(comparison, shown, None)).maximum > console.width:
        groups = [[each for each in shown if each.part == part] for part in ("quality", "size", "speed")]
    for index, group in enumerate(groups):
        console.print(_rich_table(comparison, group, title if index == 0 else None))
    if trust := trust_columns(comparison):
        console.print(Text(f"\n{TRUST}", style="bold"))
        console.print(_rich_table(comparison, trust, None))
    if comparison.sizes:
        console.print(Text(f"\n{first.metric} by number of train rows", style="bold"))
        console.print(_size_table(comparison))
    for row in comparison.rows:
        if not row.done:
            console.print(Text(f"not run: {row.record.name}: {row.record.reason}", style="yellow"))
    for note in comparison.notes:
        console.print(Text(f"note: {note}", style="dim"))
    console.print(Text(comparison.verdict, style="bold"))


def to_markdown(comparison: Comparison) -> str:
    """Write the tables, the verdict and the notes as Markdown."""
    first, shown, trust = comparison.first, columns(comparison), trust_columns(comparison)
    lines = [f"`{first.data}`: {first.metric} on {first.scored_rows}.", ""]
    lines += [*_markdown_table(comparison, shown), "", f"**{_escape(comparison.verdict)}**", ""]
    if trust:
        lines += [f"{TRUST}:", "", *_markdown_table(comparison, trust), ""]
    if comparison.sizes:
        heads, scores = size_table(comparison.sizes, percent=comparison.percent)
        lines += [f"{first.metric} by number of train rows:", "", f"| model | {' | '.join(heads)} |"]
        lines += ["|---|" + "---:|" * len(heads)]
        lines += [f"| {_escape(name)} | {' | '.join(each)} |" for name, each in scores.items()] + [""]
    lines += [f"- {_escape(note)}" for note in comparison.notes]
    lines += [f"- {each.heading}: {each.help}." for each in (*shown, *trust)]
    return "\n".join(lines) + "\n"


def _markdown_table(comparison: Comparison, shown: list[Column]) -> Iterator[str]:
    yield "| model | " + " | ".join(_escape(each.heading) for each in shown) + " |"
    yield "|---|" + "---:|" * len(shown)
    for row in comparison.rows:
        values = cells(shown, row) if row.done else ["not run", *[""] * (len(shown) - 1)]
        yield "| " + " | ".join(_escape(each) for each in (row.record.name, *values)) + " |"


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


def _rich_table(comparison: Comparison, shown: list[Column], title: str | None) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("model", min_width=16, max_width=24)
    for column in shown:
        table.add_column(column.heading, justify="right", no_wrap=True)
    for row in comparison.rows:
        if row.done:
            table.add_row(Text(row.record.name), *map(Text, cells(shown, row)))
        else:
            table.add_row(Text(row.record.name), Text("not run"), style="yellow")
    return table


def _size_table(comparison: Comparison) -> Table:
    heads, lines = size_table(comparison.sizes, percent=comparison.percent)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("model", min_width=16, max_width=24)
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    for name, scores in lines.items():
        table.add_row(Text(name), *map(Text, scores))
    return table


def _escape(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
