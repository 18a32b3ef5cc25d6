# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Times as numbers, the formats that dates and times are written in, and texts parsed by one of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import numpy as np

from hf_seq.data.series.time_words import in_one_century
from hf_seq.errors import InputError

Array = np.ndarray
DAY = 86_400.0
DATES = (
    *("%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%Y"),
    *("%m-%d-%Y", "%d-%m-%y", "%m-%d-%y", "%d %b %Y", "%d %B %Y", "%d. %B %Y", "%d. %b %Y", "%b %d, %Y", "%B %d, %Y"),
    *("%b %d %Y", "%B %d %Y", "%d-%b-%Y", "%d-%b-%y", "%d/%b/%Y", "%b %Y", "%B %Y", "%b-%y", "%b-%Y", "%m/%Y"),
    "%b %y",
    *("%Y/%m", "%a %d %b %Y", "%a, %d %b %Y", "%A, %d %B %Y", "%A, %B %d, %Y", "%a %b %d %Y", "%Y-%m-%d", "%d%b%Y"),
    *("%Y %b", "%Y %B", "%Y-%b", "%Y-%b-%d", "%d.%b.%Y", "%b. %d, %Y", "%a %d/%m/%Y", "%a %m/%d/%Y", "%a %d.%m.%Y"),
)
YEAR_FIRST = ("%y/%m/%d", "%y-%m-%d", "%y.%m.%d", "%y-%b", "%y %b")
"""Only where nothing else fits: 22.01.20 is the 22nd of January."""
YEARLESS = ("%d-%b", "%d %b", "%b-%d", "%b %d")
"""Never taken, since nobody knows where a new year begins, but what these read, too, is in doubt: Jan-20."""
_CLOCKS = ("%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p", "%I %p", "%H")
_JOINTS = (" ", ", ", "T", "_", "-")
ODD = (
    *("%a %b %d %H:%M:%S %z %Y", "%a %b %d %H:%M:%S %Y", "%Y%m%d %H%M%S", "%Y%m%dT%H%M%S", "%Y%m%d%H%M%S"),
    *("%d/%b/%Y:%H:%M:%S %z", "%d/%b/%Y:%H:%M:%S", "%b %d %H:%M:%S %Y"),
)
_IN_WORDS = {"%d": "D", "%m": "M", "%Y": "Y", "%y": "Y", "%b": "month name", "%B": "month name", "%a": "", "%A": ""}
_DIRECTIVE = re.compile("%[A-Za-z]")
_PROBES = 5  # texts that a way of writing is tried on first
SAMPLE = 500  # texts that tell whether the rest is worth reading


@dataclass(frozen=True)
class Times:
    """Times of N steps.

    Attributes:
        seconds: (N,) float64; the unit of plain numbers is their own.
        how: the way of writing, in words.
        clock: whether these are times of day without a date, which may pass midnight.
    """

    seconds: Array
    how: str
    clock: bool = False


def all_formats(dates: Sequence[str], odd: Sequence[str]) -> list[str]:
    """List the formats of dates alone, with a time of day, and with a zone behind it."""
    timed = [f"{day}{joint}{clock}" for day in dates for joint in _JOINTS for clock in _CLOCKS]
    zoned = [f"{each}{blank}%z" for each in timed for blank in ("", " ")]
    return [*dates, *timed, *zoned, *odd]


def promising(texts: Sequence[str], formats: Sequence[str]) -> list[str]:
    """Keep the formats that read one of the first texts."""
    signs = [(text, _signs(text)) for text in texts[:_PROBES]]
    return [each for each in formats if any(_may_fit(found, each) and _fits(text, each) for text, found in signs)]


def _signs(text: str) -> str:
    """Return what is neither a letter, a digit nor a blank, in its order."""
    return "".join(letter for letter in text if not letter.isalnum() and not letter.isspace())


@cache
def _signs_of_format(time_format: str) -> str:
    return _signs(_DIRECTIVE.sub("", time_format))


def _may_fit(signs: str, time_format: str) -> bool:
    """Check whether the signs of a text are those of a format, which is quick; a zone may have more."""
    wanted = _signs_of_format(time_format)
    return signs == wanted or ("%z" in time_format and signs.startswith(wanted))


def _fits(text: str, time_format: str) -> bool:
    try:
        datetime.strptime(text, time_format)
    except ValueError:
        return False
    return True


def parsed(texts: Sequence[str], time_format: str) -> Array | None:
    """Return seconds since 1970 of texts that all have this format, else None."""
    if len(texts) > 2 * SAMPLE and parsed(texts[:: len(texts) // SAMPLE], time_format) is None:
        return None
    seconds = seconds_by(texts, time_format)
    return None if np.isnan(seconds).any() else seconds


def seconds_by(texts: Sequence[str], time_format: str) -> Array:
    """Parse what has the format; the rest is NaN."""
    import pandas

    try:
        read = pandas.to_datetime(
            pandas.Series(list(texts), dtype=object), format=time_format, errors="coerce", utc=True
        )
    except (ValueError, re.error) as error:  # pandas makes a regular expression of it
        raise InputError(
            f"--time_format {time_format:.60} is not a format of times ({error}); such as %d.%m.%Y."
        ) from None
    stamps = read.dt.tz_localize(None).to_numpy().astype("datetime64[us]")
    seconds = np.where(np.isnat(stamps), np.nan, stamps.astype(np.int64) / 1e6)
    return in_one_century(seconds) if "%y" in time_format else seconds


def in_words(time_format: str) -> str:
    """Write a format for people.

    Example:
        >>> in_words("%d.%m.%Y %H:%M"), in_words("%m/%d/%Y")
        ('D.M.Y H:M', 'M/D/Y')
    """
    words = re.sub("%[dmYybBaA]", lambda match: _IN_WORDS[match[0]], time_format)
    return re.sub(r"%([A-Za-z])", r"\1", words).strip(" ,")
