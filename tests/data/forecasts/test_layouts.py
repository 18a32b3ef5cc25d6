# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tables of series to be forecast in the layouts that public sets have: parts of times, a series a row, years."""

import numpy as np
import pandas as pd
import pytest

from hf_seq.data.forecasts.columns import ForecastColumns
from hf_seq.data.forecasts.splits import ForecastOptions, arrays_of, load_forecast_splits
from hf_seq.data.reading import ReadingOptions
from hf_seq.errors import InputError

VALUES = np.random.default_rng(0).normal(size=(6, 60)).round(3)


def load(tmp_path, frame, columns=None, **options):
    path = tmp_path / "series.csv"
    frame.to_csv(path, **{"index": False, **options})
    return load_forecast_splits(ReadingOptions(path), ForecastColumns(**(columns or {})), ForecastOptions(horizon=3))


def test_a_date_and_a_time_of_day_are_one_series_and_not_one_a_day(tmp_path):
    days = pd.date_range("2006-12-16", periods=60, freq="h")
    frame = pd.DataFrame({"Date": days.strftime("%d/%m/%Y"), "Time": days.strftime("%H:%M:%S"), "power": VALUES[0]})
    splits = load(tmp_path, frame, sep=";")
    assert splits.channels == ["power"]
    assert len(splits.train) == 1
    assert splits.grid.in_words == "hour"
    parts = pd.DataFrame({"No": range(1, 61), "year": days.year, "month": days.month, "day": days.day})
    splits = load(tmp_path, parts.assign(hour=days.hour, pm=VALUES[0]))
    assert splits.channels == ["pm"]
    assert splits.grid.in_words == "hour"
    assert splits.season == 24


@pytest.mark.parametrize("names", ["d_{}", "V{}", "1/{}/21"])
def test_a_series_a_row_is_turned(tmp_path, names):
    steps = 30
    frame = pd.DataFrame(VALUES[:, :steps], columns=[names.format(n) for n in range(1, steps + 1)])
    frame.insert(0, "item", [f"M{n}" for n in range(6)])
    splits = load(tmp_path, frame)
    assert splits.train["id"][:] == list(frame["item"])
    assert splits.channels == ["value"]
    for row, series in enumerate(arrays_of(splits.train, "series")):
        assert series[:, 0].tolist() == VALUES[row, : len(series)].tolist()
    assert splits.grid.in_words == ("day" if "/" in names else "1")
    channels = load(tmp_path, frame.T.reset_index(drop=True).iloc[1:].astype(float).add_prefix("x"))
    assert channels.channels == [f"x{n}" for n in range(6)]


def test_years_under_any_name_and_an_index_without_one_are_times(tmp_path):
    frame = pd.DataFrame({"Jahr": range(1900, 1960), "Wert": VALUES[0]})
    assert load(tmp_path, frame).channels == ["Wert"]
    dated = pd.DataFrame({"value": VALUES[0]}, index=pd.date_range("2021-01-01", periods=60))
    splits = load(tmp_path, dated, index=True)
    assert splits.columns["time_column"] == ""
    assert "time ''" in " ".join(splits.notes)


def test_points_that_part_thousands_are_refused(tmp_path):
    counts = [f"{900 + 7 * n:,}".replace(",", ".") for n in range(60)]
    with pytest.raises(InputError, match=r"'900' and '1\.005', whose points seem to part thousands"):
        load(tmp_path, pd.DataFrame({"month": range(60), "sold": counts}))
    level = [f"{1 + n / 1000:.3f}" for n in range(60)]
    assert (
        arrays_of(load(tmp_path, pd.DataFrame({"month": range(60), "level": level})).train, "series")[0][7, 0] == 1.007
    )


def test_days_and_months_in_doubt_are_asked_for_even_where_they_are_evenly_apart(tmp_path):
    days = [f"{month:02d}/01/2021" for month in range(1, 13)]
    with pytest.raises(InputError, match=r"D/M/Y and M/D/Y, and the steps are .* apart.*--time_format"):
        load(tmp_path, pd.DataFrame({"date": days, "sold": VALUES[0, :12]}))
