# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Intervals against published numbers, scipy and coverage."""

import numpy as np
import pytest
import scipy.stats
from sklearn.metrics import f1_score

from hf_seq.errors import InputError
from hf_seq.metrics.intervals import interval, share_interval, wilson
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
    assert interval("accuracy", [1] * 14 + [0] * 6, [1] * 20) == pytest.approx(wilson(14, 20))


@pytest.mark.parametrize("errors", [1, 2, 3])
def test_few_errors_are_poissons(errors):
    """Brown, Cai & DasGupta 2001, section 4.1.1: the bound under which so many errors or more come once in twenty."""
    low, high = share_interval(200 - errors, 200)
    assert scipy.stats.poisson.sf(errors - 1, (1 - high) * 200) == pytest.approx(0.05)
    assert low == wilson(200 - errors, 200)[0]
    assert high > wilson(200 - errors, 200)[1]
    assert share_interval(errors, 200) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize("rows", [20, 50, 200, 1000])
def test_the_interval_of_a_share_holds_any_share(rows):
    """By the binomial distribution, not by simulation; Wilson's own falls to 84 % near 1."""
    right = np.arange(rows + 1)
    low, high = np.array([share_interval(each, rows) for each in right]).T
    for share in np.linspace(0.5, 0.999, 200):
        held = scipy.stats.binom.pmf(right, rows, share)[(low <= share) & (share <= high)].sum()
        assert held > 0.915


def test_an_interval_of_many_rows_is_that_of_scipys_bootstrap():
    references = RNG.integers(0, 3, 400)
    predictions = noisy(references, 0.7)
    oracle = scipy.stats.bootstrap(
        (predictions, references),
        lambda p, r: f1_score(r, p, average="macro"),
        paired=True, vectorized=False, n_resamples=1000, method="percentile", rng=1,
    ).confidence_interval  # fmt: skip
    assert interval("f1_macro", predictions, references) == pytest.approx(tuple(oracle), abs=0.01)


@pytest.mark.parametrize(
    "metric", ["accuracy", "f1", "f1_macro", "f1_micro", "precision_macro", "matthews_correlation"]
)
def test_where_all_rows_are_right_the_interval_leaves_room_as_wilsons_does(metric):
    low, high = interval(metric, [0, 1] * 15, [0, 1] * 15)
    assert high == 1.0
    assert wilson(30, 30)[0] - 0.15 < low < 0.95  # accuracy 0.95 gives 30 right rows in 21 of 100 tests


@pytest.mark.parametrize("metric", ["pearson", "spearman"])
def test_a_correlation_of_one_leaves_room_too(metric):
    low, high = interval(metric, np.arange(30.0), np.arange(30.0))
    assert (low, high) == (wilson(30, 30)[0], 1.0)


def test_macro_f1_near_the_top_of_few_rows_is_covered():
    """A bootstrap of the rows covers it in 58 of 100 tests."""
    covered = 0
    for _ in range(300):
        references = RNG.integers(0, 3, 30)
        wrong = RNG.random(30) > 0.97
        low, high = interval("f1_macro", np.where(wrong, (references + 1) % 3, references), references)
        covered += low <= 0.97 <= high
    assert 0.92 <= covered / 300 <= 0.99


def test_macro_f1_is_covered_where_a_label_has_two_rows_or_none():
    draw = np.random.default_rng(5)
    shares, accuracy, held = np.array([0.7, 0.2, 0.1]), 0.9, []
    predicted = shares * accuracy + (1 - shares) * (1 - accuracy) / 2
    true = (2 * shares * accuracy / (shares + predicted)).mean()
    for _ in range(500):
        gold = draw.choice(3, 20, p=shares)
        said = np.where(draw.random(20) < accuracy, gold, (gold + draw.integers(1, 3, 20)) % 3)
        low, high = interval("f1_macro", said, gold)
        held.append(low <= true <= high)
    assert np.mean(held) > 0.92  # 0.87 before a label without a right row left room for one


def test_f1_of_a_label_has_the_bounds_of_its_share_of_hits():
    gold, said = [1] * 8 + [0] * 12, [1] * 6 + [0] * 2 + [1] + [0] * 11  # 6 hits, 2 missed, 1 of no gold
    low, high = share_interval(6, 9)
    assert score("f1", said, gold) == pytest.approx(12 / 15)
    assert interval("f1", said, gold) == pytest.approx((2 * low / (1 + low), 2 * high / (1 + high)))


def test_f1_of_a_label_is_covered_in_few_rows():
    """By simulation of 20 rows; as a mean of influences it was covered in all of 100 tests."""
    draw, held = np.random.default_rng(2), []
    for _ in range(500):
        gold = draw.random(20) < 0.3
        low, high = interval("f1", np.where(draw.random(20) < 0.9, gold, ~gold).astype(int), gold.astype(int))
        held.append(low <= 0.54 / 0.64 <= high)  # 2 * 0.27 / (0.3 + 0.34)
    assert 0.93 <= np.mean(held) <= 0.98


def test_f1_of_a_label_that_no_row_has_could_be_anything():
    low, high = interval("f1", [0] * 20, [0] * 20)
    assert low == 0.0
    assert high > 0.8


def test_the_interval_covers_the_true_correlation():
    covered = 0
    for _ in range(200):
        x, y = RNG.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=60).T
        low, high = interval("pearson", x, y)
        covered += low <= 0.6 <= high
    assert 180 <= covered <= 198  # 190 expected


def test_the_interval_of_a_normal_correlation_is_fishers():
    x, y = RNG.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], size=2000).T
    fisher = scipy.stats.pearsonr(x, y).confidence_interval()
    assert interval("pearson", x, y) == pytest.approx((fisher.low, fisher.high), abs=0.004)


@pytest.mark.parametrize("name", ["f1_macro", "matthews_correlation", "spearman", "f1_micro"])
def test_interval_of_7600_rows_holds_the_score(name):
    if name == "spearman":
        predictions, references = RNG.normal(size=(2, 7600))
    elif name == "f1_micro":
        predictions, references = RNG.integers(0, 2, (2, 7600, 20))
    else:
        references = RNG.integers(0, 77, 7600)
        predictions = noisy(references, 0.9, 77)
    low, high = interval(name, predictions, references)
    assert low <= score(name, predictions, references) <= high


def test_impossible_confidence_is_refused():
    with pytest.raises(InputError, match=r"confidence=95 must lie between 0 and 1"):
        interval("accuracy", [0], [0], confidence=95)
    with pytest.raises(InputError, match="5 successes in 4 rows"):
        wilson(5, 4)
