# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Rows as each task reads them, a few of their values odd; a task joins by a line in `COLUMNS`."""

import random
from collections.abc import Callable

from .formats import WORDS, as_json, value

COLUMNS = {
    "classification": ("text", "label"),
    "tagging": ("tokens", "tags"),
    "seq2seq": ("source", "target"),
    "series": ("series", "label"),
    "series-tagging": ("series", "tags"),
    "events": ("events", "times", "amount", "label"),
    "next-event": ("events", "times", "amount"),
}


def task_rows(rng: random.Random, task: str) -> bytes:
    """Draw lines of JSON as a task reads them, a few of their values odd."""
    make: dict[str, Callable[[int], object]] = {
        "text": lambda n: f"a {WORDS[n % 2]} film number {n}",
        "label": lambda n: ("yes", "no")[n % 2],
        "tokens": lambda n: ["Ada", "saw", WORDS[n % 4]],
        "tags": lambda n: ["B-PER", "O", "O"],
        "source": lambda n: f"one {n} two",
        "target": lambda n: f"two {n} one",
        "events": lambda n: ["open", WORDS[n % 4], "shut"],
        "times": lambda n: [n, n + 1, n + 1.5],
        "amount": lambda n: [None, n % 5, 0.5],
        "series": lambda n: [[n % 7, 0.5], [1, n % 3], [2, 2]],
    }
    names = COLUMNS.get(task, ("text",))
    broken = rng.choice((0.0, 0.005, 0.3))
    lines = [
        {name: value(rng) if rng.random() < broken else make[name](n) for name in names}
        for n in range(rng.choice((2, 60)))
    ]
    return b"\n".join(map(as_json, lines))
