# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`builtin:visits`: made-up visits to a shop; the class is the order in which people go, and where they pause.

Pages stand in a ring. Who goes `forth` moves on to the next page seven times in ten, who goes `back` to the one before;
else to any of the others. Before one page, `cart` or `reviews`, there is mostly a long pause, elsewhere seldom. Every
class visits every page equally often and pauses equally often, so counts of events and statistics of gaps and amounts
say nothing of it. One label in ten is wrong, so that the best possible accuracy is a little below 90; `chances` gives
what is known of a visit by the rules that made it.
"""

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from hf_seq.data.readers.tables import Table

PAGES = ["home", "search", "item", "reviews", "cart", "help"]
WAYS, PAUSED = {"forth": 1, "back": -1}, ("cart", "reviews")
KINDS = [f"{way}-{page}" for way in WAYS for page in PAUSED]
"""The classes, in id order."""
SIZES = {"train": (1200, 0), "validation": (300, 1), "test": (600, 2)}
SHORTEST, LONGEST = 16, 40  # events of a visit
ON, LONG_THERE, LONG_ELSEWHERE = 0.7, 0.8, 0.05
WRONG = 0.1  # share of the labels
SHORT_GAP, LONG_GAP = 20.0, 6 * 3600.0  # seconds, in the middle
BEGIN = datetime(2026, 1, 5)


def make_visits(rows: int, seed: int) -> list[dict[str, Any]]:
    """Make labelled visits; the same rows for the same arguments, everywhere.

    Args:
        rows: how many.
        seed: of everything random.

    Returns:
        Dicts with `events` (T names), `times` (T datetimes), `amount` (T numbers, None but at `cart`), and `label`, the
        name of a class.
    """
    random = np.random.default_rng([seed, 4703])
    return [_make_visit(random, row % len(KINDS)) for row in random.permutation(rows)]


def _make_visit(random: np.random.Generator, kind: int) -> dict[str, Any]:
    way, paused = KINDS[kind].split("-")
    count = int(random.integers(SHORTEST, LONGEST + 1))
    page = int(random.integers(len(PAGES)))
    pages, moments = [], [BEGIN + timedelta(seconds=float(random.uniform(0, 90 * 86_400)))]
    for place in range(count):
        pages.append(PAGES[page])
        if place:
            is_long = random.random() < (LONG_THERE if PAGES[page] == paused else LONG_ELSEWHERE)
            gap = (LONG_GAP if is_long else SHORT_GAP) * float(np.exp(random.normal(0, 0.7)))
            moments.append(moments[-1] + timedelta(seconds=round(gap, 1)))
        on = (page + WAYS[way]) % len(PAGES)
        page = on if random.random() < ON else int(random.choice([n for n in range(len(PAGES)) if n not in (on, page)]))
    amounts = [round(float(np.exp(random.normal(3, 1))), 2) if name == "cart" else None for name in pages]
    label = int((kind + random.integers(1, len(KINDS))) % len(KINDS)) if random.random() < WRONG else kind
    return {"events": pages, "times": moments, "amount": amounts, "label": KINDS[label]}


def chances(events: list[str], gaps: list[float]) -> np.ndarray:
    """Compute how likely each class (4,) is for a visit, by the rules that made it; what a label says is not known.

    Args:
        events: T pages.
        gaps: T seconds since the page before; the first is not looked at.
    """
    between = np.sqrt(SHORT_GAP * LONG_GAP)
    found = np.zeros(len(KINDS))
    for number, kind in enumerate(KINDS):
        way, paused = kind.split("-")
        for before, after, gap in zip(events, events[1:], gaps[1:], strict=False):
            on = PAGES[(PAGES.index(before) + WAYS[way]) % len(PAGES)]
            there = LONG_THERE if after == paused else LONG_ELSEWHERE
            found[number] += np.log(ON if after == on else (1 - ON) / (len(PAGES) - 2))
            found[number] += np.log(there if gap > between else 1 - there)
    likely = np.exp(found - found.max())
    return likely / likely.sum()


def read_builtin_visits() -> tuple[dict[str, Table], dict[str, list[str]]]:
    """Return a table per split, an event a line in the order of their times, and the names of labels."""
    tables, first = {}, 1
    for split, (rows, seed) in SIZES.items():
        made = make_visits(rows, seed)
        lines = [
            (moment, first + number, page, amount, visit["label"])
            for number, visit in enumerate(made)
            for page, moment, amount in zip(visit["events"], visit["times"], visit["amount"], strict=True)
        ]
        columns = zip(*sorted(lines, key=lambda line: line[:2]), strict=True)
        tables[split] = Table(
            dict(zip(("timestamp", "user_id", "event", "amount", "label"), map(list, columns), strict=True))
        )
        first += rows
    return tables, {"label": KINDS}
