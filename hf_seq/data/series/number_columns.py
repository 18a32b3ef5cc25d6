# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Columns of a table of numbers: which hold numbers at all, and the numbers."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from hf_seq.data.readers.tables import Table
from hf_seq.errors import InputError

MISSING = frozenset(
    [
        *("", "nan", "-nan", "nat", "na", "n/a", "n.a.", "<na>", "null", "none", "?", "-", "--", "---", "–", "—"),
        *(
            ".",
            "..",
            ":",
            "#n/a",
            "#na",
            "#value!",
            "#div/0!",
            "#ref!",
            "#num!",
            "#name?",
            "#null!",
            "1.#ind",
            "-1.#ind",
        ),
    ]
)
"""How tables say that there is no value, in small letters."""
SAMPLE = 2_000  # rows that are looked at
FEWEST_POINTS = 3  # numbers such as 1.234 that tell whether points part thousands
_BITS = {"true": 1.0, "false": 0.0}
_COMMA = re.compile(r"[+-]?\d*,\d+")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_POINTS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
_WHOLE = re.compile(r"[+-]?\d{1,3}")
Array = np.ndarray


REMEDY = "Name the channels with --channels, or the label with --label_column"


def numbers(table: Table, name: str, where: str, remedy: str = REMEDY) -> Array:
    """Read a column of numbers, NaN where nothing is written; decimal commas are read, too.

    Args:
        table: with the column.
        name: of the column.
        where: the file, for messages.
        remedy: what to do where a value is none.

    Raises:
        InputError: a value is no number, with its row; or a comma may part thousands or decimals.
    """
    values = table.values(name)
    if where:
        _refuse_two_readings(table, values, name, where)
    if are_bits(values[:SAMPLE]):
        values = [_BITS.get(str(value).strip().lower(), value) for value in values]
    try:
        return np.array([as_number(value) for value in values], dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        bad = next(row for row, value in enumerate(values) if not is_number(value))
        if is_below_names(values):
            remedy = "If row 1 holds units or further names of the columns, take it out"
        raise InputError(
            f"{where}: column {name!r} holds {values[bad]!r} in row {bad + 1}; every channel must be numbers, empty "
            f"where a value is missing. {remedy}."
        ) from None


def _refuse_two_readings(table: Table, values: Sequence[Any], name: str, where: str) -> None:
    """Refuse a column all of whose commas stand before three digits: 1,234 is 1234 to some and 1.234 to others.

    A clear decimal comma in another column of the table settles it.
    """
    _refuse_thousands_by_points(table, values, name, where)
    commas = _with_commas(values)
    if not commas or not all(map(_THOUSANDS.fullmatch, commas)):
        return
    others = (text for each in table.names for text in _with_commas(table.values(each, SAMPLE)))
    if not any(_COMMA.fullmatch(text) and not _THOUSANDS.fullmatch(text) for text in others):
        raise InputError(
            f"{where}: column {name!r} has numbers such as {commas[0]!r}, which may be {commas[0].replace(',', '')} or "
            f"{commas[0].replace(',', '.')}; write them without a sign between thousands, or with a decimal point."
        )


def _refuse_thousands_by_points(table: Table, values: Sequence[Any], name: str, where: str) -> None:
    """Refuse a column of 987 and 1.234 alone, or of 1.234 beside one with decimal commas: points part thousands."""
    texts = [value.strip() for value in values if isinstance(value, str)]
    points = [text for text in texts if "." in text[1:]]
    if len(points) < FEWEST_POINTS or not all(map(_POINTS.fullmatch, points)):
        return
    whole = [text for text in texts if "." not in text and not is_missing(text)]
    beside = bool(whole) and all(map(_WHOLE.fullmatch, whole))
    others = (text for each in table.names if each != name for text in _with_commas(table.values(each, SAMPLE)))
    if beside or any(_COMMA.fullmatch(text) and not _THOUSANDS.fullmatch(text) for text in others):
        shown = " and ".join(map(repr, [*whole[:1], points[0]]))
        raise InputError(
            f"{where}: column {name!r} has numbers such as {shown}, whose points seem to part thousands; write them "
            "without a sign between thousands, or all with as many decimals."
        )


def _with_commas(values: Sequence[Any]) -> list[str]:
    return [value.strip() for value in values if isinstance(value, str) and "," in value]


def is_below_names(values: Sequence[Any]) -> bool:
    """Check whether the first of several values alone is no number, as where units stand below the names of columns."""
    first, *others = values[:SAMPLE]
    known = [value for value in others if not is_missing(value)]
    return not is_number(first) and len(known) > 1 and all(map(is_number, known))


def share_of_numbers(table: Table, name: str) -> float:
    """Return how many of the first values that are not missing are numbers; 1 where all are missing."""
    known = [value for value in table.values(name, SAMPLE) if not is_missing(value)]
    return sum(map(is_number, known)) / len(known) if known else 1.0


def are_bits(values: Sequence[Any]) -> bool:
    """Check whether the values that are there are true and false, as pandas writes them to a csv."""
    known = {str(value).strip().lower() for value in values if not is_missing(value)}
    return bool(known) and known <= _BITS.keys()


def is_missing(value: Any) -> bool:
    """Check whether a cell says that there is no value."""
    return value is None or str(value).strip().lower() in MISSING


def is_number(value: Any) -> bool:
    """Check whether a cell is a number, or missing."""
    try:
        as_number(value)
    except (ValueError, TypeError, OverflowError):
        return False
    return True


def are_whole(values: Sequence[Any]) -> bool:
    """Check whether all values are whole numbers, or names."""
    return all(not is_number(value) or is_missing(value) or float(as_number(value)).is_integer() for value in values)


def as_number(value: Any) -> float:
    """Read a cell: NaN where it says that there is no value; a decimal comma is read, too."""
    if isinstance(value, str):
        text = value.strip()
        if text.lower() in MISSING:
            return float("nan")
        return float(text.replace(",", ".") if _COMMA.fullmatch(text) else text)
    return float("nan") if value is None else float(value)
