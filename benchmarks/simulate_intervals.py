# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How often 95 % intervals hold the true score: simulated tests of 20 to 1,000 rows, scores from 0.5 to nearly 1.

    python benchmarks/simulate_intervals.py                    writes results/intervals.jsonl
    python benchmarks/simulate_intervals.py --repetitions 20 --rows 20 --output /tmp/intervals.jsonl

Every world below draws rows of which the true score is known, or is taken from 400,000 rows of its own.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the clone: benchmarks/ is not installed

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.pairs import RESULTS, write_rows
from hf_seq.metrics.intervals import interval_of
from hf_seq.metrics.label_scores import linearise_labels
from hf_seq.metrics.language_modeling import Blocks, linearise_blocks
from hf_seq.metrics.linearised import Linearised, PseudoRows, linearise
from hf_seq.metrics.translation import bleu_of_sums

Random = np.random.Generator
ROWS = (20, 50, 200, 1000)
MANY = 400_000


@dataclass(frozen=True)
class World:
    """Rows that can be drawn, and the true score of all of them.

    Attributes:
        metric: name of the score.
        setting: what is particular about it.
        true: the score of infinitely many rows.
        draw: a test of so many rows, as what each adds to the score.
    """

    metric: str
    setting: str
    true: float
    draw: Callable[[int, Random], Linearised]


def labels(metric: str, shares: tuple[float, ...], accuracy: float, setting: str) -> World:
    """Rows of labels that are right with one chance, else any other label."""
    count = len(shares)

    def draw(rows: int, random: Random) -> Linearised:
        gold = random.choice(count, rows, p=shares)
        wrong = random.random(rows) >= accuracy
        said = np.where(wrong, (gold + random.integers(1, count, rows)) % count, gold)
        return linearise_labels(metric, said, gold)

    share = np.array(shares)
    predicted = share * accuracy + (1 - share) * (1 - accuracy) / (count - 1)
    each = 2 * share * accuracy / (share + predicted)
    true = {"accuracy": accuracy, "f1_macro": each.mean(), "f1": each[1]}[metric]
    return World(metric, f"{setting}, accuracy {accuracy}", float(true), draw)


def several(accuracy: float) -> World:
    """Five labels a row, each of which three rows in ten have; rows differ in how hard they are."""

    def said_and_gold(rows: int, random: Random) -> tuple[np.ndarray, np.ndarray]:
        gold = (random.random((rows, 5)) < 0.3).astype(int)
        right = random.random((rows, 5)) < random.beta(9 * accuracy, 9 * (1 - accuracy), (rows, 1))
        return np.where(right, gold, 1 - gold), gold

    said, gold = said_and_gold(MANY, np.random.default_rng(0))
    true = 2 * (said * gold).sum() / (said.sum() + gold.sum())
    return World(
        "f1_micro",
        f"5 labels a row, each right in {accuracy}",
        float(true),
        lambda rows, random: linearise_labels("f1_micro", *said_and_gold(rows, random)),
    )


def spans(score: float, alike: float) -> World:
    """Sentences of 1.5 spans; `alike` says how far the spans of a sentence are found or missed together."""

    def draw(rows: int, random: Random) -> Linearised:
        chance = random.beta(score * (1 / alike - 1), (1 - score) * (1 / alike - 1), rows)
        gold = random.poisson(1.5, rows)
        right, wrong = random.binomial(gold, chance), random.binomial(gold, 1 - chance)
        counts = np.stack([right, right + wrong, gold], axis=1).astype(float)
        usual = (counts[:, 2].sum() + 0.5) / (rows + 0.5)
        pseudo = PseudoRows(np.full((1, 3), usual), np.array([[0.0, usual, usual]]), np.ones(1))
        return linearise(counts, lambda s: 2 * s[..., 0] / np.maximum(s[..., 1] + s[..., 2], 1e-9), "proportion",
                         pseudo=pseudo)  # fmt: skip

    return World("span f1", f"spans of a sentence alike: {alike}", score, draw)


def texts(wrong: float) -> World:
    """Texts of about 12 words, of which a share is replaced, in some texts more than in others."""

    def counts(rows: int, random: Random) -> np.ndarray:
        words = random.poisson(10, rows) + 2
        kept = random.random((rows, words.max())) >= random.beta(wrong * 4, (1 - wrong) * 4, (rows, 1))
        kept &= np.arange(words.max()) < words[:, None]
        found, run = [], kept
        for size in range(4):
            run = kept if size == 0 else run[:, :-1] & kept[:, size:]
            found.append(run.sum(axis=1))
        written = [np.maximum(words - size, 0) for size in range(4)]
        return np.stack([words, words, *found, *written], axis=1).astype(float)

    def draw(rows: int, random: Random) -> Linearised:
        each = counts(rows, random)
        right, none = each.mean(axis=0), each.mean(axis=0)
        right[2:6], none[2:6] = right[6:10], 0.0
        pseudo = PseudoRows(right[None], none[None], np.ones(1))
        return linearise(each, bleu_of_sums, "proportion", bounds=(0.0, 100.0), pseudo=pseudo)

    true = bleu_of_sums(counts(MANY // 4, np.random.default_rng(0)).sum(axis=0))
    return World("bleu", f"{wrong} of the words replaced", float(true), draw)


def values(correlation: float, tails: str) -> World:
    """Pairs of values, normal or (Student's t with 5 degrees of freedom) with heavier tails."""

    def draw(rows: int, random: Random) -> Linearised:
        x, noise = random.normal(size=(2, rows))
        pair = np.stack([x, correlation * x + np.sqrt(1 - correlation**2) * noise])
        pair = pair if tails == "normal" else pair / np.sqrt(random.chisquare(5, rows) / 5)
        return linearise_labels("pearson", pair[1], pair[0])

    return World("pearson", f"{tails} tails", correlation, draw)


def blocks(spread: float) -> World:
    """Blocks of text whose nats per character are log-normal."""

    def draw(rows: int, random: Random) -> Linearised:
        characters = random.poisson(200, rows) + 20.0
        nats = 1.5 * characters * np.exp(spread * random.normal(size=rows))
        return linearise_blocks(Blocks(nats, characters, characters / 4))

    return World("nats_per_character", f"log spread {spread}", 1.5 * float(np.exp(spread**2 / 2)), draw)


def worlds() -> list[World]:
    """All of them."""
    even, rare = (1 / 3, 1 / 3, 1 / 3), (0.7, 0.2, 0.1)
    tops = (0.5, 0.7, 0.9, 0.97, 0.99)
    return [
        *(labels("accuracy", even, each, "3 labels") for each in (*tops, 1.0)),
        *(labels("f1_macro", even, each, "3 labels, equally many") for each in (*tops, 1.0)),
        *(labels("f1_macro", rare, each, "3 labels, 70/20/10 %") for each in tops[1:]),
        *(labels("f1", (0.7, 0.3), each, "label of 30 % of the rows") for each in tops[1:]),
        *(several(each) for each in (0.7, 0.9, 0.97)),
        *(spans(each, alike) for each in tops for alike in (0.05, 0.3)),
        *(texts(each) for each in (0.3, 0.1, 0.02)),
        *(values(each, tails) for each in (0.5, 0.9, 0.99) for tails in ("normal", "heavy")),
        *(blocks(each) for each in (0.2, 0.5)),
    ]


def coverage(world: World, rows: int, repetitions: int, random: Random) -> dict:
    """One row of `results/intervals.jsonl`."""
    found = [interval_of(world.draw(rows, random)) for _ in range(repetitions)]
    held = [low - 1e-9 <= world.true <= high + 1e-9 for low, high in found]
    return {
        "metric": world.metric,
        "setting": world.setting,
        "true": round(world.true, 4),
        "n": rows,
        "coverage": round(100 * float(np.mean(held)), 1),
        "width": round(float(np.mean([high - low for low, high in found])), 4),
        "repetitions": repetitions,
    }


def main(argv: list[str] | None = None) -> None:
    """Simulate, write and print."""
    parser = argparse.ArgumentParser(description="Coverage of hf_seq's 95 % intervals.")
    parser.add_argument("--repetitions", type=int, default=1000)
    parser.add_argument("--rows", type=int, nargs="*", default=list(ROWS))
    parser.add_argument("--only", nargs="*", help="metrics to simulate; all without it")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=RESULTS / "intervals.jsonl")
    options = parser.parse_args(argv)
    for index, world in enumerate(worlds()):
        if options.only and world.metric not in options.only:
            continue
        random = np.random.default_rng([options.seed, index])
        rows = [coverage(world, count, options.repetitions, random) for count in options.rows]
        write_rows(options.output, rows, key=("metric", "setting", "true", "n"))
        shown = "  ".join(f"n={row['n']}: {row['coverage']:.1f}" for row in rows)
        print(f"{world.metric:20} {world.setting:36} {world.true:8.4f}  {shown}", flush=True)


if __name__ == "__main__":
    main()
