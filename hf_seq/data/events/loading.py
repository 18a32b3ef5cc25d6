# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Sequences of events as train, validation and test: a row an id, with its label, or for what comes next without one.

T events · V values of an event
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

import numpy as np
from datasets import Dataset, List, Value

from hf_seq.data.events.columns import EventOptions
from hf_seq.data.events.reading import ReadEvents, read_events, sequences_of
from hf_seq.data.findings import Finding, are
from hf_seq.data.inputs import Inputs, Source
from hf_seq.data.labels.problem_types import TAGGING
from hf_seq.data.labels.reading import ProblemType, read_labels, written_labels
from hf_seq.data.readers.files import READERS
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.reading import LabelledRows, ReadingArguments, ReadingOptions
from hf_seq.data.series.long_tables import GROUP, LABEL, labels_beside
from hf_seq.data.split_completion import SplitRows
from hf_seq.data.splits import Splits
from hf_seq.errors import InputError
from hf_seq.models.feature_extraction_events import EVENTS, TIMES, VALUES

FLAGS = ("id_column", "time_column", "event_column", "value_columns", "label_column")
AnySequence = dict[str, Any]


class EventArguments(ReadingArguments, total=False):
    """The keywords of the loader beside those of labels; `EventOptions` says what they mean."""

    id_column: str | None
    time_column: str | None
    event_column: str | None
    value_columns: Sequence[str] | None
    label_column: str | None
    label_file: str | None
    time_format: str | None


def load_event_splits(
    source: str | Path,
    *,
    next_event: bool = False,
    label_separator: str | None = None,
    problem_type: ProblemType | None = None,
    **options: Unpack[EventArguments],
) -> Splits:
    """Read sequences of events from anywhere.

    Args:
        source: csv, tsv, jsonl, parquet, ..., folder with a file per split, Hub id, data in memory, `builtin:visits`.
        next_event: read no labels; what is learned is which event follows.
        label_separator: what stands between several labels in one cell; None finds it where it is clear.
        problem_type: what the labels are, where it is not what their writing says.
        **options: names of columns, the fields of `EventOptions`; which data, and how they are cut, the fields of
            `ReadingOptions`.

    Returns:
        Splits with a row an id: `events` (T names), `times` (T dates, or numbers in a unit of their own) and `values`
        (T, V) where there are some, and `label`. `event_sequences` gives them as a predictor takes them.

    Raises:
        InputError: cannot be read; columns not found; labels that are missing or change inside a sequence; too few.
    """
    given: dict[str, Any] = {**options}
    ours = {name: given.pop(name, None) for name in (*FLAGS, "label_file", "time_format")}
    reading = ReadingOptions(source, **given)
    wanted = EventOptions(**ours, group_column=reading.group_column)
    raw = _read(reading)
    found = _found(raw, wanted, reading.trained_on, labelled=not next_event)
    raw = replace(raw, tables=found.tables)
    notes, group = [*raw.notes, *found.notes], GROUP if found.roles.group else reading.group_column
    features = _features(found)
    if next_event:
        loaded = LabelledRows(raw, _rows(raw, found, None), features, TAGGING, [], notes)
    else:
        _check_labels(found, raw.description)
        written = written_labels(raw, LABEL, notes, label_separator, problem_type)
        labels = read_labels(written, problem_type, reading.trained_on.get("problem_type"))
        rows = _rows(raw, found, labels.values)
        features["label"] = labels.feature
        loaded = LabelledRows(raw, rows, features, labels.problem_type, labels.names, notes + labels.notes)
        loaded.problems = labels.problems
    loaded.channels, loaded.group_name, loaded.columns = found.roles.values, found.roles.group, found.roles.taken
    splits = loaded.completed(replace(reading, group_column=group))
    return replace(splits, doubts=[*splits.doubts, *_on_both_sides(found.tables)])


def event_sequences(rows: Dataset) -> list[AnySequence]:
    """List the sequences of a split, as a predictor takes them."""
    names = [name for name in (EVENTS, TIMES, VALUES) if name in rows.column_names]
    columns = rows.select_columns(names)[:]
    if TIMES in names:
        kind = "datetime64[us]" if str(rows.features[TIMES].feature.dtype).startswith("timestamp") else "float64"
        columns[TIMES] = [np.array(row, dtype=kind) for row in columns[TIMES]]
    if VALUES in names:
        columns[VALUES] = [np.array(row, dtype=np.float64) for row in columns[VALUES]]
    return [dict(zip(names, row, strict=True)) for row in zip(*(columns[name] for name in names), strict=True)]


def event_line(sequence: Mapping[str, Any]) -> str:
    """Write a sequence for people: what happened, after how many seconds, and the values in brackets.

    Example:
        >>> event_line({"events": ["open", "buy"], "times": np.array([0.0, 35.5])})
        'open, +35.5 buy'
    """
    times, values, parts = sequence.get(TIMES), sequence.get(VALUES), []
    gaps = None if times is None else np.diff(times)
    for place, name in enumerate(sequence[EVENTS]):
        gap = ""
        if gaps is not None and place:
            passed = gaps[place - 1]
            gap = f"+{passed / np.timedelta64(1, 's') if gaps.dtype.kind == 'm' else passed:g} "
        known = [] if values is None else [f"{value:g}" for value in values[place] if not np.isnan(value)]
        parts.append(f"{gap}{name or '?'}" + (f" ({', '.join(known)})" if known else ""))
    return ", ".join(parts)


def vocabulary_of(sequences: Sequence[AnySequence], fewest: int) -> list[str]:
    """List the events that occur in at least `fewest` of some sequences, the commonest first.

    Raises:
        InputError: there is none.
    """
    counts = Counter(name for each in sequences for name in dict.fromkeys(each[EVENTS]) if name)
    kept = [name for name, count in counts.items() if count >= fewest]
    if not kept:
        raise InputError(
            f"no event occurs in {fewest} train sequences, such as {next(iter(counts), '')!r}; is another column what "
            "happened (--event_column)? Or lower --min_event_count."
        )
    return sorted(kept, key=lambda name: (-counts[name], name))


def event_inputs(source: Source, options: EventOptions) -> Inputs:
    """Read sequences of events, with labels or without.

    Raises:
        InputError: the source cannot be read.
    """
    table, notes = source.table(READERS)
    found = _found(RawData({"train": table}, source.path), options, source.trained_on, labelled=False)
    made, ids = found.tables["train"], found.roles.ids
    of_events = [each.removeprefix("train: ") for each in found.notes]
    columns: dict[str, Any] = {name: value for name, value in found.roles.taken.items() if name != "id_column"}
    answered = Table({ids: made.values("id")}, path=table.path)
    return Inputs(sequences_of(made), answered, columns, [*of_events, *notes], [ids])


def _read(reading: ReadingOptions) -> RawData:
    """Read as for other data; a folder with one table and its labels is that table."""
    path = Path(str(reading.source)).expanduser()
    if path.is_dir():
        tables = [each for each in sorted(path.iterdir()) if each.suffix.lower() in READERS]
        events = [each for each in tables if each.stem != "labels" and not each.stem.endswith("_labels")]
        if len(events) == 1 and labels_beside(events[0]) is not None:
            return replace(reading, source=events[0]).read(READERS)
    return reading.read(READERS)


def _found(raw: RawData, wanted: EventOptions, trained_on: Any, *, labelled: bool) -> ReadEvents:
    """Read with the names that the user gave, else with those of training, else with what is found."""
    table = raw.tables["train"]
    given = {flag: getattr(wanted, flag) for flag in FLAGS if flag != "label_column" or not wanted.label_file}
    before = {flag: trained_on.get(flag) for flag in given}
    there = {
        flag: name
        for flag, name in before.items()
        if name is not None and set(name if isinstance(name, list) else [name]) <= set(table.names)
    }
    chosen = {flag: there.get(flag) if value is None else value for flag, value in given.items()}
    return read_events(raw, replace(wanted, **chosen), labelled=labelled)


def _check_labels(found: ReadEvents, description: str) -> None:
    if not found.has_labels:
        raise InputError(
            f"{description} has events but no column with one value in each sequence that could be the label; name it "
            "with --label_column, put labels beside X.csv as X_labels.csv (id,label), or learn which event comes next "
            "(--task next-event)."
        )


def _features(found: ReadEvents) -> dict[str, Any]:
    train = found.tables["train"]
    features: dict[str, Any] = {EVENTS: List(Value("string"))}
    if TIMES in train.names:
        first = train.columns[TIMES][0]
        features[TIMES] = List(Value("timestamp[us]" if first.dtype.kind == "M" else "float64"))
    return features | ({VALUES: List(List(Value("float64")))} if VALUES in train.names else {})


def _rows(raw: RawData, found: ReadEvents, labels: dict[str, list[Any]] | None) -> dict[str, SplitRows]:
    """Make rows for cutting; equal sequences stay together."""
    rows = {}
    for split, table in found.tables.items():
        if labels is not None and split not in labels:
            continue
        columns = {name: table.columns[name] for name in (EVENTS, TIMES, VALUES) if name in table.names}
        keys = [sequence_key(each) for each in sequences_of(table)]
        strata = None if labels is None else labels[split]
        columns |= {} if labels is None else {"label": labels[split]}
        rows[split] = SplitRows(raw.origins.get(split, split), columns, range(1, len(keys) + 1), keys, strata)
    return rows


def sequence_key(sequence: AnySequence) -> str:
    """Return what makes two sequences the same: their events and values, and the time between them."""
    times = sequence.get(TIMES)
    gaps = (
        b"" if times is None else np.diff(times).astype(np.float64 if times.dtype.kind == "f" else np.int64).tobytes()
    )
    values = np.asarray(sequence.get(VALUES, ()), dtype=np.float64).tobytes()
    return hashlib.sha1("\n".join(sequence[EVENTS]).encode() + gaps + values, usedforsecurity=False).hexdigest()


def _on_both_sides(tables: dict[str, Table]) -> list[Finding]:
    """Find ids of train that are in validation or test, too: the source's own splits part their events."""
    train = set(tables["train"].values("id"))
    found = []
    for split, table in tables.items():
        shared = [row for row, name in enumerate(table.values("id"), 1) if name in train] if split != "train" else []
        if shared:
            found.append(
                Finding(
                    "ids-shared",
                    f"{len(shared):,} of {len(table):,} ids of {split} {are(len(shared))} in train, too: a score on "
                    "them says little of new ones, unless ids are counted anew in each file",
                    [(split, row) for row in shared],
                )
            )
    return found
