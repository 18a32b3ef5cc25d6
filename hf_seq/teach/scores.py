# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Exercises on scores, and on what a difference between scores can claim."""

import math
from collections.abc import Sequence

from hf_seq.teach.exercise import Case, Exercise


def accuracy(gold: Sequence[str], predicted: Sequence[str]) -> float:
    """Compute the share of right answers, 0-100."""
    return 100 * sum(one == other for one, other in zip(gold, predicted, strict=True)) / len(gold)


def macro_f1(gold: Sequence[str], predicted: Sequence[str]) -> float:
    """Compute the mean of F1 over the labels of gold and predicted, 0-1."""
    scores = []
    for label in sorted({*gold, *predicted}):
        right = sum(one == other == label for one, other in zip(gold, predicted, strict=True))
        occurrences = sum(each == label for each in gold) + sum(each == label for each in predicted)
        scores.append(2 * right / occurrences)
    return sum(scores) / len(scores)


def wilson(right: int, n: int) -> tuple[float, float]:
    """Compute Wilson's 95 % interval of a share."""
    z = 1.959964
    share, spread = right / n, z * z / n
    centre = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + spread)
    return centre - half, centre + half


def holm(p_values: Sequence[float]) -> list[float]:
    """Correct p-values by Holm's method, in their order."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    found, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, p_values[place] * (len(p_values) - rank)))
        found[place] = highest
    return found


def calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int) -> float:
    """Compute the expected calibration error: over bins, the mean distance of confidence and accuracy."""
    total = 0.0
    for number in range(bins):
        inside = [
            place
            for place, each in enumerate(confidences)
            if number / bins < each <= (number + 1) / bins or (number == 0 and each == 0)
        ]
        if inside:
            total += abs(sum(confidences[place] - right[place] for place in inside))
    return total / len(confidences)


GOLD, SAID = ["a", "a", "a", "b"], ["a", "a", "a", "a"]
SCORES = {
    "accuracy": Exercise(
        "accuracy(gold, predicted): the share of right answers, 0 to 100.",
        accuracy,
        (Case("three of four", (GOLD, SAID)), Case("none right", (["a"], ["b"]))),
        "In the unit that people quote: 75, not 0.75.",
    ),
    "macro_f1": Exercise(
        "macro_f1(gold, predicted): the mean of the F1 of every label that gold or predicted has, 0 to 1.",
        macro_f1,
        (
            Case("a label that is never predicted", (GOLD, SAID)),
            Case("a label that is predicted and never there", (["a", "a"], ["a", "c"])),
            Case("all right", (["a", "b"], ["a", "b"])),
        ),
        "F1 = 2 * right / (gold + predicted) of a label; a rare label counts as much as a common one.",
    ),
    "wilson": Exercise(
        "wilson(right, n): Wilson's 95 % interval of a share as (low, high), 0 to 1, with z = 1.959964.",
        wilson,
        (Case("90 of 100", (90, 100)), Case("all right", (10, 10)), Case("none right", (0, 10))),
        "The plain interval, share ± z * root(share * (1 - share) / n), has no width where all are right.",
    ),
    "holm": Exercise(
        "holm(p_values): the p-values corrected by Holm's method, in the order given.",
        holm,
        (
            Case("three that rise", ([0.01, 0.02, 0.03],)),
            Case("an order that is mixed", ([0.04, 0.01, 0.03],)),
            Case("values that would pass 1", ([0.9, 0.8],)),
        ),
        "The smallest times m, the next times m - 1, ...; none smaller than the one before, none above 1.",
    ),
    "calibration_error": Exercise(
        "calibration_error(confidences, right, bins): the expected calibration error, 0 to 1. Bins have equal "
        "width and hold their upper "
        "end; each weighs by its rows.",
        calibration_error,
        (
            Case("a model that is too sure", ([0.9, 0.9, 0.8, 0.7], [True, False, False, True], 5)),
            Case(
                "a model too sure here and not sure enough there",
                ([0.9, 0.9, 0.3, 0.3], [True, False, True, False], 10),
            ),
            Case("bins with different numbers of rows", ([0.95, 0.95, 0.95, 0.15], [True, True, True, True], 10)),
            Case("a model that is right as often as it is sure", ([0.5, 0.5], [True, False], 10)),
        ),
        "Within a bin: |mean confidence - accuracy|, times the share of rows in it.",
    ),
}
