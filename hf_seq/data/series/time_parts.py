# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Times that stand in several columns, put together as one column of ISO dates.

Date;Time            16/12/2006;17:24:00       a day, and a time of day
date,hour            2021-03-28,23             a day, and its hour, 0 to 23 or 1 to 24
year,month,day,hour  2010,1,2,0                as far as they go; also year,week and year,quarter
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from hf_seq.data.readers.tables import Table
from hf_seq.data.series.long_tables import codes_of, is_fixed
from hf_seq.data.series.number_columns import as_number, is_missing, share_of_numbers
from hf_seq.data.series.options import NONE
from hf_seq.data.series.time_columns import DATED, find_named_time, plain_name
from hf_seq.data.series.time_formats import DAY, Times
from hf_seq.data.series.times import read_times
from hf_seq.errors import InputError

NAMES = {
    "year": ("year", "yr", "yyyy", "jahr", "año", "ano", "anno", "année", "annee"),
    "month": ("month", "mon", "mm", "monat", "mes", "mois", "mese"),
    "day": ("day", "dd", "dom", "day_of_month", "tag", "día", "dia", "jour", "giorno"),
    "hour": ("hour", "hr", "hh", "hour_of_day", "hours", "stunde", "hora", "heure", "ora"),
    "minute": ("minute", "minutes", "mi", "mn"),
    "second": ("second", "seconds", "ss"),
    "week": ("week", "week_of_year", "weekofyear", "isoweek", "iso_week", "week_number", "woche", "kw", "semana"),
    "quarter": ("quarter", "qtr", "quartal", "trimestre"),
    "day of the year": ("doy", "day_of_year", "dayofyear", "yday"),
}
"""How columns are called that hold a part of a time."""
CALENDARS = (
    ("year", "month", "day", "hour", "minute", "second"),
    ("year", "day of the year", "hour", "minute"),
    ("year", "week"),
    ("year", "quarter"),
)
"""Parts that make a time together; the later ones may be left out, but for the second."""
BOUNDS = {
    **{"year": (1000, 3000), "month": (1, 12), "day": (1, 31), "hour": (0, 24), "minute": (0, 59), "second": (0, 60)},
    **{"week": (1, 53), "quarter": (1, 4), "day of the year": (1, 366)},
}
CLOCK_NAMES = ("time", "zeit", "uhrzeit", "hora", "heure", "ora", "clock", "hour", "time_of_day")
_MONTHS = {
    **{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11},
    **{
        "dec": 12,
        "mrz": 3,
        "mär": 3,
        "mai": 5,
        "okt": 10,
        "dez": 12,
        "ene": 1,
        "abr": 4,
        "ago": 8,
        "dic": 12,
        "fev": 2,
    },
    **{"fév": 2, "avr": 4, "aoû": 8, "déc": 12, "gen": 1, "mag": 5, "giu": 6, "lug": 7, "set": 9, "ott": 10, "out": 10},
}
"""Months by the first letters of their names in several languages."""
Array = np.ndarray


def join_times(
    tables: Mapping[str, Table],
    given: str | None,
    time_format: str | None,
    ids: str | None,
    taken: Collection[str],
    notes: list[str],
) -> tuple[str | None, str | None]:
    """Put a column of times, named by theirs with commas, in the place of columns that hold its parts, in every split.

    Args:
        tables: by split.
        given: what the user says of the column of times; several names with commas are its parts.
        time_format: how the days are written, or all parts with blanks between them.
        ids: the column that names the series.
        taken: columns that are something else, and stay.
        notes: what was found is added here.

    Returns:
        The column of the times, the new one, else `given`; and the format in which its cells are written now.

    Raises:
        InputError: days that can be read in two ways.
    """
    train = next(iter(tables.values()))
    parts = [part.strip() for part in (given or "").split(",")]
    named = given not in (None, NONE, *train.names) and len(parts) > 1 and set(parts) <= set(train.names)
    if given is not None and not named:
        return given, time_format
    free = parts if named else [name for name in train.names if name not in (ids, *taken)]
    parts = parts if named else _find(train, free, ids)
    if not parts:
        return given, time_format
    joined = ",".join(parts)
    kept = {split: table for split, table in tables.items() if set(parts) <= set(table.names)}
    cells = {name: [value for table in kept.values() for value in table.values(name)] for name in parts}
    owners = [
        (split, code)
        for split, table in kept.items()
        for code in codes_of(table, ids if ids in table.names else None).tolist()
    ]
    times = _moments(cells, time_format, owners, notes)
    if times is None and not named and time_format is None:
        return given, time_format
    written = [" ".join(map(str, row)) for row in zip(*cells.values(), strict=True)] if times is None else times
    ends = np.cumsum([0, *map(len, kept.values())]).tolist()
    for table, start, end in zip(kept.values(), ends[:-1], ends[1:], strict=True):
        others = {name: column for name, column in table.columns.items() if name not in parts or name in taken}
        table.columns = {joined: written[start:end], **others}
    notes.append(f"times stand in {' and '.join(map(repr, parts))} together; --time_column names others (none: none)")
    return joined, time_format if times is None else None


def _find(table: Table, free: Sequence[str], ids: str | None) -> list[str]:
    """Find the columns that make a time together; none where one column says it all."""
    clock = next((name for name in free if plain_name(name) in CLOCK_NAMES and _is_clock(table, name)), None)
    by_part = parts_of_times(table, free)
    hour = by_part.get("hour")
    if clock or hour:
        days = [name for name in free if name != clock and _holds_days(table, name)]
        if len(days) == 1 and clock:
            return [days[0], clock]
        if len(days) == 1 and hour and len(set(map(str, table.values(days[0])))) < len(table):
            return [days[0], hour, *([by_part["minute"]] if "minute" in by_part else [])]
    named = find_named_time(table, free, codes_of(table, ids))
    if named not in (None, clock, *by_part.values()):
        return []
    for calendar in CALENDARS:
        found = [part for place, part in enumerate(calendar) if set(calendar[: place + 1]) <= set(by_part)]
        owners = codes_of(table, ids)
        if len(found) > 1 and not all(is_fixed(table, by_part[part], owners) for part in found):
            ends_in_days = found[-1] in ("day", "day of the year")
            return [*(by_part[part] for part in found), *([clock] if clock and ends_in_days else [])]
    return []


def parts_of_times(table: Table, names: Sequence[str]) -> dict[str, str]:
    """Name the column of each part: called so, with whole numbers in the bounds of the part, or names of months."""
    found: dict[str, str] = {}
    for name in names:
        part = next((part for part, usual in NAMES.items() if plain_name(name) in usual), None)
        if part is None or part in found:
            continue
        read = _part(part, table.values(name, DATED))
        if read is not None and not np.isnan(read).all():
            found[part] = name
    return found


def _part(part: str, values: Sequence[Any]) -> Array | None:
    """Read a part of times, (N,), NaN where one is missing; None where some are something else."""
    least, most = BOUNDS[part]
    try:
        read = np.array([_number(value) for value in values], dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        return None
    known = read[~np.isnan(read)]
    return read if ((known >= least) & (known <= most) & (known == np.round(known))).all() else None


def _number(value: Any) -> float:
    """Read a number, the name of a month, Q1 or W05."""
    text = str(value).strip()
    return float(month_of(text)) or as_number(text.lstrip("QqWw"))


def month_of(text: str) -> int:
    """Give the number of a month by how its name begins, 0 where it is none.

    Example:
        >>> month_of("Sep."), month_of("December"), month_of("Mai"), month_of("9")
        (9, 12, 5, 0)
    """
    word = text.strip().lower().rstrip(".")
    return _MONTHS.get(word[:3], 0) if word.isalpha() else 0


def _is_clock(table: Table, name: str) -> bool:
    """Check whether a column holds times of day."""
    times = _read_clocks(table.values(name, DATED), name)
    return times is not None and times.clock


def _read_clocks(values: Sequence[Any], name: str) -> Times | None:
    """Read times of day, NaN where one is missing; points may stand for colons (18.00.00)."""
    texts = [str(value).strip() for value in values if not is_missing(value)]
    dotted = all(text.count(".") == 2 and ":" not in text for text in texts)
    texts = [text.replace(".", ":") for text in texts] if dotted else texts
    try:
        times = read_times(texts, name, None, list(range(len(texts)))) if texts else None
    except InputError:
        return None
    if times is None or not times.clock:
        return None
    seconds = np.full(len(values), np.nan)
    seconds[[not is_missing(value) for value in values]] = times.seconds
    return Times(seconds, times.how, clock=True)


def _holds_days(table: Table, name: str) -> bool:
    """Check whether a column holds dates without a time of day."""
    values = [value for value in table.values(name, DATED) if not is_missing(value)]
    if not all(any(letter.isdigit() for letter in str(value)) for value in values):
        return False
    compact = all(len(str(value).strip()) == len("20210301") for value in values)
    if not values or (share_of_numbers(table, name) > 0 and not compact):
        return False
    try:
        times = read_times(values, name, None, list(range(len(values))))
    except InputError:  # days and months in doubt
        return True
    return times is not None and times.how not in ("numbers", "numbers in names") and not (times.seconds % DAY).any()


def _moments(
    cells: Mapping[str, Sequence[Any]], time_format: str | None, owners: Sequence[Any], notes: list[str]
) -> list[str] | None:
    """Write the moments that parts make together as ISO dates, "" where one is missing; None where they make none."""
    names = list(cells)
    usual = {name: next((part for part, words in NAMES.items() if plain_name(name) in words), None) for name in names}
    read = {part: _part(part, cells[name]) for name, part in usual.items() if part is not None}
    calendar = {part: values for part, values in read.items() if values is not None}
    rest = [name for name in names if usual[name] not in calendar]
    if "year" in calendar:
        days = _days_of(calendar)
    else:
        first, *rest = rest or names
        try:
            times = read_times(cells[first], first, time_format, owners, notes, exactly=True)
        except InputError:
            if time_format is None:
                raise
            return None  # it is the format of all parts
        if times is None:
            return None
        days = times.seconds
    clocks = [_read_clocks(cells[name], name) for name in rest]
    if None in clocks:
        return None
    seconds = days + sum(times.seconds for times in clocks if times is not None)
    for part, unit in (("hour", 3600.0), ("minute", 60.0), ("second", 1.0)):
        seconds = seconds + calendar[part] * unit if part in calendar else seconds
    moments = (np.nan_to_num(seconds) * 1e6).round().astype("datetime64[us]")
    written: list[str] = np.datetime_as_string(moments, unit="us" if (seconds % 1 > 0).any() else "s").tolist()
    return ["" if missing else text for text, missing in zip(written, np.isnan(seconds).tolist(), strict=True)]


def _days_of(calendar: Mapping[str, Array]) -> Array:
    """Give the first moment of the day, week, month or quarter, in seconds since 1970; NaN where a part is missing."""
    year = calendar["year"]
    if "week" in calendar and "month" not in calendar:
        fourth = _first_of_month(year, np.ones_like(year)) + 3 * DAY  # always in the first week (ISO 8601)
        return fourth - (fourth / DAY + 3) % 7 * DAY + (calendar["week"] - 1) * 7 * DAY
    month = calendar.get("month", (calendar["quarter"] - 1) * 3 + 1 if "quarter" in calendar else np.ones_like(year))
    day = calendar.get("day", calendar.get("day of the year", np.ones_like(year)))
    return _first_of_month(year, month) + (day - 1) * DAY


def _first_of_month(year: Array, month: Array) -> Array:
    whole = np.nan_to_num((year - 1970) * 12 + month - 1).astype(np.int64)
    days = whole.astype("datetime64[M]").astype("datetime64[D]").astype(np.float64)
    return np.where(np.isnan(year + month), np.nan, days * DAY)
