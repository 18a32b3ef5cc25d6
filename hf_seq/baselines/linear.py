# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Linear models over features, by scikit-learn, for every kind of problem; what they learn is a few arrays.

N rows · V features · L labels, or outputs for regression
"""

from typing import Any

import numpy as np

from hf_seq.baselines.baseline import Array
from hf_seq.errors import InputError

SMOOTHING = 0.1
"""Added to every count of naive Bayes."""


def fit_linear(
    problem_type: str, features: Any, labels: Array, strength: float, weights: Array | None = None
) -> dict[str, Array]:
    """Fit logistic regression, one for each label where there may be several; ridge regression for values.

    Args:
        problem_type: of the labels.
        features: (N, V), sparse or not.
        labels: (N,) ids, (N, L) zeros and ones, or (N, L) values.
        strength: scikit-learn's C, the inverse strength of regularisation.
        weights: (N,) of the rows, where they have one label each; None for ones.

    Returns:
        `coefficients` (V, margins), `intercepts` (margins,), and for one label a row `labels`, those that have rows.

    Raises:
        InputError: all rows have the same label.
    """
    if problem_type == "single_label_classification":
        learnt = _fit_one_label(features, labels, strength, weights)
    elif problem_type == "multi_label_classification":
        learnt = _fit_several_labels(features, labels, strength)
    else:
        learnt = _fit_values(features, labels, strength)
    learnt["coefficients"] = np.ascontiguousarray(learnt["coefficients"].T)  # (V, margins), as the product reads it
    return learnt


def fit_scaled(problem_type: str, features: Array, labels: Array) -> dict[str, Array]:
    """Fit as `fit_linear` on features that are standardised first; returns `offset` and `scale` (V,), too."""
    offset, scale = features.mean(axis=0), features.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    return {**fit_linear(problem_type, (features - offset) / scale, labels, 1.0), "offset": offset, "scale": scale}


def scaled_scores(problem_type: str, features: Array, learnt: dict[str, Array], num_labels: int) -> Array:
    """Compute what `linear_scores` does of what `fit_scaled` learnt."""
    return linear_scores(problem_type, (features - learnt["offset"]) / learnt["scale"], learnt, num_labels)


def fit_bayes(features: Any, labels: Array, weights: Array | None = None) -> dict[str, Array]:
    """Fit multinomial naive Bayes over weighted counts, which needs fewer rows than regression does (Ng & Jordan 2001).

    Args:
        features: (N, V), none below 0.
        labels: (N,) ids.
        weights: (N,) of the rows; None for ones.

    Returns:
        What `fit_linear` returns, with one margin a label.
    """
    from sklearn.naive_bayes import MultinomialNB

    model = MultinomialNB(alpha=SMOOTHING).fit(features, labels, sample_weight=weights)
    weights = np.ascontiguousarray(model.feature_log_prob_.T)
    return {"coefficients": weights, "intercepts": model.class_log_prior_, "labels": model.classes_}


def linear_scores(problem_type: str, features: Any, learnt: dict[str, Array], num_labels: int) -> Array:
    """Compute probabilities, or values for regression, (N, L); labels that had no training row stay at 0."""
    from scipy.special import expit, softmax

    margins = (features @ learnt["coefficients"] + learnt["intercepts"]).astype(np.float64)  # (N, margins)
    if problem_type == "regression":
        return margins
    if problem_type == "multi_label_classification":
        return expit(margins)
    if margins.shape[1] == 1:  # two labels share one margin
        margins = np.concatenate([np.zeros_like(margins), margins], axis=1)
    scores = np.zeros((len(margins), num_labels))
    scores[:, learnt["labels"]] = softmax(margins, axis=1)
    return scores


def _fit_one_label(features: Any, labels: Array, strength: float, weights: Array | None) -> dict[str, Array]:
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(labels)) < 2:
        raise InputError(f"all {len(labels)} rows have label {labels[0]}; a classifier needs two labels or more.")
    model = LogisticRegression(C=strength, max_iter=1000).fit(features, labels, sample_weight=weights)
    return {"coefficients": model.coef_, "intercepts": model.intercept_, "labels": model.classes_}


def _fit_several_labels(features: Any, labels: Array, strength: float) -> dict[str, Array]:
    from scipy.special import logit
    from sklearn.linear_model import LogisticRegression

    rows, num_labels = labels.shape
    coefficients, intercepts = np.zeros((num_labels, features.shape[1])), np.zeros(num_labels)
    for column, positives in enumerate(labels.sum(axis=0)):
        if 0 < positives < rows:
            model = LogisticRegression(C=strength, max_iter=1000).fit(features, labels[:, column])
            coefficients[column], intercepts[column] = model.coef_[0], model.intercept_[0]
        else:  # nothing to tell apart: the smoothed frequency
            intercepts[column] = logit((positives + 0.5) / (rows + 1))
    return {"coefficients": coefficients, "intercepts": intercepts}


def _fit_values(features: Any, values: Array, strength: float) -> dict[str, Array]:
    from sklearn.linear_model import Ridge

    model = Ridge(alpha=1 / strength).fit(features, values)
    outputs = values.shape[1]
    return {"coefficients": model.coef_.reshape(outputs, -1), "intercepts": np.reshape(model.intercept_, outputs)}
