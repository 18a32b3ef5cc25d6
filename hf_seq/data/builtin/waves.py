# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`builtin:waves`: made-up sensor logs in which three events happen, and only their order is the class.

Each series has one `rise` (channel 0), one `dip` (channel 1) and one `buzz` (channel 2) of random width, height and
place, on noise and a slow drift. Every class has the same events, so the mean, deviation or maximum of a channel says
nothing: a model must see what came first. Lengths differ, and some values are missing.
"""

from itertools import permutations
from typing import Any

import numpy as np

from hf_seq.data.readers.tables import Table

EVENTS = ("rise", "dip", "buzz")
ORDERS = ["-".join(order) for order in permutations(EVENTS)]
"""The classes, in id order."""
TAGS = ["none", *EVENTS]
"""What happens at a step, in id order."""
SIZES = {"train": (1200, 0), "validation": (300, 1), "test": (600, 2)}
SHORTEST, LONGEST = 30, 70  # steps
MISSING = 0.01  # share of the values


def make_waves(rows: int, seed: int) -> list[dict[str, Any]]:
    """Make labelled series; the same rows for the same arguments, everywhere.

    Args:
        rows: how many.
        seed: of everything random.

    Returns:
        Dicts with `series`, (T, 3) float32 with NaN where a value is missing, `label`, an id in `ORDERS`, and `tags`,
        T ids in `TAGS`.
    """
    random = np.random.default_rng([seed, 1301])
    return [_make_wave(random, row % len(ORDERS)) for row in random.permutation(rows)]


def _make_wave(random: np.random.Generator, label: int) -> dict[str, Any]:
    length = int(random.integers(SHORTEST, LONGEST + 1))
    order = ORDERS[label].split("-")
    widths = random.integers(4, 9, size=3)
    gaps = random.multinomial(length - int(widths.sum()), random.dirichlet(np.ones(4)))
    series = random.normal(scale=0.3, size=(length, 3))
    series += np.cumsum(random.normal(scale=0.04, size=(length, 3)), axis=0)  # drift
    tags = np.zeros(length, dtype=np.int64)
    start = 0
    for event, gap, width in zip(order, gaps, widths, strict=False):
        start += gap
        steps = slice(start, start + width)
        bump = np.sin(np.pi * (np.arange(width) + 0.5) / width) * random.uniform(1.2, 2.0)
        series[steps, EVENTS.index(event)] += bump * {"rise": 1, "dip": -1, "buzz": (-1) ** np.arange(width)}[event]
        tags[steps] = TAGS.index(event)
        start += width
    series[random.random(series.shape) < MISSING] = np.nan
    return {"series": series.astype(np.float32), "label": label, "tags": tags.tolist()}


def read_builtin_waves() -> tuple[dict[str, Table], dict[str, list[str]]]:
    """Return a table per split, and the names of labels and tags."""
    tables = {}
    for split, (rows, seed) in SIZES.items():
        made = make_waves(rows, seed)
        tables[split] = Table({name: [row[name] for row in made] for name in ("series", "label", "tags")})
    return tables, {"label": ORDERS, "tags": TAGS}
