# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How long a training of a search is: as usual where eight fit, shorter else, and no stub where few would do."""

from types import SimpleNamespace

import pytest

from hf_seq.search import budget as budget_module
from hf_seq.search import runs as runs_module
from hf_seq.search.budget import KEPT_BACK, SHORTEST, Budget, Measurements, Speed
from hf_seq.search.candidates import Candidate, Outcome
from hf_seq.search.limits import Limits
from hf_seq.search.space import SCRATCH, WIDE, Setting
from hf_seq.search.study import SearchResult, _climb

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


def test_on_a_busy_machine_one_model_is_trained_to_its_end_and_no_more(monkeypatch):
    clock, made = {"now": 0.0}, []
    monkeypatch.setattr(budget_module.time, "monotonic", lambda: clock["now"])

    def run(name, setting, updates, spent):
        clock["now"] += 1000  # twice the minutes are over at once
        made.append(updates)
        return Outcome(name, (Candidate(name, "torch", "a", updates / 10, None, 10, 0.1, updates, spent),))

    workshop = SimpleNamespace(run=run, options=SimpleNamespace(limits=Limits()), beside=lambda setting: 0.0)
    budget, found = Budget(600, FAST, 90, started=0.0), SearchResult()
    setting = Setting("bilstm", SCRATCH)
    trial = SimpleNamespace(number=0, report=lambda *_: None, should_prune=lambda: False)
    assert _climb(workshop, budget, found, trial, setting, 1) == (9.0, True)
    assert made == [10, 30, 90]
    assert _climb(workshop, budget, found, trial, setting, 1) == (None, False)
    assert len(made) == 3


def test_ngrams_are_paid_by_what_they_took_the_first_time(monkeypatch, tmp_path):
    spent = iter([0.0, 12.345])
    monkeypatch.setattr(runs_module.time, "thread_time", lambda: next(spent))
    monkeypatch.setattr(runs_module, "prepare", lambda *_: None)
    options = SimpleNamespace(extra=[], task="classification", data="d", output=str(tmp_path), seed=0)
    rows = SimpleNamespace(fingerprint="f")
    workshop = runs_module.Workshop(options, None, rows, None, None, (), Measurements(tmp_path), Limits())
    assert workshop.beside(Setting("bilstm", SCRATCH)) == 0
    assert [workshop.beside(Setting(WIDE, SCRATCH, {"num_ngrams": most})) for most in (10, 20)] == [12.0, 12.0]
