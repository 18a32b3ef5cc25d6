# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The tables and the chart of the README, made from results: quality.jsonl, speed.jsonl, and the table of a demo run.

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


def distilled_rows() -> list[tuple[str, dict]]:
    """The teacher, its student, and the student on labels alone; none before all three have run."""
    rows = {row["recipe"]: row for row in read("quality.jsonl")}
    names = {
        "wnut17-minilm": "teacher: fine-tuned MiniLM-L6",
        "wnut17-distilled": "student: BiLSTM-CRF, distilled",
        "wnut17-bilstm-crf": "our best BiLSTM-CRF on labels alone",
    }
    return [(name, rows[recipe]) for recipe, name in names.items()] if names.keys() <= rows.keys() else []


def distilled_table() -> str:
    """What distillation gave on WNUT-17."""
    lines = ["| WNUT-17 test (1,287 sentences) | span F1 | 95 % interval | seeds | parameters, w/o embeddings |"]
    lines.append("|---|---:|---|---:|---:|")
    for name, row in distilled_rows():
        low, high = row["interval"]
        sizes = f"{thousands(row['parameters'])}, {thousands(row['parameters_without_embeddings'])}"
        lines.append(f"| {name} | **{row['mean']:.1f}** | {low:.1f}–{high:.1f} | {len(row['seeds'])} | {sizes} |")
    return "\n".join(lines)


def draw_distilled(path: Path) -> None:
    """The same as a chart: scores with their intervals, over parameters without embeddings."""
    import matplotlib.pyplot as plt

    plt.rcParams.update({"svg.hashsalt": "hf_seq", "svg.fonttype": "none", "font.size": 11})
    figure, axes = plt.subplots(figsize=(7.2, 3.0), layout="constrained")
    for (name, row), colour in zip(distilled_rows(), ("#555555", "#0a7d5a", "#b5651d"), strict=True):
        size, mean, (low, high) = row["parameters_without_embeddings"] / 1e6, row["mean"], row["interval"]
        axes.errorbar(size, mean, [[mean - low], [high - mean]], fmt="o", color=colour, capsize=4, markersize=8)
        right = size > 1
        place = {"xytext": (-12 if right else 12, 0), "ha": "right" if right else "left"}
        axes.annotate(f"{name}, {mean:.1f}", (size, mean), textcoords="offset points", va="center", **place)
    axes.set(xscale="log", xlim=(0.15, 16), ylim=(0, 55), ylabel="F1 on WNUT-17")
    axes.set_xlabel("million parameters without embeddings")
    axes.set_xticks([0.2, 0.5, 1, 2, 5, 10], ["0.2", "0.5", "1", "2", "5", "10"])
    axes.minorticks_off()
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


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
    if distilled_rows():
        text = replace(text, "distilled", distilled_table() + "\n\n![Scores over sizes](docs/distilled.svg)")
        draw_distilled(ROOT / "docs" / "distilled.svg")
    if options.demo:
        table, _, _ = options.demo.read_text(encoding="utf-8").partition("\n- ")  # what follows explains the columns
        text = replace(text, "demo", html.unescape(table))
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
