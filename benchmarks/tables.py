# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The tables of the README, made from results: quality.jsonl, speed.jsonl, and the table of a demo run.

python benchmarks/tables.py                            scores and speed
python benchmarks/tables.py --demo runs/demo/table.md  the demo's table, too
"""

import argparse
import html
import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"


def read(name: str) -> list[dict]:
    """The rows of a results file; none if it is not there."""
    path = RESULTS / name
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def thousands(number: int) -> str:
    """A count in k or M."""
    return f"{number / 1e6:.1f} M" if number >= 1e6 else f"{number / 1e3:.0f} k"


def quality_table() -> str:
    """One line per set and model."""
    columns = "set (rows) | model | metric | score | 95 % interval | seeds | parameters, w/o embeddings | command"
    lines = [f"| {columns} |", "|---|---|---|---:|---|---:|---|---|"]
    for row in sorted(read("quality.jsonl"), key=lambda row: (row["set"], row["metric"], row["mean"])):
        low, high = row["interval"]
        sizes = f"{thousands(row['parameters'])}, {thousands(row['parameters_without_embeddings'])}"
        digits = 1 if row["mean"] > 10 else 3  # percent, or nats
        score = f"{row['metric'].replace('_', ' ')} | **{row['mean']:.{digits}f}** | {low:.{digits}f}–{high:.{digits}f}"
        score += f" | {len(row['seeds'])}"
        rows = f"{row['set']} {row['split']} ({row['n']:,})"
        lines.append(f"| {rows} | {row['model']} | {score} | {sizes} | `{row['command']}` |")
    return "\n".join(lines)


def speed_table() -> str:
    """One line per measurement."""
    lines = ["| what | hf_seq | against | | ratio |", "|---|---:|---|---:|---:|"]
    for row in read("speed.jsonl"):
        ours, theirs = f"{row['ours']:,.4g} {row['unit']}", f"{row['theirs']:,.4g}"
        lines.append(f"| {row['id']} | {ours} | {row['peer']} | {theirs} | **{row['ratio']:.2f}x** |")
    return "\n".join(lines)


def replace(text: str, name: str, table: str) -> str:
    """Put a table between the two markers of its name."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(\n<!-- /{name} -->)", re.DOTALL)
    return pattern.sub(lambda found: found.group(1) + table.strip() + found.group(2), text)


def main() -> None:
    """Rewrite the README's tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--demo", type=Path, help="table.md of a demo run")
    options = parser.parse_args()
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8")
    text = replace(replace(text, "quality", quality_table()), "speed", speed_table())
    if options.demo:
        table, _, _ = options.demo.read_text(encoding="utf-8").partition("\n- ")  # what follows explains the columns
        text = replace(text, "demo", html.unescape(table))
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
