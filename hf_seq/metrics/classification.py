# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Metric modules for `evaluate`, and what `Trainer` calls after an evaluation. Nothing is fetched or written.

N rows · L labels

`evaluate.combine([Accuracy(), F1(average="macro")])` works as with the modules of the Hub. An average is chosen when
the module is made and is part of the key ("f1_macro"; plain "f1" is that of label 1 of two), so that two averages of
one metric can stand side by side. Scores are fractions between 0 and 1.
"""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from hf_seq.errors import InputError
from hf_seq.metrics.intervals import METHODS
from hf_seq.metrics.label_scores import SCALES
from hf_seq.metrics.offline import OfflineMetric
from hf_seq.metrics.scores import (
    AVERAGES,
    PROBLEM_TYPES,
    VALUE_SCORES,
    Array,
    Average,
    check_labels,
    check_values,
    f1_of,
    label_counts,
    precision_of,
    recall_of,
    score,
)

_HEADLINES = dict(zip(PROBLEM_TYPES, ("accuracy", "f1", "pearson"), strict=True))


class _NamedMetric(OfflineMetric):
    key: ClassVar[str]

    def _compute(self, predictions: list[Any], references: list[Any]) -> dict[str, float]:
        return {self.key: score(self.key, predictions, references)}


class Accuracy(_NamedMetric):
    """Share of right rows; with several labels per row, right in all of them."""

    key = "accuracy"


class MatthewsCorrelation(_NamedMetric):
    """Matthews correlation of two or more classes, between -1 and 1."""

    key = "matthews_correlation"
    several_labels = False


class Pearson(_NamedMetric):
    """Pearson's linear correlation, between -1 and 1; 0 when one side is constant."""

    key = "pearson"


class Spearman(_NamedMetric):
    """Spearman's rank correlation, between -1 and 1; 0 when one side is constant."""

    key = "spearman"


class MeanSquaredError(_NamedMetric):
    """Mean squared error, in squared units of the label."""

    key = "mean_squared_error"


class _AveragedMetric(OfflineMetric):
    key: ClassVar[str]

    def __init__(self, *args: Any, average: Average = "binary", **kwargs: Any) -> None:
        if average not in AVERAGES:
            raise InputError(f"average={average!r} is unknown; choose one of {', '.join(AVERAGES)}.")
        self.average = average
        super().__init__(*args, **kwargs)

    def _compute(self, predictions: list[Any], references: list[Any]) -> dict[str, float]:
        key = self.key if self.average == "binary" else f"{self.key}_{self.average}"
        return {key: score(key, predictions, references)}


class Precision(_AveragedMetric):
    """Share of the rows predicted for a label that are right. `average`: binary, micro, macro or weighted."""

    key = "precision"


class Recall(_AveragedMetric):
    """Share of the rows of a label that were found. `average`: binary, micro, macro or weighted."""

    key = "recall"


class F1(_AveragedMetric):
    """Harmonic mean of precision and recall. `average`: binary, micro, macro or weighted."""

    key = "f1"


class ConfusionMatrix(OfflineMetric):
    """Rows by gold label (down) and predicted label (across); `num_labels` fixes the size."""

    several_labels = False

    def __init__(self, *args: Any, num_labels: int | None = None, **kwargs: Any) -> None:
        self.num_labels = num_labels
        super().__init__(*args, **kwargs)

    def _compute(self, predictions: list[Any], references: list[Any]) -> dict[str, list[list[int]]]:
        return {"confusion_matrix": confusion_matrix(predictions, references, self.num_labels).tolist()}


def confusion_matrix(predictions: ArrayLike, references: ArrayLike, num_labels: int | None = None) -> Array:
    """Count rows by gold label (down) and predicted label (across): (L, L) ints."""
    predictions, references = check_labels(predictions, references)
    if predictions.ndim == 2:
        raise InputError("a confusion matrix is for one label per row; these rows have several.")
    size = num_labels or int(max(predictions.max(), references.max())) + 1
    _check_range(predictions, references, size)
    return np.bincount(references * size + predictions, minlength=size * size).reshape(size, size)


def scores_by_label(predictions: ArrayLike, references: ArrayLike, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """Compute precision, recall and F1 (fractions) of every label, its rows and how often it was predicted.

    Example:
        >>> scores_by_label([0, 1, 1], [0, 0, 1], ["ham", "spam"])["spam"]
        {'precision': 0.5, 'recall': 1.0, 'f1': 0.6666666666666666, 'support': 1, 'predicted': 2}
    """
    predictions, references = check_labels(predictions, references)
    true, predicted, actual = np.split(label_counts(predictions, references).sum(axis=0), 3)
    columns = zip(*(each(true, predicted, actual).tolist() for each in (precision_of, recall_of, f1_of)), strict=True)
    found = {
        name: {"precision": p, "recall": r, "f1": f, "support": int(rows), "predicted": int(count)}
        for name, (p, r, f), rows, count in zip(names, columns, actual, predicted, strict=False)
    }
    nothing: dict[str, float] = {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0, "predicted": 0}
    return {name: found.get(name, dict(nothing)) for name in names}


def headline_metric(problem_type: str) -> str:
    """Name the main score of a problem: accuracy, f1 (micro average over labels) or pearson."""
    _check_problem_type(problem_type)
    return _HEADLINES[problem_type]


def decide(
    scores: ArrayLike, problem_type: str, *, probabilities: bool = True, thresholds: Sequence[float] | None = None
) -> Array:
    """Turn a model's scores into predictions.

    Args:
        scores: (N, L), or (N,) values for regression.
        problem_type: as in the model's config.
        probabilities: whether several-label scores are probabilities (over 0.5 is a yes) or logits (over 0).
        thresholds: (L,) of probabilities: of several labels those over their threshold are a yes; of one label a row
            that which exceeds its threshold by most, so that thresholds of 0.7 and 0.3 give label 1 what is over 0.3.

    Returns:
        (N,) ids of the best label, (N, L) zeros and ones, or the values, (N,) when there is one output.

    Example:
        >>> decide([[0.2, 0.8], [0.9, 0.1]], "single_label_classification").tolist()
        [1, 0]
    """
    _check_problem_type(problem_type)
    scores = np.asarray(scores)
    if thresholds is not None and problem_type != "regression":
        over = scores - np.asarray(thresholds)
        several = problem_type == "multi_label_classification"
        return (over > 0).astype(np.int64) if several else over.argmax(axis=-1)
    if problem_type == "single_label_classification":
        return scores.argmax(axis=-1)
    if problem_type == "multi_label_classification":
        return (scores > (0.5 if probabilities else 0.0)).astype(np.int64)
    return scores[:, 0] if scores.ndim == 2 and scores.shape[1] == 1 else scores


def compute_classification_metrics(
    predictions: ArrayLike, references: ArrayLike, *, problem_type: str, num_labels: int, positive: int = 1
) -> dict[str, float]:
    """Score predictions with every metric that fits the problem.

    Args:
        predictions: decided labels as integers, (N,) ids or (N, L) zeros and ones, or the model's logits (N, L)
            as `Trainer` hands them over (probabilities of several labels go through `decide` first); values (N,) or
            (N, outputs) for regression.
        references: gold ids (N,), zeros and ones (N, L), or values.
        problem_type: "single_label_classification", "multi_label_classification" or "regression".
        num_labels: number of labels the model knows.
        positive: of two labels the id that precision, recall and f1 are of.

    Returns:
        Scores by name, the headline first. Fractions; the squared error in squared units of the label.

    Raises:
        InputError: shapes or labels that do not fit the problem.
    """
    headline = headline_metric(problem_type)
    predictions, references = np.asarray(predictions), np.asarray(references)
    if problem_type == "regression":
        predictions, references = check_values(predictions, references)
        return {key: score(key, predictions, references) for key in VALUE_SCORES}
    several = problem_type == "multi_label_classification"
    is_logits = np.issubdtype(predictions.dtype, np.floating) and predictions.ndim == 2
    if is_logits:
        predictions = decide(predictions, problem_type, probabilities=False)
    predictions, references = check_labels(predictions, references)
    if (predictions.ndim == 2) != several:
        raise InputError(f"labels of shape {references.shape} do not fit problem_type={problem_type!r}.")
    if not several:
        _check_range(predictions, references, num_labels)
    averages = ["micro", "macro", "weighted"] if several else ["macro", "micro", "weighted"]
    keys = [headline, *(f"{name}_{average}" for average in averages for name in ("f1", "precision", "recall"))]
    keys += ["accuracy"] if several else ["matthews_correlation"]
    scores = {key: score(key, predictions, references) for key in keys}
    if not several and num_labels == 2:
        predicted, true = ((ids == positive).astype(np.int64) for ids in (predictions, references))
        scores |= {key: score(key, predicted, true) for key in ("f1", "precision", "recall")}
    return scores


def metric_signature(metric: str, problem_type: str | None = None, thresholds: Sequence[float] | None = None) -> str:
    """Say exactly what a score is: "f1|average:micro|zero_division:0|hf_seq:0.1.0|numpy:2.4.0".

    Args:
        metric: name as in `hf_seq.metrics.scores.prepare`.
        problem_type: tells the plain "f1" of two labels from that of several labels per row.
        thresholds: those that `decide` was given.
    """
    parts, (metric, _, label) = [metric], metric.partition(":")
    name, _, average = metric.partition("_")
    if label:
        parts.append(f"label:{label}")
    elif name in ("f1", "precision", "recall"):
        plain = "micro" if problem_type == "multi_label_classification" else "binary, of the positive label"
        parts += [f"average:{average or plain}", "zero_division:0"]
    if metric == "accuracy" and problem_type == "multi_label_classification":
        parts.append("rows right in all labels")
    if thresholds is not None:
        parts.append("thresholds:" + ",".join(f"{each:.4g}" for each in thresholds))
    elif problem_type == "multi_label_classification":
        parts.append("threshold:0.5")
    parts += [f"{package}:{version(package)}" for package in ("hf_seq", "numpy")]
    one_label = metric == "f1" and (label or problem_type != "multi_label_classification")
    return "|".join([*parts, f"interval:{METHODS['hits' if one_label else SCALES.get(metric, 'proportion')]}"])


def _check_problem_type(problem_type: str) -> None:
    if problem_type not in PROBLEM_TYPES:
        raise InputError(f"problem_type={problem_type!r} is unknown; choose one of {', '.join(PROBLEM_TYPES)}.")


def _check_range(predictions: Array, references: Array, num_labels: int) -> None:
    for name, labels in (("predictions", predictions), ("references", references)):
        if labels.max() >= num_labels:
            raise InputError(
                f"{name} hold label {labels.max()}, but there are {num_labels} labels (0 to {num_labels - 1})."
            )


__all__ = [
    "F1",
    "Accuracy",
    "ConfusionMatrix",
    "MatthewsCorrelation",
    "MeanSquaredError",
    "Pearson",
    "Precision",
    "Recall",
    "Spearman",
    "compute_classification_metrics",
    "confusion_matrix",
    "decide",
    "headline_metric",
    "metric_signature",
    "scores_by_label",
]
