# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which column of a table of events, one a line, is the id, the time, the event, the label; which are values."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hf_seq.data.columns import LABEL_NAMES, check_column, looks_like_id
from hf_seq.data.readers.tables import Table
from hf_seq.data.reading import NO_COLUMN
from hf_seq.data.series import long_tables, time_columns
from hf_seq.data.series.long_tables import SOME_NUMBERS, Roles, codes_of, has_repeats, is_fixed
from hf_seq.data.series.number_columns import is_missing, share_of_numbers
from hf_seq.data.series.time_columns import counts_rows, is_dated
from hf_seq.errors import InputError

ID_NAMES = (
    *("user_id", "user", "userid", "customer_id", "customer", "client_id", "client", "visitor_id", "visitorid"),
    *("patient_id", "patient", "subject_id", "subject", "person_id", "member_id", "account_id", "account", "device_id"),
    *("machine_id", "machine", "session_id", "session", "sessionid", "case:concept:name", "caseid", "trace_id", "uid"),
    *("visit_id", "entity_id", "household_id", "card_id", "student_id", "player_id", "host", *long_tables.ID_NAMES),
)
EVENT_NAMES = (
    *("event", "events", "action", "event_name", "event_type", "eventname", "eventtype", "activity", "concept:name"),
    *("code", "event_code", "action_type", "operation", "operation_name", "command", "page", "page_name", "item"),
    *("item_id", "product", "product_id", "sku", "diagnosis", "procedure", "behavior", "behaviour", "message_type"),
    *("url", "symbol", "token", "event_id", "state", "status", "type", "category"),
)
SURE = 8
"""As many of these names are believed where no event occurs twice, too."""
TIME_NAMES = (
    *(*time_columns.TIME_NAMES, "event_time", "event_timestamp", "eventtime", "occurred_at", "created_at", "logged_at"),
    *("time:timestamp", "event_date", "visit_date", "transaction_date", "order_date", "purchase_date", "unix_time"),
    *("unixtime", "unix_timestamp", "epoch", "start_time", "when", "day"),
)
FEWEST_EACH = 2
"""Times that an event occurs on average, at least."""


@dataclass(frozen=True)
class EventOptions:
    """What a user can say of the columns of events.

    Attributes:
        id_column: names the sequence of an event; several with commas.
        time_column: the time of an event; `none` keeps the order of the file.
        event_column: what happened.
        value_columns: numbers that came with it; [] takes none, None what is found.
        label_column: the label of a sequence.
        label_file: a table of ids and labels, where they stand in a file of their own.
        group_column: names sequences that no cut may part.
        time_format: how times are written; None finds it.
    """

    id_column: str | None = None
    time_column: str | None = None
    event_column: str | None = None
    value_columns: Sequence[str] | None = None
    label_column: str | None = None
    label_file: str | Path | None = None
    group_column: str | None = None
    time_format: str | None = None


@dataclass
class EventRoles:
    """What the columns of a table of events are.

    Attributes:
        ids: the sequence of each event.
        event: what happened.
        time: when; None where the order of the file holds.
        values: the columns of numbers.
        label: of the sequence; None where there is none, or where it stands in another file.
        group: sequences that no cut may part.
        notes: what was guessed and left out, in words.
    """

    ids: str
    event: str
    time: str | None
    values: list[str]
    label: str | None
    group: str | None
    notes: list[str] = field(default_factory=list)

    @property
    def as_series(self) -> Roles:
        """The same for whoever reads long tables of numbers."""
        return Roles(self.ids, self.time, self.label, [], self.group)

    @property
    def taken(self) -> dict[str, Any]:
        """The columns that a saved model should look for in other files, by flag."""
        found = {"id_column": self.ids, "event_column": self.event, "value_columns": list(self.values)}
        found |= {"time_column": self.time} if self.time else {}
        return found | ({"label_column": self.label} if self.label else {})


def find_roles(table: Table, options: EventOptions, description: str) -> EventRoles:
    """Tell from the names and values of train what each column is.

    Raises:
        InputError: a named column is not there, or no column can be the id or the event.
    """
    _check_named(table, options)
    notes: list[str] = []
    label = options.label_column if options.label_column in table.names else None
    ids = options.id_column or _find_ids(table, label, description, notes)
    parts = [part.strip() for part in ids.split(",")]
    rest = [name for name in table.names if name not in (ids, *parts, label)]
    fixed = [name for name in rest if is_fixed(table, name, codes_of(table, ids))]
    if label is None and options.label_file is None:
        label = _find_label(table, fixed, notes)
    time = _find_time(table, options.time_column, [name for name in rest if name not in (label, options.event_column)])
    event = options.event_column
    if event is None:
        event = _find_event(table, [name for name in rest if name not in (label, time, *fixed)], description, notes)
    group = None if options.group_column == NO_COLUMN else options.group_column
    rest = [name for name in rest if name not in (label, time, event, group)]
    values, left = _find_values(table, rest, fixed)
    if options.value_columns is not None:
        values, left = list(options.value_columns), {}
    if left:
        shown = "; ".join(f"{', '.join(map(repr, names))} ({why})" for why, names in left.items())
        notes.append(f"left out: {shown}; --value_columns takes numbers in, as names with commas")
    return EventRoles(ids, event, time, values, label, group, notes)


def _check_named(table: Table, options: EventOptions) -> None:
    """Refuse names of columns that are not there."""
    single = ("time_column", "event_column", "group_column")
    named = [(flag, getattr(options, flag)) for flag in single]
    named += [("id_column", options.id_column)]
    named += [] if options.label_file else [("label_column", options.label_column)]
    named += [("value_columns", name) for name in options.value_columns or []]
    for flag, name in named:
        if name != NO_COLUMN:
            check_column(table, f"--{flag}", name)


def named_like(names: Collection[str], known: Sequence[str]) -> list[str]:
    """List the columns that are called like one of some names, in the order of these."""
    by_name = {name.lower().strip().replace(" ", "_").replace("-", "_"): name for name in reversed(list(names))}
    return [by_name[name] for name in known if name in by_name]


def _find_ids(table: Table, label: str | None, description: str, notes: list[str]) -> str:
    """Find the column that says whose event a row is: of several the coarsest inside which the label stays the same."""
    found = [name for name in named_like(table.names, ID_NAMES) if has_repeats(table, name)]
    if not found:
        raise InputError(
            f"{description} has no column that says whose event a line is ({', '.join(ID_NAMES[:3])}, ...) among "
            f"{', '.join(table.names[:30])}; name it with --id_column."
        )
    if label is not None:
        found = [name for name in found if is_fixed(table, label, codes_of(table, name))] or found
        found = sorted(found, key=lambda name: len(set(codes_of(table, name).tolist())))
    if len(found) > 1:
        notes.append(f"a sequence is all that has one {found[0]!r}; --id_column takes {' or '.join(found[1:3])}")
    return found[0]


def _find_label(table: Table, fixed: Sequence[str], notes: list[str]) -> str | None:
    """Find the label among the columns with one value in each sequence: by its name, else the only one of names."""
    named = named_like(fixed, ("label", "labels", *LABEL_NAMES))
    if named:
        return named[0]
    names = [name for name in fixed if share_of_numbers(table, name) < SOME_NUMBERS and not looks_like_id(table, name)]
    if len(names) != 1:
        return None
    notes.append(f"label {names[0]!r}, the only column of names with one value in each sequence (--label_column)")
    return names[0]


def _find_time(table: Table, given: str | None, names: Sequence[str]) -> str | None:
    if given is not None:
        return None if given == NO_COLUMN else given
    named = named_like(names, TIME_NAMES)
    if named:
        return named[0]
    dated = [name for name in names if share_of_numbers(table, name) < SOME_NUMBERS and is_dated(table, name)]
    return dated[0] if len(dated) == 1 else None


def _find_event(table: Table, names: Sequence[str], description: str, notes: list[str]) -> str:
    """Find the column of what happened: by its name, else the only one of names that occur again and again."""
    repeated = [name for name in names if _is_repeated(table, name)]
    named = named_like(repeated, EVENT_NAMES) or named_like(names, EVENT_NAMES[:SURE])
    if named:
        return named[0]
    words = [name for name in repeated if share_of_numbers(table, name) < SOME_NUMBERS]
    if len(words) == 1:
        notes.append(f"event {words[0]!r}, the only column of names that occur again and again (--event_column)")
        return words[0]
    several = f"{len(words)} columns could be it: {', '.join(words[:8])}" if words else "no column looks like it"
    raise InputError(
        f"{description}: which column says what happened ({', '.join(EVENT_NAMES[:3])}, ...)? {several}; name it with "
        f"--event_column. The columns are {', '.join(table.names[:30])}."
    )


def _is_repeated(table: Table, name: str) -> bool:
    known = [str(value) for value in table.values(name) if not is_missing(value)]
    return bool(known) and FEWEST_EACH * len(set(known)) <= len(known)


def _find_values(table: Table, names: Sequence[str], fixed: Collection[str]) -> tuple[list[str], dict[str, list[str]]]:
    """List the columns of numbers that came with events, and those that are left out, by the reason."""
    values: list[str] = []
    left: dict[str, list[str]] = {}
    for name in names:
        if name in fixed:
            why = "one value in each sequence"
        elif share_of_numbers(table, name) < SOME_NUMBERS:
            why = "no numbers"
        elif counts_rows(table, name) or looks_like_id(table, name):
            why = "numbers rows or things"
        else:
            values.append(name)
            continue
        left.setdefault(why, []).append(name)
    return values, left
