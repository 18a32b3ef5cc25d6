# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The simulations run at toy size."""

import json

from benchmarks import remake_intervals, simulate_intervals, simulate_pvalues


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_coverage_is_simulated_and_seeded(tmp_path):
    for name in ("one", "two"):
        simulate_intervals.main(
            ["--repetitions", "20", "--rows", "20", "--only", "f1_macro", "bleu", "--output", str(tmp_path / name)]
        )
    rows = lines(tmp_path / "one")
    assert rows == lines(tmp_path / "two")
    assert {row["metric"] for row in rows} == {"f1_macro", "bleu"}
    assert min(row["coverage"] for row in rows) >= 70  # of 20 tests 19 expected


def test_false_positives_are_simulated(tmp_path):
    simulate_pvalues.main(
        ["--repetitions", "20", "--rows", "100", "--seeds", "1", "3", "--output", str(tmp_path / "p")]
    )
    rows = lines(tmp_path / "p")
    assert len(rows) == 2 * 3 * 2
    assert max(row["false_positives"] for row in rows) <= 35


def test_an_interval_that_was_taken_anew_stays_as_it_is():
    remake = remake_intervals.remake
    row = {"set": "sst2", "metric": "accuracy", "mean": 100.0, "interval": [99.0, 100.0], "n": 40, "scores": [100.0]}
    made = remake(row)
    assert made["interval"] == [91.24, 100.0]  # Wilson's of 40 of 40 (Newcombe 1998, method 3)
    assert remake(made) == made
