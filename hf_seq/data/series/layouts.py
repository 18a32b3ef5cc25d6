# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tables of any layout to tables with a series a row: nested ones stay, long and wide ones are put together.

nested   a column of lists                                        `columns.py` finds it
long     a step a line, with the id of its series                 `long_tables.py`
wide     a series a row, with a column for each step              `wide_tables.py`
one      a long table without ids is one recording: `--window` cuts it (`recordings.py`)
"""

from dataclasses import dataclass, field, replace
from typing import Any

from hf_seq.data.columns import LABEL_NAMES
from hf_seq.data.findings import counted
from hf_seq.data.groups import is_group_name, joined_ids, repeats
from hf_seq.data.labels.columns import join_label_columns
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.series.cells import spread_cells
from hf_seq.data.series.columns import is_nested, listed_channels
from hf_seq.data.series.long_tables import (
    GROUP,
    ID_NAMES,
    LABEL,
    SERIES,
    TAGS,
    Roles,
    find_ids,
    find_roles,
    has_repeats,
    long_table,
    read_times_of_all,
)
from hf_seq.data.series.melted import spread_channels
from hf_seq.data.series.number_columns import are_whole, is_below_names, numbers, share_of_numbers
from hf_seq.data.series.options import NONE, SeriesOptions
from hf_seq.data.series.time_parts import join_times
from hf_seq.data.series.wide_tables import WideRoles, find_wide, wide_raw
from hf_seq.errors import InputError
from hf_seq.models.series import TIME_GAP

FEWEST_ROWS = 4  # that tell a table of series of one step each


@dataclass
class Arranged:
    """Tables with a series a row.

    Attributes:
        raw: the tables.
        channels: names of the channels, where the columns of the source had some.
        label: the column of the label, or of the tags; None where the tables were nested already.
        group: the column of the groups; None likewise, or where there are none.
        group_name: what that column is called in the source.
        columns: the columns of the source that were taken, by flag.
    """

    raw: RawData
    channels: list[str] = field(default_factory=list)
    label: str | None = None
    group: str | None = None
    group_name: str | None = None
    columns: dict[str, Any] = field(default_factory=dict)


def arranged(raw: RawData, options: SeriesOptions, series_column: str | None, *, per_step: bool) -> Arranged:
    """Put the series of all splits together.

    Raises:
        InputError: columns that are not there, or that say nothing of where a series begins and ends.
    """
    for split, each in raw.tables.items():
        taken = (options.label_column, options.group_column, options.id_column, *(options.channel_names or ()))
        raw.tables[split], said = spread_cells(each, taken)
        raw.notes += said if split == "train" else []
    join_lists(raw, options, series_column)
    table = raw.tables["train"]
    if series_column is not None or any(is_nested(table, name) for name in table.names if name != options.label_column):
        return Arranged(raw)
    join_ids(raw, options.id_column)
    _spread_named(raw, options)
    table = raw.tables["train"]
    options.check_names(table)
    others = [name for name in table.names if name.lower() not in LABEL_NAMES]
    if all(share_of_numbers(table, name) < 1 for name in others):
        for name in others:
            if is_below_names(table.values(name)):
                numbers(table, name, raw.description)  # says what stands there
        return Arranged(raw)  # for whoever looks for a series in it to refuse
    ids = find_ids(table, options.id_column)
    if ids is None and options.window is not None and options.id_column is None:
        ids = _recordings(raw, options)
    repeated = ids is not None and has_repeats(table, ids)
    if not repeated and options.window is None:
        wide = find_wide(table, options)
        if wide is not None:
            names = [name for name in wide.channels if name]
            return Arranged(wide_raw(raw, wide), names, LABEL, GROUP if wide.group else None, wide.group, _taken(wide))
    if ids is None and options.window is None and options.id_column != NONE:
        _refuse_without_ids(raw)
    if ids is not None and not repeated and options.window is None and len(table) >= FEWEST_ROWS:
        _refuse_single_steps(raw, ids)
    return _long(raw, options, ids, per_step=per_step)


def _spread_named(raw: RawData, options: SeriesOptions) -> None:
    """Give the channels that are named a column each, where a table names them line by line."""
    table = raw.tables["train"]
    named = set(options.channel_names or ()) - {TIME_GAP}
    if named and not named & set(table.names):
        found = replace(options, channels=None)
        roles = find_roles(RawData({"train": table}, raw.description), found, find_ids(table, options.id_column))
        spread_channels(raw, roles, table.names)


def _recordings(raw: RawData, options: SeriesOptions) -> str | None:
    """Take what is called like a subject or a session for a recording each, so that no window runs over two of them."""
    table = raw.tables["train"]
    taken = (options.label_column, options.time_column, *(options.channel_names or ()))
    if options.group_column is not None:
        names = [] if options.group_column == NONE else [options.group_column]
    else:
        found = [name for name in table.names if name not in taken and is_group_name(name)]
        names = [name for name in found if repeats(list(map(str, table.values(name))), 2)]
        names = [name for name in names if are_whole(table.values(name))]
    if not names:
        return None
    ids = ",".join(names)
    join_ids(raw, ids)
    count = len(set(map(str, table.values(ids))))
    raw.notes.append(
        f"{counted(count, 'recording')} by {ids!r}, and no window runs from one into the next; --id_column names other "
        "columns (none: one recording), --group_column keeps all windows of one on one side of a cut"
    )
    return ids


def join_lists(raw: RawData, options: SeriesOptions, series_column: str | None) -> None:
    """Make one series of columns that hold a list of numbers each, as many in every row, which are its channels."""
    train = raw.tables["train"]
    names = [] if series_column is not None else listed_channels(train)
    names = [name for name in names if name != options.label_column]
    if options.channel_names is not None:
        names = [name for name in options.channel_names if name in names]
    if len(names) < 2:
        return
    for table in raw.tables.values():
        if set(names) <= set(table.names):
            rows = zip(*map(table.values, names), strict=True)
            series = [None if None in row else [list(step) for step in zip(*row, strict=False)] for row in rows]
            others = {name: column for name, column in table.columns.items() if name not in names}
            table.columns = {SERIES: series, **others}
    listed = ", ".join(map(repr, names))
    raw.notes.append(f"columns of lists {listed} are the channels of one series; --series_column names one of them")


def join_ids(raw: RawData, column: str | None) -> None:
    """Where several columns name a series together, such as subject and trial, make one of them."""
    names = [name.strip() for name in (column or "").split(",")]
    for table in raw.tables.values():
        if column is not None and len(names) > 1 and column not in table.names and set(names) <= set(table.names):
            rows = zip(*map(table.values, names), strict=True)
            table.columns = {**table.columns, column: joined_ids(rows)}


def join_labels(raw: RawData, label: str | None) -> None:
    """Where several columns, named with commas, are a label or an amount each, put one column of lists in their place.

    Raises:
        InputError: a cell of theirs is neither a yes or no nor a number.
    """
    train = raw.tables["train"]
    names = [name.strip() for name in (label or "").split(",")]
    if label is None or label in train.names or len(names) < 2 or not set(names) <= set(train.names):
        return
    joined = join_label_columns(raw, names)
    for table in raw.tables.values():
        others = {name: column for name, column in table.columns.items() if name not in (*names, joined)}
        if joined in table.names:
            table.columns = {**others, label: table.columns[joined]}
            table.class_names = {**table.class_names, label: names}


def _long(raw: RawData, options: SeriesOptions, ids: str | None, *, per_step: bool) -> Arranged:
    options, of_times = _with_joined_times(raw, options, ids)
    roles = find_roles(raw, options, ids)
    if options.channel_names is None and spread_channels(raw, roles, raw.tables["train"].names):
        roles = find_roles(raw, options, ids)
    if options.channel_names is None:
        _refuse_rows_of_channels(raw, roles)
    notes = [_in_words(roles), *of_times, *roles.notes]
    times = read_times_of_all(raw, roles, options.time_format, notes)
    per_row = per_step or options.window is not None
    tables = {
        split: long_table(table, roles, times.get(split), f"{raw.description} ({split})", per_step=per_row)
        for split, table in raw.tables.items()
    }
    notes += [f"{split}: {note}" for split, table in tables.items() for note in table.notes]
    found = RawData(tables, raw.description, raw.class_names, [*raw.notes, *notes])
    label = next((name for name in (TAGS, LABEL) if name in tables["train"].names), LABEL)
    return Arranged(found, list(roles.channels), label, GROUP if roles.group else None, roles.group, _taken(roles))


def _refuse_rows_of_channels(raw: RawData, roles: Roles) -> None:
    """Refuse numbered columns without times where another names the same rows in each series: these are channels."""
    table = raw.tables["train"]
    numbered = len({name.rstrip("0123456789") for name in roles.channels}) == 1 < len(roles.channels)
    taken = (roles.ids, roles.label, roles.group, *roles.channels)
    names = [name for name in table.names if name not in taken]
    for name in names if roles.ids and roles.time is None and numbered else []:
        kinds: dict[str, list[str]] = {}
        for owner, value in zip(table.values(roles.ids or ""), map(str, table.values(name)), strict=True):
            kinds.setdefault(str(owner), []).append(value)
        first, *others = map(sorted, kinds.values())
        if len(set(first)) == len(first) > 1 and others and all(each == first for each in others):
            raise InputError(
                f"{raw.description}: {name!r} names the rows of each series ({', '.join(first[:4])}), and there is no "
                "time. If these are channels, whose steps are in columns, write a row a step; if they are steps, say "
                f"--channels {','.join(roles.channels[:3])}{',...' * (len(roles.channels) > 3)}."
            )


def _with_joined_times(raw: RawData, options: SeriesOptions, ids: str | None) -> tuple[SeriesOptions, list[str]]:
    """Put times that stand in several columns into one; with what is to be said of it."""
    notes: list[str] = []
    labels = [name for name in raw.tables["train"].names if name.lower() in LABEL_NAMES]
    said = [name for name in (options.label_column, options.group_column) if name is not None]
    taken = [*labels, *said, *(options.channel_names or ()), *(ids or "").split(",")]
    time, written = join_times(raw.tables, options.time_column, options.time_format, ids, taken, notes)
    return replace(options, time_column=time, time_format=written), notes


def _taken(roles: Roles | WideRoles) -> dict[str, Any]:
    """List the columns that a saved model should look for in other files."""
    taken = {"id_column": roles.ids, "label_column": roles.label, "time_column": getattr(roles, "time", None)}
    return {flag: name for flag, name in taken.items() if name is not None}


def _in_words(roles: Roles) -> str:
    ids = "one recording" if roles.ids is None else f"ids {roles.ids!r}"
    time = "no time" if roles.time is None else f"time {roles.time!r}"
    return f"long table: {ids}, {time}, channels {', '.join(map(repr, roles.channels))}"


def _refuse_single_steps(raw: RawData, ids: str) -> None:
    raise InputError(
        f"{raw.description}: {ids!r} is another one in each of the {len(raw.tables['train']):,} rows, so every series "
        "would have a single step. If a row is a series, number the columns of its steps (x_0, x_1, ...); if rows are "
        "steps, name the column that says which series they are of with --id_column."
    )


def _refuse_without_ids(raw: RawData) -> None:
    table: Table = raw.tables["train"]
    raise InputError(
        f"{raw.description} has no column for the ids of the series ({', '.join(ID_NAMES[:4])}, ...), only "
        f"{', '.join(map(str, table.names[:30]))}. If it has a step a line, name the column with --id_column; if it is "
        "one long recording, cut it with --window STEPS; if it has a series a row, number the columns of the steps "
        "(t0, t1, ...)."
    )
