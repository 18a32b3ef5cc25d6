# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Several columns, of 0 and 1 for a label each or of numbers for a target each, as one column of lists."""

import difflib
from collections.abc import Sequence
from typing import Any

from hf_seq.data.columns import LABEL_NAMES, SAMPLE, looks_like_id, looks_like_labels
from hf_seq.data.labels.cells import EXAMPLES
from hf_seq.data.labels.problem_types import REGRESSION
from hf_seq.data.labels.targets import as_amount, hold_amounts
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.errors import InputError

SEVERAL_LABELS = ", or all of them with --label_columns (0 and 1 for a label each, or amounts to learn)"
"""What a user may do where several columns could be the label."""
FEWEST = 3
"""Columns of 0 and 1 that are labels without being named: of two, one may be a mark of another kind."""
BITS = {
    **{"0": 0, "0.0": 0, "false": 0, "no": 0, "f": 0, "n": 0, "nein": 0, "falsch": 0, "non": 0, "faux": 0, "não": 0},
    **{"1": 1, "1.0": 1, "true": 1, "yes": 1, "t": 1, "y": 1, "ja": 1, "wahr": 1, "oui": 1, "vrai": 1, "sim": 1},
    **{"nee": 0, "nie": 0, "нет": 0, "sí": 1, "si": 1, "sì": 1, "tak": 1, "да": 1},
}
"""How people write that a row has a label, and that it has not; in any case, and booleans too."""


def label_columns_of(
    train: Table, label_column: str | None, label_columns: Sequence[str] | None, notes: list[str]
) -> list[str]:
    """Name the columns that hold a label each; none where one column holds the labels.

    Args:
        train: the train split.
        label_column: named by the user; with commas between several.
        label_columns: named by the user.
        notes: how columns were found is added here.

    Raises:
        InputError: there is no such column, or both are named.
    """
    if label_columns and label_column:
        raise InputError(
            f"label_column={label_column} names one column and label_columns={','.join(label_columns)} several; give "
            "one of them."
        )
    named = [part.strip() for name in label_columns or () for part in _split(name, train)]
    if not named and label_column is not None and label_column not in train.names and "," in label_column:
        parts = _split(label_column, train)
        named = parts if set(parts) & set(train.names) else []
    if not named:
        return [] if label_column is not None else _found(train, notes)
    odd = next((name for name in named if name not in train.names), None)
    if odd is not None:
        close = difflib.get_close_matches(odd, train.names, 1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        listed = ", ".join(map(repr, train.names))
        raise InputError(f"label_columns: {odd!r} is not there; the columns are {listed}{hint}")
    if len(named) < 2:
        raise InputError(f"label_columns names {named[0]!r} alone; name two or more, or say --label_column {named[0]}.")
    return named


def join_label_columns(raw: RawData, columns: Sequence[str], problem_type: str | None = None) -> str:
    """Join columns to a column of lists, in every split that has them; its name is theirs with commas.

    Args:
        raw: what was read; the column is added to its tables.
        columns: of 0 and 1, a label each; or of numbers, a target each.
        problem_type: what they are, where the user says it; else the columns of train tell.

    Raises:
        InputError: a cell of theirs is neither 0 nor 1, or no number.
    """
    joined = ",".join(columns)
    train = raw.tables["train"]
    amounts = problem_type is None and hold_amounts([train.values(name) for name in columns])
    read = _amounts if amounts or problem_type == REGRESSION else _bits
    for split, table in raw.tables.items():
        if set(columns) <= set(table.names):
            rows = zip(*map(table.values, columns), strict=True)
            lists = [read(split, number, columns, row) for number, row in enumerate(rows, 1)]
            table.columns = {**table.columns, joined: lists}
            table.class_names = {**table.class_names, joined: list(columns)}
    return joined


def _split(name: str, table: Table) -> list[str]:
    return [name] if name in table.names else [part.strip() for part in name.split(",") if part.strip()]


def _found(train: Table, notes: list[str]) -> list[str]:
    """Find columns of 0 and 1 that can only be labels: three or more, and no other column that could be the label."""
    names = [name for name in train.names if not looks_like_id(train, name)]
    bits = [name for name in names if _holds_bits(train.values(name, SAMPLE))]
    others = [name for name in names if name not in bits]
    named = any(name.lower() in LABEL_NAMES for name in names) or bool(train.class_names)
    if len(bits) < FEWEST or named or any(looks_like_labels(train.values(name, SAMPLE)) for name in others):
        return []
    values = {name: train.values(name, SAMPLE) for name in bits}
    rows = [[name for name in bits if _bit(values[name][row])] for row in range(len(values[bits[0]]))]
    kinds = list(dict.fromkeys("+".join(row) or "none" for row in rows))
    shown = "; ".join(sorted(kinds, key=lambda kind: kind == "none")[:EXAMPLES])
    notes.append(
        f"{len(bits)} columns of 0 and 1 are read as a label each (rows have {shown}); name the right ones with "
        "--label_columns, or a single one with --label_column"
    )
    return bits


def _holds_bits(values: list[Any]) -> bool:
    return bool(values) and all(_bit(value) is not None for value in values)


def _bit(value: Any) -> int | None:
    return BITS.get(str(value).strip().lower())


def _bits(split: str, number: int, columns: Sequence[str], row: Sequence[Any]) -> list[int] | None:
    """Read a row of 0 and 1; None where all are -1, as where labels are kept back."""
    if {str(cell).strip().removesuffix(".0") for cell in row} == {"-1"}:
        return None
    bits = [_bit(cell) for cell in row]
    if None not in bits:
        return bits  # type: ignore[return-value]
    odd = bits.index(None)
    raise InputError(
        f"{split} row {number} has {row[odd]!r} in column {columns[odd]!r}, and columns of labels hold 0 and 1 "
        "(or true and false, yes and no); "
        "correct it, or name one column with --label_column; for amounts say --problem_type regression."
    )


def _amounts(split: str, number: int, columns: Sequence[str], row: Sequence[Any]) -> list[float] | None:
    """Read a row of numbers; None where all are missing."""
    if all(cell is None or not str(cell).strip() for cell in row):
        return None
    found = [as_amount(cell) for cell in row]
    if None not in found:
        return found  # type: ignore[return-value]
    odd = found.index(None)
    raise InputError(
        f"{split} row {number} has {row[odd]!r} in column {columns[odd]!r}, which is not a finite number, and each of "
        f"{', '.join(columns)} is a target to learn; correct it, remove the row, or leave that column out."
    )
