# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Labels as written to labels as learned: ids with names, numbers, or rows of 0/1.

written as                     learned as                    problem type
names, ints, booleans          id of the name                single_label_classification
floats                         the number                    regression
lists of names, ids or 0/1     L floats, 1.0 where it holds  multi_label_classification

The train split rules which labels there are and in which order; names stored with the data rule over it.
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hf_seq.data.findings import Finding

SINGLE, MULTI, REGRESSION = "single_label_classification", "multi_label_classification", "regression"
UNLABELLED = -1  # the Hub's convention for test splits whose labels are kept back


@dataclass
class Labels:
    """Labels of all splits, on one scale; None where a label is missing or unknown, and then `problems` says so."""

    problem_type: str
    names: list[str]
    values: dict[str, list[Any]]
    problems: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def is_missing(label: Any) -> bool:
    """None, blank or NaN; "none" and "null" are names that classes do have."""
    if label is None or (isinstance(label, float) and math.isnan(label)):
        return True
    return isinstance(label, str) and label.strip().lower() in ("", "nan")


def is_unlabelled(labels: Sequence[Any]) -> bool:
    """Whether a whole split has no labels: all missing, or all -1 as on the Hub."""
    return all(is_missing(label) or label in (UNLABELLED, str(UNLABELLED)) for label in labels)


def read_labels(raw: dict[str, list[Any]], declared: list[str] | None = None, *, all_strings: bool = False) -> Labels:
    """Bring labels onto one scale.

    Args:
        raw: labels as read, by split; `train` is there.
        declared: names stored with the data, in id order.
        all_strings: the file format knows only text (csv), so "3" may be meant as a number.
    """
    if all_strings:
        raw = _numbers_from_text(raw)
    train = [label for label in raw["train"] if not is_missing(label)]
    if any(isinstance(label, list | tuple) for label in train):
        return _read_multi(raw, declared)
    if (
        declared is None
        and train
        and all(isinstance(label, float | int) for label in train)
        and any(isinstance(label, float) for label in train)
    ):
        return _read_regression(raw)
    return _read_single(raw, declared)


def _numbers_from_text(raw: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Read text as lists, ints or floats where every label of train allows it."""
    train = [label for label in raw["train"] if not is_missing(label)]
    for kind in (_as_list, _as_whole, _as_decimal):
        if train and all(_converts(kind, label) for label in train):
            return {
                split: [kind(label) if not is_missing(label) and _converts(kind, label) else label for label in labels]
                for split, labels in raw.items()
            }
    return raw


def _as_list(text: str) -> list[Any]:
    value = json.loads(text)
    if not isinstance(value, list):
        raise ValueError(text)
    return value


def _as_whole(text: str) -> int:
    number = int(text)
    if str(number) != text.strip():
        raise ValueError(text)  # "007" and "1_0" are names
    return number


def _as_decimal(text: str) -> float:
    if text.strip().lstrip("+-").isdigit() and str(int(text)) != text.strip():
        raise ValueError(text)
    return float(text)


def _converts(kind: Callable[[str], Any], label: str) -> bool:
    try:
        kind(label)
    except ValueError:
        return False
    return True


def _read_single(raw: dict[str, list[Any]], declared: list[str] | None) -> Labels:
    notes: list[str] = []
    train = {_tidy(label) for label in raw["train"] if not is_missing(label)}
    if declared is not None:
        names = declared
        ids: dict[Any, int] = {name: index for index, name in enumerate(names)}
        ids |= {index: index for index in range(len(names))} | {
            str(i): i for i in range(len(names)) if str(i) not in ids
        }
    else:
        ordered = sorted(train, key=lambda label: (isinstance(label, str), label))
        names = [str(label) for label in ordered]
        ids = {label: index for index, label in enumerate(ordered)}
        if all(isinstance(label, int) for label in ordered) and ordered != list(range(len(ordered))):
            notes.append(f"labels {_few(names)} became ids 0 to {len(names) - 1}; the names keep the numbers")
    problems: list[Finding] = []
    values = {split: _looked_up(split, labels, ids, names, problems) for split, labels in raw.items()}
    return Labels(SINGLE, names, values, problems, notes)


def _looked_up(
    split: str, labels: list[Any], ids: dict[Any, int], names: list[str], problems: list[Finding]
) -> list[int | None]:
    """Ids of the labels of one split; what has none is put into `problems`, value by value."""
    found = [None if is_missing(label) else ids.get(_tidy(label)) for label in labels]
    problems.extend(_missing(split, labels))
    unknown: dict[Any, list[tuple[str, int]]] = {}
    for row, (label, index) in enumerate(zip(labels, found, strict=True), 1):
        if index is None and not is_missing(label):
            unknown.setdefault(_tidy(label), []).append((split, row))
    for label, rows in unknown.items():
        problems.append(
            Finding(
                "label-unknown",
                f"label {label!r} is not among the {len(names)} labels of train: {_few(names)}; correct it, or add "
                "such rows to train",
                rows,
            )
        )
    return found


def _read_regression(raw: dict[str, list[Any]]) -> Labels:
    problems: list[Finding] = []
    values: dict[str, list[Any]] = {}
    for split, labels in raw.items():
        problems.extend(_missing(split, labels))
        values[split] = [
            float(label) if isinstance(label, int | float) and math.isfinite(label) else None for label in labels
        ]
        bad = _unread(labels, values[split])
        if bad:
            seen = labels[bad[0] - 1]
            problems.append(
                Finding(
                    "label-not-a-number",
                    f"label {seen!r} is not a finite number, but train has numbers with a decimal point "
                    "(regression); correct it",
                    [(split, row) for row in bad],
                )
            )
    note = "labels have a decimal point, so this is regression; write classes as whole numbers or names"
    return Labels(REGRESSION, [], values, problems, [note])


def _read_multi(raw: dict[str, list[Any]], declared: list[str] | None) -> Labels:
    lists = [label for label in raw["train"] if isinstance(label, list | tuple)]
    flat = [item for label in lists for item in label]
    widths = {len(label) for label in lists}
    is_hot = (
        not any(isinstance(item, str) for item in flat) and len(widths) == 1 and max(widths) > 1 and set(flat) <= {0, 1}
    )
    if is_hot:
        names = declared or [str(index) for index in range(widths.pop())]
    else:
        distinct = sorted({_tidy(item) for item in flat}, key=lambda item: (isinstance(item, str), item))
        if declared is None and all(isinstance(item, int) for item in distinct):
            names = [str(index) for index in range(max(distinct, default=-1) + 1)]
        else:
            names = declared or [str(item) for item in distinct]
    ids: dict[Any, int] = {name: index for index, name in enumerate(names)} | {
        index: index for index in range(len(names))
    }
    problems: list[Finding] = []
    values: dict[str, list[Any]] = {}
    for split, labels in raw.items():
        problems.extend(_missing(split, labels))
        values[split] = [None if is_missing(label) else _hot(label, ids, len(names), is_hot=is_hot) for label in labels]
        bad = _unread(labels, values[split])
        if bad:
            seen = labels[bad[0] - 1]
            problems.append(
                Finding(
                    "label-unknown",
                    f"label {seen!r} is no list of the {len(names)} labels of train: {_few(names)}; correct it",
                    [(split, row) for row in bad],
                )
            )
    return Labels(MULTI, names, values, problems)


def _unread(labels: list[Any], values: list[Any]) -> list[int]:
    """Numbers of the rows that have a label, but none that could be read."""
    pairs = zip(labels, values, strict=True)
    return [row for row, (label, value) in enumerate(pairs, 1) if value is None and not is_missing(label)]


def _hot(label: Any, ids: dict[Any, int], width: int, *, is_hot: bool) -> list[float] | None:
    """L floats of one row, or None when the row cannot be read."""
    if not isinstance(label, list | tuple):
        return None
    if is_hot:
        return [float(item) for item in label] if len(label) == width and set(label) <= {0, 1} else None
    found = [ids.get(_tidy(item)) for item in label]
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
    """Blanks around a name do not make another class; True and False are names."""
    if isinstance(label, bool):
        return str(label).lower()
    if isinstance(label, float) and label.is_integer():
        return int(label)
    return label.strip() if isinstance(label, str) else label


def _few(names: list[str]) -> str:
    return ", ".join(names[:12]) + (f", ... ({len(names)} in all)" if len(names) > 12 else "")
