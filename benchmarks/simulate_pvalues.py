# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How often models that are equally good are called different at p < 0.05, and how often a real difference is seen.

    python benchmarks/simulate_pvalues.py                      writes results/pvalues.jsonl
    python benchmarks/simulate_pvalues.py --repetitions 20 --rows 100 --output /tmp/pvalues.jsonl

Rows are shared by all trainings and differ in how hard they are; every training is right on a row by that row's chance
and is, as a whole, better or worse than its recipe by a spread of seeds that is drawn for each model anew. `apart` is
the share of rows that are not equally hard for the two recipes: with 0 they are the same recipe twice.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone: benchmarks/ is not installed

import argparse
import itertools

import numpy as np

from benchmarks.pairs import RESULTS, write_rows
from hf_seq.metrics.differences import difference_of
from hf_seq.metrics.label_scores import linearise_share
from hf_seq.metrics.linearised import Linearised

ACCURACY = 0.9
HARDNESS = 0.7
"""Sum of the two parameters of the beta distribution that the rows' chances come from: most are easy, some hopeless."""
SEEDS, ROWS, SPREADS, APART, GAIN = (1, 3, 5), (500, 2000), (0.0, 0.3, 0.7), (0.0, 0.3), 2.0


def chances(rows: int, random: np.random.Generator) -> np.ndarray:
    """How often each row is got right by a recipe."""
    return random.beta(ACCURACY * HARDNESS, (1 - ACCURACY) * HARDNESS, rows)


def training(chance: np.ndarray, shift: float, random: np.random.Generator) -> Linearised:
    """One training's answers, better than its recipe by `shift`, a fraction of the rows that are turned."""
    right = random.random(len(chance)) < chance
    turned = random.random(len(chance))
    right = right | (turned < shift / (1 - ACCURACY)) if shift > 0 else right & (turned >= -shift / ACCURACY)
    return linearise_share(right)


def p_value(rows: int, seeds: int, spread: float, apart: float, gain: float, random: np.random.Generator) -> float:
    """Of one comparison; spread and gain in points."""
    one = chances(rows, random)
    other = np.where(random.random(rows) < apart, chances(rows, random), one)
    sides = [
        [training(each, (better + spread * random.normal()) / 100, random) for _ in range(seeds)]
        for each, better in ((one, gain), (other, 0.0))
    ]
    return difference_of(sides[0], sides[1]).p_value


def main(argv: list[str] | None = None) -> None:
    """Simulate, write and print."""
    parser = argparse.ArgumentParser(description="False positives and power of hf_seq's test of differences.")
    parser.add_argument("--repetitions", type=int, default=1000)
    parser.add_argument("--rows", type=int, nargs="*", default=list(ROWS))
    parser.add_argument("--seeds", type=int, nargs="*", default=list(SEEDS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=RESULTS / "pvalues.jsonl")
    options = parser.parse_args(argv)
    settings = itertools.product(options.rows, options.seeds, SPREADS, APART)
    for index, (rows, seeds, spread, apart) in enumerate(settings):
        random = np.random.default_rng([options.seed, index])
        rates = []
        for gain in (0.0, GAIN):
            found = [p_value(rows, seeds, spread, apart, gain, random) for _ in range(options.repetitions)]
            rates.append(100 * np.mean(np.array(found) < 0.05))
        row = {"n": rows, "seeds": seeds, "spread": spread, "apart": apart, "gain": GAIN}
        row |= {"false_positives": round(float(rates[0]), 1), "power": round(float(rates[1]), 1)}
        write_rows(options.output, [row | {"repetitions": options.repetitions}], key=("n", "seeds", "spread", "apart"))
        shown = f"n {rows:5} seeds {seeds} spread {spread} apart {apart}"
        print(f"{shown}: {rates[0]:5.1f} %, power {rates[1]:5.1f} %", flush=True)


if __name__ == "__main__":
    main()
