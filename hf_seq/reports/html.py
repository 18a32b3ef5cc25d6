# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`report.html`: the comparison as one page that needs no network, reads on a phone and follows light or dark.

The template escapes everything; only our own SVG goes in as it is.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
import yaml
from markupsafe import Markup

from hf_seq.data.disturbances import DISTURBANCES, disturb
from hf_seq.files.writing import write_text
from hf_seq.reports.attention_maps import attention_maps
from hf_seq.reports.comparison import FLOORS, Comparison
from hf_seq.reports.evidence_figures import reliability_diagram, robustness_figure, size_curves
from hf_seq.reports.examples import LABELS_SHOWN, confusions, disagreements, scores_of_labels, shorten
from hf_seq.reports.figures import SERIES, Point, loss_curves, score_curves, to_svg, trade_off
from hf_seq.reports.forecast_figures import drawn_forecasts
from hf_seq.reports.outcomes import ForecastErrors, Tags, Texts, TokenCosts, outcomes_of
from hf_seq.reports.record import INPUTS, Record
from hf_seq.reports.rows import Row
from hf_seq.reports.series_examples import doubtful_series
from hf_seq.reports.sizes import size_table
from hf_seq.reports.table import NOTHING, cells, columns, trust_columns
from hf_seq.reports.tag_examples import scores_of_types, tagged_sentences
from hf_seq.reports.text_examples import written_examples

LONG = 8
"""Words of a text that shows what disturbances do."""
MANY = 20
"""Times that slips of the finger are drawn anew, until one falls into that text."""


def write_report(
    comparison: Comparison, inputs: Sequence[Any], path: str | Path, *, rows: Sequence[int] | None = None
) -> Path:
    """Write the page.

    Args:
        comparison: what `compare_runs` gives.
        inputs: N test texts, or lists of words for taggers, for the examples.
        path: the file to write.
        rows: (N,) numbers of those rows in their source; 1 to N if absent.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("hf_seq.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    page = environment.get_template("report.html.j2").render(
        _context(comparison, inputs, rows or range(1, len(inputs) + 1), Path(path).parent)
    )
    write_text(Path(path), page)
    return Path(path)


def _context(comparison: Comparison, inputs: Sequence[Any], rows: Sequence[int], folder: Path) -> dict[str, Any]:
    first = comparison.first
    curves = {row.record.short_name: row.record.curve for row in comparison.rows}
    has_curves = any(curves.values())
    return {
        "first": first,
        "writes_texts": isinstance(outcomes_of(first), Texts),
        "reads_numbers": first.task in INPUTS,
        "verdict": comparison.verdict,
        "notes": comparison.notes,
        "columns": columns(comparison),
        "trust": trust_columns(comparison),
        "rows": [_table_row(comparison, index, row) for index, row in enumerate(comparison.rows)],
        "several_seeds": any(row.spread is not None for row in comparison.rows),
        "by_latency": _svg(
            trade_off(_points(comparison, "latency"), f"ms per {first.input_names[0]}, p50 (one thread)", first.metric)
        ),
        "by_size": _svg(trade_off(_points(comparison, "size"), "MB on disk", first.metric)),
        "reliability": _reliability(comparison),
        **_robustness(comparison, inputs),
        "sizes": _sizes(comparison) if comparison.sizes else None,
        "loss_curves": _svg(loss_curves(curves)) if has_curves else None,
        "score_curves": _svg(score_curves(curves, first.metric)) if has_curves else None,
        **_errors(comparison, inputs, rows, folder),
        "label_names": first.label_names,
        "labels_shown": LABELS_SHOWN,
        "facts": _facts(comparison),
        "recipes": [(row.record.name, _model_folder(row, folder), _yaml(row.record)) for row in comparison.done],
        "example_folder": _example_folder(comparison, folder),
    }


def _errors(comparison: Comparison, inputs: Sequence[Any], rows: Sequence[int], folder: Path) -> dict[str, Any]:
    """List the errors of the models, in the form of their task."""
    nothing: dict[str, Any] = dict.fromkeys(("confusions", "groups", "types", "tagged", "looked"), ())
    nothing |= {"doubtful": None, "forecasts": None}
    kind = outcomes_of(comparison.first)
    if isinstance(kind, ForecastErrors):
        return nothing | {"forecasts": drawn_forecasts(comparison)}
    if isinstance(kind, TokenCosts):  # no row is right or wrong
        return nothing
    if isinstance(kind, Texts):
        looked = attention_maps(comparison, inputs, rows)
        return nothing | {"groups": written_examples(comparison, inputs, rows), "looked": looked}
    are_series = len(inputs) > 0 and not isinstance(inputs[0], str | list)
    if isinstance(kind, Tags):
        words = [list(map(str, range(len(series)))) for series in inputs] if are_series else inputs  # steps by number
        read = [row[-len(tags) :] for row, tags in zip(words, comparison.done[0].gold, strict=True)]  # the last ones
        return nothing | {"types": scores_of_types(comparison), "tagged": tagged_sentences(comparison, read, rows)}
    by_label = scores_of_labels(comparison)
    if are_series:
        doubtful = doubtful_series(comparison, inputs, rows)
        return nothing | {"confusions": confusions(comparison), "doubtful": doubtful, "types": by_label}
    groups = disagreements(comparison, inputs, rows)
    return nothing | {"confusions": confusions(comparison), "groups": groups, "types": by_label}


def _example_folder(comparison: Comparison, folder: Path) -> str | None:
    """Find the folder of the best model that `pipeline` can load, which excludes baselines."""
    rows = [row for row in (comparison.best, *comparison.done) if row is not None and row.kind not in FLOORS]
    return _model_folder(rows[0], folder) if rows else None


def _table_row(comparison: Comparison, index: int, row: Row) -> dict[str, Any]:
    return {
        "name": row.record.name,
        "series": index % len(SERIES),
        "cells": cells(columns(comparison), row) if row.done else None,
        "trust": cells(trust_columns(comparison), row),
        "reason": row.record.reason,
        "has_curve": bool(row.record.curve),
        "role": "reference" if row is comparison.reference else "best small" if row is comparison.best else "",
    }


def _points(comparison: Comparison, cost: str) -> list[Point | None]:
    return [_point(row, cost) for row in comparison.rows]


def _point(row: Row, cost: str) -> Point | None:
    value = row.contender.latency_ms if cost == "latency" else row.record.bytes and row.record.bytes / 1e6
    if not row.done or row.score is None or not value:
        return None
    low, high = row.interval or (row.score, row.score)
    return Point(row.record.short_name, value, row.score, low, high)


def _reliability(comparison: Comparison) -> Markup | None:
    found = [row.calibrations[0] if row.calibrations else None for row in comparison.rows]
    return _svg(reliability_diagram(found)) if any(found) else None


def _robustness(comparison: Comparison, inputs: Sequence[Any]) -> dict[str, Any]:
    """Draw what disturbances cost, and show what they make of a test text and on how many rows this was measured."""
    found = [row.record.robustness for row in comparison.rows]
    rows = max((each.get("rows", 0) for each in found), default=0)
    if not rows:
        return {"robustness": None}
    long = next(
        (given for given in inputs if len(given if isinstance(given, list) else given.split()) >= LONG), inputs[0]
    )
    shown = {kind: disturb([long] * MANY, kind) for kind in DISTURBANCES}
    examples = {kind: next((each for each in given if each != long), long) for kind, given in shown.items()}
    written = {kind: " ".join(each) if isinstance(each, list) else each for kind, each in examples.items()}
    return {
        "robustness": _svg(robustness_figure(found, comparison.first.metric)),
        "robustness_rows": rows,
        "disturbed": {kind: shorten(each) for kind, each in written.items()},
    }


def _sizes(comparison: Comparison) -> dict[str, Any]:
    """Draw the learning curve by data size, with its scores as a table."""
    names = [row.record.model for row in comparison.rows]
    curves = [[(p.rows, p.score, *p.interval) for p in comparison.sizes.get(name, [])] for name in names]
    heads, lines = size_table(comparison.sizes, percent=comparison.percent)
    return {
        "figure": _svg(size_curves(curves, comparison.first.metric)),
        "heads": heads,
        "lines": [(name, names.index(name) % len(SERIES), scores) for name, scores in lines.items()],
    }


def _facts(comparison: Comparison) -> list[tuple[str, str]]:
    """Describe how it was measured, as pairs of a term and its description."""
    first, machine = comparison.first, comparison.first.machine
    measured = next((row.record.measurement for row in comparison.done if row.record.measurement), {})
    processor = [str(machine.get("processor", NOTHING)), f"{machine.get('cores', '?')} cores"]
    processor += [name for key, name in (("amx", "AMX"), ("avx512", "AVX-512")) if machine.get(key)]
    seeds = sorted({each.seed for row in comparison.done for each in row.seeds})
    facts = [
        ("Data", f"{first.data}, {first.scored_rows}; fingerprint {first.fingerprint}"),
        ("Score", first.signature or first.metric),
        ("Tests", _tests(first, len(seeds) > 1)),
        ("Seeds", ", ".join(map(str, seeds))),
        ("Speed", str(measured.get("how", "not measured"))),
        ("Machine", ", ".join([*processor, f"{machine.get('memory_gb')} GB memory", str(machine.get("system"))])),
        ("Versions", ", ".join(f"{name} {version}" for name, version in first.versions.items())),
        ("Commit", first.commit or "not a checkout"),
        ("Command", first.command),
    ]
    return facts


def _model_folder(row: Row, folder: Path) -> str:
    """Write the path of the model relative to the page's own folder if it is in there."""
    home = row.home or folder
    return str(home.relative_to(folder)) if home.is_relative_to(folder) else str(home)


def _tests(first: Record, several_seeds: bool) -> str:
    tested = {Tags: "sentences", TokenCosts: "blocks of text", ForecastErrors: "blocks of a horizon"}
    over = tested.get(type(outcomes_of(first)), "rows")
    method = first.signature.rpartition("interval:")[2] if "interval:" in first.signature else "as the run took it"
    text = f"95 % intervals: {method}. A difference, its interval and its p-value come from one t test over {over}"
    text += " and seeds." if several_seeds else "; they speak of these trained models, not of another training."
    return text + " p-values against the reference are corrected for their number by Holm's method."


def _yaml(record: Record) -> str:
    return yaml.safe_dump(record.recipe, sort_keys=False, allow_unicode=True, width=1000)


def _svg(figure: Any) -> Markup:
    return Markup(to_svg(figure))  # ours; matplotlib escapes the names inside
