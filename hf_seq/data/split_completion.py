# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From the splits a source has to train, validation and test, whatever the task; every decision noted.

The rules: a missing validation is cut from train. Where no labelled test is there but a validation is (SST-2, GLUE),
that validation is the test and a new one is cut from train. Where neither is there, both are cut from train. On request
validation joins train, and a new one is cut from both.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from datasets import Dataset, Features, Value

from hf_seq.data.cutting import cut, cut_groups
from hf_seq.data.findings import counted
from hf_seq.data.splits import split_in_words
from hf_seq.errors import InputError

WHOLE = "all"
"""What the test rows are where nothing was cut off."""


@dataclass
class SplitRows:
    """One split while it is being cut: parallel lists, one item a row.

    Attributes:
        origin: the split the rows came from.
        columns: what the task learns from, by name, e.g. `text` and `label`.
        numbers: row numbers in the source, from 1.
        keys: what makes two rows the same; rows with equal keys are never split by a cut.
        strata: a cut takes the same share of each (`hf_seq.data.cutting.cut`); None counts all rows as alike.
        groups: rows of one group are never split by a cut, either; None where there are no groups.
    """

    origin: str
    columns: Mapping[str, Sequence[Any]]
    numbers: Sequence[int]
    keys: Sequence[str]
    strata: Sequence[Any] | None = None
    groups: Sequence[str] | None = None

    def __len__(self) -> int:
        return len(self.numbers)

    def take(self, indices: Sequence[int]) -> "SplitRows":
        """Return the rows with these indices, in this order."""
        columns = {name: [values[i] for i in indices] for name, values in self.columns.items()}
        numbers, keys = [self.numbers[i] for i in indices], [self.keys[i] for i in indices]
        strata = None if self.strata is None else [self.strata[i] for i in indices]
        groups = None if self.groups is None else [self.groups[i] for i in indices]
        return SplitRows(self.origin, columns, numbers, keys, strata, groups)

    def cut(self, fraction: float, seed: int) -> tuple["SplitRows", "SplitRows"]:
        """Return the rows kept and the rows cut off."""
        strata = self.strata or [0] * len(self)
        if self.groups is not None:
            kept, off = cut_groups(self.groups, strata, fraction, seed)
        else:
            kept, off = cut(self.keys, strata, fraction, seed)
        return self.take(kept), self.take(off)

    def joined(self, other: "SplitRows") -> "SplitRows":
        """Return these rows and, after them, those of another split; their numbers go on from these."""
        columns = {name: [*values, *other.columns[name]] for name, values in self.columns.items()}
        numbers = [*self.numbers, *(len(self) + number for number in other.numbers)]
        keys = [*self.keys, *other.keys]
        strata = [*self.strata, *other.strata] if self.strata is not None and other.strata is not None else None
        groups = [*self.groups, *other.groups] if self.groups is not None and other.groups is not None else None
        return SplitRows(f"{self.origin}+{other.origin}", columns, numbers, keys, strata, groups)

    def dataset(self, **features: Any) -> Dataset:
        """Return the rows as a `Dataset` with these features, and `row`, the number of each."""
        columns = {name: self.columns[name] for name in features}
        return Dataset.from_dict(
            {**columns, "row": list(self.numbers)}, features=Features({**features, "row": Value("int64")})
        )


@dataclass
class Cutting:
    """How missing splits are made.

    Attributes:
        fraction: share of the train rows for each split that has to be cut from them.
        seed: of the cuts.
        max_train_rows: use no more train rows than this.
        whole: cut nothing off a source that has no splits; every row of it is then in each.
        join_validation: the source's own validation becomes part of train.
        cut_off: how rows leave train: (rows, fraction, seed) -> (kept, cut off).
        how: that in a word, for the notes.
    """

    fraction: float = 0.1
    seed: int = 0
    max_train_rows: int | None = None
    whole: bool = False
    join_validation: bool = False
    cut_off: Callable[[SplitRows, float, int], tuple[SplitRows, SplitRows]] = field(default=SplitRows.cut)
    how: str = "stratified"


def complete_splits(rows: dict[str, SplitRows], cutting: Cutting, notes: list[str]) -> tuple[dict[str, SplitRows], str]:
    """Make train, validation and test of the splits that are there.

    Args:
        rows: the labelled splits; `train` is among them.
        cutting: how what is missing is made.
        notes: every decision is added here, in words.

    Returns:
        The three splits, and what the test rows are, as `Splits.test_split` says it.

    Raises:
        InputError: too few rows; no validation, or no test beside it, where validation is to join train.
    """
    if cutting.whole and list(rows) == ["train"]:
        notes.append("no splits: every row is used")
        return dict.fromkeys(("train", "validation", "test"), rows["train"]), WHOLE
    train, validation, test = rows["train"], rows.get("validation"), rows.get("test")
    if cutting.join_validation:
        if validation is None or test is None:
            raise InputError(
                "train_on_validation needs a validation and a labelled test split, so that scores stand on rows that "
                f"nothing learned from; here is {' and '.join(rows)}. Leave it out."
            )
        first, train, validation = len(train) + 1, train.joined(validation), None
        notes.append(f"validation is part of train, as its rows {first:,} to {len(train):,}")
    if test is None and validation is not None:
        test, validation = validation, None
        notes.append("no labelled test: validation is the test")
    if cutting.max_train_rows is not None:
        train = _limited(train, (validation is None) + (test is None), cutting, notes)
    share = cutting.fraction  # of the train rows as they are now
    if test is None:
        train, test = _cut_off(train, share, cutting.seed + 1, "test", cutting, notes)
        share = min(0.5, cutting.fraction / (1 - cutting.fraction))
    if validation is None:
        train, validation = _cut_off(train, share, cutting.seed, "validation", cutting, notes)
    return {"train": train, "validation": validation, "test": test}, split_in_words("test", test.origin)


def fingerprint(parts: dict[str, SplitRows], names: Sequence[str]) -> str:
    """Return SHA-256 of the label names and of the columns of all splits, in order; the same on every machine."""
    digest = hashlib.sha256(json.dumps(list(names)).encode())
    for split, rows in parts.items():
        digest.update(split.encode())
        for row in zip(*rows.columns.values(), strict=True):
            digest.update(json.dumps(row, default=_digest_of_array).encode())
    return digest.hexdigest()


def _digest_of_array(array: Any) -> str:
    return hashlib.sha256(f"{array.shape} {array.dtype}".encode() + array.tobytes()).hexdigest()


def _cut_off(
    train: SplitRows, fraction: float, seed: int, name: str, cutting: Cutting, notes: list[str]
) -> tuple[SplitRows, SplitRows]:
    kept, off = cutting.cut_off(train, fraction, seed)
    how = cutting.how if train.groups is None else f"whole groups ({len(set(off.groups or ())):,})"
    notes.append(f"{name}: {counted(len(off), 'row')} cut from train, {how}, seed {seed}")
    return kept, off


def _limited(train: SplitRows, cuts: int, cutting: Cutting, notes: list[str]) -> SplitRows:
    """Limit train so that `max_train_rows` are left after what is still to be cut off."""
    limit = cutting.max_train_rows or 0
    if limit < 2:
        raise InputError(f"max_train_rows={limit} leaves nothing to learn from; use 2 or more, or leave it out.")
    wanted = round(limit / max(0.1, 1.0 - cutting.fraction * cuts))
    if wanted >= len(train):
        return train
    _, chosen = cutting.cut_off(train, wanted / len(train), cutting.seed)
    notes.append(
        f"train limited to {limit:,} of {len(train):,} rows (max_train_rows), {cutting.how}, seed {cutting.seed}"
    )
    return chosen
