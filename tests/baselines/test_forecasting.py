# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Baselines of forecasting on series whose forecast is plain to see."""

import numpy as np
import pytest

from hf_seq.baselines.baseline import load_baseline
from hf_seq.baselines.forecasting import FORECAST_BASELINES
from hf_seq.errors import InputError

FACTS = {"horizon": 6, "context_length": 24, "season": 12, "known_names": []}


def fitted(kind, series):
    return FORECAST_BASELINES[kind](["value"] * series[0].shape[1], dict(FACTS)).fit(series)


def test_each_goes_on_as_it_says():
    line = 2.0 * np.arange(60)[:, None]
    assert fitted("naive", [line]).forecast([line])[0][0, :, 0].tolist() == [118.0] * 6
    assert fitted("drift", [line]).forecast([line])[0][0, :, 0].tolist() == pytest.approx(
        [120, 122, 124, 126, 128, 130]
    )
    assert fitted("mean", [line]).forecast([line])[0][0, 0, 0] == pytest.approx(line[-24:].mean())
    assert fitted("seasonal-naive", [line]).forecast([line])[0][0, :, 0].tolist() == line[-12:-6, 0].tolist()


def test_the_linear_one_learns_a_wave_and_a_level():
    wave = (np.sin(np.arange(300) * 2 * np.pi / 12) + 40)[:, None]
    points, bands = fitted("linear", [wave]).forecast([wave])
    wanted = np.sin(np.arange(300, 306) * 2 * np.pi / 12) + 40
    np.testing.assert_allclose(points[0, :, 0], wanted, atol=0.02)
    assert (np.diff(bands, axis=-1) >= 0).all()


def test_missing_values_and_short_pasts_are_answered():
    past = np.array([[np.nan], [3.0], [np.nan]])
    series = np.random.default_rng(0).normal(size=(80, 1))
    for kind in FORECAST_BASELINES:
        points, bands = fitted(kind, [series]).forecast([past])
        assert np.isfinite(points).all(), kind
        assert np.isfinite(bands).all(), kind
    assert fitted("naive", [series]).forecast([past])[0][0, 0, 0] == 3.0


def test_quantiles_hold_as_many_errors_of_train_as_they_say():
    series = np.random.default_rng(1).normal(size=(3000, 1))
    baseline = fitted("mean", [series])
    pasts = [series[at - 24 : at] for at in range(24, 2990, 7)]
    futures = np.stack([series[at : at + 6] for at in range(24, 2990, 7)])
    _, bands = baseline.forecast(pasts)
    inside = (futures >= bands[..., 0]) & (futures <= bands[..., -1])
    assert inside.mean() == pytest.approx(0.8, abs=0.03)


def test_a_saved_one_answers_the_same_and_refuses_other_channels(tmp_path):
    series = np.random.default_rng(2).normal(size=(90, 2))
    baseline = fitted("linear", [series])
    baseline.save(tmp_path)
    again = load_baseline(tmp_path)
    np.testing.assert_allclose(again.forecast([series])[0], baseline.forecast([series])[0])
    with pytest.raises(InputError, match="has 3 channels, but 2 were trained"):
        again.forecast([np.zeros((30, 3))])
