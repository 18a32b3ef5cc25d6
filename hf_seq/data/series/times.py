# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Times of steps as people write them, to seconds: one way of writing for a column, found from all its rows.

3   0.25   1579651200   1579651200000 (epoch)          numbers
2020-01-22   2020-01-22T10:05:00+01:00   20200122       ISO dates
22.01.2020   1/22/2020   22/01/2020 10:05   22 Jan 2020  other dates; what fits two of them must be said
9:05   10:00   0:05:59.5   01:02.5                       times of day, or spent
5. März 2020   10:00 CET   2020年1月5日   8h05             words and zones (time_words.py)
202001   20200122   2020012223   0530                   digits alone
t9   t10   step 11   2020-Q4   2020-W05   FY20Q4          numbers in names
"""

import re
from collections.abc import Hashable, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np

from hf_seq.data.series.number_columns import is_missing
from hf_seq.data.series.numbered_times import compact_times, period_times, seasons
from hf_seq.data.series.time_formats import (
    DATES,
    DAY,
    ODD,
    YEAR_FIRST,
    YEARLESS,
    Times,
    all_formats,
    in_words,
    parsed,
    promising,
    seconds_by,
)
from hf_seq.data.series.time_words import in_plain_words, without_zone_names
from hf_seq.errors import InputError

Array = np.ndarray
_CLOCK = re.compile(r"(?:(\d+) days? )?(\d+):(\d\d)(?::(\d\d(?:[.,]\d+)?))?")
_NOON = re.compile(r"(?P<hours>1[0-2]|0?[1-9])(?P<rest>:\d\d(?::\d\d)?)? ?(?P<half>[AaPp])\.?[Mm]\.?")  # 8:45 PM
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_ZONE = re.compile(r"(?<=\d)(Z|[+-]\d\d:?\d\d)$")
_HALF = re.compile(r"\s*\b([AaPp])\.\s?[Mm]\.?$")  # 8:00 a. m.
_ZONE_NAME = re.compile(r"\s*\b(UTC|GMT)$")
EPOCH = 1e8  # from which on numbers may be moments since 1970
UNITS_APART = 100
_MINUTES = re.compile(r"\d+:\d\d[.,]\d+")
_MOST = 0.5  # share of the rows from which on the others are taken for slips, not for another way of writing


def read_times(
    values: Sequence[Any],
    name: str,
    time_format: str | None = None,
    series: Sequence[Hashable] | None = None,
    notes: list[str] | None = None,
    *,
    exactly: bool = False,
) -> Times | None:
    """Read the times of all steps.

    Args:
        values: N times, as written.
        name: of their column, for messages.
        time_format: how they are written, as for `datetime.strptime`; None finds it.
        series: N names of the series that the steps belong to; orders are compared inside these.
        notes: what was decided is added here.
        exactly: how far the steps are apart matters, too, even where all are as far, so that none may be missing.

    Returns:
        The times; None where they cannot be read, or not all of them and the others are in order, so that the order of
        the steps is that of the file.

    Raises:
        InputError: a few are missing or differ from all others, which are in disorder; days and months cannot be told
            apart, and another order follows from each reading.
    """
    notes = [] if notes is None else notes
    texts = [_text(value) for value in values]
    known = [text for text in texts if text]
    if not known:
        notes.append(f"time {name!r} is empty, so steps stay in the order of the file")
        return None
    owners = [""] * len(texts) if series is None else [str(each) for each in series]
    if time_format is not None:
        found: Times | None = _by_format(texts, name, time_format)
    else:
        found = _found(known, texts, name, owners, exactly=exactly)
    if found is None:
        _mostly(texts, name, owners, notes, exactly=exactly)
        return None
    if len(known) < len(texts):
        _confirmed(texts, found.seconds, name, found.how, owners, notes, exactly=exactly)
        return None
    if found.how != "numbers" and time_format is None:
        notes.append(f"time {name!r} is read as {found.how}, such as {known[0]!r}; --time_format says otherwise")
    return found


def _found(known: list[str], texts: list[str], name: str, owners: list[str], *, exactly: bool) -> Times | None:
    """Read times in one of the ways; NaN where one is missing."""
    there = np.array([bool(text) for text in texts])
    distinct, places = np.unique(np.asarray(known, dtype=object), return_inverse=True)
    ways = distinct.tolist()
    found = _numbers(ways) or _clocks(ways) or seasons(ways)
    if found is None:
        series = [owner for owner, text in zip(owners, texts, strict=True) if text]
        found = _dates(ways, places, name, series, exactly=exactly) or _numbered_names(ways)
    if found is None:
        return None
    seconds = np.full(len(texts), np.nan)
    seconds[there] = found.seconds[places]
    return Times(seconds, found.how, found.clock)


def past_midnight(seconds: Array) -> Array:
    """Add a day each time that times of day, in the order of the file, fall by more than twelve hours.

    Example:
        >>> past_midnight(np.array([84_000.0, 300.0, 900.0])).tolist()
        [84000.0, 86700.0, 87300.0]
    """
    falls = np.diff(seconds, prepend=seconds[:1]) < -DAY / 2
    unwrapped = seconds + DAY * np.cumsum(falls)
    return unwrapped if (np.diff(unwrapped) >= 0).all() else seconds


def _text(value: Any) -> str:
    if is_missing(value):
        return ""
    return value.isoformat() if isinstance(value, datetime | date) else str(value).strip()


def _numbers(texts: Sequence[str]) -> Times | None:
    """Read plain numbers, epochs and dates without separators."""
    try:
        numbers = np.array([float(text) for text in texts])
    except ValueError:
        if not all(re.fullmatch(r"[+-]?\d+,\d+", text) for text in texts):
            return None
        return Times(np.array([float(text.replace(",", ".")) for text in texts]), "numbers with a decimal comma")
    if not np.isfinite(numbers).all():
        return None
    compact = compact_times(texts, numbers)
    if compact is not None:
        return compact
    _refuse_several_units(numbers)
    for unit, lowest, factor in (("nanoseconds", 1e17, 1e9), ("microseconds", 1e14, 1e6), ("milliseconds", 1e11, 1e3)):
        if numbers.min() >= lowest:
            return Times(numbers / factor, f"epoch {unit}")
    return Times(numbers, "epoch seconds" if numbers.min() >= EPOCH else "numbers")


def _refuse_several_units(numbers: Array) -> None:
    """Refuse moments since 1970 in seconds beside others in milliseconds."""
    rising = np.sort(numbers)
    wide = np.flatnonzero(rising[1:] > UNITS_APART * rising[:-1])
    if rising[0] >= EPOCH and len(wide):
        raise InputError(
            f"times such as {rising[wide[0]]:.0f} and {rising[wide[0] + 1]:.0f} seem to be moments since 1970 in two "
            "units; write all in one, or say --time_column none to keep the order of the file."
        )


def _clocks(texts: Sequence[str]) -> Times | None:
    """Read H:MM and H:MM:SS; hours above 23 are time spent, and so is `0 days 00:05:00`, as pandas writes it."""
    halves = [_NOON.fullmatch(text) for text in texts]
    how = "H:MM"
    if all(halves):
        how = "H:MM AM or PM"
        texts = [_of_24(match) for match in halves if match]
    if all(_MINUTES.fullmatch(text) for text in texts):
        how, texts = "M:SS with fractions", [f"0:{text}" for text in texts]
    matches = [_CLOCK.fullmatch(text) for text in texts]
    if not all(matches):
        return None
    parts = [match.groups() for match in matches if match]
    seconds = [
        int(d or 0) * DAY + int(h) * 3600 + int(m) * 60 + float((s or "0").replace(",", ".")) for d, h, m, s in parts
    ]
    return Times(np.array(seconds), how, clock=max(seconds) < DAY and parts[0][0] is None)


def _of_24(match: re.Match[str]) -> str:
    """Write an hour before or after noon as one of 24."""
    return f"{int(match['hours']) % 12 + 12 * (match['half'] in 'pP')}{match['rest'] or ':00'}"


def _numbered_names(texts: Sequence[str]) -> Times | None:
    """Read names that differ in one number only, such as t9 and t10, and years with quarters or weeks."""
    periods = period_times(texts)
    if periods is not None:
        return periods
    found = [_NUMBER.findall(text) for text in texts]
    frames = {_NUMBER.sub("#", text) for text in texts}
    if len(frames) != 1 or any(len(numbers) != 1 for numbers in found):
        return None
    return Times(np.array([float(numbers[0]) for numbers in found]), "numbers in names")


def _by_format(texts: list[str], name: str, time_format: str) -> Times:
    there = [text for text in texts if text]
    distinct, places = np.unique(np.asarray(there, dtype=object), return_inverse=True)
    read = parsed(list(distinct), time_format)
    if read is None:
        bad = next(row for row, text in enumerate(texts, 1) if text and parsed([text], time_format) is None)
        raise InputError(
            f"--time_format {time_format} does not read {texts[bad - 1]!r} in row {bad} of {name!r}; write it as for "
            "Python's strptime, such as %d.%m.%Y %H:%M."
        )
    seconds = np.full(len(texts), np.nan)
    seconds[[bool(text) for text in texts]] = read[places]
    return Times(seconds, time_format)


def _dates(texts: list[str], places: Array, name: str, series: Sequence[str], *, exactly: bool) -> Times | None:
    """Read dates, in ISO or by the one format that fits all."""
    zoned = [bool(_ZONE.search(_plain_zone(text)) and ":" in text) for text in texts]
    if any(zoned) and not all(zoned):
        raise InputError(
            f"{name!r} has times with a zone ({texts[zoned.index(True)]!r}) and without ({texts[zoned.index(False)]!r})"
            "; write all of them with their zone, or none."
        )
    texts = [_HALF.sub(r" \1M", _plain_zone(text)) for text in texts]
    zone = ", compared in UTC" if any(zoned) else ""
    if not zone:
        texts, zone = without_zone_names(texts, name)
    plain = in_plain_words(texts)
    for written in [texts] if plain == texts else [texts, plain]:
        iso = parsed(written, "ISO8601")
        if iso is not None:
            return Times(iso, f"ISO dates{zone}")
        fitting = _fitting(written)
        if fitting:
            every = {f: seconds[places] for f, seconds in fitting.items()}
            _refuse_two_readings(every, texts[0], name, series, exactly=exactly)
            chosen = next(iter(fitting))
            return Times(fitting[chosen], f"{in_words(chosen)}{zone}")
    return _clocks(plain) or _days_of_years(texts)


def _fitting(texts: list[str]) -> dict[str, Array]:
    """Read dates by every format that fits all, the one to be taken first."""
    for formats in (all_formats(DATES, ODD), all_formats(YEAR_FIRST, ())):
        fitting = {f: seconds for f in promising(texts, formats) if (seconds := parsed(texts, f)) is not None}
        if fitting:
            others = promising(texts, YEARLESS) if "%y" in next(iter(fitting)) else []
            return fitting | {f: seconds for f in others if (seconds := parsed(texts, f)) is not None}
    return {}


def _days_of_years(texts: list[str]) -> Times | None:
    """Read 2020-061, the 61st day of 2020."""
    if not all(re.fullmatch(r"\d{4}-\d{3}", text) for text in texts):
        return None
    seconds = parsed(texts, "%Y-%j")
    return None if seconds is None else Times(seconds, "Y-day of the year")


def _plain_zone(text: str) -> str:
    return _ZONE_NAME.sub("+00:00", text)


def _refuse_two_readings(
    fitting: dict[str, Array], seen: str, name: str, series: Sequence[str], *, exactly: bool
) -> None:
    """Refuse times that several formats read, where the steps then have other orders, or gaps that vary."""
    first, *others = fitting
    _, owners = np.unique(np.asarray(series), return_inverse=True)
    order = np.lexsort((fitting[first], owners))
    for other in others:
        what = ""
        if not np.array_equal(np.lexsort((fitting[other], owners)), order):
            what = "the steps have another order in each"
        elif not np.array_equal(fitting[first], fitting[other]) and any(
            _vary(fitting[each][order], owners[order]) for each in (first, other)
        ):
            what = "the gaps between steps differ"
        elif exactly and not np.array_equal(fitting[first], fitting[other]):
            what = "the steps are not as far apart in each"
        if what:
            raise InputError(
                f"every time in {name!r}, such as {seen!r}, can be {in_words(first)} and {in_words(other)}, and {what}"
                f"; say --time_format '{first}' or --time_format '{other}'."
            )


def _vary(seconds: Array, owners: Array) -> bool:
    """Check whether some gaps inside series are more than twice as long as others."""
    gaps = np.diff(seconds)[np.diff(owners) == 0]
    gaps = gaps[gaps > 0]
    return bool(len(gaps)) and bool(gaps.max() > 2 * gaps.min())


def _mostly(texts: list[str], name: str, owners: list[str], notes: list[str], *, exactly: bool) -> None:
    """Look at times that are not all written in one way: a few that differ from all others are mistakes."""
    distinct = sorted({text for text in texts if text})
    ways = {"numbers": np.array([_number(text) for text in distinct])}
    ways |= {f: seconds_by(distinct, f) for f in ["ISO8601", *promising(distinct, all_formats(DATES, ODD))]}
    how, seconds = max(ways.items(), key=lambda way: np.isfinite(way[1]).sum())
    by_text = dict(zip(distinct, seconds.tolist(), strict=True))
    read = np.array([by_text.get(text, np.nan) for text in texts])
    if np.isfinite(read).sum() > _MOST * len(texts):
        _confirmed(texts, read, name, _way_in_words(how), owners, notes, exactly=exactly)
        return
    _refuse_several_ways(distinct, ways, name)
    shown = ", ".join(map(repr, list(dict.fromkeys(filter(None, texts)))[:3]))
    notes.append(
        f"time {name!r} ({shown}) cannot be read, so steps stay in the order of the file; --time_format says how times "
        "are written"
    )
    return None


def _way_in_words(how: str) -> str:
    return {"numbers": how, "ISO8601": "ISO dates"}.get(how) or in_words(how)


def _refuse_several_ways(distinct: list[str], ways: dict[str, Array], name: str) -> None:
    """Refuse times that are written in two ways, each of which reads some."""
    read = {how: np.isfinite(seconds) for how, seconds in ways.items()}
    if np.any(list(read.values()), axis=0).sum() <= _MOST * len(distinct):
        return
    first = max(read, key=lambda how: read[how].sum())
    second = max(read, key=lambda how: (read[how] & ~read[first]).sum())
    examples = [distinct[int(np.flatnonzero(rows)[0])] for rows in (read[first], read[second] & ~read[first])]
    raise InputError(
        f"times in {name!r} are written in several ways, such as {examples[0]!r} ({_way_in_words(first)}) and "
        f"{examples[1]!r} ({_way_in_words(second)}); write all in one, or say --time_column none to keep the order of "
        "the file."
    )


def _confirmed(
    texts: list[str], seconds: Array, name: str, how: str, owners: list[str], notes: list[str], *, exactly: bool
) -> None:
    """Keep the order of the file where some times cannot be read and all others are in it.

    Raises:
        InputError: the others are in another order, or how far steps are apart matters.
    """
    bad = np.flatnonzero(~np.isfinite(seconds))
    what = f"{texts[bad[0]]!r}" if texts[bad[0]] else "missing"
    slip = f"{len(bad):,} of {len(texts):,} times in {name!r} are no {how} (row {bad[0] + 1}: {what})"
    _, codes = np.unique(np.asarray(owners), return_inverse=True)
    there = np.isfinite(seconds)
    order = np.argsort(codes[there], kind="stable")
    steps, same = np.diff(seconds[there][order]), np.diff(codes[there][order]) == 0
    if exactly or (steps[same] < 0).any():
        raise InputError(
            f"{slip}; correct them, remove these rows, or say --time_column none to keep the order of the file."
        )
    notes.append(f"{slip}; all others are in the order of the file, so the steps stay in it")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
