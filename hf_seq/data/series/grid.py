# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Even steps of time: how long a step is, where steps are missing, and the times that come after the last one.

seconds         every hour, every 15 minutes, every week, ...: always as many seconds
months          the same day of the month, or its last: months, quarters, years
business days   every day but Saturday and Sunday
numbers         steps that are counted, 0, 1, 2 or 10, 20, 30
steps           nobody knows the times; rows follow each other
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from hf_seq.data.series.time_formats import DAY, Times

Array = np.ndarray
CLOSE = 0.02  # of a step, by which a time may lie beside it
IRREGULAR = 0.02  # share of the times that may not lie on the grid
FEW_BUSINESS_DAYS = 8
MOST_GAPS = 10  # times as many steps as rows
SEASONS = {3600.0: 24, DAY: 7, 7 * DAY: 52}
"""Steps of the usual season, by the seconds of a step; shorter steps have a day."""


@dataclass(frozen=True)
class Grid:
    """Evenly spaced times.

    Attributes:
        step: the length of a step, in the unit.
        unit: see the top of this file.
    """

    step: float = 1.0
    unit: str = "steps"

    def places(self, seconds: Array) -> Array:
        """Give the steps of times (T,), from 0 at the first one; what lies between two steps has a fraction."""
        if self.unit == "months":
            return (_months(seconds) - _months(seconds[:1])) / self.step
        if self.unit == "business days":
            days = seconds.astype("datetime64[s]").astype("datetime64[D]")
            return np.busday_count(days[0], days).astype(np.float64)
        return (seconds - seconds[0]) / self.step

    def after(self, last: float, count: int) -> list[str]:
        """Write the `count` times that come after the last one."""
        if self.unit in ("steps", "numbers"):
            return [f"{last + self.step * number:.12g}" for number in range(1, count + 1)]
        return written(self.later(last, np.arange(1, count + 1)))

    def later(self, last: float, numbers: Array) -> Array:
        """Give the moments so many steps after one, in seconds."""
        if self.unit == "seconds":
            return last + self.step * numbers
        moment = np.array([last]).astype("datetime64[s]")
        day = moment.astype("datetime64[D]")
        clock = (moment - day).astype(np.int64)[0]
        if self.unit == "business days":
            days = np.busday_offset(day[0], numbers, roll="backward")
        else:
            month = moment.astype("datetime64[M]")
            later = month[0] + (numbers * int(self.step)).astype("timedelta64[M]")
            ends = (later + 1).astype("datetime64[D]") - 1
            at_end = (month + 1).astype("datetime64[D]")[0] - 1 == day[0]
            same = later.astype("datetime64[D]") + (day - month.astype("datetime64[D]"))
            days = ends if at_end else np.minimum(same, ends)
        return days.astype("datetime64[s]").astype(np.float64) + clock

    @property
    def season(self) -> int:
        """Steps of the usual season; 1 where none is usual."""
        if self.unit == "months":
            return max(1, round(12 / self.step))
        if self.unit == "business days":
            return 5
        if self.unit != "seconds":
            return 1
        if self.step in SEASONS:
            return SEASONS[self.step]
        return round(DAY / self.step) if self.step < DAY and DAY % self.step == 0 else 1

    @property
    def in_words(self) -> str:
        """The length of a step, for people."""
        if self.unit == "seconds":
            for name, size in (("week", 7 * DAY), ("day", DAY), ("hour", 3600.0), ("minute", 60.0)):
                if self.step >= size and self.step % size == 0:
                    return name if self.step == size else f"{self.step / size:g} {name}s"
            return "second" if self.step == 1 else f"{self.step:g} seconds"
        if self.unit == "months":
            return {1: "month", 3: "quarter", 12: "year"}.get(int(self.step), f"{self.step:g} months")
        return "business day" if self.unit == "business days" else f"{self.step:g}"


def find_grid(times: Sequence[Array], how: str) -> Grid | None:
    """Find the steps of series whose times rise.

    Args:
        times: (T,) seconds, or plain numbers, of each series.
        how: the way they were written, as `Times` says it.

    Returns:
        The grid; None where too many times do not lie on any.
    """
    gaps = np.concatenate([np.diff(each) for each in times] or [np.zeros(0)])
    plain = how in ("numbers", "numbers with a decimal comma", "numbers in names")
    if not len(gaps):
        return Grid(1.0, "numbers" if plain else "seconds")
    values, counts = np.unique(gaps, return_counts=True)
    grids = [Grid(float(values[counts.argmax()]), "numbers" if plain else "seconds")]
    if not plain:
        grids = [*_calendar(times, gaps), *grids]
    return next((grid for grid in grids if fits(grid, times)), None)


def fits(grid: Grid, times: Sequence[Array]) -> bool:
    """Check whether nearly all times lie on a grid, and that it is not nearly empty."""
    off = rows = steps = 0
    for each in times:
        places = grid.places(each)
        whole = np.round(places)
        off += int((np.abs(places - whole) > CLOSE).sum() + (np.diff(whole) < 1).sum())
        rows, steps = rows + len(each), steps + int(whole[-1]) + 1
    return off <= IRREGULAR * rows and steps <= MOST_GAPS * rows + 100 and not (off and rows < 1 / IRREGULAR)


def first_days(times: Times) -> Times:
    """Take months, quarters, halves or weeks written as years and their parts, 2020-Q4, for their first days."""
    months = {"years and their quarters": 3, "years and their halves": 6, "years and their months": 1}.get(times.how)
    if months is not None:
        days = (times.seconds * months - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]").astype(np.float64)
    elif times.how == "years and their weeks":
        days = np.round(times.seconds * 7) - date(1970, 1, 1).toordinal()  # weeks since the first day of the year 1
    else:
        return times
    return Times(days * DAY, times.how)


def written(seconds: Array) -> list[str]:
    """Write moments as ISO dates, without a time of day where there is none."""
    moments = np.round(seconds).astype("datetime64[s]")
    if (moments == moments.astype("datetime64[D]")).all():
        return [str(each) for each in moments.astype("datetime64[D]")]
    return [str(each).replace("T", " ") for each in moments]


def _months(seconds: Array) -> Array:
    return seconds.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)


def _calendar(times: Sequence[Array], gaps: Array) -> list[Grid]:
    """Propose months, and business days, where all times fit them."""
    days = [each.astype("datetime64[s]").astype("datetime64[D]") for each in times]
    every = np.concatenate(days)
    if gaps.min() >= 27 * DAY:
        months = every.astype("datetime64[M]")
        of_month = (every - months.astype("datetime64[D]")).astype(int)
        at_end = (every + 1).astype("datetime64[M]") != months
        if len(set(of_month.tolist())) == 1 or at_end.all():
            steps = np.concatenate([np.diff(_months(each)) for each in times])
            values, counts = np.unique(steps, return_counts=True)
            return [Grid(float(values[counts.argmax()]), "months")]
    weekdays = (every.astype(np.int64) + 3) % 7  # 1970 began on a Thursday
    usual = np.isin(gaps, (DAY, 3 * DAY)).mean() > 0.9 and (gaps == 3 * DAY).any()
    if usual and weekdays.max() < 5 and len(every) >= FEW_BUSINESS_DAYS:
        return [Grid(1.0, "business days")]
    return []
