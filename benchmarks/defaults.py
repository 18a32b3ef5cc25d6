# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What `hf-seq compare` says with no flag but the data, on public sets in full and cut to few rows.

    python benchmarks/defaults.py --data path/to/sets --output runs/defaults
    python benchmarks/defaults.py --data path/to/sets --only ag_news-2000 --seeds 0,1,2

A set that is cut is written to OUTPUT/sets/NAME-ROWS: so many train rows, drawn by a fixed seed, and the test as it is.
Then `hf-seq compare --data THERE --output ...` runs as anybody would, for each seed asked for, and two questions are
answered from its test rows: is the best model from scratch above or below the better of tfidf and fastText, and is the
student above it, and how far below its teacher? Finished rows are kept; run it again to go on. `--toy` runs it on small
made-up sets with models that train in a second; their scores say nothing.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone: benchmarks/ is not installed

import argparse
import datetime
import json
import shutil
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from numpy.random import default_rng

from benchmarks.pairs import RESULTS, write_rows
from benchmarks.toy_sets import write_toy_sets
from hf_seq.cli import guarded
from hf_seq.compare.options import parse_options
from hf_seq.compare.running import compare
from hf_seq.reports.comparison import Comparison, differences
from hf_seq.reports.environment import current_commit
from hf_seq.reports.rows import Row
from hf_seq.reports.verdict import judge

SETS = ("sst2", "ag_news", "banking77")
ROWS = (500, 2000, 5000, None)
"""Train rows; None is all of them."""
PARTS = {f"{name}-{rows or 'all'}": (name, rows) for rows in ROWS for name in SETS}
RIVALS = ("tfidf", "fasttext")
DRAW_SEED = 0
TOY = ["--models", "tfidf,bilstm-wide,bilstm", "--hidden_size", "8", "--embedding_size", "8", "--calls", "5"]
TOY += ["--num_train_epochs", "1"]


def cut_set(source: Path, rows: int | None, target: Path) -> Path:
    """Copy a set with so many train rows, drawn in no order; a whole set is read where it is.

    Args:
        source: folder with train.parquet and a validation or test.
        rows: of train; None for all.
        target: folder to write, unless it is there.
    """
    if rows is None:
        return source
    if not (target / "train.parquet").is_file():
        target.mkdir(parents=True, exist_ok=True)
        for path in (*source.glob("test.parquet"), *source.glob("validation.parquet"), *source.glob("labels.json")):
            shutil.copyfile(path, target / path.name)
        table: pa.Table = pq.read_table(source / "train.parquet")
        chosen = default_rng(DRAW_SEED).permutation(table.num_rows)[:rows]
        pq.write_table(table.take(pa.array(chosen)), target / "train.parquet")
    return target


def answers_of(comparison: Comparison, name: str, command: str) -> dict[str, Any]:
    """Answer the two questions by the test rows of a comparison, p-values corrected for all that were tried."""
    done = {row.record.model: row for row in comparison.done}
    rivals = [done[each] for each in RIVALS if each in done]
    rival = max(rivals, key=lambda row: row.score or 0.0)
    scratch = [
        row
        for row in comparison.done
        if row.small and not row.record.distillation and not row.record.recipe.get("start_from")
    ]
    best = max(scratch, key=lambda row: row.score or 0.0)
    against = dict(zip((row.record.model for row in scratch), differences(scratch, rival), strict=True))
    found: dict[str, Any] = {
        "part": name,
        "metric": comparison.first.metric,
        "n": comparison.first.n,
        "rival": rival.record.model,
        "scores": {row.record.model: round(row.score or 0.0, 2) for row in comparison.done},
        "best_from_scratch": best.record.model,
        "from_scratch": verdict_of(best, against[best.record.model]),
    }
    if "student" in done and comparison.teacher is not None:
        to_rival, to_teacher = (differences([done["student"]], each)[0] for each in (rival, comparison.teacher))
        found["student"] = verdict_of(done["student"], to_rival)
        found["student_to_teacher"] = round(to_teacher.points, 2)
    seeds = sorted({each.seed for row in comparison.done for each in row.seeds})
    return found | {
        "seeds": seeds,
        "command": command,
        "commit": current_commit(),
        "date": datetime.date.today().isoformat(),
    }


def verdict_of(row: Row, difference: Any) -> dict[str, Any]:
    """Say how a model stands against the better rival."""
    low, high = difference.interval
    return {
        "points": round(difference.points, 2),
        "interval": [round(low, 2), round(high, 2)],
        "p": difference.surest,
        "is": judge(difference, row.record.n),
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Compare on every part that was asked for, and write a row of `results/defaults.jsonl` for each.

    Args:
        argv: flags without the program's name; those of this process if None.
    """
    parser = argparse.ArgumentParser(description="hf-seq compare with its defaults, on sets in full and cut.")
    parser.add_argument("--data", type=Path, help="folder that holds sst2/, ag_news/, banking77/")
    parser.add_argument("--only", nargs="*", choices=PARTS, help="parts to do; all without it")
    parser.add_argument("--seeds", default="0", help="of the trainings, with commas")
    parser.add_argument("--models", help="fewer than the usual ones, where time is short")
    parser.add_argument("--output", type=Path, default=Path("runs/defaults"), help="folder of sets and runs")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of defaults.jsonl")
    parser.add_argument("--toy", action="store_true", help="small runs on made-up sets; their scores say nothing")
    options = parser.parse_args(argv)
    if options.data is None and not options.toy:
        parser.error("--data is missing: the folder that holds sst2/, ag_news/, banking77/")
    sets = options.data or options.output / "toys"
    if options.toy:
        write_toy_sets(sets)
    for name in options.only or PARTS:
        dataset, rows = PARTS[name]
        folder = cut_set(sets / dataset, rows, options.output / "sets" / name)
        words = ["--data", str(folder), "--output", str(options.output / name), "--seeds", options.seeds]
        words += [*(["--models", options.models] if options.models else []), *(TOY if options.toy else [])]
        command = ["python benchmarks/defaults.py --data DATA --only", name, "--seeds", options.seeds]
        command += ["--models", options.models] if options.models else []
        row = answers_of(compare(parse_options(words)), name, " ".join(command))
        if not (options.toy and options.results == RESULTS):
            write_rows(options.results / "defaults.jsonl", [row], key=("part",))
        print(json.dumps(row, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(guarded(main))
