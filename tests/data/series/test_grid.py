# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Steps of time, and the times that come next, against pandas."""

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter

from hf_seq.data.series.grid import Grid, find_grid, first_days
from hf_seq.data.series.seasonality import autocorrelation, find_season
from hf_seq.data.series.times import read_times

FREQUENCIES = {"h": 24, "15min": 96, "D": 7, "B": 5, "W": 52, "MS": 12, "ME": 12, "QS": 4, "YS": 1, "10s": 8640}


def seconds_of(times):
    return (times - pd.Timestamp(0)) / pd.Timedelta(seconds=1)


@pytest.mark.parametrize(("frequency", "season"), FREQUENCIES.items())
def test_times_go_on_as_those_of_pandas(frequency, season):
    times = pd.date_range("2023-01-31", periods=40, freq=frequency)
    grid = find_grid([np.array(seconds_of(times[:30]))], "ISO dates")
    assert grid is not None
    assert grid.season == season
    assert [pd.Timestamp(each) for each in grid.after(float(seconds_of(times[29])), 10)] == list(times[30:])
    np.testing.assert_allclose(grid.places(np.array(seconds_of(times[:30]))), np.arange(30), atol=1e-9)


PERIODS = {
    "%G-W%V": ("W-MON", 52),
    "Q": ("QS", 4),
}


@pytest.mark.parametrize("written", PERIODS)
def test_weeks_and_quarters_go_on_as_dates(written):
    """They were counted from the year 0, and written as moments of 1970."""
    frequency, season = PERIODS[written]
    days = pd.date_range("2019-01-07" if written != "Q" else "2019-01-01", periods=70, freq=frequency)
    texts = [f"{day.year}Q{day.quarter}" if written == "Q" else f"{day:%G-W%V}" for day in days]
    times = first_days(read_times(texts[:60], "when"))
    np.testing.assert_allclose(times.seconds, seconds_of(days[:60]))
    grid = find_grid([times.seconds], times.how)
    assert grid is not None
    assert (grid.in_words, grid.season) == ("quarter" if written == "Q" else "week", season)
    assert [pd.Timestamp(each) for each in grid.after(float(times.seconds[-1]), 10)] == list(days[60:])


def test_steps_that_are_not_there_leave_a_gap():
    times = np.delete(np.arange(20) * 3600.0, [4, 5, 11])
    grid = find_grid([times], "ISO dates")
    assert grid == Grid(3600.0, "seconds")
    assert grid.places(times).tolist() == np.delete(np.arange(20), [4, 5, 11]).tolist()


def test_times_that_are_not_evenly_apart_lie_on_no_grid():
    times = np.cumsum(np.random.default_rng(0).uniform(1, 9, size=100))
    assert find_grid([times], "ISO dates") is None


@pytest.mark.parametrize("season", [7, 12, 24])
def test_a_season_is_found_in_noise_and_with_gaps(season):
    draw = np.random.default_rng(season)
    values = np.sin(np.arange(400) * 2 * np.pi / season) + 0.02 * np.arange(400) + draw.normal(scale=0.3, size=400)
    values[draw.random(400) < 0.1] = np.nan
    assert find_season(values)[0] == season


def test_noise_and_constants_have_no_season():
    assert find_season(np.random.default_rng(1).normal(size=500))[0] == 1
    assert find_season(np.ones(100))[0] == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_drifts_slowly_has_no_season_and_hides_none(seed):
    drift = lfilter([1], [1, -0.97], np.random.default_rng(seed).normal(size=3_000))  # like itself after any few steps
    assert find_season(drift)[0] == 1
    assert find_season(drift + 4 * np.sin(np.arange(3_000) * 2 * np.pi / 24))[0] == 24


def test_the_autocorrelation_is_that_of_pandas():
    values = np.sin(np.arange(300) / 5) + np.random.default_rng(2).normal(size=300)
    series = pd.Series(values)
    assert autocorrelation(values)[9] == pytest.approx(series.autocorr(9), abs=0.05)
