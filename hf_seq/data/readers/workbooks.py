# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Excel's .xlsx: the first sheet that holds rows, or a sheet for each split, with the extra `excel`."""

import datetime
import io
from pathlib import Path
from typing import Any

from hf_seq.data.readers.packed import read_bytes
from hf_seq.data.readers.split_names import canonical_split
from hf_seq.data.readers.tables import Table
from hf_seq.data.readers.text_form import current_form
from hf_seq.errors import InputError


def read_workbook(path: Path) -> Table:
    """Read the first sheet with several names in its first row, else the first with rows; others are noted.

    Raises:
        InputError: it cannot be read, it is empty, or openpyxl is missing.
    """
    sheets = _sheets(path)
    if not sheets:
        raise InputError(f"{path} has no sheet with rows; give a line of names and rows.")
    tables = (name for name, rows in sheets.items() if sum(value is not None for value in rows[0]) > 1)
    name = next(tables, next(iter(sheets)))  # the first may only say what the others are
    table = _table(path, name, sheets[name])
    if len(sheets) > 1:
        others = ", ".join(repr(other) for other in sheets if other != name)
        table.notes.append(f"sheet {name!r} is read, {others} not")
    return table


def splits_of_workbook(path: Path) -> dict[str, Table] | None:
    """Read a sheet for each split; None where none is called train."""
    sheets = _sheets(path)
    if not any(canonical_split(name) == "train" for name in sheets):
        return None
    return {name: _table(path, name, rows) for name, rows in sheets.items()}


def _sheets(path: Path) -> dict[str, list[list[Any]]]:
    """Return the rows of each sheet that has any, blank ones left out; hidden sheets come last."""
    try:
        import openpyxl
    except ImportError:
        raise InputError(
            f"{path}: reading .xlsx needs openpyxl; install it with `pip install 'hf_seq[excel]'`, or save the "
            "sheet as csv."
        ) from None
    try:
        book = openpyxl.load_workbook(io.BytesIO(read_bytes(path)), read_only=True, data_only=True)
    except Exception as error:  # a broken archive raises many kinds
        raise InputError(f"{path} is not a readable .xlsx file ({error}); save it again, or as csv.") from None
    found = {}
    for sheet in sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible"):
        rows = [[_plain(value) for value in row] for row in sheet.iter_rows(values_only=True)]
        rows = [row for row in rows if any(value is not None for value in row)]
        if rows:
            found[sheet.title] = rows
    return found


def _table(path: Path, sheet: str, rows: list[list[Any]]) -> Table:
    form = current_form()
    width = max(len(row) - next((n for n, v in enumerate(reversed(row)) if v is not None), len(row)) for row in rows)
    rows = [[*row, *[None] * width][:width] for row in rows]
    names, body = ([str(n) for n in range(1, width + 1)], rows) if form.no_header or form.names else (rows[0], rows[1:])
    names = form.names or ["" if name is None else str(name).strip() for name in names]
    used = [index for index, name in enumerate(names) if name or any(row[index] is not None for row in body)]
    names, body, width = [names[index] for index in used], [[row[index] for index in used] for row in body], len(used)
    nameless = next((column for column, name in enumerate(names, 1) if not name and column > 1), None)  # pandas' index
    odd = nameless or next((column for column, name in enumerate(names, 1) if names.count(name) > 1), None)
    if odd is not None or len(names) != width:
        raise InputError(
            f"{path}: the first line of sheet {sheet!r} gives column {odd or width} no name of its own; name all "
            f"{width} columns there, or with --columns, and take out a title above the names."
        )
    return Table({name: _of_one_kind([row[index] for row in body]) for index, name in enumerate(names)})


def _of_one_kind(values: list[Any]) -> list[Any]:
    """Write the numbers of a column of texts as texts, into which Excel makes what is typed as digits alone."""
    texts, others = (sum(isinstance(value, kind) for value in values) for kind in (str, int | float))
    return values if texts <= others else [value if value is None else str(value) for value in values]


def _plain(value: Any) -> Any:
    """Write dates as ISO, and a number that Excel keeps as 3.0 as 3."""
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return int(value) if isinstance(value, float) and value.is_integer() else value
