# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Words in times: months in other languages, zones by their names, years of two digits.

5. März 2020   5 févr. 2020   2020年1月5日   8h05   8:05 Uhr   1st June 2020     as 5 Mar 2020, 8:05, ...
2020-01-06/2020-01-12                                                         a week, by its first day
2020-03-02 10:00 CET   ... 10:00 EDT   Mon Mar 02 10:00:00 CET 2020             by the zone, or without the only one
Jan-49   67 68 69 70                                                          years that follow each other
"""

import re
from collections.abc import Sequence
from datetime import date

import numpy as np

from hf_seq.errors import InputError

Array = np.ndarray
MONTHS = {
    "Jan": "january jan januar jänner jaenner januari janvier janv enero ene gennaio gen janeiro styczeń",
    "Feb": "february feb februar feber februari février fevrier févr fevr fév fev febrero febbraio fevereiro",
    "Mar": "march mar märz maerz mär mrz maart mrt mars marzo março marco",
    "Apr": "april apr avril avr abril abr aprile",
    "May": "may mai mei mayo maggio mag maio",
    "Jun": "june jun juni juin junio giugno giu junho",
    "Jul": "july jul juli juillet juil julio luglio lug julho",
    "Aug": "august aug augustus août aout agosto ago augusti",
    "Sep": "september sep sept septembre septiembre settembre set setembro",
    "Oct": "october oct oktober okt octobre octubre ottobre ott outubro out",
    "Nov": "november nov novembre noviembre novembro",
    "Dec": "december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro",
}
_MONTH = {word: month for month, words in MONTHS.items() for word in words.split()}
_SMALL_WORDS = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun of at the "
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so um uhr den der "
    "lundi mardi mercredi jeudi vendredi samedi dimanche lun mer jeu ven sam dim le à "
    "lunes martes miércoles jueves viernes sábado domingo de del"
)
"""Days of the week and such; they say nothing of the order."""
_LEFT_OUT = frozenset(_SMALL_WORDS.split())
_WORD = re.compile(r"[^\W\d_]+\.?")
_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th|er|º|ª)\b", re.IGNORECASE)
_HOURS = re.compile(r"(?<!\d)(\d{1,2}) ?h ?(\d\d)\b", re.IGNORECASE)
_SPAN = re.compile(r"^(\d{4}-\d\d-\d\d)(?: ?/ ?| ?– ?| - | to )\d{4}-\d\d-\d\d$")  # a week, as pandas writes it
_EAST = re.compile(r"(\d{4})[年년] ?(\d{1,2})[月월](?: ?(\d{1,2})[日일])?")
_ZONE = re.compile(
    r"(?<=\d) ([A-Z]{3,5}|[A-Z][a-z]+/[A-Za-z_]+)$"  # 10:00 CET, 10:00 Europe/Paris
    r"|(?<=\d)\[([A-Za-z_/]+)\]$"  # 10:00+01:00[Europe/Paris]
    r"|(?<=:\d\d) ([A-Z]{3,5})(?= \d{4}$)"  # 10:00:00 CET 2020
)
_HOURS_OF = {
    **{"GMT": 0, "UTC": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2},
    **{"EET": 2, "EEST": 3},
    **{"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7},
}
"""Hours from UTC, where times of one column change between two names of a zone, as in summer and winter."""
CENTURY = 100
AHEAD = 20  # years from now that times of two digits are still of this century


def in_plain_words(texts: Sequence[str]) -> list[str]:
    """Write months by their English names, and leave out the words that say nothing.

    Example:
        >>> in_plain_words(["Lundi 5 févr. 2020", "2020年1月5日", "1st June 2020", "8h05", "'2020-01-02"])
        ['5 Feb 2020', '2020/1/5', '1 Jun 2020', '8:05', '2020-01-02']
    """
    return [_plain(text) for text in texts]


def _plain(text: str) -> str:
    text = _SPAN.sub(r"\1", text)
    text = _EAST.sub(lambda match: "/".join(filter(None, match.groups())), text.removeprefix("'"))
    text = _WORD.sub(_replaced, _HOURS.sub(r"\1:\2", _ORDINAL.sub("", text)))
    return re.sub(r"^[\s,]+|[\s,]+$", "", re.sub(r"\s+", " ", re.sub(r"(?<=\d)\.(?= ?[A-Z])", "", text)))


def _replaced(match: re.Match[str]) -> str:
    word = match[0].removesuffix(".").casefold()
    return _MONTH.get(word) or ("" if word in _LEFT_OUT else match[0])


def without_zone_names(texts: Sequence[str], name: str) -> tuple[list[str], str]:
    """Write the zones of times as hours from UTC; one that all have is left out, since nothing depends on it.

    Args:
        texts: times.
        name: of their column, for messages.

    Returns:
        The texts, and what is to be said.

    Raises:
        InputError: some times have a zone and others none, or a zone among several is not known.
    """
    found = ["".join(filter(None, match.groups())) if match else None for match in map(_ZONE.search, texts)]
    zones = sorted({zone for zone in found if zone})
    if not zones or set(zones) <= {"UTC", "GMT"}:
        return list(texts), ""
    if None in found:
        raise InputError(
            f"{name!r} has times with a zone ({texts[found.index(zones[0])]!r}) and without "
            f"({texts[found.index(None)]!r}); write all of them with their zone, or none."
        )
    if len(zones) == 1:
        return [_ZONE.sub("", text) for text in texts], f", all in {zones[0]}"
    unknown = [zone for zone in zones if zone not in _HOURS_OF]
    if unknown:
        raise InputError(
            f"{name!r} has times in the zones {', '.join(zones)}, and how far {unknown[0]} is from UTC is not known; "
            "write all in one zone, or with hours such as +01:00."
        )
    hours = [f"{_HOURS_OF[zone or '']:+03d}:00" for zone in found]
    return [_ZONE.sub("", text) + hour for text, hour in zip(texts, hours, strict=True)], ", compared in UTC"


def in_one_century(seconds: Array) -> Array:
    """Let years of two digits follow each other: 67, 68, 69, 70 are no 1969 before 2067.

    The years begin behind the widest gap among them, in the last century in which they do not end far in the future.

    Args:
        seconds: (N,) since 1970, as `strptime` reads them; NaN where one is missing.
    """
    known = np.isfinite(seconds)
    stamps = (np.where(known, seconds, 0) * 1e6).astype("int64").astype("datetime64[us]")
    months = stamps.astype("datetime64[M]")
    years = months.astype(int) // 12 + 1970
    short = np.unique(years[known] % CENTURY)
    if not len(short):
        return seconds
    gaps = np.diff(short, append=short[0] + CENTURY)
    first = int(short[(int(gaps.argmax()) + 1) % len(short)])
    spread = (years - first) % CENTURY  # years since the first
    begin = first + date.today().year // CENTURY * CENTURY
    while begin + int(spread[known].max()) > date.today().year + AHEAD:
        begin -= CENTURY
    moved = (months.astype(int) + 12 * (begin + spread - years)).astype("datetime64[M]").astype("datetime64[us]")
    shifted = (moved + (stamps - months.astype("datetime64[us]"))).astype("int64") / 1e6
    return np.where(known, shifted, np.nan)
