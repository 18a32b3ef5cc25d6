# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Times in digits alone, 202001 or 2020012223, and years with their months, quarters or weeks, 2020-Q4."""

import re
from collections.abc import Sequence
from datetime import date

import numpy as np

from hf_seq.data.series.time_formats import Times, parsed

Array = np.ndarray
_PERIODS = [
    re.compile(each)
    for each in (
        r"(?P<year>(?:1[89]|20|21)\d\d)[-_ /]?(?P<kind>[QqWwSsHhMm])(?P<part>\d{1,2})",  # 2020-Q4, 2020W05, 2020M01
        r"[Ff][Yy] ?'?(?P<year>\d{4}|\d\d)[-_ /]?(?P<kind>[QqSsHh])(?P<part>\d)",  # FY20Q4, FY2020 Q4
        r"(?P<kind>[QqWwSsHh])(?P<part>\d{1,2})[-/ ]?(?:[Ff][Yy])? ?'?(?P<year>\d{4}|(?<=\D)\d\d)",  # Q4 2020, Q4-20
        r"(?P<part>\d)(?P<kind>[QqHh])[- ]?'?(?P<year>\d{4}|\d\d)",  # 4Q20
    )
]
_PARTS = {"Q": ("quarters", 4), "S": ("halves", 2), "H": ("halves", 2), "W": ("weeks", 53), "M": ("months", 12)}
_COMPACT = {6: "%Y%m", 8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
"""Dates without separators, by their length."""
_IN_WORDS = dict(zip(_COMPACT.values(), ("Y M", "Y M D", "Y M D H", "Y M D H M", "Y M D H M S"), strict=True))
_LAST_YEAR = 68  # of two digits that is one of this century, as for strptime
_WEEK = re.compile(r"^[KC]W ?(?=\d)|(?<=\d{4})[ -]?[KC]W ?(?=\d)", re.IGNORECASE)  # Kalenderwoche, calendar week
_SEASON = re.compile(r"(\d{4})[-/](\d\d|\d{4})")
_FEWEST_SEASONS = 3
_FEWEST_EVEN = 5  # times that tell 500, 530, 600 for times of day


def compact_times(texts: Sequence[str], numbers: Array) -> Times | None:
    """Read 20210131, 202101, 2021013123 and the like; also 500, 530, 600, if they are evenly apart as H MM alone.

    Args:
        texts: N times, all different.
        numbers: (N,) what they are as numbers.
    """
    if not all(map(str.isdigit, texts)):
        return None
    lengths = set(map(len, texts))
    form = _COMPACT.get(max(lengths)) if len(lengths) == 1 else None
    if form is not None and all("1900" <= text[:4] <= "2100" for text in texts):
        seconds = parsed(texts, form)
        if seconds is not None:
            return Times(seconds, f"{_IN_WORDS[form]} without separators")
    if len(texts) < _FEWEST_EVEN or max(lengths) > len("235959") or _are_even(numbers):
        return None
    whole = numbers.astype(np.int64)
    with_seconds = max(lengths) > len("2359")
    hour, rest = divmod(whole, 10_000 if with_seconds else 100)
    minute, second = divmod(rest, 100) if with_seconds else (rest, np.zeros_like(rest))
    seconds = 3600.0 * hour + 60.0 * minute + second
    if not ((hour < 24) & (minute < 60) & (second < 60)).all() or not _are_even(seconds):
        return None
    return Times(seconds, f"H MM{' SS' * with_seconds} without colons", clock=True)


def period_times(texts: Sequence[str]) -> Times | None:
    """Read years with their months, quarters, halves or weeks, counted since the year 0."""
    texts = [_WEEK.sub("W", text) for text in texts]
    for pattern in _PERIODS:
        matches = [match for match in map(pattern.fullmatch, texts) if match]
        kinds = {match["kind"].upper() for match in matches}
        if len(matches) == len(texts) and len(kinds) == 1:
            kind = kinds.pop()
            numbers = [_periods(match["year"], kind, int(match["part"])) for match in matches]
            return Times(np.array(numbers, dtype=np.float64), f"years and their {_PARTS[kind][0]}")
    return None


def _is_season(text: str) -> bool:
    match = _SEASON.fullmatch(text)
    return match is not None and (int(match[1]) + 1) % 100 == int(match[2]) % 100


def seasons(texts: Sequence[str]) -> Times | None:
    """Read 2019/20, 2020/21, 2021/22 as the years in which they begin."""
    if len(texts) < _FEWEST_SEASONS or not all(map(_is_season, texts)):
        return None
    return Times(np.array([float(text[:4]) for text in texts]), "numbers in names")


def _are_even(numbers: Array) -> bool:
    return len(set(np.diff(np.sort(numbers)).tolist())) == 1


def _periods(written: str, kind: str, part: int) -> float:
    """Count months, quarters, halves or weeks since the year 0, so that those of two years follow each other."""
    year = int(written) + (0 if len(written) == 4 else 1900 if int(written) > _LAST_YEAR else 2000)
    if kind != "W":
        return year * _PARTS[kind][1] + part - 1
    fourth = date(year, 1, 4)  # always in the first week (ISO 8601)
    return (fourth.toordinal() - fourth.weekday()) / 7 + part - 1
