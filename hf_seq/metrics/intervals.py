# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How sure a score is: 95 % intervals that hold for 20 rows as for thousands, and for scores near the best.

A share of rows (accuracy) has Wilson's interval (1927, doi:10.1080/01621459.1927.10502953). With one to three errors
its upper bound is raised to Poisson's, with one to three hits the lower bound falls to it (Brown, Cai & DasGupta 2001,
doi:10.1214/ss/1009213286): Wilson's own holds 0.99 in 91 of 100 tests of 50 rows. Other scores between two bounds (F1,
span F1, BLEU) have the same, with as many rows as would make a share equally sure, and Student's quantile: what survey
statisticians do (Franco et al. 2019, doi:10.1093/jssam/smy019). F1 of one label rises with the share of hits among the
rows that have the label or get it, and its bounds are those of that share. Correlations have an interval of their
inverse hyperbolic tangent (Fisher 1921), costs one of their logarithm, both with the jackknife's standard error.
`benchmarks/simulate_intervals.py` says how often each holds the true score; docs/statistics.md shows it.
"""

import math

from numpy.typing import ArrayLike
from scipy.special import gammaincinv, ndtri, stdtrit

from hf_seq.errors import InputError
from hf_seq.metrics.label_scores import linearise_labels
from hf_seq.metrics.linearised import Linearised

METHODS = {
    "rows": "modified Wilson",
    "hits": "modified Wilson of the hits",
    "proportion": "modified Wilson, effective rows by the jackknife",
    "correlation": "Fisher's z, error by the jackknife",
    "positive": "logarithm, error by the jackknife",
}
"""How an interval is taken, by the scale of the score."""
_FEW, _FEW_OF_MANY, _MANY = 2.5, 3.5, 50
"""Errors up to which Wilson's upper bound is too low, in tests of up to 50 rows and in larger ones."""


def wilson(successes: float, rows: float, confidence: float = 0.95) -> tuple[float, float]:
    """Compute Wilson's score interval of a proportion, as fractions.

    Example:
        >>> low, high = wilson(20, 20)
        >>> f"{low:.3f} {high:.3f}"
        '0.839 1.000'
    """
    _check_confidence(confidence)
    if not 0 <= successes <= rows or rows < 1:
        raise InputError(
            f"{successes} successes in {rows} rows is not a proportion; give 0 <= successes <= rows, rows >= 1."
        )
    return _wilson(successes / rows, rows, float(-ndtri((1 - confidence) / 2)))


def share_interval(successes: float, rows: float, confidence: float = 0.95) -> tuple[float, float]:
    """Compute the modified Wilson interval of a share of rows, as fractions.

    Example:
        >>> low, high = share_interval(48, 50)
        >>> f"{low:.4f} {high:.4f}"
        '0.8654 0.9929'
    """
    low, high = wilson(successes, rows, confidence)
    return _allow_few(low, high, successes / rows, rows, confidence)


def interval(
    metric: str, predictions: ArrayLike, references: ArrayLike, confidence: float = 0.95
) -> tuple[float, float]:
    """Compute the interval of one model's score, as fractions (or in the metric's own unit).

    Args:
        metric: name as in `hf_seq.metrics.scores.prepare`.
        predictions: (N,) ids, (N, L) zeros and ones, or (N,) values.
        references: of the same shape.
        confidence: share of intervals that hold the true score, between 0 and 1.

    Returns:
        Lower and upper bound.

    Raises:
        InputError: an unknown metric, arrays that do not fit, or a confidence outside (0, 1).

    Example:
        >>> low, high = interval("accuracy", [1] * 81 + [0] * 182, [1] * 263)
        >>> f"{low:.4f} {high:.4f}"
        '0.2553 0.3662'
    """
    return interval_of(linearise_labels(metric, predictions, references), confidence)


def interval_of(score: Linearised, confidence: float = 0.95) -> tuple[float, float]:
    """Compute the interval of a score, in its unit.

    Raises:
        InputError: a confidence outside (0, 1).
    """
    _check_confidence(confidence)
    rows = len(score.influence)
    tail = (1 - confidence) / 2
    if score.scale == "hits":
        assert score.rows is not None
        bounds = _of_share(score.score / (2 - score.score), score.rows, float(-ndtri(tail)), confidence)
        low, high = (2 * each / (1 + each) for each in bounds)
        return low, high
    if score.scale in ("rows", "proportion"):
        assert score.rows is not None
        least, best = score.bounds
        quantile = -ndtri(tail) if score.scale == "rows" else -stdtrit(max(rows - 1, 1), tail)
        share = min(max((score.score - least) / (best - least), 0.0), 1.0)
        low, high = _of_share(share, score.rows, float(quantile), confidence)
        return least + low * (best - least), least + high * (best - least)
    assert score.error is not None
    if score.scale == "positive":
        factor = math.exp(min(float(-stdtrit(max(rows - 1, 1), tail)) * score.error, 700.0))
        return score.score / factor, score.score * factor
    return _fisher(score, rows, float(-stdtrit(max(rows - 2, 1), tail)), confidence)


def _of_share(share: float, rows: float, quantile: float, confidence: float) -> tuple[float, float]:
    low, high = _wilson(share, rows, quantile)
    return _allow_few(low, high, share, rows, confidence)


def _wilson(share: float, rows: float, quantile: float) -> tuple[float, float]:
    if rows <= 0:
        return 0.0, 1.0
    weight = quantile**2 / rows
    centre = (share + weight / 2) / (1 + weight)
    half = math.sqrt(share * (1 - share) * weight + weight**2 / 4) / (1 + weight)
    return (0.0 if share == 0 else max(0.0, centre - half)), (1.0 if share == 1 else min(1.0, centre + half))


def _allow_few(low: float, high: float, share: float, rows: float, confidence: float) -> tuple[float, float]:
    """Widen the interval of a share where errors, or hits, are so few that their number is Poisson's."""
    few = _FEW_OF_MANY if rows > _MANY else _FEW
    hits, errors = share * rows, (1 - share) * rows
    if 0 < hits <= few:
        low = min(low, float(gammaincinv(hits, 1 - confidence)) / rows)
    if 0 < errors <= few:
        high = max(high, 1 - float(gammaincinv(errors, 1 - confidence)) / rows)
    return low, high


def _fisher(score: Linearised, rows: int, quantile: float, confidence: float) -> tuple[float, float]:
    """Compute the interval of a correlation; where all rows lie on a line, a share of rows as in Wilson's might not."""
    if abs(score.score) > 1 - 1e-12:
        low = wilson(rows, rows, confidence)[0]
        return (low, 1.0) if score.score > 0 else (-1.0, -low)
    assert score.error is not None
    centre, half = math.atanh(score.score), quantile * score.error
    return math.tanh(centre - half), math.tanh(centre + half)


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise InputError(f"confidence={confidence} must lie between 0 and 1, such as 0.95.")
