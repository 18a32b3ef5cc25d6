# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Labels as written to labels as learned: ids with names, numbers, or rows of 0/1.

written as                     learned as                    problem type
names, ints, booleans          id of the name                single_label_classification
floats                         the number                    regression
a few whole floats (1.0, 2.0)  id of the name                single_label_classification
lists of names, ids or 0/1     L floats, 1.0 where it holds  multi_label_classification
lists of amounts               the L numbers                 regression, on several targets

The train split rules which labels there are and in which order; names stored with the data rule over it. Labels of
other splits are matched by name, however each file writes or numbers them (`hf_seq.data.labels.names`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from datasets import List, Value

from hf_seq.data.findings import Finding
from hf_seq.data.labels.cells import (
    any_separator,
    are_prefixed,
    as_list,
    converts,
    describe_parting,
    find_separator,
    is_missing,
    parts_of,
    possible_separator,
    without_prefix,
)
from hf_seq.data.labels.names import StoredNames, classes_of_hot, is_bit, is_hot, same_name, stored_names
from hf_seq.data.labels.numbers import MOST_CLASSES, UNKNOWN, are_few, numbers_from_text, reading_of_numbers
from hf_seq.data.labels.problem_types import MULTI, REGRESSION, SINGLE
from hf_seq.data.labels.targets import are_amounts, describe_scales, not_amounts, read_amounts, read_targets
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.errors import InputError

ProblemType = Literal["single_label_classification", "multi_label_classification", "regression"]
UNLABELLED = -1  # the Hub's convention for test splits whose labels are kept back


@dataclass
class Labels:
    """Labels of all splits, on one scale; None where a label is missing or unknown, and then `problems` says so."""

    problem_type: str
    names: list[str]
    values: dict[str, list[Any]]
    problems: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def feature(self) -> Any:
        """The type of their column: an id, a number, or a list of numbers."""
        number = Value("float64")
        if self.problem_type == MULTI or (self.problem_type == REGRESSION and self.names):
            return List(number)
        return number if self.problem_type == REGRESSION else Value("int64")


def is_unlabelled(labels: Sequence[Any]) -> bool:
    """Check whether a whole split has no labels: all missing, or all -1 as on the Hub."""
    return all(is_missing(label) or label in (UNLABELLED, str(UNLABELLED)) for label in labels)


@dataclass(frozen=True)
class WrittenLabels:
    """The labels of a source as they are written.

    Attributes:
        values: labels of each labelled split; `train` is among them.
        stored: the names that the source stores for them.
        as_text: splits whose file format knows only text (csv), so that "3" may be meant as a number.
        separator: what parted several labels in one cell; None where each is one.
    """

    values: dict[str, list[Any]]
    stored: StoredNames
    as_text: frozenset[str] = frozenset()
    separator: str | None = None


def written_labels(
    raw: RawData,
    column: str,
    notes: list[str],
    separator: str | None = None,
    problem_type: ProblemType | None = None,
) -> WrittenLabels:
    """Read the labels of all labelled splits; a test or validation without any label is left out, with a note.

    Args:
        raw: what was read.
        column: name of the labels' column.
        notes: what was decided is added here.
        separator: parts several labels in one cell, such as `;`; None finds it where it is clear.
        problem_type: what the labels are, where that is known; of one label a row no cell is parted.

    Raises:
        InputError: train has no such column.
    """
    raw.require_column("train", column)
    separator = separator or _separator_of(raw.tables["train"], column, notes, problem_type)
    read = None if separator is None else parts_of(raw.tables["train"].values(column), separator)
    values: dict[str, list[Any]] = {}
    for split, table in raw.ordered:
        labels = table.values(column) if column in table.names else []
        cells = [cell for label in labels for cell in (label if isinstance(label, list) else [label])]
        if split != "train" and is_unlabelled(cells or labels):
            notes.append(f"{split} has no labels and is not used")
            continue
        _refuse_objects(split, column, labels)
        values[split] = labels if read is None else list(map(read, labels))
    values = _without_prefix(values, notes)
    stored = stored_names(raw, column)
    notes += stored.notes
    as_text = frozenset(split for split in values if raw.tables[split].all_strings)
    return WrittenLabels(values, stored, as_text, separator)


def _refuse_objects(split: str, column: str, labels: Sequence[Any]) -> None:
    """Refuse labels that are objects, which would be classes by how they are printed."""
    odd = next((row for row, label in enumerate(labels, 1) if isinstance(label, dict)), None)
    if odd is not None:
        raise InputError(
            f"{split} row {odd} has the label {str(labels[odd - 1])[:60]}, an object; write its name or number into "
            f"{column!r}, or name another label_column."
        )


def _without_prefix(values: dict[str, list[Any]], notes: list[str]) -> dict[str, list[Any]]:
    """Take fastText's `__label__` off the labels, where all of train begin with it, and note it."""
    train = [label for label in values["train"] if not is_missing(label)]
    if not are_prefixed(train):
        return values
    single = all(len(label.split()) == 1 for label in train if isinstance(label, str))
    notes.append(
        f"labels are read without fastText's prefix: {train[0]!r} is {without_prefix(train[0], single=single)!r}"
    )
    return {split: [without_prefix(label, single=single) for label in labels] for split, labels in values.items()}


def _separator_of(train: Table, column: str, notes: list[str], problem_type: ProblemType | None) -> str | None:
    """Find what parts several labels in a cell, where that is clear or known, and note it with examples."""
    cells = train.values(column)
    texts = [cell for cell in cells if not is_missing(cell)]
    if problem_type in (SINGLE, REGRESSION) or column in train.class_names:
        return None
    if not texts or not all(isinstance(cell, str) for cell in texts) or all(converts(as_list, cell) for cell in texts):
        return None
    separator = any_separator(texts) if problem_type == MULTI else find_separator(texts)
    if separator is not None:
        notes.append(describe_parting(texts, separator))
    elif problem_type is None and (possible := possible_separator(texts)) is not None:
        sign, cell = possible
        notes.append(
            f"{cell!r} is a label of its own; if {sign!r} parts several labels, say --label_separator {sign!r}"
        )
    return separator


def read_labels(
    written: WrittenLabels, problem_type: ProblemType | None = None, expected: ProblemType | None = None
) -> Labels:
    """Bring labels onto one scale.

    Args:
        written: the labels, and the names stored with them.
        problem_type: what they are; None tells it from those of train.
        expected: what a model was trained for, where labels may be read in two ways.

    Raises:
        InputError: they are not of that type.
    """
    raw = numbers_from_text(written.values, written.as_text)
    declared = written.stored.names
    targets = problem_type == REGRESSION or are_amounts(
        [each for each in raw["train"] if isinstance(each, list | tuple)]
    )
    if not targets:
        raw = {split: written.stored.named(split, labels) for split, labels in raw.items()}
    hot = None if MULTI in (problem_type, expected) or problem_type == REGRESSION else classes_of_hot(raw, declared)
    if hot:
        raw, declared = hot
    train = [label for label in raw["train"] if not is_missing(label)]
    lists = [label for label in train if isinstance(label, list | tuple)]
    if problem_type is not None and bool(lists) != (problem_type == MULTI) and not (lists and targets):
        seen = (lists or train or [None])[0]
        raise InputError(
            f"problem_type={problem_type} does not fit labels such as {seen!r:.60}: rows of several labels are lists; "
            "leave it out, or check label_column."
        )
    kind = problem_type or (REGRESSION if lists and targets else _kind_of(train, declared, expected))
    if kind == MULTI:
        return _read_multi(raw, declared)
    found = _read_regression(raw, declared) if kind == REGRESSION else _read_single(raw, declared)
    if hot and problem_type is None:
        found.notes.append(
            f"each row has exactly one label, so {_few(found.names)} are classes; for labels of which a row may have "
            f"several say --problem_type {MULTI}"
        )
    if lists and problem_type is None:
        shown = ", ".join(f"{item:g}" if isinstance(item, float) else str(item) for item in lists[0][:4])
        otherwise = "" if declared else f"; for names of labels say --problem_type {MULTI}"
        of_targets = f"regression on {len(found.names)} targets"
        found.notes.append(f"labels such as [{shown}] are amounts, so this is {of_targets}{otherwise}")
    if problem_type is None and not any(isinstance(label, str) for label in train):
        found.notes += reading_of_numbers(kind, train, written.values["train"])
    return found


def _kind_of(train: list[Any], declared: list[str] | None, expected: ProblemType | None) -> ProblemType:
    if any(isinstance(label, list | tuple) for label in train):
        return MULTI
    numbers = bool(train) and all(isinstance(label, float | int) for label in train)
    if declared is not None or not numbers or not any(isinstance(label, float) for label in train):
        return REGRESSION if expected == REGRESSION and numbers and declared is None else SINGLE
    whole = all(float(label).is_integer() for label in train)
    if whole and expected in (SINGLE, REGRESSION):
        return SINGLE if expected == SINGLE else REGRESSION
    return SINGLE if whole and are_few(train) else REGRESSION


def _read_single(raw: dict[str, list[Any]], declared: list[str] | None) -> Labels:
    notes: list[str] = []
    names = declared
    if names is None:
        ordered = _distinct(label for label in raw["train"] if not is_missing(label))
        names = [str(label) for label in ordered]
        if all(isinstance(label, int) for label in ordered) and ordered != list(range(len(ordered))):
            amounts = f"; for amounts say --problem_type {REGRESSION}" * (len(names) > MOST_CLASSES)
            notes.append(f"labels {_few(names)} became ids 0 to {len(names) - 1}; the names keep the numbers{amounts}")
        notes += [
            f"{name!r} is a class of its own; if it says that no label is known, leave its rows out"
            for name in names
            if name.lower() in UNKNOWN and not {"+", "-"} <= set(names)
        ]
    problems: list[Finding] = []
    ids = _ids_of(names)
    values = {split: _looked_up(split, labels, ids, names, problems) for split, labels in raw.items()}
    return Labels(SINGLE, names, values, problems, notes)


def _distinct(labels: Iterable[Any]) -> list[Any]:
    """List the labels that differ, numbers before names; 1, 1.0 and "1" are one label, a number if any of them is.

    So are TRUE, True and true.
    """
    found: dict[str, Any] = {}
    for label in map(_tidy, labels):
        key = str(label).casefold() if str(label).casefold() in ("true", "false") else str(label)
        if key not in found or (isinstance(found[key], str) and not isinstance(label, str)):
            found[key] = label
    return sorted(found.values(), key=lambda label: (0, label) if isinstance(label, int | float) else (1, str(label)))


def _ids_of(names: list[str]) -> dict[str, int]:
    """Map names to ids, blanks around a name aside; true and false however they are capitalised."""
    ids = {name.casefold(): index for index, name in enumerate(names) if name.casefold() in ("true", "false")}
    return ids | {same_name(name): index for index, name in enumerate(names)}


def _id_of(label: Any, ids: dict[str, int]) -> int | None:
    key = str(_tidy(label))
    return ids.get(key, ids.get(key.casefold()) if key.casefold() in ("true", "false") else None)


MOST_UNKNOWN = 8
"""Labels unknown to train that are told one by one."""


def _looked_up(
    split: str, labels: list[Any], ids: dict[str, int], names: list[str], problems: list[Finding]
) -> list[int | None]:
    """Look up ids of the labels of one split; what has none is put into `problems`, value by value."""
    found = [None if is_missing(label) else _id_of(label, ids) for label in labels]
    problems.extend(_missing(split, labels))
    unknown: dict[str, list[tuple[str, int]]] = {}
    for row, (label, index) in enumerate(zip(labels, found, strict=True), 1):
        if index is None and not is_missing(label):
            unknown.setdefault(repr(_tidy(label)), []).append((split, row))
    if len(unknown) > MOST_UNKNOWN:
        rows = [row for rows in unknown.values() for row in rows]
        swapped = "; if its texts and labels stand in each other's column, exchange them" * (len(rows) == len(labels))
        problems.append(
            Finding(
                "label-unknown",
                f"{len(unknown):,} labels of {split} are not among the {len(names)} labels of train ({_few(names)}), "
                f"such as {', '.join(list(unknown)[:3])}; correct them, or add such rows to train{swapped}",
                rows,
            )
        )
        return found
    for label, rows in unknown.items():
        problems.append(
            Finding(
                "label-unknown",
                f"label {label} is not among the {len(names)} labels of train: {_few(names)}; correct it, or add "
                "such rows to train",
                rows,
            )
        )
    return found


def _read_regression(raw: dict[str, list[Any]], names: list[str] | None) -> Labels:
    several = any(isinstance(label, list | tuple) for label in raw["train"])
    values: dict[str, list[Any]] = dict(read_targets(raw) if several else read_amounts(raw))
    targets = len(next(row for row in values["train"] if row is not None)) if several else 0
    problems: list[Finding] = []
    for split, labels in raw.items():
        problems.extend(_missing(split, labels))
        bad = _unread(labels, values[split])
        if bad:
            problems.append(not_amounts(split, labels[bad[0] - 1], bad, targets))
    if several and len(names or []) != targets:
        names = [f"target {number}" for number in range(1, targets + 1)]
    notes = describe_scales(names or [], values["train"]) if several else []
    return Labels(REGRESSION, list(names or []) if several else [], values, problems, notes)


def _read_multi(raw: dict[str, list[Any]], declared: list[str] | None) -> Labels:
    lists = [label for label in raw["train"] if isinstance(label, list | tuple)]
    hot = bool(lists) and is_hot(lists)
    names = declared
    if names is None and hot:
        names = [str(index) for index in range(len(lists[0]))]
    elif names is None:
        distinct = _distinct(item for label in lists for item in label)
        whole = all(isinstance(item, int) for item in distinct)
        names = [str(item) for item in (range(max(distinct, default=-1) + 1) if whole else distinct)]
    ids = _ids_of(names)
    problems: list[Finding] = []
    values: dict[str, list[Any]] = {}
    for split, labels in raw.items():
        problems.extend(_missing(split, labels))
        values[split] = [None if is_missing(label) else _hot(label, ids, len(names), is_row=hot) for label in labels]
        bad = _unread(labels, values[split])
        if bad:
            seen = labels[bad[0] - 1]
            problems.append(
                Finding(
                    "label-unknown",
                    f"label {seen!r} is not a list of the {len(names)} labels of train: {_few(names)}; correct it",
                    [(split, row) for row in bad],
                )
            )
    return Labels(MULTI, names, values, problems)


def _unread(labels: list[Any], values: list[Any]) -> list[int]:
    """Find the numbers of rows that have a label, but none that could be read."""
    pairs = zip(labels, values, strict=True)
    return [row for row, (label, value) in enumerate(pairs, 1) if value is None and not is_missing(label)]


def _hot(label: Any, ids: dict[str, int], width: int, *, is_row: bool) -> list[float] | None:
    """Make L floats of one row, or None when the row cannot be read."""
    if not isinstance(label, list | tuple):
        return None
    if is_row:
        return [float(item) for item in label] if len(label) == width and all(map(is_bit, label)) else None
    found = [_id_of(item, ids) for item in label]
    if None in found:
        return None
    return [1.0 if index in found else 0.0 for index in range(width)]


def _missing(split: str, labels: list[Any]) -> list[Finding]:
    rows = [(split, row) for row, label in enumerate(labels, 1) if is_missing(label)]
    if not rows:
        return []
    seen = labels[rows[0][1] - 1]
    return [
        Finding(
            "label-missing",
            f"{len(rows)} {'label is' if len(rows) == 1 else 'labels are'} missing (seen: {seen!r}); label these "
            "rows or remove them",
            rows,
        )
    ]


def _tidy(label: Any) -> Any:
    """Strip a name: blanks and signs without a width do not make another class; True and False are names."""
    label = label.item() if isinstance(label, np.generic) else label
    if isinstance(label, bool):
        return str(label).lower()
    if isinstance(label, float) and label.is_integer():
        return int(label)
    return same_name(label) if isinstance(label, str) else label


def _few(names: list[str]) -> str:
    return ", ".join(names[:12]) + (f", ... ({len(names)} in all)" if len(names) > 12 else "")
