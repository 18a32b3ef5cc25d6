# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The test of differences against scipy's t tests, and on simulated models."""

import numpy as np
import pytest
import scipy.stats

from hf_seq.errors import InputError
from hf_seq.metrics.differences import PAIRED_ROWS, ROWS_AND_SEEDS, difference_of, paired_difference
from hf_seq.metrics.label_scores import linearise_share
from hf_seq.metrics.linearised import Linearised

RNG = np.random.default_rng(0)


def trainings(seeds, rows, accuracy=0.9):
    return [linearise_share(RNG.random(rows) < accuracy) for _ in range(seeds)]


def test_one_training_each_is_the_paired_t_test():
    a, b = RNG.random((2, 2000)) < np.array([[0.92], [0.9]])
    found = difference_of([linearise_share(a)], [linearise_share(b)])
    oracle = scipy.stats.ttest_rel(a.astype(float), b.astype(float))
    assert found.difference == pytest.approx(a.mean() - b.mean())
    assert found.p_value == pytest.approx(oracle.pvalue, rel=0.02)  # one row that nobody saw is added
    expected = oracle.confidence_interval()
    assert found.interval == pytest.approx((expected.low, expected.high), rel=0.01, abs=1e-5)
    assert found.test == PAIRED_ROWS
    assert found.discordant == pytest.approx((a != b).mean())


def test_where_rows_say_nothing_seeds_are_compared_by_welchs_t_test():
    scores = [0.81, 0.83, 0.86], [0.79, 0.78, 0.8, 0.81]
    a, b = ([Linearised(each, np.zeros(1000), "positive") for each in side] for side in scores)
    oracle = scipy.stats.ttest_ind(*scores, equal_var=False)
    variances = [np.var(side, ddof=1) / len(side) for side in scores]
    freedom = sum(variances) ** 2 / (variances[0] ** 2 / 4 + variances[1] ** 2 / 5) - 2  # Welch 1947; scipy has 1946's
    found = difference_of(a, b)
    assert found.p_value == pytest.approx(2 * scipy.stats.t.sf(abs(oracle.statistic), freedom))
    assert abs(np.log(found.p_value / oracle.pvalue)) < 0.5
    assert found.interval == pytest.approx(
        found.difference + np.array([-1, 1]) * scipy.stats.t.isf(0.025, freedom) * sum(variances) ** 0.5
    )
    assert found.test == ROWS_AND_SEEDS


def test_seeds_of_equally_good_models_differ_in_5_of_100_comparisons():
    draw = np.random.default_rng(3)
    found = []
    for scores in draw.normal(0.8, 0.01, (2000, 2, 3)):
        a, b = ([Linearised(each, np.zeros(1000), "positive") for each in side] for side in scores)
        found.append(difference_of(a, b).p_value < 0.05)
    assert 0.04 < np.mean(found) < 0.06


def test_interval_and_p_value_never_contradict_each_other():
    for _ in range(300):
        a, b = trainings(RNG.integers(1, 4), 150), trainings(RNG.integers(1, 4), 150, 0.83)
        found = difference_of(a, b)
        assert (found.p_value < 0.05) == (found.interval[0] > 0 or found.interval[1] < 0)


def test_models_that_are_alike_on_all_rows_might_not_be_on_others():
    right = linearise_share(np.ones(20, dtype=bool))
    found = difference_of([right], [right])
    assert (found.difference, found.p_value) == (0.0, 1.0)
    assert found.interval[1] == pytest.approx(0.105, abs=0.001)  # 2.09 / 20: one row in twenty


def test_five_rows_against_none_are_not_enough_and_seven_are():
    references = np.ones(100, dtype=int)
    wrong = {count: np.repeat([0, 1], [count, 100 - count]) for count in (0, 4, 7)}
    assert paired_difference("accuracy", wrong[0] + 1 - wrong[0], wrong[4], references).p_value > 0.05
    assert paired_difference("accuracy", np.ones(100, dtype=int), wrong[7], references).p_value < 0.05


def test_models_that_are_equally_good_are_seldom_called_different():
    """Scores of seeds differ by 1 point: a test over rows alone is wrong in a quarter of such comparisons."""

    def training(rows=1000):
        return linearise_share(RNG.random(rows) < 0.9 + 0.01 * RNG.normal())

    wrong = sum(difference_of([training() for _ in range(3)], [training() for _ in range(3)]).p_value < 0.05
                for _ in range(400))  # fmt: skip
    assert 8 <= wrong <= 33  # 20 expected


def test_a_real_difference_is_seen_over_few_seeds():
    seen = sum(difference_of(trainings(3, 1000, 0.93), trainings(3, 1000, 0.88)).p_value < 0.05 for _ in range(50))
    assert seen > 40


@pytest.mark.parametrize("metric", ["f1_macro", "matthews_correlation"])
def test_a_difference_is_seen_and_turns_with_its_sides(metric):
    references = RNG.integers(0, 3, 500)
    good, bad = (np.where(RNG.random(500) < right, references, RNG.integers(0, 3, 500)) for right in (0.9, 0.6))
    found, turned = paired_difference(metric, good, bad, references), paired_difference(metric, bad, good, references)
    assert found.p_value < 0.01
    assert 0 < found.interval[0] < found.difference < found.interval[1]
    assert turned.difference == pytest.approx(-found.difference)
    assert turned.p_value == pytest.approx(found.p_value)


def test_other_rows_are_no_pair():
    with pytest.raises(InputError, match="scored on 10 and 20 rows; a pair needs the same rows"):
        difference_of(trainings(1, 10), trainings(1, 20))


def test_impossible_confidence_is_refused():
    with pytest.raises(InputError, match=r"confidence=95 must lie between 0 and 1"):
        difference_of(trainings(1, 10), trainings(1, 10), confidence=95)
