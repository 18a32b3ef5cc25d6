# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Scores of forecasts against numbers worked out by hand and by scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, mean_pinball_loss, mean_squared_error

from hf_seq.metrics.forecasting import (
    Forecasts,
    errors_of,
    forecast_interval,
    forecast_metrics,
    into_blocks,
    linearise_blocks,
    naive_errors,
)

LEVELS = [0.1, 0.5, 0.9]


@pytest.fixture
def found():
    draw = np.random.default_rng(0)
    gold, points = draw.normal(5, 2, size=(60, 4, 2)), draw.normal(5, 2, size=(60, 4, 2))
    bands = np.sort(draw.normal(5, 2, size=(60, 4, 2, 3)), axis=-1)
    return Forecasts(points, gold, bands, LEVELS, ["x"] * 30 + ["y"] * 30, [*range(30), *range(30)])


def parts_of(found, scale=(1.0, 1.0), naive=(1.0, 1.0)):
    return errors_of(found, np.array(scale), {name: np.array(naive) for name in "xy"})


def test_squared_and_absolute_errors_are_those_of_scikit_learn_on_scaled_values(found):
    scale = np.array([2.0, 4.0])
    metrics = forecast_metrics(parts_of(found, scale), ["a", "b"])
    gold, points = (found.gold / scale).ravel(), (found.points / scale).ravel()
    assert metrics["mse"] == pytest.approx(mean_squared_error(gold, points))
    assert metrics["mae"] == pytest.approx(mean_absolute_error(gold, points))
    one = mean_squared_error(found.gold[..., 1].ravel() / 4, found.points[..., 1].ravel() / 4)
    assert metrics["mse:b"] == pytest.approx(one)


def test_quantile_losses_are_those_of_scikit_learn(found):
    metrics = forecast_metrics(parts_of(found), ["a", "b"])
    gold = found.gold.ravel()
    losses = [mean_pinball_loss(gold, found.bands[..., n].ravel(), alpha=level) for n, level in enumerate(LEVELS)]
    assert metrics["crps"] == pytest.approx(2 * np.mean(losses))
    assert metrics["wql"] == pytest.approx(2 * np.mean(losses) * gold.size / np.abs(gold).sum())
    inside = (found.gold >= found.bands[..., 0]) & (found.gold <= found.bands[..., 2])
    assert metrics["coverage_80"] == pytest.approx(inside.mean())


def test_relative_errors_by_hand():
    gold, points = np.array([[[10.0], [0.0]]]), np.array([[[30.0], [0.0]]])
    single = Forecasts(points, gold, None, [], ["x"], [0])
    metrics = forecast_metrics(errors_of(single, np.ones(1), {"x": np.array([4.0])}), ["a"])
    assert metrics["smape"] == pytest.approx((100 + 0) / 2)
    assert metrics["mase"] == pytest.approx(20 / 2 / 4)
    assert "crps" not in metrics


def test_unknown_values_do_not_count(found):
    found.gold[3, 1, 0] = np.nan
    metrics, there = forecast_metrics(parts_of(found), ["a", "b"]), ~np.isnan(found.gold)
    assert metrics["mse"] == pytest.approx(np.square(found.points - found.gold)[there].mean())


def test_the_naive_error_by_hand_and_none_for_constants():
    series = np.array([[1.0, 7.0], [4.0, 7.0], [2.0, 7.0], [8.0, 7.0]])
    assert naive_errors([series], 2)[0].tolist() == [(1 + 4) / 2, 0.0]


def test_blocks_are_as_long_as_a_horizon_and_add_up(found):
    blocks = into_blocks(parts_of(found), found)
    assert len(blocks.sums["mse"]) == 2 * 8  # 30 origins of each series in blocks of 4
    whole = forecast_metrics(parts_of(found), ["a", "b"])["mse"]
    assert linearise_blocks(blocks, "mse").score == pytest.approx(whole)
    low, high = forecast_interval(blocks, "mse")
    assert low < whole < high


def test_a_single_block_has_no_interval(found):
    one = Forecasts(found.points[:2], found.gold[:2], None, [], ["x", "x"], [0, 1])
    assert forecast_interval(into_blocks(parts_of(one), one), "mse") is None
