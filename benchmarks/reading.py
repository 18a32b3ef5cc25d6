# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Reading a csv or jsonl of texts and labels into rows in memory, against the readers of `datasets`.

Both start from the file each time: `datasets` with an empty cache, and it writes an Arrow file as it always does.

    python -m benchmarks.reading --rows 1000000
"""

import argparse
import csv
import json
import random
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.pairs import Speed, time_pairs
from benchmarks.sizes import FULL, Sizes

WORDS = 12  # of a text


def write_files(folder: Path, rows: int) -> dict[str, Path]:
    """Write the same rows as csv and as jsonl, with quotes, commas and accents as in reviews."""
    draw = random.Random(0)
    words = [f"{draw.choice('bdfgklmnprst')}{draw.choice('aeiouäé')}{number}" for number in range(5_000)]
    paths = {kind: folder / f"rows-{rows}.{kind}" for kind in ("csv", "jsonl")}
    if all(path.exists() for path in paths.values()):
        return paths
    with paths["csv"].open("w", newline="", encoding="utf-8") as table, paths["jsonl"].open("w") as lines:
        writer = csv.writer(table)
        writer.writerow(["id", "text", "label"])
        for number in range(rows):
            text = " ".join(draw.choices(words, k=WORDS)) + draw.choice([".", ', "so what"', "!"])
            label = draw.choice(["good", "bad"])
            writer.writerow([number, text, label])
            lines.write(json.dumps({"id": number, "text": text, "label": label}, ensure_ascii=False) + "\n")
    return paths


def seconds_of_ours(path: Path) -> float:
    """Read a file with our reader, and give the seconds."""
    from hf_seq.data.readers.files import read_file

    start = time.perf_counter()
    table = read_file(path)
    table.values("text"), table.values("label")
    return time.perf_counter() - start


def seconds_of_datasets(path: Path) -> float:
    """Read a file with `datasets`, and give the seconds."""
    from datasets import Dataset, disable_progress_bars

    disable_progress_bars()
    reader = Dataset.from_csv if path.suffix == ".csv" else Dataset.from_json
    with tempfile.TemporaryDirectory() as cache:
        start = time.perf_counter()
        rows = reader(str(path), cache_dir=cache)
        rows["text"][:], rows["label"][:]
        return time.perf_counter() - start


def measure(folder: Path, kind: str, sizes: Sizes = FULL) -> Speed:
    """Read a file of that kind in turns."""
    rows = sizes.reading_rows
    path = write_files(folder, rows)[kind]
    return time_pairs(
        f"read-{kind}",
        lambda: rows / seconds_of_ours(path),
        "datasets",
        lambda: rows / seconds_of_datasets(path),
        "rows/s",
        pairs=sizes.pairs or 3,
        note=f"{rows:,} rows to lists of texts and labels; datasets with an empty cache",
        warm_up=sizes.warm_up,
    )


def main() -> None:
    """Measure both, and print what came out."""
    parser = argparse.ArgumentParser(description="Reading of files against datasets.")
    parser.add_argument("--rows", type=int, default=FULL.reading_rows)
    parser.add_argument("--pairs", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("csv", "jsonl"):
            row = measure(Path(folder), kind, replace(FULL, reading_rows=given.rows, pairs=given.pairs, warm_up=False))
            print(f"{row.id}: {row.ours:,.0f} against {row.theirs:,.0f} {row.unit}, {row.ratio}x")


if __name__ == "__main__":
    main()
