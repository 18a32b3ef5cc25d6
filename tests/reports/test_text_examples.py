# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A comparison of writers: table, paired test, and a page with the worst and the best texts."""

import json

import pytest

from hf_seq.compare.running import main


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compared")
    rows = [{"source": f"{word} {row}", "target": f"{row} {word}"} for row, word in enumerate(["red", "owl"] * 60)]
    (folder / "pairs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    flags = (
        f"--task seq2seq --data {folder / 'pairs.jsonl'} --models copy,nearest --metric chrf --output {folder / 'out'}"
    )
    main(flags.split())
    return folder / "out"


def test_the_table_ranks_writers_by_the_metric_of_the_recipe(compared):
    table = (compared / "table.md").read_text()
    assert "chrf" in table
    lines = [line for line in table.partition("**")[0].splitlines() if line.startswith("| ")]
    lines = {line.split("|")[1].strip(): line for line in lines}
    assert float(lines["nearest"].split("|")[2]) > float(
        lines["copy"].split("|")[2]
    )  # it has the words in their places


def test_the_page_shows_the_worst_and_the_best_texts_beside_what_they_should_be(compared):
    page = (compared / "report.html").read_text()
    assert "Texts that were written" in page
    assert "Worst of nearest, by chrF" in page
    assert "Best of nearest, by chrF" in page
