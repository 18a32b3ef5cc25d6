# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Exponential smoothing, Theta and ARIMA: what they forecast, what they leave out, and how they are kept."""

import sys

import numpy as np
import pytest

from hf_seq.baselines import load_baseline, statistical
from hf_seq.baselines.statistical import STATISTICAL_BASELINES
from hf_seq.files.pretrained import PretrainedUnavailable

FACTS = {"horizon": 6, "context_length": 48, "season": 6, "windows": 2}


def wave(steps=60):
    """A season of six steps on a rising line, with a little noise, (T, 1)."""
    at = np.arange(steps)
    noise = np.random.default_rng(0).normal(size=steps)
    return (20 + 0.5 * at + 4 * np.sin(at * np.pi / 3) + 0.05 * noise)[:, None]


@pytest.mark.parametrize("kind", STATISTICAL_BASELINES)
def test_a_season_on_a_line_goes_on_and_is_kept(kind, tmp_path, monkeypatch):
    pytest.importorskip("statsforecast")
    monkeypatch.setattr(statistical, "MOST_SECONDS", np.inf)
    series = wave()
    baseline = STATISTICAL_BASELINES[kind](["load"], FACTS).fit([series[:54]])
    points, bands = baseline.forecast([series[:54]])
    assert np.abs(points[0] - series[54:]).mean() < 0.25 * series.std()
    assert (np.diff(bands[0], axis=-1) >= 0).all()
    assert (bands[0, ..., 0] < points[0]).all()
    again, _ = load_baseline(baseline.save(tmp_path)).forecast([series[:54]])
    np.testing.assert_array_equal(again, points)


def test_pasts_that_are_short_constant_or_gappy_are_answered_with_numbers(monkeypatch):
    pytest.importorskip("statsforecast")
    gappy = wave()
    gappy[10:14] = np.nan
    gappy[0] = np.nan
    monkeypatch.setattr(statistical, "MOST_SECONDS", np.inf)
    baseline = STATISTICAL_BASELINES["theta"](["load"], FACTS).fit([wave()])
    points, bands = baseline.forecast([wave(3), np.full((40, 1), 7.0), gappy, np.full((9, 1), np.nan)])
    assert np.isfinite(points).all()
    assert np.isfinite(bands).all()
    assert points[1].tolist() == [[7.0]] * 6


def test_what_would_take_too_long_is_left_out_with_what_to_do():
    pytest.importorskip("statsforecast")
    with pytest.raises(PretrainedUnavailable, match=r"would take about .* a larger --stride has fewer"):
        STATISTICAL_BASELINES["theta"](["load"], {**FACTS, "windows": 10**8}).fit([wave()])


def test_without_the_library_it_is_said_which_extra_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsforecast", None)
    with pytest.raises(PretrainedUnavailable, match=r"not installed: ets needs statsforecast; pip install 'hf_seq\[fo"):
        STATISTICAL_BASELINES["ets"](["load"], FACTS).fit([wave()])
