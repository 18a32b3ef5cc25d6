# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Choosing how the linear part of a wide and deep classifier is fitted: its strength, and how much naive Bayes adds.

Logistic regression needs rows to beat naive Bayes (Ng & Jordan 2001); both are linear, so their weights are added and
the model stays one. A tenth of 500 rows cannot tell settings apart: where rows are few, each of train is held out once.

N rows · F n-grams · L labels
"""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit, softmax

from hf_seq.baselines.linear import fit_bayes, fit_linear
from hf_seq.data import Splits
from hf_seq.metrics.chosen import chosen_score
from hf_seq.metrics.classification import decide
from hf_seq.reports.record import LOWER_IS_BETTER, quoted_score

STRENGTHS = (1.0, 10.0, 100.0)
"""Values of C that are tried."""
BAYES = (0.0, 0.3, 1.0)
"""Weights of naive Bayes beside logistic regression that are tried."""
FOLDS = 5
FEW_ROWS = 1000
"""Validation rows below which train rows are held out in turn ..."""
MOST_WORK = 40_000
"""... as long as rows times labels are at most so many, which is seconds."""
ROWS_TO_CHOOSE_BY = 5000
"""Train rows on which settings are chosen, where there are more."""
ABSENT = -30.0
"""Score of a label that no train row has."""
SEED = 0

Array = NDArray[Any]
Weights = tuple[Array, Array]
"""Of n-grams, (F, L), and of nothing, (L,)."""


@dataclass(frozen=True)
class LinearSetting:
    """How the linear part is fitted.

    Attributes:
        strength: C of logistic regression, or of ridge regression.
        bayes: how much of naive Bayes is added.
        label_weights: (L,) in the loss; None for ones.
    """

    strength: float
    bayes: float = 0.0
    label_weights: tuple[float, ...] | None = None

    def __str__(self) -> str:
        return f"C={self.strength:g}" + (f" +{self.bayes:g} naive Bayes" if self.bayes else "")

    def fit(self, problem_type: str, features: csr_matrix, labels: Array, num_labels: int) -> Weights:
        """Fit the weights.

        Raises:
            InputError: all rows have the same label.
        """
        weights = self.row_weights(labels)
        weight, bias = spread_labels(fit_linear(problem_type, features, labels, self.strength, weights), num_labels)
        if self.bayes:
            more, start = spread_labels(fit_bayes(features, labels, weights), num_labels)
            weight, bias = weight + self.bayes * more, bias + self.bayes * start
        return weight, bias

    def row_weights(self, labels: Array) -> Array | None:
        """Give each row the weight of its label."""
        return None if self.label_weights is None else np.asarray(self.label_weights)[labels]


def choose_linear(
    features: csr_matrix,
    labels: Array,
    held_out: tuple[csr_matrix, Array],
    splits: Splits,
    metric: str,
    label_weights: Sequence[float] | None = None,
) -> tuple[LinearSetting, str]:
    """Choose a setting by a metric on rows that were not fitted.

    Args:
        features: (N, F) of the train rows.
        labels: of the train rows.
        held_out: features and labels of the validation rows.
        splits: the data.
        metric: decides.
        label_weights: (L,) in the loss; None for ones.

    Returns:
        The setting, and what a record should tell.
    """
    parted = _can_be_parted(labels, splits) and len(labels) * splits.num_labels <= MOST_WORK
    enough = len(held_out[1]) >= FEW_ROWS
    with_bayes = splits.problem_type == "single_label_classification" and (parted or enough)  # else chance would choose
    weights = None if label_weights is None else tuple(label_weights)
    shares = BAYES if with_bayes else (0.0,)
    tried = [LinearSetting(strength, bayes, weights) for strength in STRENGTHS for bayes in shares]
    turns, where = _turns(features, labels, held_out, splits, parted=parted and not enough)
    margins: dict[LinearSetting, list[Array]] = {each: [] for each in tried}
    gold = []
    for known, answers, asked, truth in turns:
        for each, found in _margins(tried, splits, known, answers, asked).items():
            margins[each].append(found)
        gold.append(truth)
    truth = np.concatenate(gold)
    scores = {each: _score(np.concatenate(found), truth, splits, metric) for each, found in margins.items()}
    sign = -1 if metric in LOWER_IS_BETTER else 1
    best = max(scores, key=lambda each: (sign * scores[each], -each.strength, each.bayes))
    choices = ", ".join(f"C={each:g}" for each in STRENGTHS) + (", with and without naive Bayes" if with_bayes else "")
    return best, f"{best} of {choices} chosen by {metric} on {where} ({quoted_score(metric, scores[best]):.2f})"


def spread_labels(learnt: dict[str, Array], num_labels: int) -> Weights:
    """Give every label its column: weights (F, L) and biases (L,)."""
    weights, bias = learnt["coefficients"], learnt["intercepts"]
    if "labels" in learnt:
        if weights.shape[1] == 1:  # two labels share one margin
            weights, bias = weights / 2, bias / 2
            weights, bias = np.concatenate([-weights, weights], axis=1), np.concatenate([-bias, bias])
        whole, absent = np.zeros((len(weights), num_labels)), np.full(num_labels, ABSENT)
        whole[:, learnt["labels"]], absent[learnt["labels"]] = weights, bias
        weights, bias = whole, absent
    return weights, bias


def _turns(
    features: csr_matrix, labels: Array, held_out: tuple[csr_matrix, Array], splits: Splits, *, parted: bool
) -> tuple[Iterator[tuple[csr_matrix, Array, csr_matrix, Array]], str]:
    """List what is fitted and what is asked, and say which rows these are."""
    rows = len(labels)
    if parted:
        return _folds(features, labels, splits), f"{rows:,} train rows held out in {FOLDS} turns"
    some = slice(None) if rows <= ROWS_TO_CHOOSE_BY else np.linspace(0, rows - 1, ROWS_TO_CHOOSE_BY).astype(np.int64)
    return iter([(features[some], labels[some], *held_out)]), "validation"


def _can_be_parted(labels: Array, splits: Splits) -> bool:
    """Say whether two labels remain to be told apart in every turn."""
    if splits.problem_type != "single_label_classification":
        return len(labels) >= FOLDS
    counts = np.sort(np.bincount(labels))
    return len(labels) >= FOLDS and len(counts) > 1 and bool(counts[-2] > 1)


def _folds(
    features: csr_matrix, labels: Array, splits: Splits
) -> Iterator[tuple[csr_matrix, Array, csr_matrix, Array]]:
    from sklearn.model_selection import KFold, StratifiedKFold

    single = splits.problem_type == "single_label_classification"
    cut = (StratifiedKFold if single else KFold)(FOLDS, shuffle=True, random_state=SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a label with fewer rows than turns is no mistake here
        parts = list(cut.split(np.zeros(len(labels)), labels))
    for known, asked in parts:
        yield features[known], labels[known], features[asked], labels[asked]


def _margins(
    tried: list[LinearSetting], splits: Splits, features: csr_matrix, labels: Array, asked: csr_matrix
) -> dict[LinearSetting, Array]:
    """Score rows by every setting; regression is fitted once a strength, naive Bayes once: (N, L) each."""
    kind, width = splits.problem_type, splits.num_labels

    def scored(setting: LinearSetting) -> Array:
        weight, bias = setting.fit(kind, features, labels, width)
        return asked @ weight + bias

    plain = {each.strength: scored(each) for each in tried if not each.bayes}
    if not any(each.bayes for each in tried):
        return {each: plain[each.strength] for each in tried}
    weight, bias = spread_labels(fit_bayes(features, labels, tried[0].row_weights(labels)), width)
    more = asked @ weight + bias
    return {each: plain[each.strength] + each.bayes * more for each in tried}


def _score(margins: Array, gold: Array, splits: Splits, metric: str) -> float:
    likely = {"single_label_classification": lambda each: softmax(each, axis=1), "multi_label_classification": expit}
    sure = likely.get(splits.problem_type, np.asarray)(margins)
    predicted = decide(sure, splits.problem_type)
    return chosen_score(metric, sure, predicted, gold.reshape(predicted.shape), splits.label_names)
