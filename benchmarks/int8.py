# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What int8 costs: exports finished runs and writes the score of their int8 files to `results/quality.jsonl`.

    python benchmarks/int8.py --runs runs/quality

The runs are those of `benchmarks/quality.py`, a folder for each recipe and seed; what is not there is left out.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone: benchmarks/ is not installed

import argparse
import datetime
import statistics
import tempfile
from collections.abc import Sequence
from typing import Any

from benchmarks.pairs import RESULTS, write_rows
from hf_seq import InputError, export
from hf_seq.cli import guarded
from hf_seq.reports.environment import current_commit
from hf_seq.reports.record import RECORD_NAME, Record

RECIPES = ("sst2-bilstm", "ag_news-bilstm", "banking77-bilstm", "ud_ewt-bilstm-crf", "wnut17-bilstm-crf")
MOST = 0.3
"""Points that int8 may lose."""


def folders_of(recipe: str, runs: Path) -> list[Path]:
    """List the finished runs of a recipe: `sst2-bilstm`, or `sst2-bilstm-0`, `sst2-bilstm-1`, ... by their seeds."""
    found = [folder for folder in sorted(runs.glob(f"{recipe}*")) if (folder / RECORD_NAME).is_file()]
    return [
        folder for folder in found if folder.name.removeprefix(recipe).lstrip("-").isdecimal() or folder.name == recipe
    ]


def measure(recipe: str, folders: Sequence[Path]) -> dict[str, Any]:
    """Export the runs of a recipe, and give the row of their int8 files."""
    scored, records = [], [Record.read(folder) for folder in folders]
    for folder in folders:
        with tempfile.TemporaryDirectory() as place:
            scored.append(export(folder, Path(place) / "exported", quantize="int8").certificate["scores"])
    differences = [each["int8"]["difference"] for each in scored]
    return {
        "set": recipe.partition("-")[0],
        "split": records[0].split,
        "model": f"{records[0].model}, int8",
        "recipe": f"{recipe}-int8",
        "metric": records[0].metric,
        "mean": round(statistics.mean(each["int8"]["score"] for each in scored), 2),
        "interval": [round(statistics.mean(each["int8"]["interval"][end] for each in scored), 2) for end in (0, 1)],
        "n": scored[0]["n"],
        "seeds": [record.seed for record in records],
        "scores": [round(each["int8"]["score"], 2) for each in scored],
        "fp32": [round(each["fp32"]["score"], 2) for each in scored],
        "differences": [round(each, 2) for each in differences],
        "p_values": [round(each["int8"]["p_value"], 3) for each in scored],
        "parameters": records[0].parameters,
        "parameters_without_embeddings": records[0].parameters_without_embeddings,
        "command": f"hf-seq export RUNS/{recipe}-SEED --output FOLDER --quantize int8",
        "commit": current_commit(),
        "date": datetime.date.today().isoformat(),
        "interval_method": records[0].signature.rpartition("interval:")[2].strip() or "mean over seeds",
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Measure what is there.

    Args:
        argv: flags without the program's name; those of this process if None.

    Raises:
        InputError: no run of the recipes is there.
    """
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=Path, default=Path("runs/quality"), help="folder of finished runs")
    parser.add_argument("--only", nargs="+", default=RECIPES, choices=RECIPES, help="recipes")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of quality.jsonl")
    options = parser.parse_args(argv)
    runs = {recipe: folders_of(recipe, options.runs) for recipe in options.only}
    if not any(runs.values()):
        raise InputError(f"--runs {options.runs} holds no finished run of {', '.join(options.only)}; train one first.")
    for recipe, folders in runs.items():
        if not folders:
            print(f"{recipe}: no finished run in {options.runs}, left out")
            continue
        row = measure(recipe, folders)
        write_rows(options.results / "quality.jsonl", [row], key=("set", "split", "recipe"))
        lost = max(0.0, -min(row["differences"]))
        verdict = " (too much)" if lost > MOST else ""
        print(f"{recipe}: {row['metric']} {row['mean']:.2f}, loses at most {lost:.2f}{verdict}")


if __name__ == "__main__":
    sys.exit(guarded(main))
