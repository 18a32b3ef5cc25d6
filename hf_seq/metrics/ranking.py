# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""ROC-AUC and average precision: how well scores rank the rows of a label before all others, whatever the threshold.

N rows · L labels

Both are scikit-learn's. What every row adds is the derivative by its weight (the infinitesimal jackknife; for ROC-AUC
that is DeLong et al. 1988, doi:10.2307/2531595). Of more than two labels the macro average over labels, one against
the rest; labels without a row, or with all rows, say nothing and are left out.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from hf_seq.errors import InputError
from hf_seq.metrics.linearised import Linearised, standard_error
from hf_seq.metrics.scores import Array

RANKINGS = ("roc_auc", "average_precision")


def linearise_ranking(metric: str, scores: ArrayLike, gold: ArrayLike, label: int | None = None) -> Linearised:
    """Find out what every row adds to a score of a ranking.

    Args:
        metric: one of `RANKINGS`.
        scores: (N, L) probabilities.
        gold: (N,) ids, or (N, L) zeros and ones.
        label: of two labels, or of any, the one to rank; None is the second of two, or the average over all.

    Raises:
        InputError: no label has both rows and others.
    """
    given, labels = np.asarray(scores, dtype=np.float64), np.asarray(gold)
    positive = labels > 0 if labels.ndim == 2 else labels[:, None] == np.arange(given.shape[1])  # (N, L)
    if label is None and labels.ndim == 1 and given.shape[1] == 2:
        label = 1
    asked = range(given.shape[1]) if label is None else [label]
    told = [each for each in asked if 0 < positive[:, each].sum() < len(positive)]
    if not told:
        rows = len(positive)
        raise InputError(f"{metric} needs rows of a label and rows of others; these {rows} rows have one kind.")
    found = [_OF_ONE[metric](given[:, each], positive[:, each]) for each in told]
    score = float(np.mean([each for each, _ in found]))
    influence = np.mean([each for _, each in found], axis=0)
    variance = standard_error(influence) ** 2
    number = float(len(positive))
    effective = min(score * (1 - score) / variance, number) if variance > 0 else number
    return Linearised(score, influence, "proportion", rows=effective, pseudo_variance=1 / number**2)


def _roc_auc(scores: Array, positive: Array) -> tuple[float, Array]:
    """Compute the share of pairs in the right order, ties half, and what each row adds to it."""
    influence = np.zeros(len(scores))
    above, below = scores[positive], scores[~positive]
    for rows, own, others in ((positive, above, np.sort(below)), (~positive, below, np.sort(above))):
        under = np.searchsorted(others, own, "left") + np.searchsorted(others, own, "right")
        share = under / (2 * len(others))
        influence[rows] = (share if rows is positive else 1 - share) * len(scores) / len(own)
    score = float(influence[positive].sum() / len(scores))
    influence[positive] -= score * len(scores) / len(above)
    influence[~positive] -= score * len(scores) / len(below)
    return score, influence


def _average_precision(scores: Array, positive: Array) -> tuple[float, Array]:
    """Compute the mean of the precision at every row of the label, and what each row adds to it."""
    _, position = np.unique(-scores, return_inverse=True)  # 0 is the highest score
    right = np.bincount(position, weights=positive).cumsum()  # at each distinct score: positives there or above
    all_rows = np.bincount(position).cumsum()
    here = np.bincount(position, weights=positive)
    positives = float(positive.sum())
    precision = right / all_rows
    score = float((here * precision).sum() / positives)
    # one more row counts for the precision at its own score and at all lower ones
    gained = (here / all_rows)[::-1].cumsum()[::-1][position] * positive
    lost = (here * right / all_rows**2)[::-1].cumsum()[::-1][position]
    derivative = (positive * (precision[position] - score) + gained - lost) / positives
    return score, len(scores) * derivative


_OF_ONE: dict[str, Callable[[Array, Array], tuple[float, Array]]] = {
    "roc_auc": _roc_auc,
    "average_precision": _average_precision,
}
