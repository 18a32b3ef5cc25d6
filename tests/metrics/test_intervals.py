# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Intervals and paired tests against published numbers, scipy and coverage."""

import time

import numpy as np
import pytest
import scipy.stats
from sklearn.metrics import f1_score

from hf_seq.errors import InputError
from hf_seq.metrics.intervals import interval, mcnemar, paired_difference, wilson
from hf_seq.metrics.scores import score

RNG = np.random.default_rng(0)


def noisy(references, right, num_labels=3):
    return np.where(RNG.random(len(references)) < right, references, RNG.integers(0, num_labels, len(references)))


def test_wilson_gives_the_published_intervals():
    # Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


def test_accuracy_takes_wilsons_interval():
    assert interval("accuracy", [0, 1, 1, 0], [0, 1, 1, 1]) == pytest.approx(wilson(3, 4))


def test_bootstrap_interval_is_that_of_scipy():
    references = RNG.integers(0, 3, 200)
    predictions = noisy(references, 0.7)
    oracle = scipy.stats.bootstrap(
        (predictions, references),
        lambda p, r: f1_score(r, p, average="macro"),
        paired=True, vectorized=False, n_resamples=1000, method="percentile", rng=1,
    ).confidence_interval  # fmt: skip
    assert interval("f1_macro", predictions, references) == pytest.approx(tuple(oracle), abs=0.012)


def test_bootstrap_interval_covers_the_true_correlation():
    covered = 0
    for _ in range(60):
        x, y = RNG.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=120).T
        low, high = interval("pearson", x, y)
        covered += low <= 0.6 <= high
    assert 51 <= covered <= 60  # 57 expected; fewer than 51 has a probability below 0.5 %


def test_intervals_are_seeded():
    x, y = RNG.normal(size=(2, 30))
    assert interval("pearson", x, y, seed=3) == interval("pearson", x, y, seed=3) != interval("pearson", x, y, seed=4)


@pytest.mark.parametrize("name", ["f1_macro", "matthews_correlation", "spearman", "f1_micro"])
def test_interval_of_7600_rows_is_quick(name):
    if name == "spearman":
        predictions, references = RNG.normal(size=(2, 7600))
    elif name == "f1_micro":
        predictions, references = RNG.integers(0, 2, (2, 7600, 20))
    else:
        references = RNG.integers(0, 77, 7600)
        predictions = noisy(references, 0.9, 77)
    start = time.process_time()
    low, high = interval(name, predictions, references)
    assert time.process_time() - start < 4.0
    assert low <= score(name, predictions, references) <= high


def test_mcnemar_is_the_sign_test_of_the_rows_where_models_differ():
    right_a, right_b = np.repeat([1, 1, 0, 0], [10, 9, 2, 5]), np.repeat([1, 0, 1, 0], [10, 9, 2, 5])
    by_hand = 2 * sum(scipy.stats.binom.pmf(k, 11, 0.5) for k in range(3))
    assert mcnemar(right_a, right_b) == pytest.approx(by_hand)
    assert mcnemar(right_a, right_a) == 1.0


def test_paired_accuracy_reports_difference_interval_and_exact_p_value():
    references = np.ones(400, dtype=int)
    a, b = np.repeat([1, 1, 0, 0], [300, 60, 20, 20]), np.repeat([1, 0, 1, 0], [300, 60, 20, 20])
    paired = paired_difference("accuracy", a, b, references)
    assert paired.difference == pytest.approx(0.1)
    standard_error = np.sqrt((0.15 + 0.05 - 0.1**2) / 400)
    assert paired.interval == pytest.approx((0.1 - 1.96 * standard_error, 0.1 + 1.96 * standard_error), abs=0.005)
    assert paired.p_value == pytest.approx(scipy.stats.binomtest(20, 80).pvalue)
    assert paired.test == "exact McNemar"


def test_paired_bootstrap_sees_a_difference_and_none():
    references = RNG.integers(0, 3, 500)
    good, bad = noisy(references, 0.9), noisy(references, 0.6)
    paired = paired_difference("f1_macro", good, bad, references)
    assert paired.test == "paired bootstrap"
    assert paired.p_value < 0.01
    assert 0 < paired.interval[0] < paired.difference < paired.interval[1]
    assert paired_difference("f1_macro", bad, good, references).difference == pytest.approx(-paired.difference)
    same = paired_difference("f1_macro", good, good, references)
    assert (same.difference, same.interval, same.p_value) == (0.0, (0.0, 0.0), 1.0)


def test_paired_bootstrap_keeps_its_error_rate_when_models_are_equal():
    found = 0
    for _ in range(60):
        references = RNG.integers(0, 3, 150)
        found += (
            paired_difference("f1_macro", noisy(references, 0.7), noisy(references, 0.7), references).p_value < 0.05
        )
    assert found <= 9  # 3 expected; more than 9 has a probability below 0.1 %


def test_impossible_confidence_is_refused():
    with pytest.raises(InputError, match=r"confidence=95 must lie between 0 and 1"):
        interval("accuracy", [0], [0], confidence=95)
    with pytest.raises(InputError, match="5 successes in 4 rows"):
        wilson(5, 4)
