# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Cutting rows off a split: seeded, in the proportions of the labels, equal texts never on both sides."""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from hf_seq.errors import InputError

BINS = 10  # a regression target is cut in tenths of its range of ranks


def cut(texts: Sequence[str], labels: Sequence[Any], fraction: float, seed: int) -> tuple[list[int], list[int]]:
    """Split row indices in two, each in the given order.

    Args:
        texts: N texts; rows of equal text stay together, or the cut-off part would hold rows seen in training.
        labels: N ids, floats or rows of 0/1.
        fraction: share of the rows to cut off, 0 < fraction < 1.
        seed: of the choice.

    Returns:
        Indices kept and indices cut off; a label with a single text is kept.
    """
    if not 0.0 < fraction < 1.0:
        raise InputError(
            f"validation_fraction={fraction} is no share of the rows; use a number between 0 and 1, e.g. 0.1."
        )
    groups: dict[str, list[int]] = {}
    for index, text in enumerate(texts):
        groups.setdefault(text_key(text), []).append(index)
    members = list(groups.values())
    strata = _strata(labels)
    by_stratum: dict[Hashable, list[int]] = {}
    for number, rows in enumerate(members):
        by_stratum.setdefault(strata[rows[0]], []).append(number)

    # Each group gets its rank inside its stratum, 0 to 1; the lowest ranks over all strata go. That takes the same
    # share of each.
    random = np.random.default_rng([seed, len(texts)])
    ranked: list[tuple[float, int]] = []
    for stratum in sorted(by_stratum, key=repr):
        numbers = by_stratum[stratum]
        ranks = (random.permutation(len(numbers)) + random.random()) / len(numbers)
        ranked += [(rank, number) for rank, number in zip(ranks, numbers, strict=True) if len(numbers) > 1]
    wanted = max(1, round(fraction * len(texts)))
    off: list[int] = []
    for _, number in sorted(ranked):
        if len(off) >= wanted:
            break
        off += members[number]
    if not off or len(off) == len(texts):
        raise InputError(
            f"{len(texts)} rows ({len(members)} different texts) are too few to cut {fraction:.0%} off with every "
            "label left on both sides; give more rows, or a file for each split."
        )
    chosen = set(off)
    return [index for index in range(len(texts)) if index not in chosen], sorted(off)


def text_key(text: str) -> str:
    """Reduce a text to what makes two texts the same here: its characters, whatever the case and the blanks."""
    return " ".join(text.split()).casefold()


def _strata(labels: Sequence[Any]) -> list[Hashable]:
    """Find what each row is counted under: its label; the rarest of its labels; the tenth of its number."""
    if any(isinstance(label, list) for label in labels):
        counts = Counter(index for label in labels for index, value in enumerate(label or []) if value)
        return [
            min((i for i, value in enumerate(label or []) if value), key=lambda i: (counts[i], i), default=-1)
            for label in labels
        ]
    if any(isinstance(label, float) for label in labels):
        ranks = np.argsort(
            np.argsort([0.0 if label is None else label for label in labels], kind="stable"), kind="stable"
        )
        return [int(rank) * BINS // len(labels) for rank in ranks]
    return list(labels)
