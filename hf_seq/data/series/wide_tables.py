# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series in a wide table, a row each: numbered columns are steps, the label stands beside them.

t0,t1,...,t39,label       one channel
x_0,x_1,...,y_0,y_1,...   a channel for each name before the numbers
1/22/20,1/23/20,...       the times of the steps, in any order
1 TAB 0.1 TAB 0.2 ...     no names at all (UCR archive): the first or the last column of few values is the label

Empty cells at the end of a row end its series; those inside are missing values.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hf_seq.data.columns import LABEL_NAMES
from hf_seq.data.findings import are, counted
from hf_seq.data.groups import is_group_name, repeats
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.series.long_tables import GROUP, ID_NAMES, LABEL, SERIES
from hf_seq.data.series.number_columns import are_whole, as_number, is_missing, is_number, numbers, share_of_numbers
from hf_seq.data.series.options import NONE, SeriesOptions
from hf_seq.data.series.times import read_times
from hf_seq.errors import InputError

FEWEST_STEPS = 3
NUMBERED_SHARE = 0.6  # of the columns of numbers that must be steps
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}([-./]\d{1,4})?([ T]\d{1,2}:\d\d(:\d\d)?)?")
_NUMBERED = (
    re.compile(r"(?P<name>.*?)(?P<number>\d+)"),  # x_0, x_1
    re.compile(r"(?P<step>\D*)(?P<number>\d+)[-_. ](?P<name>\D.*)"),  # 0_x, t0_x
)
Array = np.ndarray


@dataclass
class WideRoles:
    """What the columns of a wide table are.

    Attributes:
        channels: the columns of the steps, in order, for each channel; None stands for a step that a channel lacks.
        label: the label.
        ids: the name of each series.
        group: rows that no cut may part.
        notes: what was guessed and left out, in words.
        whole: whether the labels are whole numbers, however they are written (1.0000000e+00).
    """

    channels: dict[str, list[str | None]]
    label: str | None = None
    ids: str | None = None
    group: str | None = None
    notes: list[str] = field(default_factory=list)
    whole: bool = False


def find_wide(table: Table, options: SeriesOptions) -> WideRoles | None:
    """Tell whether the columns of a table are the steps of a series a row, and which is what."""
    label = options.label_column or _label_by_name(table)
    group = None if options.group_column == NONE else options.group_column
    ids = options.id_column or next((name for name in table.names if name.lower() in ID_NAMES), None)
    rest = [name for name in table.names if name not in (label, group, ids)]
    bare = without_header(table)
    if label is None:
        label = _label_at_an_end(table, rest, bare=bare)
        rest = [name for name in rest if name != label]
    wanted = [name for name in options.channel_names or [] if name in rest] or rest
    with_numbers = [name for name in wanted if share_of_numbers(table, name) > 0]
    channels = {"": list[str | None](with_numbers)} if bare else _numbered(with_numbers)
    notes: list[str] = []
    dated = [name for name in with_numbers if named_by_times([name])]
    if len(dated) >= FEWEST_STEPS and (times := read_times(dated, "the names of columns", options.time_format)):
        channels = {"": [dated[place] for place in np.argsort(times.seconds, kind="stable")]}
        notes.append(f"the columns of steps are named by times, read as {times.how}; --time_format says otherwise")
    taken = {name for names in channels.values() for name in names if name is not None}
    if max(map(len, channels.values()), default=0) < FEWEST_STEPS or len(taken) < NUMBERED_SHARE * len(with_numbers):
        return None
    roles = WideRoles({name or "value": names for name, names in channels.items()}, label, ids, group, notes)
    left = [name for name in rest if name not in taken]
    if left:
        roles.notes.append(f"left out: {', '.join(map(repr, left))} (not numbered as the steps are)")
    if not bare and label is not None and label != (options.label_column or _label_by_name(table)):
        roles.notes.append(f"label {label!r}, at the end of the row; --label_column names another")
    if bare and label is not None and options.label_column is None:
        place = "first" if label == "1" else "last"
        roles.notes.append(f"the label is the {place} column; --label_column NUMBER names another")
        roles.whole = _are_few(table.values(label))
    if options.group_column is None and (
        named := [name for name in left if is_group_name(name) and repeats(list(map(str, table.values(name))))]
    ):
        roles.notes.append(f"--group_column {named[0]} keeps its rows on one side of every cut")
    return roles


def named_by_times(names: Sequence[str]) -> bool:
    """Check whether all names of columns are dates."""
    return all(_DATE.fullmatch(name.strip()) for name in names)


def without_header(table: Table) -> bool:
    """Check whether the columns of a table are called 1, 2, 3, ..., as a reader calls those that have no names."""
    return table.names == [str(number) for number in range(1, len(table.names) + 1)]


def _label_by_name(table: Table) -> str | None:
    named = [name for name in table.names if name in table.class_names or name.lower() in (*LABEL_NAMES, "target")]
    return named[0] if named else None


def _label_at_an_end(table: Table, rest: Sequence[str], *, bare: bool) -> str | None:
    """Take the first or the last column where it holds names or, without a header, few whole numbers."""
    ends = [rest[0], rest[-1]] if len(rest) > FEWEST_STEPS else []
    names = [
        name
        for name in ends
        if share_of_numbers(table, name) == 0 and len(set(map(str, table.values(name)))) <= len(table) // 2
    ]
    few = [name for name in ends if bare and _are_few(table.values(name))]
    return next(iter([*names, *few]), None)


def _are_few(values: Sequence[Any]) -> bool:
    if not all(map(is_number, values)):
        return False
    distinct = set(values)
    return are_whole(list(distinct)) and len(distinct) <= max(2, len(values) // 2)


def _numbered(names: Sequence[str]) -> dict[str, list[str | None]]:
    """Group columns by what stands before their number, and put each group in the order of the numbers."""
    if len(names) >= FEWEST_STEPS and all(
        is_number(name) and not is_missing(name) for name in names
    ):  # 0.0, 0.5, 1.0: the times of the steps
        return {"": [*sorted(names, key=as_number)]}
    for pattern in _NUMBERED:
        found: dict[str, dict[int, str]] = {}
        for name in names:
            match = pattern.fullmatch(name.strip())
            if match:
                found.setdefault(match["name"].rstrip("_-. [("), {})[int(match["number"])] = name
        found = {name: columns for name, columns in found.items() if len(columns) >= FEWEST_STEPS}
        steps = sorted({number for columns in found.values() for number in columns})
        if found and len(set(np.diff(steps).tolist())) == 1:
            return {name: [columns.get(number) for number in steps] for name, columns in found.items()}
    return {}


def wide_table(table: Table, roles: WideRoles, where: str) -> Table:
    """Make a nested table of a wide one: `series` (T, C) each, and `label`, `id`, `group`.

    Raises:
        InputError: a column that train has is not there, or a value is no number.
    """
    named = [name for names in roles.channels.values() for name in names if name is not None]
    lacking = [name for name in named if name not in table.names]
    if lacking:
        raise InputError(
            f"{where} has no column {lacking[0]!r}, which train has ({len(lacking)} of {len(named)} steps "
            f"{are(len(lacking))} not there); give all splits the same columns."
        )
    nothing = np.full(len(table), np.nan)
    channels = [
        np.column_stack([nothing if name is None else numbers(table, name, where) for name in names])
        for names in roles.channels.values()
    ]
    values = np.stack(channels, axis=2)  # (N, T, C)
    known = ~np.isnan(values).all(axis=2)  # (N, T)
    lengths = np.where(known.any(axis=1), known.shape[1] - known[:, ::-1].argmax(axis=1), known.shape[1])
    columns: dict[str, Any] = {SERIES: [row[:length] for row, length in zip(values, lengths.tolist(), strict=True)]}
    notes = []
    if shorter := int((lengths < known.shape[1]).sum()):
        notes.append(f"{shorter:,} series without the last columns: empty cells at the end are not steps")
    for ours, name in ((LABEL, roles.label), ("id", roles.ids), (GROUP, roles.group)):
        if name in table.names:
            columns[ours] = table.values(name or "")
    if roles.whole and LABEL in columns:
        columns[LABEL] = ["" if is_missing(value) else str(int(float(value))) for value in columns[LABEL]]
    names = {LABEL: table.class_names[roles.label]} if roles.label in table.class_names else {}
    return Table(columns, names, table.all_strings, notes, table.path)


def wide_raw(raw: RawData, roles: WideRoles) -> RawData:
    """Make nested tables of all splits."""
    tables = {split: wide_table(table, roles, f"{raw.description} ({split})") for split, table in raw.tables.items()}
    steps = len(next(iter(roles.channels.values())))
    what = f"a row a series: {counted(steps, 'column')} of steps"
    if len(roles.channels) > 1:
        what += f" for each of the channels {', '.join(map(repr, roles.channels))}"
    notes = [what, *roles.notes, *(f"{split}: {note}" for split, each in tables.items() for note in each.notes)]
    return RawData(tables, raw.description, raw.class_names, [*raw.notes, *notes])
