# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series in a long table, one step a line: `id, time, f1, ..., fF`, and the labels in a column or a file of their own.

id,time,x,y,label         the label is the same in every line of a series, or changes from step to step: then it is
7,0,0.1,9,walk            a tag for each
7,1,,9,walk               nothing between the commas is a missing value

labels beside x.csv       x_labels.csv or labels.csv: `id,label`, a line a series

What each column is, train says; the other splits are read alike. A column with one value in each series is no channel:
it is the label, a group, or left out and said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.data.columns import LABEL_NAMES
from hf_seq.data.findings import are, counted
from hf_seq.data.groups import MANY, distinct, id_names, is_function_of, is_group_name, names_a_being, repeats
from hf_seq.data.labels.cells import is_missing
from hf_seq.data.readers.files import READERS
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.series.number_columns import SAMPLE, are_bits, are_whole, numbers, share_of_numbers
from hf_seq.data.series.options import NONE, SeriesOptions
from hf_seq.data.series.time_columns import (
    counts_rows,
    counts_steps,
    find_named_time,
    holds_compact_dates,
    is_dated,
    only_counts,
)
from hf_seq.data.series.time_formats import Times
from hf_seq.data.series.times import past_midnight, read_times
from hf_seq.errors import InputError
from hf_seq.models.series import TIME_GAP

ID_NAMES = ("id", "series_id", "series", "case", "case_id", "sample", "sample_id", "sequence", "sequence_id", "file")
MORE_IDS = ("unique_id", "item_id")  # of tables for forecasts
TAG_NAMES = ("tag", "tags", "state", "step_label")
SERIES, LABEL, TAGS, TIMES, GROUP = "series", "label", "tags", "times", "group"
MANY_TWICE = 0.2  # share of the times of one recording that occur again, as where it is several
SOME_NUMBERS = 0.5  # share of the values from which on a column is one of numbers with mistakes in it
Array = np.ndarray


@dataclass
class Roles:
    """What the columns of a long table are.

    Attributes:
        ids: the series of each step; None where the table is one recording.
        time: the time of each step.
        label: the label, or the tags.
        channels: the columns of numbers.
        group: rows that no cut may part.
        notes: what was guessed and left out, in words.
    """

    ids: str | None
    time: str | None
    label: str | None
    channels: list[str]
    group: str | None = None
    notes: list[str] = field(default_factory=list)


def find_ids(table: Table, given: str | None) -> str | None:
    """Name of the column that says which series a step belongs to; None where there is none.

    A column whose values are all different counts rows, and names no series.
    """
    if given is not None:
        return None if given == NONE else given
    named = [name for name in table.names if name.lower() in (*ID_NAMES, *MORE_IDS)]
    repeated = [name for name in named if has_repeats(table, name)]
    return next(iter([*repeated, *named]), None)


def has_repeats(table: Table, name: str) -> bool:
    """Check whether two rows have the same value in a column, as it is written."""
    return len(set(map(str, table.values(name)))) < len(table)


def find_roles(raw: RawData, options: SeriesOptions, ids: str | None) -> Roles:
    """Tell from the names and values of train what each column is.

    Raises:
        InputError: no column holds numbers.
    """
    table = raw.tables["train"]
    roles = _by_name(table, options, ids)
    parts = [part.strip() for part in (ids or "").split(",")]  # several columns may name a series together
    rest = [name for name in table.names if name not in (ids, roles.time, roles.label, roles.group)]
    owners = codes_of(table, ids)
    fixed = [name for name in rest if ids is not None and is_fixed(table, name, owners)]
    names = [name for name in rest if name not in fixed and share_of_numbers(table, name) < SOME_NUMBERS]
    if roles.time is None and options.time_column is None:
        _take_time(table, roles, [*names, *(name for name in rest if holds_compact_dates(table, name))])
    counters, steps = _counters(table, roles, options, [n for n in rest if n not in (*fixed, *names)], owners)
    if options.channel_names is not None:
        roles.channels = [name for name in options.channel_names if name != TIME_GAP]
        return roles
    rest = [name for name in rest if name in fixed or name not in parts]
    names = [name for name in names if name != roles.time]
    roles.channels = [name for name in rest if name not in (*fixed, *names, *counters, *steps, roles.time)]
    if roles.label is None and labels_beside(table.path) is None:
        _take_label(table, roles, fixed, names)
    if roles.label is not None:  # else one of them may be it
        bits = [n for n in names if n not in (roles.label, roles.group) and are_bits(table.values(n, SAMPLE))]
        names = [name for name in names if name not in bits]
        roles.channels = [name for name in table.names if name in (*roles.channels, *bits)]
    if options.group_column is None:
        _choose_group(table, roles, fixed, owners)
    taken = (roles.group, roles.label)
    _note_left(roles, [n for n in fixed if n not in taken], [n for n in names if n not in taken], counters, steps)
    if not roles.channels:
        _refuse_without_channels(raw, [*names, *fixed])
    return roles


def _by_name(table: Table, options: SeriesOptions, ids: str | None) -> Roles:
    """Take what is said, else what is called as these usually are."""
    label = options.label_column
    if label is None:
        usual = (*LABEL_NAMES, *TAG_NAMES)
        label = next((name for name in table.names if name.lower() in usual and name.lower() != "y"), None)
    group = None if options.group_column == NONE else options.group_column
    time = None if options.time_column == NONE else options.time_column
    if options.time_column is None:
        time = find_named_time(table, [name for name in table.names if name != ids], codes_of(table, ids))
    return Roles(ids, time, label, [], group)


def _take_time(table: Table, roles: Roles, names: list[str]) -> None:
    """Take the only column that holds times for the time."""
    dated = [name for name in names if is_dated(table, name)]
    if len(dated) == 1:
        roles.time = dated[0]
        roles.notes.append(f"time {dated[0]!r}, the only column of times; --time_column names another (none: none)")


def _counters(
    table: Table, roles: Roles, options: SeriesOptions, names: list[str], owners: Array
) -> tuple[list[str], list[str]]:
    """List the columns that count rows, and those that count steps, the first of which is the time if none is known."""
    named = options.channel_names or []
    counters = [name for name in names if name not in named and counts_rows(table, name)]
    others = [name for name in names if name not in (*named, *counters)]
    steps = [name for name in others if counts_steps(table, name, owners)]
    if not named and len(steps) == len(others):
        return counters, []  # the values of a ramp
    only = [name for name in steps if only_counts(table, name, owners)]
    if steps and roles.time is None and options.time_column is None:
        roles.time = [*only, *steps][0]
        roles.notes.append(
            f"time {roles.time!r}, which counts the steps of each series; --time_column names another (none: none)"
        )
    return counters, [name for name in only if name != roles.time]


def _take_label(table: Table, roles: Roles, fixed: list[str], names: list[str]) -> None:
    """Take the only column of names for the label."""
    found = [*names, *_named(table, fixed)]
    if len(found) == 1:
        roles.label = found[0]
        roles.notes.append(f"label {found[0]!r}, the only column of names; --label_column names another")


def is_fixed(table: Table, name: str, owners: Array) -> bool:
    """Check whether a column has one value in each series, and series have several steps."""
    return len(set(owners.tolist())) < len(owners) and is_function_of(table.values(name), owners.tolist())


def _named(table: Table, fixed: Sequence[str]) -> list[str]:
    return [name for name in fixed if share_of_numbers(table, name) < SOME_NUMBERS and not is_group_name(name)]


def _choose_group(table: Table, roles: Roles, fixed: list[str], owners: Array) -> None:
    """Take for the group what is called so, or has several series to each of many values."""
    _, firsts = np.unique(owners, return_index=True)
    per_series = {name: [table.values(name)[row] for row in firsts] for name in fixed}
    labels = [table.values(roles.label)[row] for row in firsts] if roles.label in table.names else None
    fitting = {
        name: len(set(values))
        for name, values in per_series.items()
        if name != roles.label
        if are_whole(values) and repeats(values) and (len(set(values)) >= MANY or is_group_name(name))
        if labels is None or not is_function_of(values, labels)
    }
    named = [name for name in fitting if is_group_name(name)]
    roles.group = min(named or fitting, key=lambda name: (not names_a_being(name), fitting[name]), default=None)
    if roles.group is not None:
        roles.notes.append(
            f"group {roles.group!r} (one value in each series, {fitting[roles.group]:,} over {len(firsts):,} series): "
            "no cut parts its series; --group_column none leaves it out, --channels takes it in as a channel"
        )


def _note_left(roles: Roles, fixed: list[str], names: list[str], counters: list[str], steps: list[str]) -> None:
    for found, why in (
        (fixed, "one value in each series"),
        (names, "no numbers"),
        (counters, "counts the rows of the file"),
        (steps, "counts the steps of each series"),
    ):
        if found:
            roles.notes.append(f"left out: {_listed(found)} ({why}); --channels takes columns in, as names with commas")


def _refuse_without_channels(raw: RawData, rest: list[str]) -> None:
    table, source = raw.tables["train"], raw.description
    for name in rest:
        if share_of_numbers(table, name) < 1:
            numbers(table, name, source)  # says which value is none
    also = f"; {_listed(rest)} have one value in each series, --channels takes them in" if rest else ""
    raise InputError(
        f"{source} has no column of values among {', '.join(table.names)}{also}. A long table has a column for each "
        "channel beside id and time."
    )


def codes_of(table: Table, ids: str | None) -> Array:
    """Give the steps the numbers of their series, (N,), in the order of the first steps."""
    if ids is None:
        return np.zeros(len(table), dtype=np.int64)
    import pandas

    names = id_names(table.values(ids))
    return pandas.factorize(np.asarray(names, dtype=object))[0]


def names_of_series(table: Table, ids: str | None, where: str) -> list[str]:
    """Name the series of each row; blank where there are no ids.

    Raises:
        InputError: a row has none.
    """
    if ids is None:
        return [""] * len(table)
    names = id_names(table.values(ids))
    if "" in names:
        raise InputError(
            f"{where}: {names.count(''):,} of {counted(len(names), 'row')} without an id in {ids!r}, the first in row "
            f"{names.index('') + 1}; write one in every row (merged cells hold theirs in the first), or take these out."
        )
    return names


def read_times_of_all(raw: RawData, roles: Roles, time_format: str | None, notes: list[str]) -> dict[str, Times]:
    """Read the times of all splits, which are written in one way; empty where the order of the file holds."""
    if roles.time is None:
        return {}
    tables = {split: table for split, table in raw.tables.items() if roles.time in table.names}
    values = [value for table in tables.values() for value in table.values(roles.time)]
    owners = [(split, code) for split, table in tables.items() for code in codes_of(table, roles.ids).tolist()]
    times = read_times(values, roles.time, time_format, owners, notes)
    if times is None:
        return {}
    ends = np.cumsum([len(table) for table in tables.values()])[:-1]
    return {
        split: Times(seconds, times.how, times.clock)
        for split, seconds in zip(tables, np.split(times.seconds, ends), strict=True)
    }


def steps_of_each(codes: Array, times: Times | None, notes: list[str]) -> tuple[list[Array], list[Array]]:
    """Find the rows of the steps of each series in order, and their times; equal times stay as in the file."""
    order = np.argsort(codes, kind="stable")
    rows = np.split(order, np.cumsum(np.bincount(codes))[:-1]) if len(codes) else []
    if times is None:
        return rows, []
    sorted_rows, sorted_times, twice, wrapped, moved = [], [], 0, 0, 0
    for places in rows:
        seconds = times.seconds[places]
        if times.clock:
            unwrapped = past_midnight(seconds)
            wrapped += int(unwrapped is not seconds and not np.array_equal(unwrapped, seconds))
            seconds = unwrapped
        by_time = np.argsort(seconds, kind="stable")
        moved += int((np.diff(by_time) < 0).any())
        sorted_rows.append(places[by_time])
        sorted_times.append(seconds[by_time])
        twice += int((np.diff(sorted_times[-1]) == 0).sum())
    if moved == len(rows) == 1 and twice > MANY_TWICE * len(codes):
        raise InputError(
            f"times go back, and {twice:,} of {len(codes):,} occur again, so these are several recordings; name the "
            "column that tells them apart with --id_column, or keep the order of the file with --time_column none."
        )
    if moved:
        notes.append(
            f"{moved:,} of {counted(len(rows), 'series')} {are(moved)} not in the order of the times, and sorted"
        )
    if twice:
        steps = "step has" if twice == 1 else "steps have"
        notes.append(
            f"{twice:,} {steps} the time of the step before; they stay in the order of the file (if one column does "
            "not tell series apart, --id_column takes several, with commas)"
        )
    if wrapped:
        notes.append(f"times of day pass midnight in {wrapped:,} series, and go on there")
    return sorted_rows, sorted_times


def long_table(table: Table, roles: Roles, times: Times | None, where: str, *, per_step: bool) -> Table:
    """Make a row a series of a long table: `series` (T, C) each, `id`, and `label` or `tags`, group and times.

    Raises:
        InputError: values that are no numbers, or labels that fit no series.
    """
    lacking = [name for name in (roles.ids, *roles.channels) if name is not None and name not in table.names]
    if lacking:
        raise InputError(f"{where} has no column {lacking[0]!r}, which train has; it has {', '.join(table.names)}.")
    notes: list[str] = []
    codes = codes_of(table, roles.ids)
    places, seconds = steps_of_each(codes, times, notes)
    values = np.column_stack([numbers(table, name, where) for name in roles.channels])  # (N, C)
    ids = names_of_series(table, roles.ids, where)
    columns: dict[str, Any] = {SERIES: [values[rows] for rows in places], "id": [ids[rows[0]] for rows in places]}
    if seconds:
        columns[TIMES] = seconds
    if roles.group is not None and roles.group in table.names:
        groups = table.values(roles.group)
        if not is_function_of(groups, codes.tolist()):
            raise InputError(
                f"{where}: {roles.group!r} changes inside a series, so it names no group of series; name another with "
                "--group_column, or none."
            )
        columns[GROUP] = [groups[rows[0]] for rows in places]
    label_names = table.class_names.get(roles.label or "")
    beside = labels_beside(table.path)
    if roles.label in table.names:
        _add_labels(columns, table.values(roles.label or ""), places, roles.label or "", notes, per_step=per_step)
    elif beside is not None:
        columns[LABEL] = _looked_up(beside, columns["id"])
        notes.append(f"labels from {beside.name}")
    names = {LABEL: label_names, TAGS: label_names} if label_names else {}
    return Table(columns, names, all_strings=table.all_strings, notes=notes, path=table.path)


def _add_labels(
    columns: dict[str, Any], written: list[Any], places: list[Array], name: str, notes: list[str], *, per_step: bool
) -> None:
    by_series = [[written[row] for row in rows] for rows in places]
    known = [distinct(label for label in labels if not is_missing(label)) for labels in by_series]
    if all(len(labels) <= 1 for labels in known) and not per_step:
        columns[LABEL] = [labels[0] if labels else None for labels in known]
        return
    columns[TAGS] = by_series
    if not per_step:
        notes.append(f"{name!r} changes inside series and is read as a tag for every step")


def labels_beside(path: Path | None) -> Path | None:
    """Find the file of labels beside a table: X_labels.csv or labels.csv for X.csv."""
    if path is None:
        return None
    places = (path.with_name(f"{path.stem}_labels{path.suffix}"), path.with_name(f"labels{path.suffix}"))
    return next((place for place in places if place.is_file() and place != path), None)


def _looked_up(path: Path, ids: list[str]) -> list[str]:
    """Look up the label of each series in a table of ids and labels."""
    table = READERS[path.suffix.lower()](path)
    found = [name for name in table.names if name.lower() in ID_NAMES]
    labels = [name for name in table.names if name.lower() in LABEL_NAMES]
    if not found or not labels:
        raise InputError(f"{path} has the columns {', '.join(table.names)}; it needs `id` and `label`.")
    by_id: dict[str, Any] = {}
    for name, label in zip(id_names(table.values(found[0])), table.values(labels[0]), strict=True):
        if by_id.setdefault(name, label) != label:
            raise InputError(
                f"{path} labels the series {name!r} as {by_id[name]!r} and as {label!r}; keep one label a series, or "
                "write the labels of steps into a column beside the steps."
            )
    absent = [name for name in ids if name not in by_id]
    if absent:
        raise InputError(
            f"{path} has no label for {len(absent)} of {len(ids)} series, such as id {absent[0]!r}; add them."
        )
    return [by_id[name] for name in ids]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))
