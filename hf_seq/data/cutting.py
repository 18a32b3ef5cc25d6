# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Cutting rows off a split: seeded, in the proportions of the labels, equal texts never on both sides."""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from hf_seq.errors import InputError

TRIALS, MANY_GROUPS = 50, 1_000  # orders in which groups are tried, and the number from which on one is good enough
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
            f"validation_fraction={fraction} is not a share of the rows; use a number between 0 and 1, e.g. 0.1."
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
            "label left on both sides; give more rows, a file for each split, or another column if this is none."
        )
    chosen = set(off)
    return [index for index in range(len(texts)) if index not in chosen], sorted(off)


def cut_groups(groups: Sequence[str], labels: Sequence[Any], fraction: float, seed: int) -> tuple[list[int], list[int]]:
    """Split row indices in two, no group on both sides, with labels in the proportions of all rows as near as can be.

    Args:
        groups: of N rows.
        labels: as for `cut`.
        fraction: share of the rows to cut off, 0 < fraction < 1.
        seed: of the choice.

    Returns:
        Indices kept and indices cut off.

    Raises:
        InputError: a single group is left, which no cut can part.
    """
    names = sorted(set(groups))
    if len(names) < 2:
        raise InputError(
            f"{len(groups)} rows of {len(names)} group are left to cut {fraction:.0%} off, and no group may be split; "
            "give rows of more groups (three or more make train, validation and test), a file for each split, or "
            "--group_column none."
        )
    number = {name: index for index, name in enumerate(names)}
    strata = _strata(labels)
    columns = {stratum: index for index, stratum in enumerate(sorted(set(strata), key=repr))}
    counts = np.zeros((len(names), len(columns)))  # rows of each group in each stratum
    np.add.at(counts, ([number[group] for group in groups], [columns[stratum] for stratum in strata]), 1)
    chosen = _nearest_groups(counts, fraction, np.random.default_rng([seed, len(groups)]))
    off = {names[index] for index in chosen}
    return [i for i, group in enumerate(groups) if group not in off], [i for i, g in enumerate(groups) if g in off]


def _nearest_groups(counts: np.ndarray, fraction: float, random: np.random.Generator) -> list[int]:
    """Choose groups whose counts are near that fraction of all: in random order each that brings them nearer.

    A group with a label that none has yet is taken too, as long as there are not twice the rows that were wanted.
    """
    wanted, sizes = fraction * counts.sum(axis=0), counts.sum(axis=1)
    weights = 1 / np.maximum(counts.sum(axis=0), 1)
    best: tuple[float, float, list[int]] = (np.inf, np.inf, [])
    for _ in range(TRIALS if len(counts) <= MANY_GROUPS else 1):
        total = np.zeros_like(wanted)
        chosen: list[int] = []
        distance = float(((wanted * weights) ** 2).sum())
        for index in random.permutation(len(counts)).tolist():
            nearer = float((((total + counts[index] - wanted) * weights) ** 2).sum())
            news = bool((counts[index][total == 0] > 0).any()) and total.sum() + sizes[index] <= 2 * wanted.sum()
            if (nearer < distance or news or not chosen) and len(chosen) < len(counts) - 1:
                total, distance = total + counts[index], nearer
                chosen.append(index)
        best = min(best, (float((total == 0).sum()), distance, chosen))
    return best[2]


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
