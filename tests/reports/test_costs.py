# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Language models compared in pairs: what blocks of text cost, where lower is better."""

import numpy as np
import pytest

from hf_seq.errors import InputError
from hf_seq.metrics.language_modeling import into_blocks
from hf_seq.reports.comparison import compare_runs
from hf_seq.reports.costs import read_costs, write_costs
from hf_seq.reports.html import write_report
from hf_seq.reports.record import Record
from hf_seq.reports.verdict import Difference, judge

COSTS = np.random.default_rng(0).gamma(2.0, 0.5, size=60_000)


def run(folder, name, factor, blocks=60_000):
    costs = into_blocks(COSTS[:blocks] * factor, np.ones(blocks))
    score = float(costs.nats.sum() / costs.characters.sum())
    record = Record(
        "text-generation",
        name,
        "play.txt",
        "test",
        "nats_per_character",
        score=score,
        interval=[score - 0.01, score + 0.01],
        n=blocks,
        fingerprint="same",
        problem_type="language_modeling",
    )
    record.write(folder)
    write_costs(folder, costs)
    return folder


def test_costs_come_back_as_they_were_written(tmp_path):
    blocks = into_blocks(COSTS, np.ones(len(COSTS)))
    write_costs(tmp_path, blocks)
    read = read_costs(tmp_path)
    assert np.allclose(read.nats, blocks.nats, atol=1e-4)
    assert (read.characters == blocks.characters).all()
    assert (read.tokens == blocks.tokens).all()


@pytest.mark.parametrize(("content", "words"), [(None, "does not exist"), ('{"row": 0}\n', "is broken")])
def test_costs_that_are_missing_or_broken_are_refused(tmp_path, content, words):
    if content:
        (tmp_path / "predictions.jsonl").write_text(content)
    with pytest.raises(InputError, match=words):
        read_costs(tmp_path)


def test_the_model_with_the_lower_score_is_the_best_and_better(tmp_path):
    runs = {
        name: [run(tmp_path / name, name, factor)] for name, factor in (("one", 1.0), ("two", 0.97), ("three", 1.1))
    }
    comparison = compare_runs(runs, small=["one", "two", "three"], reference="one")
    assert comparison.best.record.model == "two"
    assert comparison.best.difference.points == pytest.approx(-0.03 * COSTS.mean(), abs=1e-4)
    assert comparison.verdict.startswith("two (the best of 2 here) is better than one")
    page = write_report(comparison, [], tmp_path / "report.html").read_text()
    assert "one t test over blocks of text" in page


def test_a_gain_is_judged_by_the_direction_of_the_metric():
    up = Difference(0.2, (0.1, 0.3), 0.001)
    assert judge(up, 5000, percent=False) == "better"
    assert judge(up, 5000, percent=False, lower=True) == "worse"


def test_models_of_different_texts_are_not_compared(tmp_path):
    runs = {"one": [run(tmp_path / "one", "one", 1.0)], "two": [run(tmp_path / "two", "two", 1.0, blocks=30_000)]}
    with pytest.raises(InputError, match="not scored on the same rows"):
        compare_runs(runs)
