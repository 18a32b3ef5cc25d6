# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What `hf-seq check --html` writes: a data set looked over, as one page that needs no network.

The template escapes everything; only our own SVG goes in as it is.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from hf_seq.data.classification.checks import CheckReport
from hf_seq.data.examples import shown_row
from hf_seq.data.findings import Finding, counted
from hf_seq.data.splits import Splits
from hf_seq.files.writing import write_text
from hf_seq.reports.check_figures import answers_figure, length_histogram
from hf_seq.reports.figures import to_svg

MOST = 20_000  # rows of a split that are counted
ROWS = 6  # rows that a finding shows


def write_check_page(
    report: CheckReport, splits: Splits, path: str | Path, *, processor: Any = None, max_length: int | None = None
) -> Path:
    """Write the page.

    Args:
        report: what was found.
        splits: the data it was found in.
        path: the file to write.
        processor: the tokenizer whose tokens are counted; words, or steps of series, without one.
        max_length: what a model reads at most, in the same unit.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("hf_seq.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    kept = [name for name in ("train", "validation", "test") if len(splits[name])]
    page = environment.get_template("check.html.j2").render(
        report=report,
        counts=f"{counted(len(report.errors), 'error')}, {counted(len(report.warnings), 'warning')}",
        findings=_findings(report, splits),
        sizes=[(splits.described(name), len(splits[name])) for name in kept],
        figures=list(_figures(splits, kept, processor, max_length)),
        counted_rows=MOST if any(len(splits[name]) > MOST for name in kept) else None,
    )
    write_text(Path(path), page)
    return Path(path)


def _findings(report: CheckReport, splits: Splits) -> list[dict[str, Any]]:
    """Give each finding with the rows it is about."""
    kinds = [("error", each) for each in report.errors] + [("warning", each) for each in report.warnings]
    wanted = {place for _, each in kinds for place in each.rows[:ROWS]}
    where = _places(splits, wanted)
    return [
        {"kind": kind, "code": each.code, "message": each.message, "rows": list(_rows(each, splits, where))}
        | {"more": max(0, len(each.rows) - ROWS)}
        for kind, each in kinds
    ]


def _places(splits: Splits, wanted: set[tuple[str, int]]) -> dict[tuple[str, int], tuple[str, int]]:
    """Find rows by the split and the number of their source."""
    found = {}
    for name in ("train", "validation", "test"):
        rows, origin = splits[name], splits.origins.get(name, name)
        numbers = rows["row"][:] if "row" in rows.column_names else range(1, len(rows) + 1)
        for index, number in enumerate(numbers):
            if (origin, number) in wanted:
                found[origin, number] = (name, index)
    return found


def _rows(
    finding: Finding, splits: Splits, where: dict[tuple[str, int], tuple[str, int]]
) -> Iterator[tuple[str, int, str]]:
    for place in finding.rows[:ROWS]:
        shown = shown_row(splits, *where[place])[1] if place in where else "left out"
        yield *place, shown


def _figures(
    splits: Splits, names: Sequence[str], processor: Any, max_length: int | None
) -> Iterator[tuple[str, Markup]]:
    """Draw lengths, side by side where texts are written from texts, and what is to be learned."""
    columns = splits.train.column_names
    for column in ("text", "tokens", "series", "audio", "events", "source", "target"):
        if column in columns and names:
            lengths, unit = _lengths(splits, names, column, processor)
            what = {"tokens": "sentence", "audio": "clip", "events": "sequence"}.get(column, column)
            yield f"Length of each {what}", _svg(length_histogram(lengths, unit, max_length))
    answers = answers_figure(splits, names, MOST) if names else None
    if answers is not None:
        yield f"The {answers[0]} of each split", _svg(answers[1])


def _lengths(splits: Splits, names: Sequence[str], column: str, processor: Any) -> tuple[dict[str, list[int]], str]:
    inputs = {name: splits[name][:MOST][column] for name in names}
    if column in ("series", "events"):
        unit = "steps" if column == "series" else "events"
        return {name: [len(each) for each in rows] for name, rows in inputs.items()}, unit
    if column == "audio":
        rate = (splits.sampling_rate or 1) / 1000
        return {name: [round(len(each) / rate) for each in rows] for name, rows in inputs.items()}, "milliseconds"
    if column == "tokens":
        return {name: [len(each) for each in rows] for name, rows in inputs.items()}, "words"
    if processor is None or not callable(processor) or not hasattr(processor, "convert_ids_to_tokens"):
        return {name: [len(each.split()) for each in rows] for name, rows in inputs.items()}, "words"
    pairs = {
        name: splits[name][:MOST]["text_pair"] if "text_pair" in splits[name].column_names else None for name in names
    }
    return {name: _tokens(processor, rows, pairs[name]) for name, rows in inputs.items()}, "tokens"


def _tokens(processor: Any, texts: list[str], pairs: list[str] | None) -> list[int]:
    return [len(ids) for ids in processor(texts, pairs, truncation=False, verbose=False)["input_ids"]]


def _svg(figure: Any) -> Markup:
    return Markup(to_svg(figure))
