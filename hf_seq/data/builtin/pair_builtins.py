# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Built-in pairs: `builtin:dates`, as people write them to ISO 8601, and `builtin:reverse`, where order is everything.

    Sunday, 3rd of May 1998  ->  1998-05-03          red lamp owl  ->  owl lamp red

Both are made, seeded, alike on every machine; no date and no sequence of words is in two splits.
"""

import datetime
from collections.abc import Iterator
from random import Random

from hf_seq.data.readers.tables import Table

DATES_ROWS = {"train": 12_000, "validation": 500, "test": 1_000}
REVERSE_ROWS = {"train": 12_000, "validation": 500, "test": 1_000}
BUILTIN_SEED = 0
FIRST, LAST = datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WAYS = (
    "{day} {month} {year}",
    "{day} {short} {year}",
    "{ordinal} of {month} {year}",
    "{month} {day}, {year}",
    "{month} the {ordinal}, {year}",
    "{short}. {ordinal} {year}",
    "{weekday}, {day} {month} {year}",
    "{weekday}, {month} {ordinal}, {year}",
    "{brief} {day}-{short}-{year}",
    "{day}.{number}.{year}",
    "{year}/{number:02}/{day:02}",
    "{year}, {month} {day}",
    "the {ordinal} day of {month} in {year}",
)
_WORDS = (
    *("red", "lamp", "owl", "tree", "sea", "cup", "road", "iron", "leaf", "moon", "salt", "door", "bird", "wool"),
    *("clock", "river", "stone", "apple", "bread", "cloud"),
)
LONGEST = 12


def write_date(date: datetime.date, random: Random) -> str:
    """Return a date as somebody may write it; the year comes last or first, so a day is never taken for a month."""
    month, weekday = _MONTHS[date.month - 1], _DAYS[date.weekday()]
    text = random.choice(_WAYS).format(
        day=date.day,
        ordinal=f"{date.day}{_suffix(date.day)}",
        month=month,
        short=month[:3],
        number=date.month,
        year=date.year,
        weekday=weekday,
        brief=weekday[:3],
    )
    return random.choice((str, str, str.lower, str.upper))(text)


def _suffix(day: int) -> str:
    return "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def make_dates(rows: int, seed: int) -> Iterator[tuple[str, str]]:
    """Yield pairs of a written date and its ISO form; every date once."""
    random = Random(seed)
    for offset in random.sample(range((LAST - FIRST).days + 1), rows):
        date = FIRST + datetime.timedelta(offset)
        yield write_date(date, random), date.isoformat()


def make_reversed(rows: int, seed: int) -> Iterator[tuple[str, str]]:
    """Yield pairs of some words and the same words backwards; every sequence once."""
    random = Random(seed)
    seen: set[tuple[str, ...]] = set()
    while len(seen) < rows:
        words = tuple(random.choice(_WORDS) for _ in range(random.randint(2, LONGEST)))
        if words not in seen:
            seen.add(words)
            yield " ".join(words), " ".join(reversed(words))


def read_builtin_dates() -> tuple[dict[str, Table], dict[str, list[str]]]:
    """Return the splits of `builtin:dates`."""
    return _tables(list(make_dates(sum(DATES_ROWS.values()), BUILTIN_SEED)), DATES_ROWS), {}


def read_builtin_reverse() -> tuple[dict[str, Table], dict[str, list[str]]]:
    """Return the splits of `builtin:reverse`."""
    return _tables(list(make_reversed(sum(REVERSE_ROWS.values()), BUILTIN_SEED)), REVERSE_ROWS), {}


def _tables(pairs: list[tuple[str, str]], sizes: dict[str, int]) -> dict[str, Table]:
    tables, start = {}, 0
    for split, rows in sizes.items():
        sources, targets = zip(*pairs[start : start + rows], strict=True)
        tables[split] = Table({"source": list(sources), "target": list(targets)})
        start += rows
    return tables
