# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Calibration against brute force, torch, and models whose calibration is known because it was made."""

import numpy as np
import pytest
import torch
from scipy.special import softmax

from hf_seq.errors import InputError
from hf_seq.metrics.calibration import COLDEST, fit_temperature, log_loss, reliability

RNG = np.random.default_rng(0)


def drawn(rows, labels=4, spread=2.0):
    """Logits, and gold labels drawn by the very probabilities that they stand for."""
    logits = spread * RNG.normal(size=(rows, labels))
    gold = (softmax(logits, axis=1).cumsum(axis=1) > RNG.random((rows, 1))).argmax(axis=1)
    return logits, gold


def test_the_error_is_that_of_a_loop_over_bins():
    confidence, right = RNG.random(500), RNG.random(500) < 0.6
    error = 0.0
    for low in np.arange(15) / 15:
        inside = (confidence > low) & (confidence <= low + 1 / 15)
        if inside.any():
            error += inside.sum() / 500 * abs(confidence[inside].mean() - right[inside].mean())
    found = reliability(confidence, right)
    assert found.error == pytest.approx(error)
    assert found.counts.sum() == 500


def test_a_model_that_says_what_it_knows_has_a_small_error_and_a_boaster_a_large_one():
    logits, gold = drawn(20_000)
    honest, boasting = softmax(logits, axis=1), softmax(3 * logits, axis=1)
    right = logits.argmax(axis=1) == gold
    assert reliability(honest.max(axis=1), right).error < 0.01
    assert reliability(boasting.max(axis=1), right).error > 0.1


def test_certainty_falls_into_the_last_bin_and_zero_into_the_first():
    found = reliability([1.0, 0.0], [True, False])
    assert (found.counts[0], found.counts[-1], found.error) == (1, 1, 0.0)


def test_the_temperature_a_model_was_heated_with_is_found():
    logits, gold = drawn(20_000)
    assert fit_temperature(2.5 * logits, gold) == pytest.approx(2.5, rel=0.03)
    assert fit_temperature(0.4 * logits, gold) == pytest.approx(0.4, rel=0.03)


def test_the_temperature_is_where_torchs_loss_is_lowest():
    logits, gold = drawn(300, spread=5.0)
    grid = np.geomspace(0.2, 5, 400)
    losses = [
        torch.nn.functional.cross_entropy(torch.tensor(logits) / each, torch.tensor(gold)).item() for each in grid
    ]
    assert fit_temperature(logits, gold) == pytest.approx(grid[np.argmin(losses)], rel=0.01)
    assert log_loss(logits, gold, grid[0]) == pytest.approx(losses[0])


def test_several_labels_share_one_temperature():
    logits = 2 * RNG.normal(size=(8000, 3))
    gold = (RNG.random((8000, 3)) < 1 / (1 + np.exp(-logits))).astype(float)
    assert fit_temperature(1.7 * logits, gold) == pytest.approx(1.7, rel=0.04)
    oracle = torch.nn.functional.binary_cross_entropy_with_logits(torch.tensor(logits), torch.tensor(gold)).item()
    assert log_loss(logits, gold) == pytest.approx(oracle)


def test_a_model_that_is_never_wrong_gets_the_lowest_temperature_not_none():
    logits = np.eye(3)[np.arange(30) % 3]
    assert fit_temperature(logits, np.arange(30) % 3) == pytest.approx(COLDEST, rel=0.01)


def test_what_is_no_probability_is_refused():
    with pytest.raises(InputError, match=r"but one is 1\.5"):
        reliability([0.5, 1.5], [1, 0])
    with pytest.raises(InputError, match="each answer has one"):
        reliability([0.5], [1, 0])
