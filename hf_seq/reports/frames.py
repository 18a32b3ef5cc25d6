# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The rows of a comparison for programs, papers and notebooks: a pandas table, LaTeX, HTML."""

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hf_seq.reports.rows import Row
from hf_seq.reports.verdict import show_p

if TYPE_CHECKING:
    import pandas as pd

_SPECIAL = {each: f"\\{each}" for each in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "−": "$-$",
    "–": "--",
}
NOTHING = "–"


def frame_of(rows: Sequence[Row]) -> "pd.DataFrame":
    """Put every figure of a comparison in a table of numbers, a line a model; None where there is none."""
    import pandas as pd

    lines = []
    for row in rows:
        record, difference = row.record, row.difference
        low, high = row.interval or (None, None)
        below, above = difference.interval if difference else (None, None)
        lines.append(
            {
                "model": record.name,
                "metric": record.metric,
                "score": row.score,
                "low": low,
                "high": high,
                "n": record.n,
                "seeds": len(row.seed_scores),
                "difference": difference and difference.points,
                "difference_low": below,
                "difference_high": above,
                "p_value": difference and difference.p_value,
                "p_value_holm": difference and difference.corrected,
                "agreement": row.agreement,
                "calibration_error": row.calibration_error,
                "parameters": record.parameters,
                "parameters_without_embeddings": record.parameters_without_embeddings,
                "bytes": record.bytes,
                "latency_ms": (record.latency_ms or {}).get("p50"),
                "texts_per_s": record.throughput_per_s,
                "train_seconds": row.train_seconds,
                "status": record.status,
            }
        )
    return pd.DataFrame(lines)


def shown(rows: Sequence[Row], reference: Row | None, *, percent: bool) -> list[list[str]]:
    """Write what a paper prints of a comparison as cells; the first line is the heading."""
    digits = 1 if percent else 3
    metric = rows[0].record.metric.replace("_", " ")
    to = reference.record.short_name if reference else "reference"
    one = rows[0].record.input_names[0]
    lines = [["model", metric, "95 % interval", f"to {to}", "p (Holm)", "parameters", "MB", f"ms a {one}"]]
    for row in rows:
        record, difference = row.record, row.difference
        if not row.done or row.score is None:
            lines.append([record.name, "not run", *[""] * 6])
            continue
        interval = "{:.{d}f}–{:.{d}f}".format(*row.interval, d=digits) if row.interval else NOTHING
        latency = (record.latency_ms or {}).get("p50")
        lines.append(
            [
                record.name,
                f"{row.score:.{digits}f}",
                interval,
                f"{difference.points:+.{digits}f}".replace("-", "−") if difference else NOTHING,
                show_p(difference.p_value if difference.corrected is None else difference.corrected)
                if difference
                else NOTHING,
                f"{record.parameters:,}" if record.parameters is not None else NOTHING,
                f"{record.bytes / 1e6:.2f}" if record.bytes is not None else NOTHING,
                f"{latency:.2g}" if latency is not None else NOTHING,
            ]
        )
    return lines


def latex_of(lines: Sequence[Sequence[str]], caption: str) -> str:
    """Write cells as a LaTeX table for the package booktabs, every special character escaped."""
    head, *body = [" & ".join(map(_escape, line)) + r" \\" for line in lines]
    columns = "l" + "r" * (len(lines[0]) - 1)
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            head,
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}",
            rf"\caption{{{_escape(caption)}}}",
            r"\end{table}",
            "",
        ]
    )


def html_of(lines: Sequence[Sequence[str]], verdict: str) -> str:
    """Write cells as an HTML table with the verdict below, every word from data escaped."""
    head, *body = lines
    cells = "".join(f"<th scope='col'>{html.escape(each)}</th>" for each in head)
    rows = "".join(
        f"<tr><th scope='row' style='text-align:left'>{html.escape(name)}</th>"
        + "".join(f"<td style='text-align:right'>{html.escape(each)}</td>" for each in rest)
        + "</tr>"
        for name, *rest in body
    )
    return (
        f"<table><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table>"
        f"<p><strong>{html.escape(verdict)}</strong></p>"
    )


def _escape(text: str) -> str:
    return "".join(_SPECIAL.get(each, each) for each in text)
