# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Linear models over standardised features, against scikit-learn."""

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from hf_seq.baselines.linear import fit_scaled, scaled_scores

ONE = "single_label_classification"


def shifted(count, labels=3, size=30, seed=0):
    """Rows of normal features that go together, with a mean for each label: what discriminant analysis is made for."""
    draw = np.random.default_rng(seed)
    gold = np.arange(count) % labels
    return (draw.normal(size=(count, size)) + 0.7 * np.eye(labels, size)[gold]) @ MIX[:size, :size], gold


MIX = np.random.default_rng(7).normal(size=(30, 30))


@pytest.mark.parametrize("labels", [2, 3])
def test_few_rows_are_told_apart_as_by_discriminant_analysis_and_no_surer_than_is_right(labels):
    features, gold = shifted(60, labels)
    learnt = fit_scaled(ONE, features, gold)
    others, theirs = shifted(600, labels, seed=1)
    scores = scaled_scores(ONE, others, learnt, labels)
    scaled = [(each - features.mean(0)) / features.std(0) for each in (features, others)]
    oracle = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto").fit(scaled[0], gold)
    assert (scores.argmax(1) == oracle.predict(scaled[1])).all()
    logistic = LogisticRegression(max_iter=1000).fit(scaled[0], gold).predict_proba(scaled[1])
    assert log_loss(theirs, scores) < min(log_loss(theirs, logistic), log_loss(theirs, oracle.predict_proba(scaled[1])))


@pytest.mark.parametrize(("count", "labels"), [(1000, 2), (12, 4)])
def test_many_rows_and_labels_of_very_few_have_logistic_regression(count, labels):
    features, gold = shifted(count, labels)
    scores = scaled_scores(ONE, features, fit_scaled(ONE, features, gold), labels)
    scaled = (features - features.mean(0)) / features.std(0)
    oracle = LogisticRegression(max_iter=1000).fit(scaled, gold)
    np.testing.assert_allclose(scores, oracle.predict_proba(scaled), atol=1e-9)


def test_what_is_likelier_under_logistic_regression_has_it():
    draw = np.random.default_rng(0)
    features = draw.exponential(size=(200, 2)) ** 3  # no normal features, and the border is a cliff
    gold = (features[:, 0] > 0.3).astype(int)
    learnt = fit_scaled(ONE, features, gold)
    scaled = (features - features.mean(0)) / features.std(0)
    np.testing.assert_allclose(
        learnt["coefficients"][:, 0], LogisticRegression(max_iter=1000).fit(scaled, gold).coef_[0], atol=1e-9
    )
