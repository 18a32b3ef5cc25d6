# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A comparison for programs, papers and notebooks: the same figures, and nothing from data is taken for code."""

import io
from html.parser import HTMLParser

import pandas as pd
import pytest

import hf_seq
from hf_seq.reports.frames import frame_of, html_of, latex_of

TEXTS = [f"{a} {b} {c}" for a in ("a", "my") for b in ("good", "bad") for c in ("film", "book", "song", "game", "tea")]
LABELS = ["praise" if "good" in text else "blame" for text in TEXTS]


@pytest.fixture(scope="module")
def comparison():
    data = {"train": (TEXTS, LABELS), "test": (TEXTS, LABELS)}
    return hf_seq.compare(data, ["majority", "tfidf"], calls=1, robustness_rows=0)


def test_the_frame_holds_the_figures_of_the_rows(comparison):
    frame = comparison.to_pandas()
    assert list(frame["model"]) == ["majority", "tfidf"]
    for line, row in zip(frame.to_dict("records"), comparison.rows, strict=True):
        assert (line["score"], line["low"], line["high"]) == (row.score, *row.interval)
        assert line["bytes"] == row.record.bytes
    assert frame["difference"][0] == pytest.approx(frame["score"][0] - frame["score"][1])
    assert pd.isna(frame["difference"][1])  # the reference


def test_a_notebook_shows_the_scores_and_the_verdict(comparison):
    page = comparison._repr_html_()
    [table] = pd.read_html(io.StringIO(page)) if _has_lxml() else [None]
    assert comparison.verdict.replace("<", "&lt;").replace(">", "&gt;") in page
    if table is not None:
        assert list(table.iloc[:, 0]) == ["majority", "tfidf"]
        assert list(table.iloc[:, 1].astype(float)) == pytest.approx([row.score for row in comparison.rows], abs=0.05)


def _has_lxml() -> bool:
    try:
        import lxml  # noqa: F401
    except ImportError:
        return False
    return True


def test_latex_has_a_line_a_model_and_escapes_what_latex_reads():
    lines = [["model", "accuracy"], ["my_model & co 100% {x} \\end", "−1.0"]]
    written = latex_of(lines, "50% of #1_a")
    assert r"my\_model \& co 100\% \{x\} \textbackslash{}end & $-$1.0 \\" in written
    assert r"\caption{50\% of \#1\_a}" in written
    assert written.count(r"\begin") == written.count(r"\end{")


def test_names_from_data_are_no_html():
    seen = set()

    class Tags(HTMLParser):
        def handle_starttag(self, tag, attrs):
            seen.add(tag)

    parser = Tags()
    parser.feed(html_of([["<script>", "x"], ["<img src=x onerror=y>", "1"]], "<b>verdict</b>"))
    assert seen <= {"table", "thead", "tbody", "tr", "th", "td", "p", "strong"}


def test_a_record_shows_its_score_and_escapes_its_notes(comparison):
    record = comparison.rows[1].record
    record.notes = ["column '<b>'"]
    page = record._repr_html_()
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert f"<td>{record.score:.4g}</td>" in page


def test_no_rows_are_an_empty_frame():
    assert frame_of([]).empty
