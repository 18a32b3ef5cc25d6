# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The frontier against brute force, and the best under limits."""

import random

from hf_seq.search.candidates import Candidate, Outcome, best_of, frontier
from hf_seq.search.limits import Limits


def candidate(score, size, latency, run="r", **more):
    return Candidate(run, "torch", run, score, (score - 1, score + 1), size, latency, **more)


def some(number, seed):
    rng = random.Random(seed)
    return [candidate(rng.randint(50, 60), rng.randint(1, 9), rng.randint(1, 9), run=str(n)) for n in range(number)]


def dominated(one, others):
    """By the definition: another is as good in all three and better in one."""
    return any(
        two.score >= one.score
        and two.bytes <= one.bytes
        and two.milliseconds <= one.milliseconds
        and (two.score > one.score or two.bytes < one.bytes or two.milliseconds < one.milliseconds)
        for two in others
    )


def test_the_frontier_is_what_nothing_beats_in_all_three():
    for seed in range(20):
        found = some(40, seed)
        expected = {each.run for each in found if not dominated(each, found)}
        assert {each.run for each in frontier(found, 1)} == expected


def test_where_less_is_better_the_frontier_turns_round():
    found = [candidate(1.0, 5, 5, "good"), candidate(2.0, 5, 5, "bad")]
    assert [each.run for each in frontier(found, -1)] == ["good"]


def test_the_best_keeps_the_limits_and_of_equals_is_the_smallest():
    found = [candidate(90, 100, 1, "large"), candidate(80, 10, 1, "small"), candidate(80, 9, 1, "smaller")]
    assert best_of(found, Limits(), 1).run == "large"
    assert best_of(found, Limits(50), 1).run == "smaller"
    assert best_of(found, Limits(5), 1) is None
    assert best_of(found, Limits(50), -1).run == "smaller"


def test_an_outcome_is_read_as_it_was_written(tmp_path):
    before = Outcome("007-1", (candidate(80, 9, 1.5, updates=30, spent=0.25),), None)
    before.write(tmp_path)
    assert Outcome.read(tmp_path) == before
    assert Outcome.read(tmp_path / "other") is None
