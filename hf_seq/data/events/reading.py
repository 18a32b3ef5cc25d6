# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tables of events to sequences, a row each: what happened, when, and the numbers that came with it.

user_id,timestamp,event,amount,label     an event a line; the label is the same in every line of an id, or stands in a
7,2026-03-01 12:30,open,,kept            file of its own: X_labels.csv or labels.csv beside X.csv (`id,label`)
7,2026-03-01 12:31,buy,9.90,kept

{"events": ["open", "buy"], "times": [0, 35.5], "amount": [null, 9.9], "label": "kept"}     a sequence a line
{"id": 7, "events": [{"event": "open", "time": 0}, {"event": "buy", "time": 35.5}]}
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.data.columns import LABEL_NAMES
from hf_seq.data.events.columns import EVENT_NAMES, ID_NAMES, EventOptions, EventRoles, find_roles, named_like
from hf_seq.data.groups import distinct, id_names
from hf_seq.data.readers.files import READERS, read_file
from hf_seq.data.readers.tables import Column, RawData, Table
from hf_seq.data.series.layouts import join_ids
from hf_seq.data.series.long_tables import (
    GROUP,
    LABEL,
    SERIES,
    TAGS,
    TIMES,
    has_repeats,
    labels_beside,
    long_table,
    read_times_of_all,
)
from hf_seq.data.series.number_columns import is_missing, numbers
from hf_seq.data.series.time_formats import Times
from hf_seq.errors import InputError
from hf_seq.models.feature_extraction_events import EVENTS, VALUES

CODE = "event codes"
Array = np.ndarray[Any, Any]


@dataclass
class ReadEvents:
    """The sequences of a source.

    Attributes:
        tables: a row a sequence, by split: `events`, `times` and `values` where there are some, `id`, `label`, `group`.
        roles: what the columns of the source are.
        notes: what was decided, in words.
        has_labels: whether a column or a file says the label of each sequence.
    """

    tables: dict[str, Table]
    roles: EventRoles
    notes: list[str] = field(default_factory=list)
    has_labels: bool = False


def read_events(raw: RawData, options: EventOptions, *, labelled: bool) -> ReadEvents:
    """Put the sequences of all splits together.

    Args:
        raw: as read, an event a line or a sequence a row.
        options: names of columns.
        labelled: whether labels are looked for.

    Raises:
        InputError: columns that are not there or say nothing, or labels that change inside a sequence.
    """
    tables = {split: flat(table, f"{raw.description} ({split})", options) for split, table in raw.tables.items()}
    raw = replace(raw, tables=tables)
    join_ids(raw, options.id_column)
    roles = find_roles(tables["train"], options, raw.description)
    if not labelled:
        roles.label = None
    notes = [_in_words(roles), *roles.notes]
    times = read_times_of_all(raw, roles.as_series, options.time_format, notes)
    found, has_labels = {}, False
    for split, table in raw.tables.items():
        where = f"{raw.description} ({split})"
        full = _with_labels(table, roles, options, notes) if labelled else table
        has_labels |= (roles.label or LABEL) in full.names
        found[split] = _sequences(full, roles, times.get(split), where)
        notes += [f"{split}: {note}" for note in found[split].notes]
    return ReadEvents(found, roles, notes, has_labels and labelled)


def _in_words(roles: EventRoles) -> str:
    time = f"time {roles.time!r}" if roles.time else "no time, so events stay in the order of the file"
    values = f", values {', '.join(map(repr, roles.values))}" if roles.values else ""
    label = f", label {roles.label!r}" if roles.label else ""
    return f"events: id {roles.ids!r}, event {roles.event!r}, {time}{values}{label}"


def flat(table: Table, where: str, options: EventOptions) -> Table:
    """Give a table with an event a line, of one that has a sequence a row; others stay as they are.

    Raises:
        InputError: a row without events, or with lists of different lengths.
    """
    table = _unpacked(table)
    lists = [name for name in table.names if _holds_lists(table, name)]
    if not lists:
        return table
    columns = {name: table.values(name) for name in table.names}
    main = options.event_column or next(iter(named_like(lists, EVENT_NAMES)), lists[0])
    if main not in lists:
        raise InputError(
            f"{where}: --event_column {main} holds no lists, and {', '.join(lists)} do; name one of these."
        )
    for name in lists:
        columns[name] = _as_lists(columns[name], name, where)
    counts = [len(row or ()) for row in columns[main]]
    empty = [row for row, count in enumerate(counts, 1) if not count]
    if empty:
        raise InputError(f"{where}: row {empty[0]} has no events ({len(empty):,} such rows); remove these rows.")
    for name in lists:
        odd = next((n for n, row in enumerate(columns[name]) if row is not None and len(row) != counts[n]), None)
        if odd is not None:
            raise InputError(
                f"{where}: row {odd + 1} has {counts[odd]} in {main!r} and {len(columns[name][odd])} in {name!r}; each "
                "event needs one of each, null where it is missing."
            )
    own = next((name for name in named_like(table.names, ID_NAMES) if not has_repeats(table, name)), None)
    owners = columns[own] if own else list(range(1, len(table) + 1))
    spread: dict[str, Column] = {
        own or ROW_ID: [owner for owner, n in zip(owners, counts, strict=True) for _ in range(n)]
    }
    for name, rows in columns.items():
        if name in lists:
            full = [[None] * n if row is None else row for row, n in zip(rows, counts, strict=True)]
            spread[name] = [cell for row in full for cell in row]
        elif name != own:
            spread[name] = [cell for cell, n in zip(rows, counts, strict=True) for _ in range(n)]
    return Table(spread, table.class_names, table.all_strings, table.notes, table.path)


ROW_ID = "sequence_id"
"""What rows are called that have no id of their own."""


def _as_lists(rows: Sequence[Any], name: str, where: str) -> list[Any]:
    """Give a row's list, or none where the row lacks it."""
    found = [row.tolist() if isinstance(row, np.ndarray) else row for row in rows]
    found = [None if not isinstance(row, list) and is_missing(row) else row for row in found]
    odd = next((n for n, row in enumerate(found) if row is not None and not isinstance(row, list)), None)
    if odd is not None:
        raise InputError(
            f"{where}: row {odd + 1} has {found[odd]!r:.60} in {name!r}, where other rows have a list with an item per "
            "event; give it one, null where items are missing."
        )
    return found


def _holds_lists(table: Table, name: str) -> bool:
    first = next((value for value in table.values(name, 100) if value is not None), None)
    return isinstance(first, list | np.ndarray)


def _unpacked(table: Table) -> Table:
    """Give a list of dicts, an event each, as a list for each of their names."""
    columns: dict[str, Column] = {}
    for name in table.names:
        rows = table.values(name)
        first = next((row for row in rows if isinstance(row, list) and row), None)
        if first is None or not all(isinstance(each, Mapping) for each in first):
            columns[name] = table.columns[name]
            continue
        keys = list(dict.fromkeys(key for row in rows for each in row or [] for key in each))
        columns |= {key: [[each.get(key) for each in row or []] for row in rows] for key in keys}
    return replace(table, columns=columns)


def _with_labels(table: Table, roles: EventRoles, options: EventOptions, notes: list[str]) -> Table:
    """Add the labels of ids that stand in a file of their own."""
    beside = options.label_file or (None if roles.label in table.names else labels_beside(table.path))
    if beside is None:
        return table
    path = Path(beside).expanduser()
    if not path.is_file():
        raise InputError(f"--label_file {beside} does not exist; give a table of ids and labels.")
    labels = read_file(path, READERS)
    ids = next((name for name in (roles.ids, *named_like(labels.names, ID_NAMES)) if name in labels.names), None)
    rest = [name for name in labels.names if name != ids]
    known = [options.label_column] if options.label_column else named_like(rest, ("label", *LABEL_NAMES)) or rest
    label = known[0] if known and known[0] in rest and (len(known) == 1 or known != rest) else None
    if ids is None or label is None:
        raise InputError(
            f"{beside} has the columns {', '.join(labels.names)}; it needs {roles.ids!r} and `label` (--label_column)."
        )
    by_id = dict(zip(id_names(labels.values(ids)), labels.values(label), strict=True))
    owners = id_names(table.values(roles.ids))
    notes.append(f"labels {label!r} from {beside}")
    unused = len(set(by_id) - set(owners))
    if unused:
        notes.append(f"{unused:,} of the {len(by_id):,} ids there left out, without events")
    roles.label = LABEL
    return replace(table, columns={**table.columns, LABEL: [by_id.get(owner) for owner in owners]})


def _sequences(table: Table, roles: EventRoles, times: Times | None, where: str) -> Table:
    """Make a row a sequence: sorted by time, its events by name."""
    lacking = next((name for name in (roles.ids, roles.event, *roles.values) if name not in table.names), None)
    if lacking is not None:
        raise InputError(f"{where} has no column {lacking!r}, which train has; it has {', '.join(table.names)}.")
    names = id_names(table.values(roles.event))
    known = {name: code for code, name in enumerate(dict.fromkeys(names))}
    columns: dict[str, Column] = {**table.columns, CODE: [known[name] for name in names]}
    remedy = "Name the values with --value_columns, as names with commas, or none"
    columns |= {name: numbers(table, name, where, remedy) for name in roles.values}
    coded = replace(table, columns=columns, notes=[], path=None)
    series_roles = replace(roles.as_series, channels=[CODE, *roles.values])
    if roles.label not in table.names:
        series_roles.label = None
    made = long_table(coded, series_roles, times, where, per_step=False)
    if TAGS in made.names:
        _refuse_changing_label(made, roles, where)
    rows, listed = made.columns[SERIES], list(known)
    found: dict[str, Column] = {EVENTS: [[listed[int(code)] for code in row[:, 0]] for row in rows]}
    if times is not None:
        found[TIMES] = [_stamps(seconds, times) for seconds in made.columns[TIMES]]
    if roles.values:
        found[VALUES] = [row[:, 1:] for row in rows]
    found |= {name: made.columns[name] for name in ("id", LABEL, GROUP) if name in made.names}
    notes = list(made.notes)
    unnamed = names.count("")
    if unnamed:
        notes.append(f"{unnamed:,} of {len(names):,} events have no name, and are read as unknown")
    return Table(found, made.class_names, table.all_strings, notes, table.path)


def _stamps(seconds: Array, times: Times) -> Array:
    """Give times as dates where they were some; plain numbers have a unit of their own."""
    if times.how.startswith("numbers"):
        return seconds
    return np.round(seconds * 1e6).astype("datetime64[us]")


def _refuse_changing_label(made: Table, roles: EventRoles, where: str) -> None:
    odd = next(row for row, labels in enumerate(made.values(TAGS)) if len(distinct(labels)) > 1)
    seen = ", ".join(map(repr, distinct(made.values(TAGS)[odd])[:3]))
    raise InputError(
        f"{where}: {roles.label!r} changes inside {roles.ids!r} {made.values('id')[odd]} ({seen}), and a sequence has "
        "one label; name another --label_column, or a finer --id_column (several with commas)."
    )


def sequences_of(table: Table) -> list[dict[str, Any]]:
    """List the sequences of a table as `read_events` makes it, as a predictor takes them."""
    names = [name for name in (EVENTS, TIMES, VALUES) if name in table.names]
    columns: Sequence[Any] = [table.columns[name] for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
