# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What every row adds to a score: intervals and tests of differences are both computed from it.

N rows · S sums that a score is made of · P pairs of pseudo-rows

A score such as F1 or BLEU is a function of sums over rows. Leaving out one row at a time (the jackknife, Efron & Stein
1981, doi:10.1214/aos/1176345462) tells the influence of each row; a score then behaves like a mean of N influences,
whatever it is made of, and its standard error is that of a mean.

Where (nearly) all rows are right, their influences are (nearly) 0, and so would be every interval. A quarter of a row
that is right and a quarter of one that is wrong are therefore added before the error of a proportion is taken.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from hf_seq.metrics.scores import Array

Scale = Literal["rows", "hits", "proportion", "correlation", "positive"]
"""Share of rows, each right or wrong; F1 of one label, which rises with the share of hits; other scores between two
bounds; Pearson's and Spearman's, which rows seldom reach exactly; scores from 0 without an upper bound."""

PSEUDO_ROWS = 0.25
"""How many right, and how many wrong rows are added."""
_NEARLY_ONE = 1 - 1e-12


@dataclass(frozen=True)
class PseudoRows:
    """What rows would add that were not seen: of each pair one is right, the other wrong.

    Attributes:
        right: (P, S).
        wrong: (P, S).
        shares: (P,) how often each pair occurs; they sum to 1.
    """

    right: Array
    wrong: Array
    shares: Array


@dataclass(frozen=True)
class Linearised:
    """A score as a mean over rows.

    Attributes:
        score: in its own unit.
        influence: (N,) what each row adds to it, mean 0.
        scale: how its interval is taken.
        bounds: the least and the best score of a proportion, (0, 1), (0, 100) or (-1, 1).
        rows: how many independent rows, right or wrong, would make a proportion as sure; of hits, how many rows have
            the label or get it; None for other scales.
        error: standard error of the score's inverse hyperbolic tangent (`correlation`) or logarithm (`positive`).
        pseudo_variance: what one more row that is right in just one of two models would add to the variance of their
            difference: their answers may be the same on all rows by chance.
    """

    score: float
    influence: Array
    scale: Scale
    bounds: tuple[float, float] = (0.0, 1.0)
    rows: float | None = None
    error: float | None = None
    pseudo_variance: float = 0.0


def linearise(
    counts: Array,
    function: Callable[[Array], Array],
    scale: Scale,
    *,
    bounds: tuple[float, float] = (0.0, 1.0),
    pseudo: PseudoRows | None = None,
) -> Linearised:
    """Find out what every row adds to a score.

    Args:
        counts: (N, S) what every row adds to the sums.
        function: from sums (..., S) to scores (...); a score may not change where all sums are doubled.
        scale: which values the score can take.
        bounds: the least and the best score of a proportion.
        pseudo: unseen rows, for proportions.
    """
    counts = np.asarray(counts, dtype=np.float64)
    distinct, inverse, repeats = np.unique(counts, axis=0, return_inverse=True, return_counts=True)
    inverse, sums = inverse.reshape(-1), counts.sum(axis=0)
    score = float(function(sums))
    influence = _jackknife(function, sums, distinct, repeats, float(len(counts)))
    found = Linearised(score, influence[inverse], scale, bounds)
    if scale == "rows":
        apart = (bounds[1] - bounds[0]) / len(counts)
        return replace(found, rows=float(len(counts)), pseudo_variance=apart**2)
    if scale == "proportion":
        assert pseudo is not None, "a proportion needs pseudo-rows"
        effective, pseudo_variance = _smoothed(function, sums, distinct, repeats, pseudo, bounds)
        return replace(found, rows=effective, pseudo_variance=pseudo_variance)
    along = _jackknife(_stretched(function, scale), sums, distinct, repeats, float(len(counts)))
    return replace(found, error=standard_error(along[inverse]))


def standard_error(influence: Array) -> float:
    """Compute the standard error of a mean of influences."""
    rows = len(influence)
    return float(np.sqrt((influence**2).sum() / (rows * max(rows - 1, 1))))


def _stretched(function: Callable[[Array], Array], scale: Scale) -> Callable[[Array], Array]:
    """Put the score on a scale without bounds, on which its error hardly depends on the score."""

    def correlation(sums: Array) -> Array:
        return np.arctanh(np.clip(function(sums), -_NEARLY_ONE, _NEARLY_ONE))

    def positive(sums: Array) -> Array:
        return np.log(np.maximum(function(sums), np.finfo(np.float64).tiny))

    return correlation if scale == "correlation" else positive


def _jackknife(function: Callable[[Array], Array], sums: Array, distinct: Array, repeats: Array, rows: float) -> Array:
    """Compute the influence (G,) of each distinct row, from leaving one of it out."""
    if rows <= 1:
        return np.zeros(len(distinct))
    without = function(sums - distinct)
    return (rows - 1) * (repeats @ without / repeats.sum() - without)


def _smoothed(
    function: Callable[[Array], Array],
    sums: Array,
    distinct: Array,
    repeats: Array,
    pseudo: PseudoRows,
    bounds: tuple[float, float],
) -> tuple[float, float]:
    """Compute the effective number of rows of a proportion, and the variance of a pseudo-row in a difference."""
    rows = float(repeats.sum())
    all_rows = rows + 2 * PSEUDO_ROWS
    smoothed = sums + PSEUDO_ROWS * pseudo.shares @ (pseudo.right + pseudo.wrong)
    gradient, mean = _gradient(function, smoothed) * all_rows, smoothed / all_rows
    unseen = sum(pseudo.shares @ ((side - mean) @ gradient) ** 2 for side in (pseudo.right, pseudo.wrong))
    straight = repeats @ ((distinct - mean) @ gradient) ** 2
    bent = repeats @ _jackknife(function, smoothed, distinct, repeats, all_rows) ** 2  # larger where labels are rare
    width = bounds[1] - bounds[0]
    variance = (max(straight, bent) + PSEUDO_ROWS * unseen) / (all_rows * (all_rows - 1)) / width**2
    share = min(max((float(function(smoothed)) - bounds[0]) / width, 0.0), 1.0)
    effective = share * (1 - share) / variance * rows / all_rows if variance > 0 else rows
    apart = pseudo.shares @ ((pseudo.right - pseudo.wrong) @ gradient) ** 2
    return float(effective), float(apart) / rows**2


def _gradient(function: Callable[[Array], Array], sums: Array) -> Array:
    """Differentiate by central differences (S,); one-sided at 0, below which no sum can be."""
    step = 1e-5 * np.maximum(sums, 1e-3)
    above, below = sums + np.diag(step), np.maximum(sums - np.diag(step), 0.0)
    return (function(above) - function(below)) / (above - below).diagonal()
