# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How sure a score is, and whether two models differ on the same rows.

N rows · G groups of equal rows · R resamples · S sums that a metric is made of

Accuracy has its own exact tools: Wilson's interval (1927, doi:10.1080/01621459.1927.10502953) and the exact McNemar
test (1947, doi:10.1007/BF02295996). Every other metric is resampled: rows drawn with replacement, seeded, percentile
interval (Efron & Tibshirani 1993, chapters 13 and 16). Equal rows are drawn together as one group, so that the cost
follows the number of distinct rows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binomtest

from hf_seq.errors import InputError
from hf_seq.metrics.scores import Array, prepare, score

RESAMPLES = 2000
_CELLS_AT_ONCE = 1_000_000  # weights held in memory at a time, 8 MB


@dataclass(frozen=True)
class Paired:
    """The difference between two models on the same rows.

    Attributes:
        difference: score of a minus score of b, as a fraction.
        interval: bounds of the difference, by paired bootstrap.
        p_value: two-sided; how often chance alone would part two equal models this far.
        test: what the p-value comes from, "exact McNemar" or "paired bootstrap".
        discordant: share of rows on which just one of the two is right; None where rows are not right or wrong.
    """

    difference: float
    interval: tuple[float, float]
    p_value: float
    test: str
    discordant: float | None = None


def wilson(successes: float, rows: int, confidence: float = 0.95) -> tuple[float, float]:
    """Compute Wilson's score interval of a proportion, as fractions."""
    _check_confidence(confidence)
    if not 0 <= successes <= rows or rows < 1:
        raise InputError(
            f"{successes} successes in {rows} rows is no proportion; give 0 <= successes <= rows, rows >= 1."
        )
    result = binomtest(round(successes), rows).proportion_ci(confidence, method="wilson")
    return float(result.low), float(result.high)


def interval(
    metric: str, predictions: ArrayLike, references: ArrayLike, confidence: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    """Compute the interval of one model's score, as fractions (or in the metric's own unit).

    Args:
        metric: name as in `hf_seq.metrics.scores.prepare`.
        predictions: (N,) ids, (N, L) zeros and ones, or (N,) values.
        references: of the same shape.
        confidence: share of intervals that hold the true score, between 0 and 1.
        seed: of the resampling; accuracy needs none.

    Returns:
        Lower and upper bound: Wilson's for accuracy, percentile bootstrap for the others.

    Raises:
        InputError: an unknown metric, arrays that do not fit, or a confidence outside (0, 1).

    Example:
        >>> low, high = interval("accuracy", [1] * 81 + [0] * 182, [1] * 263)
        >>> f"{low:.4f} {high:.4f}"
        '0.2553 0.3662'
    """
    _check_confidence(confidence)
    function, predicted, actual = prepare(metric, predictions, references)
    if metric == "accuracy":
        rows = len(actual)
        return wilson(score(metric, predicted, actual) * rows, rows, confidence)
    (predicted, actual), repeats = _group(predicted, actual)
    values = [function(predicted, actual, weights) for weights in _resamples(repeats, seed)]
    return _percentiles(np.concatenate(values), confidence)


def paired_difference(
    metric: str,
    predictions_a: ArrayLike,
    predictions_b: ArrayLike,
    references: ArrayLike,
    *,
    confidence: float = 0.95,
    seed: int = 0,
) -> Paired:
    """Compare two models on the same rows: score of a minus score of b.

    Args:
        metric: name as in `hf_seq.metrics.scores.prepare`.
        predictions_a: (N,) ids, (N, L) zeros and ones, or (N,) values of the first model.
        predictions_b: those of the second.
        references: the gold labels, of the same shape.
        confidence: of the difference's interval.
        seed: of the resampling.

    Raises:
        InputError: an unknown metric, arrays that do not fit, or a confidence outside (0, 1).
    """
    _check_confidence(confidence)
    function, a, actual = prepare(metric, predictions_a, references)
    _, b, _ = prepare(metric, predictions_b, references)
    difference = score(metric, a, actual) - score(metric, b, actual)
    (ga, gb, gold), repeats = _group(a, b, actual)
    values = np.concatenate([function(ga, gold, w) - function(gb, gold, w) for w in _resamples(repeats, seed)])
    bounds = _percentiles(values, confidence)
    if metric == "accuracy":
        mine, theirs = _right(a, actual), _right(b, actual)
        return Paired(difference, bounds, mcnemar(mine, theirs), "exact McNemar", float((mine != theirs).mean()))
    return Paired(difference, bounds, _bootstrap_p_value(values), "paired bootstrap")


def statistic_interval(
    counts: ArrayLike, function: Callable[[Array], Array], confidence: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    """Compute the interval of a score that is made of sums over rows, by resampling the rows.

    Args:
        counts: (N, S) what each row adds to the sums, such as its true positives.
        function: from sums (..., S) to scores (...).
        confidence: share of intervals that hold the true score, between 0 and 1.
        seed: of the resampling.
    """
    _check_confidence(confidence)
    values = np.concatenate([function(sums) for sums in _resampled_sums(np.asarray(counts), seed)])
    return _percentiles(values, confidence)


def statistic_difference(
    counts_a: ArrayLike,
    counts_b: ArrayLike,
    function: Callable[[Array], Array],
    *,
    confidence: float = 0.95,
    seed: int = 0,
) -> Paired:
    """Compare two models by a score that is made of sums over the same rows: that of a minus that of b.

    Args:
        counts_a: (N, S) of the first model.
        counts_b: of the second, row by row for the same inputs.
        function: from sums (..., S) to scores (...).
        confidence: of the difference's interval.
        seed: of the resampling.

    Raises:
        InputError: not as many rows of the one as of the other.
    """
    _check_confidence(confidence)
    a, b = np.asarray(counts_a), np.asarray(counts_b)
    if a.shape != b.shape:
        raise InputError(f"the models were scored on {len(a)} and {len(b)} rows; a pair needs the same rows.")
    width = a.shape[1]
    difference = float(function(a.sum(axis=0)) - function(b.sum(axis=0)))
    both = _resampled_sums(np.concatenate([a, b], axis=1), seed)
    values = np.concatenate([function(sums[:, :width]) - function(sums[:, width:]) for sums in both])
    return Paired(difference, _percentiles(values, confidence), _bootstrap_p_value(values), "paired bootstrap")


def _resampled_sums(counts: Array, seed: int) -> Iterator[Array]:
    """Yield the sums (r, S) of resamples of the rows."""
    (distinct,), repeats = _group(counts)
    for weights in _resamples(repeats, seed):
        yield weights @ distinct


def mcnemar(right_a: ArrayLike, right_b: ArrayLike) -> float:
    """Compute the two-sided exact McNemar p-value from (N,) booleans that say where each model is right."""
    right_a, right_b = np.asarray(right_a, dtype=bool), np.asarray(right_b, dtype=bool)
    only_a, only_b = int((right_a & ~right_b).sum()), int((~right_a & right_b).sum())
    return float(binomtest(only_a, only_a + only_b).pvalue) if only_a + only_b else 1.0


def _right(predictions: Array, references: Array) -> Array:
    right = predictions == references
    return right.all(axis=1) if right.ndim == 2 else right


def _bootstrap_p_value(differences: Array) -> float:
    """Return twice the smaller share of resamples on one side of zero; never 0, as R resamples cannot show that."""
    resamples = len(differences)
    below, above = (differences <= 0).sum(), (differences >= 0).sum()
    return float(min(1.0, 2 * (min(below, above) + 1) / (resamples + 1)))


def _group(*arrays: Array) -> tuple[list[Array], Array]:
    """Find distinct rows over all arrays, and how often each occurs (G,)."""
    table = np.concatenate([array.reshape(len(array), -1) for array in arrays], axis=1)
    _, first, repeats = np.unique(table, axis=0, return_index=True, return_counts=True)
    return [array[first] for array in arrays], repeats


def _resamples(repeats: Array, seed: int) -> Iterator[Array]:
    """Yield weights (r, G): how often each group is drawn in each of `RESAMPLES` resamples of N rows."""
    generator = np.random.default_rng(seed)
    rows = int(repeats.sum())
    at_once = max(1, _CELLS_AT_ONCE // len(repeats))
    for start in range(0, RESAMPLES, at_once):
        size = min(at_once, RESAMPLES - start)
        yield generator.multinomial(rows, repeats / rows, size=size).astype(np.float64)


def _percentiles(values: Array, confidence: float) -> tuple[float, float]:
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise InputError(f"confidence={confidence} must lie between 0 and 1, such as 0.95.")
