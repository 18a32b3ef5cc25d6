# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Scores of labels and values, as what every row adds to them.

N rows · L labels · P pairs of pseudo-rows · D outputs
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from hf_seq.metrics.linearised import Linearised, PseudoRows, Scale, linearise, standard_error
from hf_seq.metrics.scores import (
    VALUE_SCORES,
    Array,
    Average,
    balanced_of_sums,
    correlation_of_sums,
    divide,
    f1_of,
    label_counts,
    precision_of,
    prepare,
    recall_of,
    right_rows,
    score_of_sums,
)

_QUOTIENTS = {"precision": precision_of, "recall": recall_of, "f1": f1_of}
SCALES: dict[str, Scale] = {
    "accuracy": "rows", "pearson": "correlation", "spearman": "correlation", "mean_squared_error": "positive",
    "mean_absolute_error": "positive"
}  # fmt: skip
"""Of the scores that are no proportions."""
_MOST_PAIRS = 50
"""Of rows with several labels there may be as many kinds as rows; that many stand for all."""


def linearise_labels(metric: str, predictions: ArrayLike, references: ArrayLike) -> Linearised:
    """Find out what every row adds to a score.

    Args:
        metric: name as in `hf_seq.metrics.scores.prepare`.
        predictions: (N,) ids, (N, L) zeros and ones, or (N,) or (N, D) values.
        references: of the same shape.

    Raises:
        InputError: an unknown metric, or arrays that do not fit it or each other.
    """
    _, predicted, actual = prepare(metric, predictions, references)
    if metric in VALUE_SCORES:
        return _VALUES[metric](predicted, actual)
    if metric == "accuracy":
        return linearise_share(right_rows(predicted, actual))
    several = predicted.ndim == 2
    counts = label_counts(predicted, actual)
    if metric == "balanced_accuracy":
        return _linearise_balanced(counts)
    pseudo = _several_pairs(actual) if several else _single_pairs(counts, keep_all=metric in _QUOTIENTS)
    if metric == "matthews_correlation":
        return linearise(counts, correlation_of_sums, "proportion", bounds=(-1.0, 1.0), pseudo=pseudo)
    name, _, written = metric.partition("_")
    average: Average = written or ("micro" if several else "binary")  # type: ignore[assignment]  # prepare checked it
    function = partial(score_of_sums, _QUOTIENTS[name], average, several)
    found = linearise(counts, function, "proportion", pseudo=pseudo)
    if average == "macro":
        return _allow_missed_labels(found, counts, name)
    return _of_hits(found, counts) if metric == "f1" and not several else found


def _linearise_balanced(counts: Array) -> Linearised:
    """Linearise the mean recall of the labels that some row has: (N, 3 L) of `label_counts`."""
    true, predicted, actual = np.split(counts, 3, axis=1)
    known = np.concatenate([true, predicted * actual.any(axis=0), actual], axis=1)
    found = linearise(known, balanced_of_sums, "proportion", pseudo=_single_pairs(known, keep_all=False))
    return _allow_missed_labels(found, known, "recall")


def linearise_share(right: ArrayLike, full: float = 1.0) -> Linearised:
    """Linearise the share of rows (N,) that are right, from 0 to `full`."""
    counts = np.stack([np.asarray(right, dtype=np.float64), np.ones(len(np.asarray(right)))], axis=1)
    return linearise(counts, lambda sums: full * divide(sums[..., 0], sums[..., 1]), "rows", bounds=(0.0, full))


def _of_hits(found: Linearised, counts: Array) -> Linearised:
    """Count the rows that have the label or get it: hits among these are a share, and F1 is 2 share / (1 + share)."""
    true, predicted, actual = (side[1] for side in np.split(counts.sum(axis=0), 3))
    return replace(found, scale="hits", rows=float(predicted + actual - true))


def _allow_missed_labels(found: Linearised, counts: Array, name: str) -> Linearised:
    """Be less sure of an average over labels where no row of a label is right.

    Its score is 0 whichever row is left out, however few rows say so; the variance is that of a share of them, half a
    row more being right and half a row wrong; of a label that no row has nothing is known.
    """
    true, predicted, actual = np.split(counts.sum(axis=0), 3)
    missed = (true == 0) & (predicted + actual > 0)
    if found.rows is None or not missed.any() or not 0 < found.score < 1:
        return found
    known = {"precision": predicted, "recall": actual, "f1": np.where(actual > 0, predicted + actual, 0)}[name]
    rows = known[missed] + 1
    share = 0.5 / rows
    slope = 2 / (1 + share) ** 2 if name == "f1" else 1.0  # F1 of hits among all rows that have the label or get it
    unseen = (share * (1 - share) / rows * slope**2).sum() / int((predicted + actual > 0).sum()) ** 2
    return replace(found, rows=1 / (1 / found.rows + unseen / (found.score * (1 - found.score))))


def _single_pairs(counts: Array, *, keep_all: bool) -> PseudoRows:
    """Pair each label, right and taken for the next one, as often as it occurs.

    Args:
        counts: (N, 3 L) of `label_counts`.
        keep_all: use labels that no row has or gets, too; an average over labels counts those alone that some row has.
    """
    labels = counts.shape[1] // 3
    _, predicted, actual = np.split(counts.sum(axis=0), 3)
    used = np.flatnonzero((predicted + actual > 0) | keep_all)
    used = np.arange(2) if len(used) < 2 else used
    shares = (actual[used] + 0.5) / (actual[used] + 0.5).sum()
    one = np.eye(labels)[used]
    other, nothing = np.roll(one, -1, axis=0), np.zeros_like(one)
    return PseudoRows(np.concatenate([one, one, one], axis=1), np.concatenate([nothing, other, one], axis=1), shares)


def _several_pairs(actual: Array) -> PseudoRows:
    """Pair rows with several labels, right and with the labels of another row."""
    kinds, repeats = np.unique(actual, axis=0, return_counts=True)
    chosen = np.sort(np.argsort(-repeats, kind="stable")[:_MOST_PAIRS])
    one, repeats = kinds[chosen].astype(np.float64), repeats[chosen]
    other = np.roll(one, -1, axis=0) if len(one) > 1 else 1 - one
    right, wrong = (np.concatenate([one * predicted, predicted, one], axis=1) for predicted in (one, other))
    return PseudoRows(right, wrong, repeats / repeats.sum())


def _linearise_pearson(predictions: Array, references: Array) -> Linearised:
    outputs = predictions.shape[1]
    x, y = predictions - predictions.mean(axis=0), references - references.mean(axis=0)
    x, y = x - x[:1], y - y[:1]  # a constant becomes exactly 0
    counts = np.concatenate([x, y, x * x, y * y, x * y, np.ones((len(x), 1))], axis=1)  # (N, 5 D + 1)

    def correlation(sums: Array) -> Array:
        sx, sy, sxx, syy, sxy = np.split(sums[..., :-1], [outputs * k for k in range(1, 5)], axis=-1)
        rows = sums[..., -1:]
        spread = np.maximum(sxx - sx * sx / rows, 0.0) * np.maximum(syy - sy * sy / rows, 0.0)
        return np.clip(divide(sxy - sx * sy / rows, np.sqrt(spread)), -1.0, 1.0).mean(axis=-1)

    return linearise(counts, correlation, "correlation")


def _linearise_spearman(predictions: Array, references: Array) -> Linearised:
    """Compute influences on the covariance of ranks, over their spread; ties leave the spread as it is."""
    found = [_rank_influence(x, y) for x, y in zip(predictions.T, references.T, strict=True)]
    score = float(np.mean([each for each, _ in found]))
    influence = np.mean([each for _, each in found], axis=0)
    rows = len(influence)
    error = standard_error(influence) / max(1 - score**2, 1e-12)
    return Linearised(score, influence, "correlation", error=error * np.sqrt(rows / max(rows - 2, 1)))


def _rank_influence(x: Array, y: Array) -> tuple[float, Array]:
    """Compute Spearman's correlation of x and y (N,), and what each row adds to it."""
    rows = len(x)
    fx, fy = _middle_ranks(x), _middle_ranks(y)  # in (0, 1), minus a half
    spread = float(np.sqrt((fx @ fx) * (fy @ fy)) / rows)
    if spread == 0:
        return 0.0, np.zeros(rows)
    covariance = float(fx @ fy) / rows
    influence = fx * fy + _mean_above(x, fy) + _mean_above(y, fx) - 3 * covariance
    return covariance / spread, (influence - influence.mean()) / spread


def _middle_ranks(values: Array) -> Array:
    _, position, repeats = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(repeats)
    return ((ends - (repeats - 1) / 2)[position] - (len(values) + 1) / 2) / len(values)


def _mean_above(values: Array, weights: Array) -> Array:
    """Sum for each row the weights of the rows with larger values (those with equal ones half), over N."""
    _, position = np.unique(values, return_inverse=True)
    sums = np.bincount(position, weights=weights)
    above = sums[::-1].cumsum()[::-1] - sums / 2
    return above[position] / len(values)


def _linearise_error(predictions: Array, references: Array, power: int = 2) -> Linearised:
    errors = (np.abs(predictions - references) ** power).mean(axis=1)
    counts = np.stack([errors, np.ones(len(errors))], axis=1)
    return linearise(counts, lambda sums: divide(sums[..., 0], sums[..., 1]), "positive")


_VALUES: dict[str, Callable[[Array, Array], Linearised]] = {
    "pearson": _linearise_pearson,
    "spearman": _linearise_spearman,
    "mean_squared_error": _linearise_error,
    "mean_absolute_error": partial(_linearise_error, power=1),
}
