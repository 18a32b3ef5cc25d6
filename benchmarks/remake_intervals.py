# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Take the intervals of `results/quality.jsonl` anew from what its rows hold: scores of seeds, number of test rows.

    python benchmarks/remake_intervals.py

Accuracies of texts and series are shares of rows, so the interval of every seed follows from score and n. For
other scores the error over rows is read back from the interval that stands there, a bootstrap's, which on 800 rows and
more is what `hf_seq.metrics.intervals` gives to within a tenth of a point. Seeds enter as in `hf-seq compare`.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone: benchmarks/ is not installed

import json
import math
import statistics

from benchmarks.pairs import RESULTS, write_rows
from hf_seq.metrics.intervals import METHODS, share_interval
from hf_seq.reports.record import LOWER_IS_BETTER, PERCENT_METRICS
from hf_seq.reports.rows import over_seeds

NORMAL = 1.959964
TAGGED = ("ud_ewt", "wnut17")
"""Sets whose n are sentences, while accuracy counts tokens."""
BOOTSTRAP = "bootstrap of the rows"


def remake(row: dict) -> dict:
    """Take the interval of a row anew; one that is done stays as it is."""
    if "interval_method" in row:
        return row
    scores, digits = row["scores"], 4 if row["metric"] in LOWER_IS_BETTER else 2
    if row["metric"] == "accuracy" and row["set"] not in TAGGED:
        method = METHODS["rows"]
        fractions = [share_interval(score / 100 * row["n"], row["n"]) for score in scores]
        bounds = [(100 * low, 100 * high) for low, high in fractions]
    else:
        method, error = BOOTSTRAP, row_error(row)
        bounds = [(score - NORMAL * error, score + NORMAL * error) for score in scores]
    low, high = over_seeds(scores, bounds)
    if row["metric"] in PERCENT_METRICS:
        low, high = max(low, 0.0), min(high, 100.0)
    return {**row, "interval": [round(low, digits), round(high, digits)], "interval_method": method}


def row_error(row: dict) -> float:
    """Read the error over rows from an interval that was 1.96 times the root of its variance and that over seeds."""
    scores = row["scores"]
    seeds = statistics.stdev(scores) / math.sqrt(len(scores)) if len(scores) > 1 else 0.0
    whole = (row["mean"] - row["interval"][0]) / 1.96
    return math.sqrt(max(whole**2 - seeds**2, 0.0))


def main() -> None:
    """Remake, write and print what moved."""
    path = RESULTS / "quality.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    made = [remake(row) for row in rows]
    for old, new in zip(rows, made, strict=True):
        print(f"{new['recipe']:34} {new['metric']:20} {old['interval']} -> {new['interval']}  {new['interval_method']}")
    write_rows(path, made, key=("set", "split", "recipe"))


if __name__ == "__main__":
    main()
