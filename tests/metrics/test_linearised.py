# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What rows add to a score, against leaving them out one by one with the libraries' own scores."""

import numpy as np
import pytest
import scipy.stats
from sklearn.metrics import f1_score, matthews_corrcoef

from hf_seq.metrics.intervals import interval_of
from hf_seq.metrics.label_scores import linearise_labels, linearise_share
from hf_seq.metrics.linearised import linearise, standard_error

RNG = np.random.default_rng(0)
ROWS = 60
LABELS = RNG.integers(0, 3, ROWS)
ANSWERS = np.where(RNG.random(ROWS) < 0.7, LABELS, RNG.integers(0, 3, ROWS))
VALUES = RNG.normal(size=ROWS)
GUESSES = VALUES + RNG.normal(size=ROWS)
SETS = RNG.integers(0, 2, (ROWS, 4))
GUESSED_SETS = np.where(RNG.random((ROWS, 4)) < 0.8, SETS, 1 - SETS)


def left_out(score, predictions, references):
    """Influence of each row by its definition: N - 1 times how far the score falls without it, less the mean."""
    rows = np.arange(len(references))
    without = np.array([score(references[rows != row], predictions[rows != row]) for row in rows])
    return (len(rows) - 1) * (without.mean() - without)


@pytest.mark.parametrize(
    ("metric", "score", "predictions", "references"),
    [
        ("f1_macro", lambda r, p: f1_score(r, p, average="macro"), ANSWERS, LABELS),
        ("f1_weighted", lambda r, p: f1_score(r, p, average="weighted"), ANSWERS, LABELS),
        ("f1_micro", lambda r, p: f1_score(r, p, average="micro"), GUESSED_SETS, SETS),
        ("f1", f1_score, ANSWERS % 2, LABELS % 2),
        ("matthews_correlation", matthews_corrcoef, ANSWERS, LABELS),
        ("pearson", lambda r, p: scipy.stats.pearsonr(r, p).statistic, GUESSES, VALUES),
        ("mean_squared_error", lambda r, p: ((r - p) ** 2).mean(), GUESSES, VALUES),
    ],
)
def test_influence_is_what_leaving_a_row_out_takes_away(metric, score, predictions, references):
    found = linearise_labels(metric, predictions, references)
    assert found.score == pytest.approx(score(references, predictions))
    assert found.influence == pytest.approx(left_out(score, predictions, references), abs=1e-8)


@pytest.mark.parametrize("digits", [6, 1])
def test_influence_on_ranks_is_nearly_that_of_leaving_a_row_out(digits):
    x, y = np.round(GUESSES, digits), np.round(VALUES, digits)
    found = linearise_labels("spearman", x, y)
    expected = left_out(lambda r, p: scipy.stats.spearmanr(r, p).statistic, x, y)
    assert found.score == pytest.approx(scipy.stats.spearmanr(x, y).statistic)
    assert np.corrcoef(found.influence, expected)[0, 1] > 0.99
    assert found.influence.std() == pytest.approx(expected.std(), rel=0.1)


def test_the_error_of_a_mean_is_the_usual_one():
    right = RNG.random(200) < 0.8
    assert standard_error(linearise_share(right).influence) == pytest.approx(scipy.stats.sem(right))


def test_rows_that_come_in_clusters_count_as_fewer():
    """Ten copies of each row say no more than one: the effective rows of 50 clusters are about 50, not 500."""
    right = (RNG.random(50) < 0.7).astype(float)
    together = np.stack([10 * right, np.full(50, 10.0)], axis=1)
    alone = np.repeat(np.stack([right, np.ones(50)], axis=1), 10, axis=0)
    from hf_seq.metrics.linearised import PseudoRows

    def share(sums):
        return sums[..., 0] / sums[..., 1]

    many = PseudoRows(np.array([[10.0, 10]]), np.array([[0.0, 10]]), np.ones(1))
    one = PseudoRows(np.array([[1.0, 1]]), np.array([[0.0, 1]]), np.ones(1))
    clustered = linearise(together, share, "proportion", pseudo=many)
    separate = linearise(alone, share, "proportion", pseudo=one)
    assert clustered.rows == pytest.approx(50, rel=0.05)
    assert separate.rows == pytest.approx(500, rel=0.02)
    wide, narrow = (high - low for low, high in (interval_of(clustered), interval_of(separate)))
    assert wide > 2.8 * narrow
