# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Metrics as functions of predictions, references and row weights: check, count, divide.

N rows · L labels · W... any leading shape of the weights

A weight says how often a row counts, so a bootstrap resample is a weight vector and every metric evaluates thousands
of resamples in one matrix product. scikit-learn's and scipy's functions take one resample at a time; they are the
oracles of the tests, and every rule here (which labels enter a macro average, what 0 / 0 gives) is theirs.
A quotient 0 / 0 is 0, as with scikit-learn's `zero_division=0`; so is a correlation with a constant.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hf_seq.errors import InputError

Array = NDArray[Any]
Average = Literal["binary", "micro", "macro", "weighted"]
ScoreFunction = Callable[[Array, Array, Array], Array]
Quotient = Callable[[Array, Array, Array], Array]

AVERAGES: tuple[Average, ...] = ("binary", "micro", "macro", "weighted")
PROBLEM_TYPES = ("single_label_classification", "multi_label_classification", "regression")


def check_labels(predictions: ArrayLike, references: ArrayLike) -> tuple[Array, Array]:
    """Return both as int64, (N,) label ids or (N, L) zeros and ones; refuse what is neither."""
    predictions, references = _check_shapes(predictions, references)
    for name, values in (("predictions", predictions), ("references", references)):
        whole = np.isfinite(values) & (values == np.floor(values)) & (values >= 0)
        if not whole.all():
            seen = values[~whole].flat[0]
            raise InputError(f"{name} must be label ids (0, 1, 2, ...), but hold {seen}; pass decided labels.")
        if values.ndim == 2 and values.max() > 1:
            raise InputError(f"{name} of several labels per row must be 0 or 1, but hold {values.max()}.")
    return predictions.astype(np.int64), references.astype(np.int64)


def check_values(predictions: ArrayLike, references: ArrayLike) -> tuple[Array, Array]:
    """Return both as float64 of shape (N, outputs); refuse what is not finite."""
    predictions, references = _check_shapes(*(_drop_single_column(values) for values in (predictions, references)))
    for name, values in (("predictions", predictions), ("references", references)):
        if not np.isfinite(values).all():
            row = int(np.flatnonzero(~np.isfinite(values.reshape(len(values), -1)).all(axis=1))[0])
            raise InputError(f"{name} must be finite numbers, but row {row} holds {values[row]}.")
    rows = len(predictions)
    return predictions.reshape(rows, -1).astype(np.float64), references.reshape(rows, -1).astype(np.float64)


def _check_shapes(predictions: ArrayLike, references: ArrayLike) -> tuple[Array, Array]:
    predictions, references = np.asarray(predictions), np.asarray(references)
    if predictions.shape != references.shape:
        raise InputError(
            f"predictions have shape {predictions.shape}, references {references.shape}; each row needs one of each."
        )
    if predictions.ndim not in (1, 2) or predictions.size == 0:
        raise InputError(f"a score needs at least one row, (N,) or (N, labels); the shape is {predictions.shape}.")
    return predictions, references


def _drop_single_column(values: ArrayLike) -> Array:
    values = np.asarray(values)
    return values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values


def divide(numerator: ArrayLike, denominator: ArrayLike) -> Array:
    """Divide element by element; 0 / 0 is 0."""
    numerator, denominator = np.broadcast_arrays(numerator, denominator)
    return np.divide(numerator, denominator, out=np.zeros(numerator.shape), where=denominator != 0)


def _indicators(labels: Array, num_labels: int) -> Array:
    """Turn (N,) ids or (N, L) zeros and ones into (N, L) floats."""
    return labels.astype(np.float64) if labels.ndim == 2 else np.eye(num_labels)[labels]


def label_counts(predictions: Array, references: Array) -> Array:
    """Mark for each label whether a row is a true positive, is predicted, is actual: (N, 3 L) zeros and ones.

    There are two labels at least: where all rows are of the first, nobody asks for a third.
    """
    num_labels = max(2, int(max(predictions.max(), references.max())) + 1)
    predicted, actual = _indicators(predictions, num_labels), _indicators(references, num_labels)  # (N, L)
    return np.concatenate([predicted * actual, predicted, actual], axis=1)


def accuracy(predictions: Array, references: Array, weights: Array) -> Array:
    """Share of rows that are right; with several labels per row, right in all of them."""
    return divide(weights @ right_rows(predictions, references).astype(np.float64), weights.sum(axis=-1))


def right_rows(predictions: Array, references: Array) -> Array:
    """Say of each row (N,) whether it is right, in all its labels."""
    right = predictions == references
    return right.all(axis=1) if right.ndim == 2 else right


def score_of_sums(quotient: Quotient, average: Average, several: bool, sums: Array) -> Array:
    """Average a quotient of (true positives, predicted, actual) over labels by scikit-learn's rules.

    Args:
        quotient: of the three, element by element.
        average: binary, micro, macro or weighted.
        several: rows may have several labels.
        sums: (..., 3 L) of `label_counts`.
    """
    true, predicted, actual = np.split(sums, 3, axis=-1)  # (..., L)
    if average == "binary":
        if several or true.shape[-1] > 2:
            raise InputError(
                f"average='binary' is for one label of two, not of {true.shape[-1]}{' with several a row' * several}; "
                "choose 'macro', 'micro' or 'weighted'."
            )
        return quotient(true[..., 1], predicted[..., 1], actual[..., 1])
    if average == "micro":
        return quotient(true.sum(-1), predicted.sum(-1), actual.sum(-1))
    scores = quotient(true, predicted, actual)
    if average == "weighted":
        return divide((scores * actual).sum(-1), actual.sum(-1))
    # A label that is neither predicted nor present says nothing; in multi-label data every column was asked for.
    present = np.ones_like(actual, dtype=bool) if several else predicted + actual > 0
    return divide((scores * present).sum(-1), present.sum(-1))


def balanced_of_sums(sums: Array) -> Array:
    """Average recall over the labels that some row has; one that is predicted alone has no recall."""
    true, _, actual = np.split(sums, 3, axis=-1)
    return divide(recall_of(true, true, actual).sum(-1), (actual > 0).sum(-1))


def precision_of(true: Array, predicted: Array, actual: Array) -> Array:
    """Compute the share of the predicted that is right."""
    return divide(true, predicted)


def recall_of(true: Array, predicted: Array, actual: Array) -> Array:
    """Compute the share of the actual that was found."""
    return divide(true, actual)


def f1_of(true: Array, predicted: Array, actual: Array) -> Array:
    """Compute the harmonic mean of the two."""
    return divide(2 * true, predicted + actual)


def correlation_of_sums(sums: Array) -> Array:
    """Compute the Matthews correlation from sums (..., 3 L) of `label_counts` of rows with one label each."""
    true, predicted, actual = np.split(sums, 3, axis=-1)
    rows = actual.sum(-1)
    covariance = true.sum(-1) * rows - (predicted * actual).sum(-1)
    spread = (rows**2 - (predicted**2).sum(-1)) * (rows**2 - (actual**2).sum(-1))
    return divide(covariance, np.sqrt(np.maximum(spread, 0.0)))


def _averaged(quotient: Quotient, average: Average, p: Array, r: Array, weights: Array) -> Array:
    return score_of_sums(quotient, average, p.ndim == 2, weights @ label_counts(p, r))


def precision(predictions: Array, references: Array, weights: Array, average: Average = "macro") -> Array:
    """Share of the predicted rows of a label that are right, averaged over labels."""
    return _averaged(precision_of, average, predictions, references, weights)


def recall(predictions: Array, references: Array, weights: Array, average: Average = "macro") -> Array:
    """Share of the actual rows of a label that were found, averaged over labels."""
    return _averaged(recall_of, average, predictions, references, weights)


def f1(predictions: Array, references: Array, weights: Array, average: Average = "macro") -> Array:
    """Compute the harmonic mean of precision and recall, averaged over labels."""
    return _averaged(f1_of, average, predictions, references, weights)


def matthews_correlation(predictions: Array, references: Array, weights: Array) -> Array:
    """Compute Matthews correlation of many classes (Gorodkin 2004, doi:10.1016/j.compbiolchem.2004.09.006)."""
    if predictions.ndim == 2:
        raise InputError("the Matthews correlation is for one label per row; these rows have several.")
    return correlation_of_sums(weights @ label_counts(predictions, references))


def balanced_accuracy(predictions: Array, references: Array, weights: Array) -> Array:
    """Average recall over the labels that some row has, of rows with one label each."""
    if predictions.ndim == 2:
        raise InputError("balanced accuracy is for one label per row; these rows have several.")
    return balanced_of_sums(weights @ label_counts(predictions, references))


def mean_squared_error(predictions: Array, references: Array, weights: Array) -> Array:
    """Compute the mean squared difference over rows and outputs, in squared units of the label."""
    return divide(weights @ ((predictions - references) ** 2).mean(axis=1), weights.sum(axis=-1))


def mean_absolute_error(predictions: Array, references: Array, weights: Array) -> Array:
    """Compute the mean absolute difference over rows and outputs, in units of the label."""
    return divide(weights @ np.abs(predictions - references).mean(axis=1), weights.sum(axis=-1))


def pearson(predictions: Array, references: Array, weights: Array) -> Array:
    """Compute Pearson's linear correlation, averaged over outputs."""
    columns = [_correlation(p, r, weights) for p, r in zip(predictions.T, references.T, strict=True)]
    return np.mean(columns, axis=0)


def spearman(predictions: Array, references: Array, weights: Array) -> Array:
    """Compute Spearman's rank correlation with mid-ranks for ties, averaged over outputs."""
    columns = [
        _correlation(_ranks(p, weights), _ranks(r, weights), weights)
        for p, r in zip(predictions.T, references.T, strict=True)
    ]
    return np.mean(columns, axis=0)


def _correlation(x: Array, y: Array, weights: Array) -> Array:
    """Correlate x and y, each (N,) or (W..., N)."""
    rows = weights.sum(axis=-1, keepdims=True)
    x, y = x - x[..., :1], y - y[..., :1]  # a constant becomes exactly 0, which rounding in its mean would hide
    x = x - divide((weights * x).sum(-1, keepdims=True), rows)
    y = y - divide((weights * y).sum(-1, keepdims=True), rows)
    spread = (weights * x * x).sum(-1) * (weights * y * y).sum(-1)
    return np.clip(divide((weights * x * y).sum(-1), np.sqrt(spread)), -1.0, 1.0)


def _ranks(values: Array, weights: Array) -> Array:
    """Rank (N,) values when row i occurs weights[..., i] times: mid-ranks (W..., N)."""
    distinct, position = np.unique(values, return_inverse=True)
    order = np.argsort(position, kind="stable")
    starts = np.searchsorted(position[order], np.arange(len(distinct)))
    occurrences = np.add.reduceat(weights[..., order], starts, axis=-1)
    return (np.cumsum(occurrences, axis=-1) - (occurrences - 1) / 2)[..., position]


def _named_scores() -> dict[str, ScoreFunction]:
    named: dict[str, ScoreFunction] = {"accuracy": accuracy, "matthews_correlation": matthews_correlation}
    named["balanced_accuracy"] = balanced_accuracy
    for name, function in (("precision", precision), ("recall", recall), ("f1", f1)):
        for average in AVERAGES:
            named[name if average == "binary" else f"{name}_{average}"] = partial(function, average=average)
    return named


LABEL_SCORES: dict[str, ScoreFunction] = _named_scores()
VALUE_SCORES: dict[str, ScoreFunction] = {
    "pearson": pearson, "spearman": spearman, "mean_squared_error": mean_squared_error,
    "mean_absolute_error": mean_absolute_error
}  # fmt: skip


def prepare(metric: str, predictions: ArrayLike, references: ArrayLike) -> tuple[ScoreFunction, Array, Array]:
    """Find a metric by name and check its inputs.

    Args:
        metric: a key of `LABEL_SCORES` or `VALUE_SCORES`. "f1", "precision" and "recall" without an average are those
            of label 1 of two; for rows with several labels they are the micro average.
        predictions: (N,) ids, (N, L) zeros and ones, or (N,) or (N, outputs) values.
        references: of the same shape.

    Raises:
        InputError: the metric is unknown, or the arrays do not fit it or each other.
    """
    if metric in VALUE_SCORES:
        return VALUE_SCORES[metric], *check_values(predictions, references)
    if metric not in LABEL_SCORES:
        known = ", ".join([*LABEL_SCORES, *VALUE_SCORES])
        raise InputError(f"there is no metric {metric!r}; choose one of {known}.")
    predictions, references = check_labels(predictions, references)
    several = predictions.ndim == 2 and metric in ("f1", "precision", "recall")
    return LABEL_SCORES[f"{metric}_micro" if several else metric], predictions, references


def score(metric: str, predictions: ArrayLike, references: ArrayLike) -> float:
    """Score predictions by a metric's name, as a fraction (or in the metric's own unit); see `prepare`.

    Example:
        >>> score("f1_macro", predictions=[0, 1, 1], references=[0, 1, 0])
        0.6666666666666666
    """
    function, predictions, references = prepare(metric, predictions, references)
    return float(function(predictions, references, np.ones(len(references))))
