# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The tables and the chart of README and docs, made from results: quality, speed, newcomer (.jsonl), a demo.

python benchmarks/tables.py                            scores and speed
python benchmarks/tables.py --demo runs/demo/table.md  the demo's table, too
"""

import argparse
import html
import json
import re
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"


def read(name: str) -> list[dict]:
    """Read the rows of a results file; none if it is not there."""
    path = RESULTS / name
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def thousands(number: int) -> str:
    """Write a count in k or M."""
    return f"{number / 1e6:.1f} M" if number >= 1e6 else f"{number / 1e3:.0f} k"


def quality_table() -> str:
    """Write one line per set and model."""
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


DISTILLED = {
    "SST-2 validation, accuracy": ("sst2-minilm", "sst2-distilled", "sst2-student"),
    "AG News test, accuracy": ("ag_news-minilm", "ag_news-distilled", "ag_news-student"),
    "WNUT-17 test, span F1": ("wnut17-minilm", "wnut17-distilled", "wnut17-student"),
}
"""Recipes of the teacher, of its student, and of the same student on labels alone."""
ROLES = ("teacher: MiniLM-L6, fine-tuned", "student, distilled", "same student, labels alone")


def distilled_rows() -> dict[str, tuple[dict, ...]]:
    """Find for each set the three rows; sets without all three are left out."""
    rows = {row["recipe"]: row for row in read("quality.jsonl")}
    return {title: tuple(rows[name] for name in names) for title, names in DISTILLED.items() if set(names) <= set(rows)}


def distilled_table() -> str:
    """Write what distillation gave, set by set."""
    lines = [f"| | {' | '.join(ROLES)} | parameters of the student, w/o embeddings |", "|---|---:|---:|---:|---:|"]
    for title, rows in distilled_rows().items():
        scores = [f"**{row['mean']:.1f}** ({row['interval'][0]:.1f}–{row['interval'][1]:.1f})" for row in rows]
        sizes = f"{thousands(rows[1]['parameters'])}, {thousands(rows[1]['parameters_without_embeddings'])}"
        lines.append(f"| {title} | {' | '.join(scores)} | {sizes} |")
    return "\n".join(lines)


def draw_distilled(path: Path) -> None:
    """Draw the same as a chart: scores with their intervals, a panel for each set."""
    import matplotlib.pyplot as plt

    plt.rcParams.update({"svg.hashsalt": "hf_seq", "svg.fonttype": "none", "font.size": 11})
    sets = distilled_rows()
    figure, panels = plt.subplots(1, len(sets), figsize=(9.0, 2.3), layout="constrained", sharey=True, squeeze=False)
    for axes, (title, rows) in zip(panels[0], sets.items(), strict=True):
        for place, (row, colour) in enumerate(zip(rows, ("#555555", "#0a7d5a", "#b5651d"), strict=True)):
            mean, (low, high) = row["mean"], row["interval"]
            spread = [[mean - low], [high - mean]]
            axes.errorbar(mean, -place, xerr=spread, fmt="o", color=colour, capsize=4, markersize=8)
            axes.annotate(f"{mean:.1f}", (mean, -place), xytext=(0, 8), textcoords="offset points", ha="center")
        axes.set(title=title.replace(", ", "\n"), ylim=(-2.5, 0.8))
        axes.set_yticks([0, -1, -2], ROLES)
        axes.tick_params(axis="y", length=0)
        axes.spines[["top", "right", "left"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def four_digits(number: float) -> str:
    """Round a number to four digits, or to whole ones where it has more."""
    return f"{number:,.0f}" if number >= 1000 else f"{number:.4g}"


def speed_table() -> str:
    """Write one line per measurement; the memory that ours added stands where it was watched."""
    lines = ["| what | hf_seq | against | | ratio | memory |", "|---|---:|---|---:|---:|---:|"]
    for row in read("speed.jsonl"):
        ours, theirs = four_digits(row["ours"]), four_digits(row["theirs"])
        memory = "" if row.get("peak_mb") is None else f"{row['peak_mb']:,.0f} MB"
        lines.append(
            f"| {row['id']} | {ours} {row['unit']} | {row['peer']} | {theirs} | **{row['ratio']:.2f}x** | {memory} |"
        )
    return "\n".join(lines)


def limits_table() -> str:
    """Write what the kernels do alone, then the share of it that each row reaches, the lowest first."""
    rows = read("limits.jsonl")
    lines = ["| what | kernels alone | reached | of it recurrent, products, memory |", "|---|---:|---:|---|"]
    for row in sorted(rows, key=lambda row: row.get("share", -1.0)):
        parts = row.get("kernels_ms", {})
        total = sum(parts.values())
        shown = ", ".join(f"{parts.get(kind, 0) / total:.0%}" for kind in ("recurrent", "products", "memory") if total)
        share = f"**{row['share']:.0%}**" if "share" in row else ""
        lines.append(f"| {row['id']} | {four_digits(row['limit'])} {row['unit']} | {share} | {shown} |")
    return "\n".join(lines)


def newcomer_table() -> str:
    """Write how long each step of a newcomer's way took, and on what."""
    rows = read("newcomer.jsonl")
    if not rows:
        return ""
    lines = ["| | wall | processors |", "|---|---:|---:|"]
    lines += [f"| {row['step']} | {row['wall_s']:.0f} s | {row['cpu_s']:.0f} s |" for row in rows]
    wall, busy = (sum(row[name] for row in rows) for name in ("wall_s", "cpu_s"))
    machine = rows[0]["machine"]
    where = f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']:.0f} GB, {machine['system']}"
    return "\n".join([*lines, f"| **all** | **{wall:.0f} s** | **{busy:.0f} s** |", "", f"{where}; {rows[0]['date']}."])


NOT_YET = "No row was measured yet; the command stands above."


def defaults_table() -> str:
    """Write what `hf-seq compare` said with no flag but the data, part by part."""
    columns = (
        "set-rows (test) | tfidf or fastText, the better | best from scratch | difference | student | to the first"
    )
    lines = [f"| {columns} | to its teacher | seeds |", "|---|---:|---:|---:|---:|---:|---:|---:|"]
    rows = read("defaults.jsonl")
    for row in rows:
        scores, taught = row["scores"], row.get("student")
        rival, best = (f"{row[key]} {scores[row[key]]:.1f}" for key in ("rival", "best_from_scratch"))
        student = (
            f"{scores['student']:.1f} | {_against(taught)} | {row['student_to_teacher']:+.1f}" if taught else "| |"
        )
        said = f"{rival} | {best} | {_against(row['from_scratch'])} | {student} | {len(row['seeds'])}"
        lines.append(f"| {row['part']} ({row['n']:,}) | {said} |")
    return "\n".join(lines) if rows else NOT_YET


def _against(found: dict) -> str:
    low, high = found["interval"]
    return f"**{found['points']:+.1f}** ({low:+.1f} to {high:+.1f}, p {found['p']:.2g})"


def fit_table() -> str:
    """Write what `hf-seq fit` found under limits, against fastText's own search."""
    lines = ["| set (test) | limits | minutes | hf-seq fit | fastText | difference |", "|---|---|---:|---|---|---:|"]
    rows = read("fit.jsonl")
    for row in rows:
        ours = f"{row['ours']:.1f}: {row['model']}, {row['form']}, {row['bytes'] / 1e6:.2f} MB, {row['ms']:.2g} ms"
        theirs = f"{row['fasttext']:.1f}: {row['fasttext_bytes'] / 1e6:.2f} MB, {row['fasttext_ms']:.2g} ms"
        limits = f"{row['max_size']}, {row['max_latency']} | {row['minutes']:g}"
        lines.append(f"| {row['set']} ({row['n']:,}) | {limits} | {ours} | {theirs} | {_against(row)} |")
    return "\n".join(lines) if rows else NOT_YET


def replace(text: str, name: str, table: str) -> str:
    """Put a table between the two markers of its name."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(\n<!-- /{name} -->)", re.DOTALL)
    return pattern.sub(lambda found: found.group(1) + table.strip() + found.group(2), text)


FRONT = ("sst2-tfidf", "sst2-bilstm", "sst2-bilstm-attention", "sst2-distilled", "sst2-minilm")
"""Recipes whose rows stand in the README."""


def front_table() -> str:
    """Write what five models reach on one real set."""
    lines = ["| model | accuracy | 95 % interval | parameters, w/o embeddings | training |", "|---|---:|---|---:|---:|"]
    rows = {row["recipe"]: row for row in read("quality.jsonl")}
    for row in (rows[name] for name in FRONT if name in rows):
        low, high = row["interval"]
        sizes = f"{thousands(row['parameters'])}, {thousands(row['parameters_without_embeddings'])}"
        minutes = sum(row["train_seconds"]) / len(row["train_seconds"]) / 60
        took = f"{minutes:.0f} min" if minutes >= 1 else f"{60 * minutes:.0f} s"
        lines.append(f"| {row['model']} | **{row['mean']:.1f}** | {low:.1f}–{high:.1f} | {sizes} | {took} |")
    return "\n".join(lines)


def made(page: str) -> dict[str, str]:
    """Make the tables of a page, by the names of their markers."""
    if page == "README.md":
        return {"sst2": front_table()}
    if page == "docs/speed.md":
        return {"speed": speed_table(), "limits": limits_table()}
    if page == "docs/newcomer.md":
        return {"newcomer": newcomer_table()}
    chart = "![Scores of teachers, students and students without a teacher](distilled.svg)"
    return {
        "quality": quality_table(),
        "distilled": f"{distilled_table()}\n\n{chart}",
        "defaults": defaults_table(),
        "fit": fit_table(),
    }


PAGES = ("README.md", "docs/results.md", "docs/speed.md", "docs/newcomer.md")


def main(argv: Sequence[str] | None = None) -> None:
    """Rewrite the tables of README and docs.

    Args:
        argv: flags without the program's name; those of this process if None.
    """
    parser = argparse.ArgumentParser(description="The tables and the chart of README and docs.")
    parser.add_argument("--demo", type=Path, help="table.md of a demo run")
    options = parser.parse_args(argv)
    for page in PAGES:
        path = ROOT / page
        text = path.read_text(encoding="utf-8")
        for name, table in made(page).items():
            text = replace(text, name, table)
        if options.demo:
            table, _, _ = options.demo.read_text(encoding="utf-8").partition(
                "\n- "
            )  # what follows explains the columns
            text = replace(text, "demo", html.unescape(table))
        path.write_text(text, encoding="utf-8")
    draw_distilled(ROOT / "docs" / "distilled.svg")


if __name__ == "__main__":
    main()
