# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Minutes hold: a teacher that takes too long is left out in words, and a busy machine ends a search by the clock."""

import json
import re
from types import SimpleNamespace

import pytest
from transformers import BertConfig, BertModel

from hf_seq.search import budget as budget_module
from hf_seq.search import teaching
from hf_seq.search.budget import OVERTIME, Budget, Measurements, Speed, in_minutes
from hf_seq.search.teaching import Price, invite, why_not
from tests.text.test_borrowed_tokenizers import bert_like


@pytest.fixture
def workshop(tmp_path):
    options = SimpleNamespace(output=str(tmp_path), teacher="big", minutes=2.0)
    return SimpleNamespace(options=options, teacher="big", fine_tuned=lambda name: tmp_path / f"{name}-tuned")


@pytest.mark.parametrize(
    ("price", "words"),
    [
        (Price(60, 60, "asking it"), None),
        (
            Price(61, 61, "asking it"),
            r"asking it takes about 61\.0 s, and half of 2 minutes is the most; give --minutes 3",
        ),
        (
            Price(9, 121, "asking it"),
            r"this machine is busy, and asking it would take 2.0. min by the clock; .*minutes 3",
        ),
        (Price(9, 119, "asking it"), None),
    ],
)
def test_half_of_the_minutes_and_twice_that_by_the_clock_are_the_most(price, words):
    reason = why_not(price, 2.0)
    if words is None:
        assert reason is None
    else:
        assert re.search(words, reason)
        enough = float(reason.split("--minutes ")[1].rstrip(".").split(",")[0])
        assert why_not(price, enough) is None  # what is advised helps


def test_a_teacher_that_takes_too_long_is_left_out_before_it_is_fine_tuned(
    workshop, monkeypatch, caplog, capsys, tmp_path
):
    monkeypatch.setattr(teaching, "foretell", lambda workshop, headless: Price(600, 600, "fine-tuning and asking it"))
    workshop.fine_tuned = None  # not called
    facts = {}
    with caplog.at_level("INFO", "hf_seq"):
        assert invite(workshop, facts, headless=True) == 0
    assert workshop.teacher is None
    assert (
        "the teacher big is left out: fine-tuning and asking it takes about 10.0 min"
        in caplog.text + capsys.readouterr().out
    )
    assert "--minutes 20" in facts["teacher_left_out"]
    assert json.loads((tmp_path / "fit.json").read_text())["teacher_seconds"]["seconds"] == 600


def test_what_was_foretold_once_decides_again(workshop, monkeypatch):
    monkeypatch.setattr(teaching, "foretell", None)
    facts = {"teacher_seconds": vars(Price(30, 30, "fine-tuning and asking it"))}
    assert invite(workshop, facts, headless=True) == 30
    assert workshop.teacher.endswith("big-tuned")


def test_longer_texts_take_longer(tmp_path):
    bert_like().save_pretrained(tmp_path)
    sizes = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    BertModel(BertConfig(vocab_size=len(bert_like()), **sizes)).save_pretrained(tmp_path)
    short, long = (teaching._timed(str(tmp_path), [text] * 32)[0] for text in ("good", "good " * 100))
    assert 0 < short < long


def test_a_teacher_is_paid_from_the_minutes():
    alone, taught = (Budget(600, Speed(0.1, 1.0), 1000, taught=seconds) for seconds in (0.0, 300.0))
    assert taught.whole < alone.whole
    alone.trained = taught.trained = True
    assert alone.pay(300)
    assert not taught.pay(300)


def test_a_busy_machine_ends_the_search_before_twice_the_minutes_are_over(monkeypatch):
    clock = {"now": 0.0}
    monkeypatch.setattr(budget_module.time, "monotonic", lambda: clock["now"])
    budget, trained = Budget(600, Speed(0.1, 1.0), 1000, started=0.0, trained=True), 0
    while budget.pay(20):
        trained += 1
        clock["now"] += 20 * 10  # ten programs share the machine
    assert budget.late
    assert clock["now"] <= OVERTIME * 600
    assert trained == 6


def test_on_a_machine_of_its_own_the_minutes_are_spent(monkeypatch):
    clock = {"now": 0.0}
    monkeypatch.setattr(budget_module.time, "monotonic", lambda: clock["now"])
    budget = Budget(600, Speed(0.1, 1.0), 1000, started=0.0, trained=True)
    while budget.pay(20):
        clock["now"] += 20
    assert not budget.late
    assert 400 < budget.spent <= 540


def test_there_is_no_end_before_a_model_is_trained(monkeypatch):
    monkeypatch.setattr(budget_module.time, "monotonic", lambda: 10_000.0)
    budget = Budget(60, Speed(0.1, 1.0), 1000, started=0.0)
    assert budget.pay(900)
    budget.trained = True
    assert not budget.pay(1)


def test_figures_are_kept_by_machine(tmp_path):
    Measurements(tmp_path).keep("a", 1.5)
    assert Measurements(tmp_path).get("a") == 1.5
    assert Measurements(tmp_path).get("b") is None


def test_one_minute_is_no_minutes():
    assert [in_minutes(each) for each in (1, 1.0, 2, 0.5)] == ["1 minute", "1 minute", "2 minutes", "0.5 minutes"]
