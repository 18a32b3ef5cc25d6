# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Times as people write them give the order and the gaps that Python's own datetime gives; what is unclear is asked."""

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from hf_seq.data.series.times import past_midnight, read_times
from hf_seq.errors import InputError

STARTS = [datetime(2019, 12, 28, 0, 7) + timedelta(days=3 * n, hours=5 * n, minutes=11 * n) for n in range(40)]
GERMAN, FRENCH, SPANISH = map(
    str.split,
    (
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "janvier févr. mars avril mai juin juil. août sept. octobre nov. décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    ),
)
WAYS = {
    "D.M.Y H:M": lambda t: f"{t.day}.{t.month}.{t.year} {t.hour}:{t.minute:02d}",
    "%d.%m.%Y": lambda t: t.strftime("%d.%m.%Y %H:%M"),
    "M/D/Y": lambda t: f"{t.month}/{t.day}/{t.year} {t.hour}:{t.minute:02d}",
    "D/M/Y": lambda t: t.strftime("%d/%m/%Y %H:%M"),
    "M/D/Y, AM or PM": lambda t: t.strftime("%m/%d/%Y %I:%M %p"),
    "two digits of the year": lambda t: t.strftime("%d.%m.%y %H:%M"),
    "D-M-Y": lambda t: t.strftime("%d-%m-%Y %H:%M"),
    "Y/M/D": lambda t: t.strftime("%Y/%m/%d %H:%M"),
    "ISO": lambda t: t.isoformat(),
    "ISO with a blank": lambda t: t.isoformat(" "),
    "ISO in UTC": lambda t: t.isoformat() + "Z",
    "UTC": lambda t: t.isoformat(" ") + " UTC",
    "zones that change": lambda t: (t + timedelta(hours=t.day % 5)).isoformat() + f"+0{t.day % 5}:00",
    "month names": lambda t: t.strftime("%d %b %Y %H:%M"),
    "month names first": lambda t: t.strftime("%B %d, %Y %H:%M"),
    "as on Twitter": lambda t: t.strftime("%a %b %d %H:%M:%S +0000 %Y"),
    "as a browser says it": lambda t: t.strftime("%d/%m/%Y, %H:%M:%S"),
    "an underscore between": lambda t: t.strftime("%Y-%m-%d_%H:%M"),
    "as SAS writes it": lambda t: t.strftime("%d%b%Y %H:%M").upper(),
    "points in AM and PM": lambda t: t.strftime("%d/%m/%Y %I:%M ") + ("a. m." if t.hour < 12 else "p. m."),
    "the day of the week before": lambda t: t.strftime("%a %d.%m.%Y %H:%M"),
    "months in German": lambda t: t.strftime(f"%d. {GERMAN[t.month - 1]} %Y, %H:%M Uhr"),
    "short months in German": lambda t: t.strftime(f"%d.{GERMAN[t.month - 1][:3]}.%Y %H:%M"),
    "months in French": lambda t: t.strftime(f"%d {FRENCH[t.month - 1]} %Y %Hh%M"),
    "months in Spanish": lambda t: t.strftime(f"%d de {SPANISH[t.month - 1]} de %Y %H:%M"),
    "as in China and Japan": lambda t: t.strftime("%Y年%m月%d日 %H:%M"),
    "ordinals": lambda t: t.strftime(f"{t.day}{'st' if t.day in (1, 21, 31) else 'th'} %B %Y %H:%M"),
    "as servers log it": lambda t: t.strftime("%d/%b/%Y:%H:%M:%S +0000"),
    "one zone": lambda t: t.strftime("%d.%m.%Y %H:%M MEZ"),
    "two zones": lambda t: (
        (t + timedelta(hours=1 + t.day % 2)).strftime("%Y-%m-%d %H:%M ") + ("CET", "CEST")[t.day % 2]
    ),
    "as date prints it": lambda t: t.strftime("%a %b %d %H:%M:%S CET %Y"),
    "without separators": lambda t: t.strftime("%Y%m%d%H%M%S"),
    "epoch seconds": lambda t: str(int(t.replace(tzinfo=UTC).timestamp())),
    "epoch milliseconds": lambda t: int(t.replace(tzinfo=UTC).timestamp() * 1000),
    "datetime": lambda t: t,
}


@pytest.mark.parametrize("way", WAYS)
def test_dates_in_any_order_of_rows_have_the_seconds_that_datetime_gives(way):
    stamps = random.Random(0).sample(STARTS, len(STARTS))
    found = read_times([WAYS[way](stamp) for stamp in stamps], "when")
    expected = [stamp.replace(tzinfo=UTC).timestamp() for stamp in stamps]
    np.testing.assert_allclose(found.seconds, expected)


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["t9", "t10", "t11"], [9, 10, 11]),
        (["step 9 of run", "step 10 of run"], [9, 10]),
        (["9:05", "10:00", "25:30"], [32700, 36000, 91800]),
        (["0:05:59.5", "0:06:00"], [359.5, 360]),
        (["1,5", "10,25"], [1.5, 10.25]),
        (["2019-Q4", "2020-Q1"], [8079, 8080]),
        (["00:01.5", "10:00.0"], [1.5, 600]),
        (["8h05", "10h00"], [29100, 36000]),
        (["2019/20", "2020/21", "2021/22"], [2019, 2020, 2021]),
        (["1970-001", "1970-032"], [0, 31 * 86400]),
        ([str(week) for week in pd.period_range("1970-01-05", periods=3, freq="W")], [345_600, 950_400, 1_555_200]),
        (["Q4 2019", "Q1 2020"], [8079, 8080]),
        (["FY19Q4", "FY20Q1"], [8079, 8080]),
        (["4Q19", "1Q20"], [8079, 8080]),
        (["Q4-19", "Q1-20"], [8079, 8080]),
        (["2019M12", "2020M01"], [24239, 24240]),
        (["197001", "197002"], [0, 31 * 86400]),
        (["1970010100", "1970010101"], [0, 3600]),
        (["197001010000", "197001010130"], [0, 5400]),
        ([500, 530, 600, 630, 700], [18000, 19800, 21600, 23400, 25200]),
        (["05:00", "05:30"], [18000, 19800]),
        ([500, 510, 520, 530, 540], [500, 510, 520, 530, 540]),
        (["8:45 AM", "12:10 PM", "1:05 pm", "12:00 am"], [31500, 43800, 47100, 0]),
        (["11 AM", "1 PM"], [39600, 46800]),
        ([0.5, 3], [0.5, 3]),
    ],
)
def test_numbers_and_numbers_in_names_are_compared_as_numbers(texts, numbers):
    assert read_times(texts, "when").seconds.tolist() == numbers


def test_weeks_and_quarters_follow_each_other_from_year_to_year():
    mondays = [datetime(2019, 12, 2) + timedelta(weeks=n) for n in range(60)]
    weeks = read_times([f"{day:%G-W%V}" for day in mondays], "week").seconds
    np.testing.assert_allclose(np.diff(weeks), 1)
    quarters = read_times([f"{2018 + n // 4}Q{n % 4 + 1}" for n in range(12)], "quarter").seconds
    np.testing.assert_allclose(np.diff(quarters), 1)


def test_days_and_months_that_cannot_be_told_apart_are_asked_for_where_the_order_depends_on_it():
    message = r"can be D/M/Y and M/D/Y.*--time_format '%d/%m/%Y' or --time_format '%m/%d/%Y'"
    with pytest.raises(InputError, match=message):
        read_times(["1/2/2020", "2/1/2020"], "when")
    assert read_times(["1/1/2020", "1/2/2020", "1/3/2020"], "when") is not None  # the same order in both
    assert read_times(["1/2/2020", "2/1/2020"], "when", None, ["a", "b"]) is not None  # in a series each
    assert np.argsort(read_times(["1/2/2020", "2/1/2020"], "when", "%d/%m/%Y").seconds).tolist() == [1, 0]
    assert np.argsort(read_times(["1/2/2020", "2/1/2020"], "when", "%m/%d/%Y").seconds).tolist() == [0, 1]


def test_days_and_months_are_asked_for_where_the_gaps_depend_on_them():
    hours = [f"0{month}/01/2020 {hour}:00" for month in range(1, 5) for hour in (9, 10, 11)]
    with pytest.raises(InputError, match=r"the gaps between steps differ; say --time_format '%d/%m/%Y %H:%M' or"):
        read_times(hours, "when")
    assert np.diff(read_times(hours, "when", "%m/%d/%Y %H:%M").seconds)[2] == 31 * 86_400 - 7200
    assert read_times(hours, "when", None, list(range(12))) is not None  # no gaps


def test_spans_of_time_as_pandas_writes_them_are_times():
    spans = pd.to_timedelta([0, 55, 60 * 23, 60 * 25, 60 * 24 * 3], unit="min")
    found = read_times([str(span) for span in spans], "when")
    assert found.seconds.tolist() == spans.total_seconds().tolist()
    assert not found.clock


def test_dates_written_in_two_ways_are_refused():
    """The file's order holds where nothing can be read, not where the author wrote two formats."""
    texts = [f"{day}.01.2020" if day % 2 else f"2020-01-{day}" for day in (14, 13, 16, 15, 19, 18)]
    with pytest.raises(InputError, match=r"several ways.*'13.01.2020' \(D.M.Y\).*--time_column none") as refused:
        read_times(texts, "when")
    assert "(ISO dates)" in str(refused.value)


def test_a_row_that_fits_one_reading_only_decides_for_all():
    found = read_times(["1/2/2020", "2/1/2020", "13/1/2020"], "when")
    assert np.argsort(found.seconds).tolist() == [1, 2, 0]
    assert found.how == "D/M/Y"


def test_what_cannot_be_read_keeps_the_order_of_the_file_and_is_said():
    notes = []
    assert read_times(["early", "late", "later"], "when", notes=notes) is None
    assert "'early', 'late', 'later'" in notes[0]
    assert "order of the file" in notes[0]


def test_a_few_slips_are_refused_unless_all_other_rows_are_in_order():
    notes = []
    assert read_times(["2020-02-28", "2020-02-29", "2020-02-30", "2020-03-01"], "when", notes=notes) is None
    assert "1 of 4 times in 'when' are no ISO dates (row 3: '2020-02-30')" in notes[0]
    with pytest.raises(InputError, match=r"row 3: '2020-02-30'\); correct them.*--time_column none"):
        read_times(["2020-03-01", "2020-02-29", "2020-02-30", "2020-02-28"], "when")
    with pytest.raises(InputError, match="row 2: missing"):
        read_times(["2", "", "1"], "when")


def test_times_with_and_without_a_zone_are_refused():
    with pytest.raises(InputError, match=r"with a zone .*00Z.* and without"):
        read_times(["2020-01-20T00:00:00Z", "2020-01-20T01:00:00"], "when")


@pytest.mark.parametrize("wrong", ["%d.%m.%Y", "day", "%Q"])
def test_a_format_that_does_not_fit_is_refused_by_the_row(wrong):
    with pytest.raises(InputError, match=f"--time_format {wrong}"):
        read_times(["01/02/2020", "02/01/2020"], "when", wrong)


def test_times_of_day_go_on_past_midnight_where_that_puts_them_in_order():
    assert past_midnight(np.array([86000.0, 100.0, 200.0])).tolist() == [86000.0, 86500.0, 86600.0]
    shuffled = np.array([50000.0, 100.0, 60000.0, 40000.0])
    assert past_midnight(shuffled).tolist() == shuffled.tolist()


@pytest.mark.parametrize(
    ("texts", "years"),
    [
        ([f"Jan-{year}" for year in range(49, 61)], range(1949, 1961)),
        ([f"{year}-Jan" for year in range(49, 61)], range(1949, 1961)),
        ([f"01.02.{year}" for year in range(65, 75)], range(1965, 1975)),
        (["Jun 98", "Jun 99", "Jun 00", "Jun 05"], [1998, 1999, 2000, 2005]),
        ([f"01/13/{year}" for year in range(20, 27)], range(2020, 2027)),
    ],
)
def test_years_of_two_digits_follow_each_other(texts, years):
    found = read_times(texts, "when").seconds
    assert pd.to_datetime(found, unit="s").year.tolist() == list(years)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["Jan-30", "Jan-31", "Feb-01", "Feb-02"], "--time_format '%b-%y' or --time_format '%b-%d'"),
        (["2020-01-02 10:00 CET", "2020-01-02 11:00"], "with a zone .* and without"),
        (["2020-01-02 10:00 IST", "2020-01-02 11:00 CET"], "how far IST is from UTC is not known"),
        ([1579651200, 1579651201000, 1579651202], "1579651202 and 1579651201000 seem .* two units"),
    ],
)
def test_what_has_two_orders_is_refused(texts, words):
    with pytest.raises(InputError, match=words):
        read_times(texts, "when")


def test_days_without_a_year_stay_in_the_order_of_the_file_and_it_is_said():
    notes = []
    assert read_times(["30-Dec", "31-Dec", "1-Jan"], "when", notes=notes) is None
    assert "cannot be read, so steps stay in the order of the file" in notes[0]
