# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Whether two models differ: one test, from which the p-value and the interval of the difference both come.

N rows · K seeds of a model (as many trainings)

The difference of the mean scores is divided by its standard error and held against Student's t. Its variance has two
sources that are crossed: the choice of rows, which all trainings share, and the trainings, which are drawn anew for
each model. With the influence of every row on the score of every training (`linearised`):

    variance = seeds + max(0, rows - both)

where `seeds` is the variance of the scores over the seeds of each model, divided by their number, `rows` that of the
influences, averaged over the seeds, and `both` the part that is in either: what a row does to one training and not to
the next. Degrees of freedom are Satterthwaite's (1946, doi:10.2307/3002019), those of the seeds alone Welch's (1947,
doi:10.1093/biomet/34.1-2.28): with three seeds each, Satterthwaite's calls 3.5 of 100 pairs of equals different, not 5.
With one training each, the test is the paired t test over rows and speaks of these two trained models alone.

Rows on which the models are alike by chance would leave no variance, so one row is added that only one of them gets
right, as Agresti & Min do (2005, doi:10.1002/sim.1781).
`benchmarks/simulate_pvalues.py` says how often models that are equally good are called different.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hf_seq.errors import InputError
from hf_seq.metrics.label_scores import linearise_labels
from hf_seq.metrics.linearised import Linearised
from hf_seq.metrics.scores import Array

PAIRED_ROWS = "paired t test over rows"
ROWS_AND_SEEDS = "t test over rows and seeds"


@dataclass(frozen=True)
class Paired:
    """The difference between two models on the same rows.

    Attributes:
        difference: mean score of a minus that of b, in the score's unit.
        interval: its bounds, by the test.
        p_value: two-sided; below 1 - confidence just where the interval leaves out 0.
        test: `PAIRED_ROWS` or `ROWS_AND_SEEDS`.
        discordant: share of rows on which just one of the two is right; None where rows are not right or wrong.
    """

    difference: float
    interval: tuple[float, float]
    p_value: float
    test: str
    discordant: float | None = None


def paired_difference(
    metric: str,
    predictions_a: ArrayLike,
    predictions_b: ArrayLike,
    references: ArrayLike,
    *,
    confidence: float = 0.95,
) -> Paired:
    """Compare two trained models on the same rows: score of a minus score of b.

    Args:
        metric: name as in `hf_seq.metrics.scores.prepare`.
        predictions_a: (N,) ids, (N, L) zeros and ones, or (N,) values of the first model.
        predictions_b: those of the second.
        references: the gold labels, of the same shape.
        confidence: of the difference's interval.

    Raises:
        InputError: an unknown metric, arrays that do not fit, or a confidence outside (0, 1).
    """
    a, b = (linearise_labels(metric, predictions, references) for predictions in (predictions_a, predictions_b))
    return difference_of([a], [b], confidence)


def difference_of(a: Sequence[Linearised], b: Sequence[Linearised], confidence: float = 0.95) -> Paired:
    """Compare two models by their scores on the same rows, one for each seed: mean of a minus mean of b.

    Args:
        a: K scores of the first model, one for each training.
        b: those of the second; it need not have as many.
        confidence: of the difference's interval.

    Raises:
        InputError: not as many rows of the one as of the other, or a confidence outside (0, 1).
    """
    from scipy.stats import t as student  # half a second, which predictors need not wait for

    if not 0 < confidence < 1:
        raise InputError(f"confidence={confidence} must lie between 0 and 1, such as 0.95.")
    sizes = {len(each.influence) for each in (*a, *b)}
    if len(sizes) > 1:
        raise InputError(f"the models were scored on {min(sizes)} and {max(sizes)} rows; a pair needs the same rows.")
    difference = float(np.mean([each.score for each in a]) - np.mean([each.score for each in b]))
    variance, freedom = _variance(a, b)
    error = math.sqrt(variance)
    test = ROWS_AND_SEEDS if max(len(a), len(b)) > 1 else PAIRED_ROWS
    half = float(student.isf((1 - confidence) / 2, freedom)) * error
    if error == 0:
        p_value = 1.0 if difference == 0 else 0.0
    else:
        p_value = float(2 * student.sf(abs(difference) / error, freedom))
    return Paired(difference, (difference - half, difference + half), p_value, test, _discordant(a, b))


def _variance(a: Sequence[Linearised], b: Sequence[Linearised]) -> tuple[float, float]:
    """Compute the variance of the difference of the means, and its degrees of freedom."""
    one, two = (np.stack([each.influence for each in side]) for side in (a, b))  # (K, N)
    count = one.shape[1]
    apart = one.mean(axis=0) - two.mean(axis=0)
    rows = float(apart @ apart) / (count * max(count - 1, 1))
    sides = [(side, matrix) for side, matrix in ((a, one), (b, two)) if len(side) > 1]
    by_side = [float(np.var([each.score for each in side], ddof=1)) / len(side) for side, _ in sides]
    seeds, both = sum(by_side), sum(_rows_by_seeds(matrix) for _, matrix in sides)
    unseen = max(each.pseudo_variance for each in (*a, *b)) / (len(a) * len(b))  # seen by one training of each
    variance = seeds + max(0.0, rows - both) + unseen
    doubt = (rows + unseen) ** 2 / max(count - 1, 1)
    if seeds > 0:
        doubt += seeds**2 / _seeds_freedom(by_side, [len(side) for side, _ in sides])
    return variance, max(1.0, variance**2 / doubt) if doubt > 0 else 1.0


def _seeds_freedom(variances: Sequence[float], seeds: Sequence[int]) -> float:
    """Compute Welch's degrees of freedom of a sum of variances, each estimated from so many trainings."""
    spread = sum(each**2 / (count + 1) for each, count in zip(variances, seeds, strict=True))
    return max(min(seeds) - 1.0, sum(variances) ** 2 / spread - 2)


def _rows_by_seeds(influence: Array) -> float:
    """Compute what rows do to single trainings (K, N), in the variance of their mean."""
    seeds, rows = influence.shape
    left = influence - influence.mean(axis=0)
    return float((left**2).sum()) / ((seeds - 1) * max(rows - 1, 1)) / (rows * seeds)


def _discordant(a: Sequence[Linearised], b: Sequence[Linearised]) -> float | None:
    """Compute the mean share of rows that just one of a pair of trainings gets right."""
    if any(each.scale != "rows" for each in (*a, *b)):
        return None
    sides = [[each.influence + each.score > each.bounds[1] / 2 for each in side] for side in (a, b)]  # right rows
    return float(np.mean([(one != two).mean() for one in sides[0] for two in sides[1]]))
