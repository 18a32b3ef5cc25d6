# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Excel's .xlsx: the first sheet that holds rows, or a sheet for each split, with the extra `excel`."""

import datetime
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hf_seq.data.findings import counted
from hf_seq.data.readers.packed import read_bytes
from hf_seq.data.readers.split_names import canonical_split
from hf_seq.data.readers.tables import Table
from hf_seq.data.readers.text_form import current_form
from hf_seq.errors import InputError


@dataclass
class _Sheet:
    """The rows of a sheet, and how many of their cells are parts of merged ones."""

    rows: list[list[Any]]
    filled: int


def read_workbook(path: Path) -> Table:
    """Read the first sheet with several names in its first row, else the first with rows; others are noted.

    Raises:
        InputError: it cannot be read, it is empty, or openpyxl is missing.
    """
    sheets = _sheets(path)
    if not sheets:
        raise InputError(f"{path} has no sheet with rows; give a line of names and rows.")
    tables = (name for name, sheet in sheets.items() if sum(value is not None for value in sheet.rows[0]) > 1)
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
    return {name: _table(path, name, sheet) for name, sheet in sheets.items()}


def _sheets(path: Path) -> dict[str, _Sheet]:
    """Return the rows of each sheet that has any, blank ones left out; hidden sheets come last."""
    try:
        import openpyxl
    except ImportError:
        raise InputError(
            f"{path}: reading .xlsx needs openpyxl; install it with `pip install 'hf_seq[excel]'`, or save the "
            "sheet as csv."
        ) from None
    raw = read_bytes(path)
    try:
        merged = _has_merged_cells(raw)
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=not merged, data_only=True)
    except Exception as error:  # a broken archive raises many kinds
        raise InputError(f"{path} is not a readable .xlsx file ({error}); save it again, or as csv.") from None
    found = {}
    for sheet in sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible"):
        rows = [[_plain(value) for value in row] for row in sheet.iter_rows(values_only=True)]
        filled = _fill_merged(rows, sheet.merged_cells.ranges) if merged else 0
        rows = [row for row in rows if any(value is not None for value in row)]
        if rows:
            found[sheet.title] = _Sheet(rows, filled)
    return found


def _has_merged_cells(raw: bytes) -> bool:
    """Look for merged cells in any sheet; only a workbook that is read whole tells which they are."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(b"<mergeCell " in archive.read(name) for name in sheets)


def _fill_merged(rows: list[list[Any]], ranges: Iterable[Any]) -> int:
    """Write what stands in merged cells one above the other into each of them; returns how many are filled."""
    filled = 0
    names = next((number for number, row in enumerate(rows, 1) if any(value is not None for value in row)), 0)
    for cells in ranges:
        if cells.min_row > names and cells.min_col == cells.max_col and cells.max_row <= len(rows):
            value = rows[cells.min_row - 1][cells.min_col - 1]
            for row in rows[cells.min_row : cells.max_row]:
                row[cells.min_col - 1] = value
                filled += 1
    return filled


def _table(path: Path, sheet: str, found: _Sheet) -> Table:
    form, rows = current_form(), found.rows
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
    notes = [f"{counted(found.filled, 'cell')} below merged ones hold what these hold"] if found.filled else []
    return Table({name: _of_one_kind([row[index] for row in body]) for index, name in enumerate(names)}, notes=notes)


def _of_one_kind(values: list[Any]) -> list[Any]:
    """Write the numbers of a column of texts as texts, into which Excel makes what is typed as digits alone."""
    texts, others = (sum(isinstance(value, kind) for value in values) for kind in (str, int | float))
    return values if texts <= others else [value if value is None else str(value) for value in values]


def _plain(value: Any) -> Any:
    """Write dates as ISO, and a number that Excel keeps as 3.0 as 3."""
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return int(value) if isinstance(value, float) and value.is_integer() else value
