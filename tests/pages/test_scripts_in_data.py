# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Markup in texts, labels, columns, files, series and models: a real browser shows it on every page, and runs none."""

import csv
import json
import re
import shutil

import pytest

from hf_seq.cli import main
from hf_seq.hub.staging import stage

from ..demo.browser import CHROMIUM, Browser

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")]
HARM = "window.harmed=1"
EVIL = (
    f"\"'><img src=x onerror={HARM}><svg/onload={HARM}><b id=bold>x</b>",
    f"</script><script>{HARM}</script>",
    f"</title></style></textarea></pre>--><script>{HARM}</script>",
    f"{{{{7*7}}}}${{{HARM}}}<a href='javascript:{HARM}'>x</a>",
)
IN_PATH = f"<img src=x onerror={HARM}>"  # no slash can stand there
TINY = ["--hidden_size", "8", "--embedding_size", "8", "--num_train_epochs", "1", "--bf16", "false"]
TINY += ["--disable_tqdm", "true"]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder, named by somebody who means harm, with reviews whose texts, labels and columns are no better."""
    place = tmp_path_factory.mktemp("evil") / IN_PATH
    place.mkdir()
    with (place / f"{IN_PATH}.csv").open("w", newline="") as file:
        rows = [[f"{EVIL[n % 4]} film {n} {'good' if n % 2 else 'bad'}", EVIL[n % 2], n] for n in range(120)]
        csv.writer(file).writerows([[f"text{EVIL[0]}", f"label{EVIL[1]}", f"n{EVIL[2]}"], *rows])
    return place


@pytest.fixture(scope="module")
def run(place):
    """A trained model whose labels are markup."""
    words = ["train", "--data", str(place / f"{IN_PATH}.csv"), "--output_dir", str(place / "run"), *TINY]
    words += [f"--text_column=text{EVIL[0]}", f"--label_column=label{EVIL[1]}"]
    assert main(words) == 0
    return place / "run"


def shown_unharmed(browser, path):
    """Open a page, and check that markup is text there, that no script of it ran, and that nothing was fetched."""
    browser.requests.clear()
    browser.console.clear()
    browser.open(path.as_uri())
    browser.wait("document.readyState === 'complete' && location.protocol === 'file:'")
    browser.run("new Promise(done => setTimeout(done, 300))")  # an image that fails tells so in a moment
    assert browser.run("window.harmed") is None
    assert not browser.run("document.querySelectorAll('#bold, img[src=x], svg[onload], a[href^=javascript]').length")
    assert not [url for url in browser.requests if not url.startswith(("file:", "data:", "blob:"))]
    text = browser.run("document.documentElement.textContent")
    assert "onerror" in text or "</script>" in text  # it is there, and to be read
    browser.open("about:blank")
    browser.wait("location.protocol === 'about:'")


def test_the_page_of_a_check(browser, place):
    words = ["check", str(place / f"{IN_PATH}.csv"), f"--html={place / 'check.html'}"]
    main([*words, f"--text_column=text{EVIL[0]}", f"--label_column=label{EVIL[1]}"])
    shown_unharmed(browser, place / "check.html")


def test_the_page_of_a_trace(browser, place, run):
    assert main(["trace", str(run), EVIL[0] + EVIL[1], "--label", EVIL[0], "--html", str(place / "trace.html")]) == 0
    shown_unharmed(browser, place / "trace.html")


def test_the_report_of_a_comparison(browser, place, run):
    words = ["compare", "--data", str(place / f"{IN_PATH}.csv"), "--models", "majority,tfidf"]
    words += [
        "--scored",
        f"<svg><script>harm()</script>={run}",
        f"--text_column=text{EVIL[0]}",
        f"--label_column=label{EVIL[1]}",
        "--calls",
        "3",
        "--robustness_rows",
        "9",
    ]
    assert main([*words, f"--output={place / 'compared'}"]) == 0
    shown_unharmed(browser, place / "compared" / "report.html")


def test_the_report_of_a_search(browser, place):
    pytest.importorskip("optuna")
    words = [
        "fit",
        "--data",
        str(place / f"{IN_PATH}.csv"),
        "--minutes",
        "0.05",
        "--trials",
        "1",
        "--max_size",
        "300kB",
    ]
    words += [f"--text_column=text{EVIL[0]}", f"--label_column=label{EVIL[1]}"]
    assert main([*words, *TINY[:8], f"--output={place / 'found'}"]) == 0
    shown_unharmed(browser, place / "found" / "report.html")


def test_the_report_of_tagged_words(browser, place):
    tag = "".join(EVIL[0].split())
    lines = "\n\n".join(f"{tag}{n} B-{tag}\nfilm O\n. O" for n in range(80))
    (place / "tagged.conll").write_text(lines + "\n")
    assert main(["check", str(place / "tagged.conll"), "--task", "tagging", f"--html={place / 'tags.html'}"]) in (0, 2)
    shown_unharmed(browser, place / "tags.html")
    words = ["compare", "--task", "tagging", "--data", str(place / "tagged.conll"), "--models", "most-frequent,bilstm"]
    assert main([*words, "--output", str(place / "tagged"), "--calls", "3", "--robustness_rows", "0", *TINY]) == 0
    shown_unharmed(browser, place / "tagged" / "report.html")


def test_the_report_of_forecasts(browser, place):
    rows = [[EVIL[n % 2], f"2024-{n // 2 // 28 + 1:02}-{n // 2 % 28 + 1:02}", n % 7] for n in range(300)]
    with (place / "sales.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["id", "date", f"sold{EVIL[0].replace(',', '')}"], *rows])
    words = ["compare", "--task", "forecasting", "--data", str(place / "sales.csv"), "--models", "linear,gru"]
    words += [
        "--horizon",
        "4",
        "--context_length",
        "12",
        "--patch_length",
        "3",
        "--calls",
        "3",
        "--robustness_rows",
        "0",
        *TINY,
    ]
    assert main([*words, "--output", str(place / "forecasts")]) == 0
    shown_unharmed(browser, place / "forecasts" / "report.html")


def test_the_card_holds_no_markup_of_the_data(place, run, capsys):
    folder = shutil.copytree(run, place / "copy")
    assert main(["push", str(folder), "ada/model", "--dry-run"]) == 0
    (place / "staged").mkdir()
    stage(folder, place / "staged", "ada/model")
    card = (place / "staged" / "README.md").read_text()
    body = re.sub(r"(?ms)^```.*?^```$", "", card.split("---", 2)[2])  # in a fence markup is text
    assert "<script" not in body
    assert "<img" not in body
    assert json.loads((run / "record.json").read_text())["label_names"] == sorted(EVIL[:2])
    capsys.readouterr()
