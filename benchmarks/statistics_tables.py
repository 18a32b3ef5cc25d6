# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Write the tables of docs/statistics.md from results/intervals.jsonl and results/pvalues.jsonl.

python benchmarks/statistics_tables.py
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone: benchmarks/ is not installed

from benchmarks.tables import ROOT, read, replace


def coverage_table(rows: list[dict]) -> str:
    """Make a line for each world, a column for each number of rows."""
    sizes = sorted({row["n"] for row in rows})
    worlds = list(dict.fromkeys((row["metric"], row["setting"], row["true"]) for row in rows))
    found = {(row["metric"], row["setting"], row["true"], row["n"]): row["coverage"] for row in rows}
    lines = [f"| score | rows | true score | {' | '.join(f'{size:,} rows' for size in sizes)} |"]
    lines += ["|---|---|---:|" + "---:|" * len(sizes)]
    for world in worlds:
        cells = [f"{found[(*world, size)]:.1f}" if (*world, size) in found else "–" for size in sizes]
        metric, setting, true = world
        lines.append(f"| {metric.replace('_', ' ')} | {setting} | {true:.3g} | {' | '.join(cells)} |")
    return "\n".join(lines)


def rates_table(rows: list[dict], rate: str) -> str:
    """Make a line for each setting, a column for each number of seeds."""
    seeds = sorted({row["seeds"] for row in rows})
    settings = sorted({(row["n"], row["apart"], row["spread"]) for row in rows})
    found = {(row["n"], row["apart"], row["spread"], row["seeds"]): row[rate] for row in rows}
    heads = ["1 seed" if each == 1 else f"{each} seeds" for each in seeds]
    lines = [
        f"| test rows | recipes | spread of seeds | {' | '.join(heads)} |",
        "|---:|---|---:|" + "---:|" * len(seeds),
    ]
    for rows_, apart, spread in settings:
        cells = [f"{found[(rows_, apart, spread, each)]:.1f}" for each in seeds]
        recipe = "two recipes" if apart else "same recipe"
        lines.append(f"| {rows_:,} | {recipe} | {spread} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Rewrite the tables."""
    path = ROOT / "docs" / "statistics.md"
    text = path.read_text(encoding="utf-8")
    rates = read("pvalues.jsonl")
    for name, table in (
        ("coverage", coverage_table(read("intervals.jsonl"))),
        ("false positives", rates_table(rates, "false_positives")),
        ("power", rates_table(rates, "power")),
    ):
        text = replace(text, name, table)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
