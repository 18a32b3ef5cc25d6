# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Times in several columns are one time; their oracle is the datetime that the parts were written from."""

from datetime import UTC, datetime, timedelta

import pytest

from hf_seq.data.readers.tables import Table
from hf_seq.data.series.time_parts import join_times
from hf_seq.data.series.times import read_times

TIMES = [datetime(2009, 12, 20, 8) + timedelta(hours=12 * n) for n in range(40)]
WAYS = {
    "D/M/Y and H:MM": {"Date": "%d/%m/%Y", "Time": "%H:%M:%S"},
    "points in both": {"Datum": "%d.%m.%Y", "Uhrzeit": "%H.%M.%S"},
    "before and after noon": {"date": "%Y-%m-%d", "time": "%I:%M %p"},
    "a date and its hour": {"date": "%Y%m%d", "hour": "%H"},
    "numbers": {"year": "%Y", "month": "%m", "day": "%d", "hour": "%H"},
    "names of months": {"Year": "%Y", "Month": "%b", "Day": "%d", "Time": "%H:%M"},
    "day of the year": {"year": "%Y", "doy": "%j", "hour": "%H"},
}


def columns(ways, times):
    return {name: [f"{time:{way}}" for time in times] for name, way in ways.items()}


def joined(cells, given=None, time_format=None):
    table = Table({"x": list(map(str, range(len(next(iter(cells.values())))))), **cells}, all_strings=True)
    name, _ = join_times({"train": table}, given, time_format, None, ["x"], [])
    return table, name


@pytest.mark.parametrize("way", WAYS)
def test_parts_of_times_are_one_time(way):
    table, name = joined(columns(WAYS[way], TIMES))
    assert table.names == [name, "x"]
    assert name == ",".join(WAYS[way])
    expected = [time.replace(tzinfo=UTC).timestamp() for time in TIMES]
    assert read_times(table.values(name), name).seconds.tolist() == expected


def test_weeks_begin_on_mondays_and_quarters_in_their_first_month():
    mondays = [datetime(2019, 12, 16) + timedelta(weeks=n) for n in range(6)]
    table, name = joined(columns({"year": "%G", "week": "%V"}, mondays))
    assert [text[:10] for text in table.values(name)] == [f"{day:%Y-%m-%d}" for day in mondays]
    table, name = joined({"Year": ["2019", "2019", "2020"], "Quarter": ["Q3", "Q4", "Q1"]})
    assert [text[:10] for text in table.values(name)] == ["2019-07-01", "2019-10-01", "2020-01-01"]


@pytest.mark.parametrize(
    "cells",
    [
        columns({"date": "%Y-%m-%d %H:%M", "year": "%Y", "month": "%m"}, TIMES),
        columns({"date": "%Y-%m-%d", "month": "%m"}, TIMES),
        {"year": ["1", "2"] * 20, "month": ["13", "14"] * 20},
        {"time": list(map(str, range(40))), **columns({"year": "%Y", "month": "%m"}, TIMES)},
    ],
)
def test_a_column_that_says_all_stands_alone(cells):
    table, name = joined(cells)
    assert name is None
    assert table.names == ["x", *cells]


def test_parts_may_be_named_with_a_format_of_the_days_or_of_all():
    cells = columns({"tag": "%m/%d/%Y", "um": "%H:%M"}, TIMES[:8])
    for time_format in ("%m/%d/%Y %H:%M", None):
        table, name = joined(cells, "tag,um", time_format)
        assert name == "tag,um"
        assert table.values(name)[0].startswith(("12/20/2009 08:00", "2009-12-20T08"))
    table, _ = joined(columns({"Date": "%m/%d/%Y", "Time": "%H:%M"}, TIMES[:8]), None, "%m/%d/%Y")
    assert table.values("Date,Time")[1] == "2009-12-20T20:00:00"


def test_parts_that_never_change_inside_a_series_are_no_times_of_its_steps():
    cells = {"id": [str(n // 4) for n in range(40)], "year": [str(2000 + n // 4) for n in range(40)]}
    table = Table({**cells, "month": [str(n // 4 + 1) for n in range(40)]}, all_strings=True)
    assert join_times({"train": table}, None, None, "id", [], []) == (None, None)
