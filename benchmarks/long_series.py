# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Whether a comparison on few, long series ends while somebody waits; writes a row of `results/speed.jsonl`.

    python benchmarks/long_series.py                    537 series of up to 1,344 steps, all default models
    python benchmarks/long_series.py --make FOLDER      only the data: FOLDER/train.parquet and FOLDER/test.parquet

Two pulses stand in each series, each on some of its channels, on noise and a drift; a class is which channels have
which pulse, and which comes first. Lengths are between a third of the longest and all of it.

T steps · C channels
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone: benchmarks/ is not installed

import numpy as np
import pandas as pd

from benchmarks.pairs import RESULTS, Speed, write_speed

ID = "compare-long-series"
CLASSES, WAIT = 5, 600.0
"""Labels, and the seconds that somebody waits."""


def make_series(rows: int, channels: int, longest: int, seed: int) -> pd.DataFrame:
    """Make labelled series; the same rows for the same arguments.

    Returns:
        `series`, a list of T lists of C numbers, and `label`.
    """
    draw = np.random.default_rng([seed, 1344])
    labels = draw.permutation(np.arange(rows) % CLASSES)
    series = [_series(int(draw.integers(longest // 3, longest + 1)), channels, int(each), draw) for each in labels]
    return pd.DataFrame({"series": [each.tolist() for each in series], "label": [f"kind {each}" for each in labels]})


def _series(length: int, channels: int, label: int, draw: np.random.Generator) -> np.ndarray:
    """Make one series, (T, C)."""
    values = draw.normal(0, 0.5, (length, channels)) + np.cumsum(draw.normal(0, 0.02, (length, channels)), axis=0)
    width = length // 12
    pulses = np.sin(np.pi * np.arange(width) / width), np.sin(6 * np.pi * np.arange(width) / width)
    places = np.sort(draw.choice(np.arange(1, 9), 2, replace=False)) * length // 10
    for number, place in enumerate(places):
        on = np.arange(channels) % CLASSES == (label + 2 * number) % CLASSES
        values[place : place + width, on] += 2 * pulses[(number + label) % 2][:, None]
    return values.astype(np.float32)


def make_folder(folder: Path, rows: int, channels: int, longest: int) -> Path:
    """Write train and a third as many rows of test."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (split, count) in enumerate({"train": rows, "test": rows // 3}.items()):
        make_series(count, channels, longest, number).to_parquet(folder / f"{split}.parquet")
    return folder


def compare(folder: Path, output: Path, words: list[str]) -> float:
    """Run `hf-seq compare` in a process of its own, and return its seconds."""
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-m", "hf_seq", "compare", "--task", "series", "--data", str(folder)]
    start = time.perf_counter()
    subprocess.run([*command, "--output", str(output), *words], env=environment, check=True)
    return time.perf_counter() - start


def main(argv: list[str] | None = None) -> None:
    """Make the series, compare the models, write the row."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--make", type=Path, help="only make the data, in this folder")
    parser.add_argument("--rows", type=int, default=537)
    parser.add_argument("--channels", type=int, default=12)
    parser.add_argument("--longest", type=int, default=1344)
    parser.add_argument("--output", type=Path, default=RESULTS, help="folder of speed.jsonl")
    given, words = parser.parse_known_args(argv)
    shape = (given.rows, given.channels, given.longest)
    if given.make:
        print(make_folder(given.make, *shape))
        return
    with tempfile.TemporaryDirectory() as folder:
        seconds = compare(make_folder(Path(folder, "data"), *shape), Path(folder, "out"), words)
    note = f"{given.rows} train series of up to {given.longest:,} steps and {given.channels} channels, default models"
    ratio = round(WAIT / seconds, 2)
    row = Speed(ID, round(seconds, 1), "ten minutes", WAIT, "s", ratio, 1, note)
    write_speed([row], given.output)


if __name__ == "__main__":
    main()
