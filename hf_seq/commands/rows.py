# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The rows of an output: answers beside the ids of their inputs, or the columns that are asked for."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hf_seq.commands.inputs import ReadInputs
from hf_seq.errors import InputError
from hf_seq.flags.spelling import as_typed

ANSWERED = {
    "label_column": ("label", "labels", "score"),
    "target_column": ("target",),
}
"""The parts of an answer that stand for a column of training."""


@dataclass(frozen=True)
class OutputColumns:
    """The columns that an output is to have.

    Attributes:
        ids: columns of the input to repeat; those that look like ids where none are named.
        columns: new and old name of each column; all of the answer, behind the ids, where none are named.
    """

    ids: Sequence[str] = ()
    columns: Sequence[tuple[str, str]] = ()

    @property
    def typed(self) -> str:
        """The flags, as one would type them; empty where none was given."""
        renamed = [new if new == old else f"{new}={old}" for new, old in self.columns]
        return as_typed(id_column=",".join(self.ids), output_columns=",".join(renamed))


def take_output_columns(columns: dict[str, Any]) -> OutputColumns:
    """Take `id_column` and `output_columns` out of what the command line says of columns."""
    ids, wanted = (_listed(columns.pop(name, [])) for name in ("id_column", "output_columns"))
    return OutputColumns(ids, [_renamed(each) for each in wanted])


def answer_rows(
    answers: Iterable[Mapping[str, Any]], read: ReadInputs, output: OutputColumns, flags: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """Put each answer behind the ids of its input, or choose the columns that are wanted.

    Args:
        answers: of a model.
        read: the inputs.
        output: the columns that are wanted.
        flags: parts that an answer lacks where they are not so, which every row is to have.

    Raises:
        InputError: there is no such column.
    """
    table = read.inputs.table if read.inputs else None
    ids = _ids(read, output.ids)
    kept = (
        [] if table is None else [name for name in table.names if name in {*ids, *(old for _, old in output.columns)}]
    )
    columns = zip(*(table.values(name) for name in kept), strict=True) if table is not None and kept else None
    for answer in answers:
        row = dict(zip(kept, next(columns), strict=True)) if columns else {}
        absent = {name: False for name in flags if name not in answer}
        if output.columns:
            yield _chosen({**absent, **row}, answer, output.columns, read.trained_on or {})
        else:
            yield {**{name: row[name] for name in ids}, **answer, **absent}


def _ids(read: ReadInputs, named: Sequence[str]) -> list[str]:
    """Name the columns of the input that come through: those named, or those that look like ids."""
    if read.inputs is None or read.inputs.table is None:
        if named:
            raise InputError(f"--id_column {named[0]} is a column, and lines have none; give a csv, or leave it out.")
        return []
    from hf_seq.data.inputs import id_columns

    table = read.inputs.table
    odd = next((name for name in named if name not in table.names), None)
    if odd is not None:
        raise InputError(f"--id_column {odd} is not there; the columns are {', '.join(table.names)}.")
    found = list(named) or list(read.inputs.ids)
    found = found or [name for name in id_columns(table) if name not in _names(read.inputs.columns)]
    if found and not named:
        print(f"hf-seq: each answer stands behind its {', '.join(found)} (--id_column)", file=sys.stderr)
    return found


def _names(columns: Mapping[str, Any]) -> set[str]:
    """Name the columns that were read, each flag naming one or several."""
    return {name for each in columns.values() for name in (each if isinstance(each, list) else [each])}


def _chosen(
    row: Mapping[str, Any], answer: Mapping[str, Any], wanted: Sequence[tuple[str, str]], trained_on: Mapping[str, Any]
) -> dict[str, Any]:
    """Choose of input, answer and probabilities; the column of the trained label is the label, if not of the input."""
    found = dict(answer.get("probabilities") or {})
    for flag, parts in ANSWERED.items():
        part = next((each for each in parts if each in answer), None)
        if isinstance(trained_on.get(flag), str) and part:
            found[trained_on[flag]] = answer[part]
    found |= {**row, **answer}
    odd = next((old for _, old in wanted if old not in found), None)
    if odd is not None:
        raise InputError(f"--output_columns {odd} is not there; there are {', '.join(found)}.")
    return {new: found[old] for new, old in wanted}


def _listed(names: Sequence[str]) -> list[str]:
    """Split what was written with commas."""
    return [part.strip() for name in names for part in name.split(",") if part.strip()]


def _renamed(name: str) -> tuple[str, str]:
    """Read `target=label` as a new name and an old one."""
    new, equals, old = name.partition("=")
    return (new, old) if equals else (name, name)
