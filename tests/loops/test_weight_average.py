# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Averages of weights: what they are the average of, and when the plain mean of NT-ASGD begins."""

import pytest
import torch

from hf_seq.errors import InputError
from hf_seq.loops.weight_average import WeightAverage


def model(value=0.0):
    made = torch.nn.Linear(2, 1, bias=False)
    torch.nn.init.constant_(made.weight, value)
    return made


def step(made, average, value):
    torch.nn.init.constant_(made.weight, value)
    average.update()


def test_an_exponential_average_forgets_the_start_and_then_follows_its_decay():
    made = model(100.0)
    average = WeightAverage(made, "ema", decay=0.5)
    expected = 0.0
    for number, value in enumerate([1.0, 2.0, 3.0, 4.0, 5.0], 1):
        step(made, average, value)
        decay = min(0.5, number / (9 + number))
        expected = (100.0 if number == 1 else expected) * decay + value * (1 - decay)
    assert average.averages["weight"][0, 0].item() == pytest.approx(expected)
    assert expected < 10  # though it began at 100


def test_the_plain_mean_begins_when_the_loss_lies_above_the_best_of_those_long_before():
    made = model()
    average = WeightAverage(made, "non-monotonic", patience=2)
    losses = [5.0, 4.0, 3.0, 3.5, 3.2]  # 3.2 is above 3.0, but that is among the two before it
    for count in range(1, len(losses) + 1):
        step(made, average, 50.0)
        average.watch(losses[:count])
        assert not average.running
    average.watch([*losses, 3.1])  # above the 3.0 of three evaluations ago
    assert average.running
    for value in (1.0, 2.0, 6.0):
        step(made, average, value)
    assert average.averages["weight"].tolist() == [[3.0, 3.0]]


def test_the_model_has_the_average_inside_the_block_and_its_own_weights_after_it():
    made = model()
    average = WeightAverage(made, "ema", decay=0.0)
    step(made, average, 1.0)
    torch.nn.init.constant_(made.weight, 9.0)
    with average.in_place():
        assert made.weight.tolist() == [[1.0, 1.0]]
    assert made.weight.tolist() == [[9.0, 9.0]]


def test_before_the_first_step_there_is_no_average():
    made = model(4.0)
    average = WeightAverage(made, "non-monotonic")
    with average.in_place():
        assert made.weight.tolist() == [[4.0, 4.0]]
    average.copy_to_model()
    assert made.weight.tolist() == [[4.0, 4.0]]


def test_a_saved_average_goes_on_where_it_was(tmp_path):
    made = model()
    one, other = WeightAverage(made, "ema", decay=0.9), WeightAverage(made, "ema", decay=0.9)
    for value in range(5):
        step(made, one, float(value))
    one.save(tmp_path)
    other.load(tmp_path)
    for average in (one, other):
        step(made, average, 7.0)
    assert torch.equal(one.averages["weight"], other.averages["weight"])
    with pytest.raises(InputError, match="has no average of the weights"):
        one.load(tmp_path / "elsewhere")


def test_weights_that_are_not_trained_are_left_out():
    made = torch.nn.Linear(2, 2)
    made.bias.requires_grad_(False)
    assert list(WeightAverage(made, "ema").averages) == ["weight"]


def test_the_mean_of_the_last_checkpoints_forgets_older_ones_and_goes_on_when_resumed(tmp_path):
    made = model()
    one, other = (WeightAverage(made, "checkpoints", checkpoints=3) for _ in range(2))
    for value in (100.0, 1.0, 2.0, 6.0):
        torch.nn.init.constant_(made.weight, value)
        one.update()  # steps between checkpoints do not count
        one.keep()
    assert one.averages["weight"].tolist() == [[3.0, 3.0]]
    one.save(tmp_path)
    other.load(tmp_path)
    torch.nn.init.constant_(made.weight, 10.0)
    other.keep()
    assert other.averages["weight"].tolist() == [[6.0, 6.0]]
