# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The score above which an answer is a yes: for the best F1, or for a wanted precision.

N rows. A threshold lies halfway between two neighbouring scores of the rows it was chosen on, so that none of them sits
on the edge.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hf_seq.errors import InputError


@dataclass(frozen=True)
class Threshold:
    """A threshold and what it gives on the rows it was chosen on, as fractions.

    Attributes:
        value: a row whose score is above it is a yes.
        precision: share of the yeses that are right.
        recall: share of the positives that are found.
        yes: rows above it.
        positives: rows that are positive.
    """

    value: float
    precision: float
    recall: float
    yes: int
    positives: int

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def all_thresholds(scores: ArrayLike, positive: ArrayLike) -> list[Threshold]:
    """List every threshold that splits the rows in another way, from the highest, which says yes to the fewest.

    Args:
        scores: (N,) probabilities of a yes.
        positive: (N,) whether it is one.

    Raises:
        InputError: no row is positive, or as many scores as answers are not there.
    """
    given, gold = np.asarray(scores, dtype=np.float64), np.asarray(positive, dtype=bool)
    if given.shape != gold.shape or given.ndim != 1:
        raise InputError(f"there are scores of shape {given.shape} and answers of shape {gold.shape}; give one each.")
    if not gold.any():
        raise InputError(f"none of {len(gold)} rows is positive, so no threshold can be chosen on them.")
    order = np.argsort(-given, kind="stable")
    ranked, right = given[order], gold[order].cumsum()  # (N,)
    last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))  # the last row of each run of equal scores
    below = np.append(ranked[1:], 0.0)[last]
    edges = np.minimum((ranked[last] + below) / 2, np.nextafter(ranked[last], 0.0))  # below it in floating point, too
    positives = int(gold.sum())
    return [
        Threshold(float(edge), right[row] / (row + 1), right[row] / positives, int(row + 1), positives)
        for edge, row in zip(edges, last, strict=True)
        if ranked[row] > 0.0  # nothing is below 0
    ]


def best_f1(scores: ArrayLike, positive: ArrayLike) -> Threshold:
    """Find the threshold with the best F1; among equals the one that says yes most rarely."""
    return max(all_thresholds(scores, positive), key=lambda each: each.f1)


def for_precision(scores: ArrayLike, positive: ArrayLike, wanted: float, recall: str = "recall") -> Threshold:
    """Find the threshold with the most positives among those with at least the wanted precision.

    Args:
        scores: (N,) probabilities of a yes.
        positive: (N,) whether it is one.
        wanted: precision, above 0, at most 1.
        recall: what people call the share of the yes rows that are found.

    Raises:
        InputError: no threshold has it; the message names the best there is.
    """
    if not 0 < wanted <= 1:
        raise InputError(f"precision={wanted} must be above 0 and at most 1, such as 0.95.")
    found = all_thresholds(scores, positive)
    good = [each for each in found if each.precision >= wanted]
    if not good:
        best = max(found, key=lambda each: each.precision)
        raise InputError(
            f"No threshold gives a precision of {wanted:g} on these rows; the highest is {best.precision:.3f}, at a "
            f"{recall} of {best.recall:.3f}. Ask for less, or train a better model."
        )
    return max(good, key=lambda each: (each.recall, each.value))
