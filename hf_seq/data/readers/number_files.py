# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tables of numbers as text, with or without a line of names: csv, tsv, and the UCR archive's txt between blanks."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from hf_seq.data.readers.comments import without_comments
from hf_seq.data.readers.files import READERS, read_text
from hf_seq.data.readers.packed import suffix_of
from hf_seq.data.readers.tables import Table
from hf_seq.data.readers.text_form import current_form
from hf_seq.data.series.number_columns import as_number, is_missing, is_number
from hf_seq.errors import InputError

DELIMITERS = ("\t", ";", ",")
NOT_NUMBERS = 2  # cells of a first row that may be the label and the id
FEWEST_FIELDS = 3  # from which on two of them may be the label and the id
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}([ T]\d{1,2}:\d\d(:\d\d)?)?")
_BLANKS = re.compile(r"[ \t]+")


def read_number_table(path: Path) -> Table:
    """Read a table; where its first line is a row and no names, the columns are called 1, 2, 3, ...

    Raises:
        InputError: it cannot be read, or its rows differ in length.
    """
    form = current_form()
    text, notes = without_comments(read_text(path), lambda line, first: _fields(line, _delimiter(first)))
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = _delimiter(first)
    fields = _fields(first, delimiter)
    is_row = _is_row(fields) if form.no_header is None else form.no_header
    if form.names or not is_row:
        if suffix_of(path) != ".txt" or form.names:
            return READERS[suffix_of(path)](path)
        table = _table(path, text, delimiter, names=[name.strip('"') for name in fields])
        return replace(table, notes=notes)
    table = _table(path, text, delimiter, names=None)
    return replace(table, notes=[*notes, *table.notes])


def _delimiter(line: str) -> str | None:
    """Return what parts the fields of a line; None for blanks."""
    return current_form().separator or next((each for each in DELIMITERS if each in line), None)


def _fields(line: str, delimiter: str | None) -> list[str]:
    line = line.strip(" \r\n")
    return [field.strip() for field in (line.split(delimiter) if delimiter else _BLANKS.split(line))]


def _is_row(fields: Sequence[str]) -> bool:
    """Check whether a line holds values: nearly all numbers, which do not just count the columns."""
    found = [as_number(field) for field in fields if is_number(field) and not is_missing(field)]
    others = [field for field in fields if not is_number(field)]
    few = len(fields) < FEWEST_FIELDS
    if len(others) > NOT_NUMBERS or not found or (few and not all(map(_DATE.fullmatch, others))):
        return False
    if few:
        return found not in (
            list(range(len(found))),
            list(range(1, len(found) + 1)),
        )  # 0 and 1, as pandas calls columns
    steps = {round(after - before, 9) for before, after in pairwise(found)}
    return not (len(steps) == 1 and steps.pop() > 0)


def _table(path: Path, text: str, delimiter: str | None, names: list[str] | None) -> Table:
    rows = [(number, _fields(line, delimiter)) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    rows = rows if names is None else rows[1:]
    width = max((len(fields) for _, fields in rows), default=0) if names is None else len(names)
    bad = next(((number, len(fields)) for number, fields in rows if len(fields) > width), None)
    if bad is not None:
        raise InputError(f"{path}: line {bad[0]} has {bad[1]} fields, and there are {width} names; correct it.")
    columns = [str(number) for number in range(1, width + 1)] if names is None else names
    if not rows or not columns:
        raise InputError(f"{path} has a line of names and no rows below it; give a line of numbers for each row.")
    padded = [fields + [""] * (width - len(fields)) for _, fields in rows]  # shorter series end early
    notes = ["no line of names: the columns are called 1 to " + str(width)] if names is None else []
    return Table(
        dict(zip(columns, map(list, zip(*padded, strict=True)), strict=True)), all_strings=True, notes=notes, path=path
    )
