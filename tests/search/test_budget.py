# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How long a training of a search is: as usual where eight fit, shorter else, and no stub where few would do."""

import pytest

from hf_seq.search.budget import KEPT_BACK, SHORTEST, Budget, Speed

FAST = Speed(update=0.1, overhead=2.0)


@pytest.mark.parametrize(
    ("seconds", "whole"),
    [
        (8 * 102 / (1 - KEPT_BACK) + 1, 1000),  # eight of the usual length fit
        (8 * 62 / (1 - KEPT_BACK) + 1, 600),  # eight of more than half
        (8 * 12 / (1 - KEPT_BACK) + 1, 300),  # eight would have 100 updates, three have (96 / 3 - 2) / 0.1
        (3 * 82 / (1 - KEPT_BACK) + 1, 500),  # three would have 800, half is enough
        (1, SHORTEST),
    ],
)
def test_few_trainings_that_learn_are_better_than_many_that_do_not(seconds, whole):
    assert Budget(seconds, FAST, 1000).whole == pytest.approx(whole, abs=3)


def test_a_first_setting_climbs_to_the_end_and_something_is_left():
    budget = Budget(8 * 12 / (1 - KEPT_BACK), FAST, 1000)
    climb = sum(FAST.overhead + budget.updates(rung) * FAST.update for rung in range(3))
    assert climb + budget.reserve < budget.free
