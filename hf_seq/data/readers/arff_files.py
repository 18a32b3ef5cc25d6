# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
r"""Files of Weka and of the UEA & UCR archives, `.arff`: a header of `@` lines, then a row a line.

@attribute att0 numeric               one channel: an attribute a step
@attribute target {1,2}
@data
0.1,?,0.3,1                           ? is a missing value

@attribute bag relational             several: a quoted table, a channel between two \n
@data
'0.1,0.2,0.3\n1,2,3',Standing         2 channels, 3 steps
"""

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.data.readers.files import lift_field_size_limit, read_text
from hf_seq.data.readers.tables import Table
from hf_seq.data.series.number_columns import is_missing
from hf_seq.errors import InputError

_ATTRIBUTE = re.compile(r"""@attribute\s+('[^']*'|"[^"]*"|\S+)\s+(.+)""", re.IGNORECASE)


def read_arff(path: Path) -> Table:
    """Read an `.arff` file: `series`, arrays (T, C), where it has a relational attribute, else a column each.

    Raises:
        InputError: no `@data` line, rows of another length, or channels of different lengths; with the line.
    """
    attributes, lines = _parted(path)
    lift_field_size_limit()
    rows = []
    for number, line in lines:
        fields = _fields(line)
        if len(fields) != len(attributes):
            raise InputError(
                f"{path}: line {number} has {len(fields)} values for {len(attributes)} attributes; correct it."
            )
        rows.append((number, fields))
    columns: dict[str, list[Any]] = {}
    class_names = {}
    for place, (name, kind) in enumerate(attributes):
        values = [fields[place] for _, fields in rows]
        if kind.lower() == "relational":
            columns["series"] = [_series(path, number, value) for (number, _), value in zip(rows, values, strict=True)]
            continue
        columns[name] = ["" if is_missing(value) else value for value in values]
        if kind.startswith("{"):
            class_names[name] = [each.strip() for each in _fields(kind.strip("{} "))]
    names = {name: found for name, found in class_names.items() if set(columns[name]) <= {"", *found}}
    return Table(columns, names if len(names) == 1 else {}, all_strings=not names, path=path)


def _parted(path: Path) -> tuple[list[tuple[str, str]], list[tuple[int, str]]]:
    """Part a file into its attributes, those inside a relational one aside, and its numbered rows."""
    lines = list(enumerate(read_text(path).split("\n"), 1))
    attributes: list[tuple[str, str]] = []
    inside = ""
    for place, (number, line) in enumerate(lines):
        text = line.strip()
        word = text.split(maxsplit=1)[0].lower() if text else ""
        if word == "@data":
            rest = [(number, row.strip()) for number, row in lines[place + 1 :]]
            return attributes, [(number, row) for number, row in rest if row and row[0] != "%"]
        if word == "@end":
            inside = ""
        elif word == "@attribute" and not inside:
            match = _ATTRIBUTE.match(text)
            if match is None:
                raise InputError(f"{path}: line {number} is {text[:60]!r}, no `@attribute NAME TYPE`; correct it.")
            attributes.append((match[1].strip("'\""), match[2].strip()))
            inside = match[1] if match[2].strip().lower() == "relational" else ""
    raise InputError(f"{path} has no line `@data`; rows stand behind it, one a line.")


def _fields(line: str) -> list[str]:
    """Part a row at its commas; what stands in single or double quotes is one value."""
    quote = "'" if "'" in line else '"'
    row = next(csv.reader([line], quotechar=quote, skipinitialspace=True))
    return [field.strip().strip("'\"") for field in row]


def _series(path: Path, number: int, text: str) -> np.ndarray:
    channels = [channel.split(",") for channel in text.replace("\\n", "\n").split("\n") if channel.strip()]
    lengths = [len(channel) for channel in channels]
    if not lengths or len(set(lengths)) > 1:
        raise InputError(
            f"{path}: line {number} has channels of {', '.join(map(str, lengths)) or 'no'} steps; all must be as long, "
            "with ? where a value is missing."
        )
    try:
        values = [[float("nan") if is_missing(value) else float(value) for value in channel] for channel in channels]
    except ValueError as error:
        raise InputError(f"{path}: line {number} cannot be read ({error}); write ? for a missing value.") from None
    return np.array(values).T
