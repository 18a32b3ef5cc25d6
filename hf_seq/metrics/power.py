# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How many test rows it takes to tell two models apart, and p-values for many models at once."""

import math
from collections.abc import Sequence

from scipy.stats import norm

from hf_seq.errors import InputError

POWER = 0.8
"""Chance with which the rows should show the difference."""


def mcnemar_rows(discordant: float, difference: float, *, level: float = 0.05, power: float = POWER) -> int:
    """Find the rows at which two trained models are told apart by their accuracy with the chance `power`.

    Connor 1987 (doi:10.2307/2531961) for McNemar's test, which the paired t test of `differences` is but for the row
    that it adds; 1 / difference more rows make up for that one.

    Args:
        discordant: share of rows on which just one of the two models is right.
        difference: in accuracy, a fraction; at most `discordant` on either side of 0.
        level: of the two-sided test.
        power: chance of a p-value below the level.

    Raises:
        InputError: no difference, or one that the discordant rows cannot hold.

    Example:
        >>> mcnemar_rows(0.1, 0.03)
        904
    """
    step = abs(difference)
    if not 0 < step <= discordant <= 1:
        raise InputError(f"difference={difference} must not be 0, and lie within the discordant share {discordant}.")
    at_level, at_power = norm.isf(level / 2), norm.isf(1 - power)
    root = at_level * math.sqrt(discordant) + at_power * math.sqrt(discordant - step**2)
    return math.ceil((root / step) ** 2 + 1 / step)


def normal_rows(half_width: float, rows: int, difference: float, *, level: float = 0.05, power: float = POWER) -> int:
    """Find how many rows a paired test of a nearly normal score needs to find a difference with the chance `power`.

    Args:
        half_width: of the difference's 95 % interval, on `rows` rows; it shrinks with the root of their number.
        rows: what it was seen on.
        difference: to find, in the unit of the interval.
        level: of the two-sided test.
        power: chance of a p-value below the level.

    Raises:
        InputError: no difference, or no interval.

    Example:
        >>> normal_rows(2.0, 1000, 2.0)
        2044
    """
    if not difference or not half_width > 0:
        raise InputError(f"difference={difference} and half_width={half_width} must not be 0.")
    error = half_width / norm.isf(0.025)
    return math.ceil(rows * (error * (norm.isf(level / 2) + norm.isf(1 - power)) / difference) ** 2)


def holm(p_values: Sequence[float]) -> list[float]:
    """Correct p-values for their number, so that all of them together are wrong in 5 % of cases at most.

    Holm 1979 (jstor.org/stable/4615733): the smallest times m, the next times m - 1, and none below one before it.
    A p-value that is not a number stays one and counts for nothing.

    Example:
        >>> holm([0.01, 0.04, 0.03])
        [0.03, 0.06, 0.06]
    """
    order = sorted((index for index, p in enumerate(p_values) if not math.isnan(p)), key=lambda index: p_values[index])
    corrected, highest = [math.nan] * len(p_values), 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, p_values[index] * (len(order) - rank)))
        corrected[index] = highest
    return corrected
