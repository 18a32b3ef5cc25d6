# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tables of series to be forecast in the layouts that public sets have: parts of times, a series a row, years."""

import numpy as np
import pandas as pd
import pytest

from hf_seq.data.forecasts.checks import check_forecast
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


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date,y\n{}Total,900\n", r"1 of 61 times in 'date' are no ISO dates \(row 61: 'Total'\); correct them"),
        ("date,y\n{},3\n", r"row 61: missing"),
        ("date,y\n-,[C]\n{}", r"'y' holds '\[C\]' in row 1.*If row 1 holds units or further names .*, take it out"),
    ],
)
def test_rows_that_are_no_steps_are_refused(tmp_path, text, message):
    days = pd.date_range("2021-01-01", periods=60).strftime("%Y-%m-%d")
    rows = "".join(f"{day},{value}\n" for day, value in zip(days, VALUES[0], strict=True))
    (tmp_path / "x.csv").write_text(text.format(rows))
    with pytest.raises(InputError, match=message):
        load_forecast_splits(ReadingOptions(tmp_path / "x.csv"), ForecastColumns(), ForecastOptions(horizon=3))


@pytest.mark.parametrize(("first", "names"), [("", ["1"]), ("0\n", ["0"]), ("y\n", ["y"])])
def test_the_first_of_a_column_of_numbers_is_a_row(tmp_path, first, names):
    (tmp_path / "x.csv").write_text(first + "".join(f"{value}\n" for value in VALUES[0]))
    splits = load_forecast_splits(ReadingOptions(tmp_path / "x.csv"), ForecastColumns(), ForecastOptions(horizon=3))
    assert splits.channels == names
    assert arrays_of(splits.train, "series")[0][0, 0] == VALUES[0, 0]


def test_numbers_that_never_change_inside_a_series_are_not_forecast(tmp_path):
    days = pd.date_range("2021-01-01", periods=30).strftime("%Y-%m-%d")
    parts = [pd.DataFrame({"station": f"S{n}", "date": days, "lat": 50 + n, "y": VALUES[n, :30]}) for n in range(3)]
    splits = load(tmp_path, pd.concat(parts))
    assert splits.channels == ["y"]
    assert any("left out: 'lat'" in note and "--static_columns" in note for note in splits.notes)


def test_a_number_that_stands_for_missing_values_is_found(tmp_path):
    frame = pd.DataFrame({"date": pd.date_range("2021-01-01", periods=60), "y": VALUES[0], "z": VALUES[1]})
    frame.loc[::9, "y"] = -999
    report = check_forecast(load(tmp_path, frame))
    found = [str(finding) for finding in report.warnings if finding.code == "sentinel"]
    assert len(found) == 1
    assert "'y' is -999 in 5 train steps" in found[0]


def test_a_year_a_row_is_a_month_a_step(tmp_path):
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    years = pd.DataFrame(VALUES.reshape(30, 12), columns=names).assign(Year=range(1990, 2020))
    splits = load(tmp_path, years[["Year", *names[::-1]]])
    assert splits.grid.in_words == "month"
    values = arrays_of(splits.train, "series")[0][:, 0]
    assert values.tolist() == VALUES.reshape(-1)[: len(values)].tolist()


def test_dates_in_digits_under_any_name_are_times_and_ids_are_not_forecast(tmp_path):
    times = pd.date_range("2021-01-01", periods=60, freq="h").strftime("%Y%m%d%H")
    splits = load(tmp_path, pd.DataFrame({"STATIONS_ID": 44, "MESS_DATUM": times, "TT": VALUES[0]}))
    assert splits.channels == ["TT"]
    assert splits.grid.in_words == "hour"
    assert any("left out: 'STATIONS_ID' (ids by the name)" in note for note in splits.notes)


def test_parts_of_the_time_beside_it_are_not_forecast_and_usual_ids_are_found(tmp_path):
    days = pd.date_range("2021-01-01", periods=60)
    splits = load(tmp_path, pd.DataFrame({"date": days, "year": days.year, "month": days.month, "y": VALUES[0]}))
    assert splits.channels == ["y"]
    assert any("left out: 'year', 'month' (parts of times); --known_columns" in note for note in splits.notes)
    for name in ("unique_id", "item_id"):
        frame = pd.concat(pd.DataFrame({name: n, "ds": range(30), "y": VALUES[n, :30]}) for n in range(3))
        assert load(tmp_path, frame).train["id"][:] == ["0", "1", "2"]


def test_true_and_false_that_are_known_ahead_are_1_and_0(tmp_path):
    frame = pd.DataFrame({"date": pd.date_range("2020", periods=60), "y": VALUES[0], "holiday": np.arange(60) % 7 == 0})
    splits = load(tmp_path, frame, {"known_columns": "holiday"})
    known = arrays_of(splits.train, "known")[0]
    np.testing.assert_array_equal(known[:, 0], frame.holiday[: len(known)].to_numpy(float))
