# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Rows needed against simulated test sets; Holm's correction against its definition."""

import itertools

import numpy as np
import pytest

from hf_seq.errors import InputError
from hf_seq.metrics.differences import difference_of
from hf_seq.metrics.label_scores import linearise_share
from hf_seq.metrics.linearised import linearise
from hf_seq.metrics.power import holm, mcnemar_rows, normal_rows

RNG = np.random.default_rng(0)
SETS = 400
NEAR = 0.06  # of a share near 0.8 over 400 sets, three standard errors


def p_value(drawn):
    """Of rows that the first (0), the second (1) or both models (2) get right."""
    return difference_of([linearise_share(drawn != 1)], [linearise_share(drawn != 0)]).p_value


@pytest.mark.parametrize(("discordant", "difference"), [(0.1, 0.03), (0.2, -0.05), (0.5, 0.3), (0.05, 0.02)])
def test_that_many_rows_show_the_difference_in_four_of_five_test_sets(discordant, difference):
    rows = mcnemar_rows(discordant, difference)
    only_a, only_b = (discordant + difference) / 2, (discordant - difference) / 2
    drawn = RNG.choice(3, size=(SETS, rows), p=[only_a, only_b, 1 - discordant])
    found = np.mean([p_value(row) < 0.05 for row in drawn])
    assert found == pytest.approx(0.8, abs=NEAR)


def test_a_stricter_level_takes_more_rows_and_keeps_the_chance():
    rows = mcnemar_rows(0.1, 0.03, level=0.01)
    drawn = RNG.choice(3, size=(SETS, rows), p=[0.065, 0.035, 0.9])
    assert np.mean([p_value(row) < 0.01 for row in drawn]) == pytest.approx(0.8, abs=NEAR)
    assert rows > mcnemar_rows(0.1, 0.03)


def test_rows_for_a_score_that_is_no_share_come_from_its_interval():
    """Means of rows between 0 and 8: the spread seen on 200 rows says how many tell 4 from 4.3."""

    def mean_of(values):
        counts = np.stack([values, np.ones(len(values))], axis=1)
        return linearise(counts, lambda sums: sums[..., 0] / sums[..., 1], "positive")

    def compare(rows):
        a, b = (RNG.binomial(8, mean / 8, rows) for mean in (4.3, 4.0))
        return difference_of(*([mean_of(each)] for each in (a, b)))

    seen = [compare(200).interval for _ in range(10)]
    needed = normal_rows(np.mean([(high - low) / 2 for low, high in seen]), 200, 0.3)
    found = np.mean([compare(needed).p_value < 0.05 for _ in range(200)])
    assert found == pytest.approx(0.8, abs=0.1)


@pytest.mark.parametrize(("discordant", "difference"), [(0.1, 0.0), (0.1, 0.2)])
def test_a_difference_that_cannot_be_is_refused(discordant, difference):
    with pytest.raises(InputError, match=rf"difference={difference} .* discordant share 0.1"):
        mcnemar_rows(discordant, difference)


def closed_test(p_values, index):
    """Holm is the closed test of Bonferroni: the worst over all families that hold the hypothesis."""
    others = [p for i, p in enumerate(p_values) if i != index]
    families = (
        (p_values[index], *some) for size in range(len(others) + 1) for some in itertools.combinations(others, size)
    )
    return max(min(1.0, min(family) * len(family)) for family in families)


def test_holm_is_the_closed_test_of_bonferroni():
    for _ in range(50):
        p_values = RNG.random(5) ** 3
        assert holm(p_values) == pytest.approx([closed_test(p_values, index) for index in range(5)])


def test_what_is_unknown_stays_unknown_and_costs_nothing():
    corrected = holm([0.02, float("nan"), 0.03])
    assert corrected[0] == 0.04
    assert np.isnan(corrected[1])
    assert holm([]) == []
