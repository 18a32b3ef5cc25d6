# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
import csv
import html
import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from hf_seq.reports.comparison import compare_runs
from hf_seq.reports.html import write_report
from tests.demo.browser import CHROMIUM, Browser
from tests.reports.factories import finished_run, flipped, not_run, one_hot

GOLD = np.arange(120) % 3
CURVE = [{"epoch": e, "loss": 1 / e, "eval_loss": 1.1 / e, "eval_accuracy": 0.5 + 0.1 * e} for e in (1, 2)]
HOSTILE = '<script>alert("x")</script> & $\\frac{1}{2}$ {{ 7 * 7 }}'


class Page(HTMLParser):
    """Tags still open at the end, what the page would load, ids, and its text."""

    VOID = frozenset({"meta", "link", "br", "img", "path", "use", "rect"})

    def __init__(self, text):
        super().__init__()
        self.open, self.loads, self.ids, self.text, self.scripts = [], [], [], "", 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.ids += [named["id"]] if "id" in named else []
        self.loads += [named[key] for key in ("src", "href", "xlink:href") if key in named]
        self.scripts += tag == "script"
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.fixture
def page(tmp_path):
    runs = {
        "tfidf": [finished_run(tmp_path / "a", GOLD, one_hot(flipped(GOLD, range(40))), model="tfidf")],
        "lstm": [finished_run(tmp_path / "b", GOLD, one_hot(flipped(GOLD, range(9))), curve=CURVE, notes=[HOSTILE])],
        "distilbert": [
            finished_run(tmp_path / "c", GOLD, one_hot(flipped(GOLD, [50])), model="distilbert", label=HOSTILE)
        ],
        "acme/x": [not_run(tmp_path / "d", "acme/x", HOSTILE)],
    }
    comparison = compare_runs(runs, small=["lstm"], notes=[HOSTILE])
    texts = [f"{HOSTILE} {index}" for index in range(len(GOLD))]
    return Page(write_report(comparison, texts, tmp_path / "report.html").read_text(encoding="utf-8"))


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
def test_every_table_is_had_as_csv_and_every_figure_and_button_has_a_name(page, tmp_path):
    with Browser(tmp_path / "profile", width=1280) as browser:
        browser.open((tmp_path / "report.html").as_uri())
        browser.wait("document.readyState == 'complete' && document.querySelectorAll('.csv').length > 0")
        assert browser.console == []
        texts = browser.run("[...document.querySelectorAll('table')].map(csvOf)")
        assert len(texts) == browser.run("document.querySelectorAll('.csv').length") >= 3
        rows = list(csv.reader(io.StringIO(texts[0])))
        assert [row[0].split()[0] for row in rows[:4]] == ["model", "tfidf", "lstm", HOSTILE.split(maxsplit=1)[0]]
        assert len({len(row) for row in rows[:4]}) == 1
        matrix = next(list(csv.reader(io.StringIO(text))) for text in texts if text.startswith(",") or "matrix" in text)
        assert sum(map(int, (cell for row in matrix[1:] for cell in row[1:]))) == len(GOLD)
        assert browser.run("[...document.querySelectorAll('figure svg')].every(e => e.getAttribute('aria-label'))")
        for width in (390, 1280):
            metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
            browser.send("Emulation.setDeviceMetricsOverride", **metrics)
            assert browser.run("document.documentElement.scrollWidth <= innerWidth")
        browser.run("document.querySelector('.csv').focus()")
        assert browser.run("document.activeElement.getAttribute('aria-label')") == "Download as csv: Results"


def test_every_text_of_the_user_is_escaped(page):
    assert page.scripts == 1  # ours, which gives tables as csv
    assert 'alert("x")' in page.text
    assert "{{ 7 * 7 }}" in page.text


def test_nothing_is_loaded_from_elsewhere(page):
    assert all(each.startswith(("#", "data:")) for each in page.loads), page.loads


def test_tags_are_closed_and_ids_differ(page):
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert {each[1:] for each in page.loads if each.startswith("#")} <= set(page.ids)


def test_the_page_tells_verdict_table_curves_errors_disagreements_and_method(page):
    for words in (
        "lstm is worse than",
        "Score against cost",
        "Learning curves",
        "Where each model errs",
        "How it was measured",
    ):
        assert words in page.text
    assert "not run: " in page.text
    assert re.search(r"is right, lstm wrong: 9 of 120 rows; 6 of them", page.text)


@pytest.mark.parametrize(("models", "shown"), [(["majority", "tfidf"], None), (["tfidf", "distilbert"], "distilbert")])
def test_pipeline_is_shown_with_a_model_that_it_loads(tmp_path, models, shown):
    runs = {m: [finished_run(tmp_path / "models" / m, GOLD, one_hot(flipped(GOLD, range(9))), model=m)] for m in models}
    page = write_report(compare_runs(runs), ["a text"] * len(GOLD), tmp_path / "report.html").read_text()
    assert re.findall(r'"models/(\w+)"', html.unescape(page)) == ([shown] if shown else [])


def test_the_figures_take_their_colours_from_the_page(tmp_path):
    from hf_seq.reports.figures import INK, SERIES, Point, to_svg, trade_off

    svg = to_svg(trade_off([None, Point("a", 1.0, 50, 40, 60), Point("b", 100.0, 60, 55, 65)], "ms", "accuracy"))
    assert "currentColor" in svg
    assert INK not in svg
    assert not any(colour in svg for colour in SERIES)
    assert "--series-0" not in svg  # the colour of the model without a figure stays free
    assert {"--series-1", "--series-2"} <= set(re.findall(r"--series-\d", svg))


@pytest.mark.parametrize("kind", ["multi_label_classification", "regression", "many labels"])
def test_other_problems_have_a_page_too(tmp_path, kind):
    rng = np.random.default_rng(0)
    if kind == "regression":
        gold = rng.normal(size=80)
        scores = [gold[:, None] + rng.normal(size=(80, 1)) for _ in range(2)]
        fields = {"problem_type": kind}
    elif kind == "multi_label_classification":
        gold = (rng.random((80, 3)) > 0.5).astype(int)
        scores = [np.clip(gold + 0.7 * rng.normal(size=gold.shape), 0, 1) for _ in range(2)]
        fields = {"problem_type": kind}
    else:
        gold = np.arange(80) % 20
        scores = [one_hot(flipped(gold, range(k), 20), 20) for k in (5, 9)]
        fields = {"label_names": [f"intent {k}" for k in range(20)]}
    models = ["lstm", "tfidf"]
    runs = {m: [finished_run(tmp_path / m, gold, s, model=m, **fields)] for m, s in zip(models, scores, strict=True)}
    path = write_report(compare_runs(runs, small=["lstm"]), [f"text {i}" for i in range(80)], tmp_path / "report.html")
    page = Page(path.read_text(encoding="utf-8"))
    expected = {
        "regression": "furthest apart",
        "multi_label_classification": "false alarms",
        "many labels": "commonest",
    }
    assert expected[kind] in page.text
