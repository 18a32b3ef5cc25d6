# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The first pass over all shards: how many rows, which labels, what is broken, and a sample drawn from everything.

It costs one reading, and gives what a stream cannot: the length of an epoch, the names of all labels before the first
step, broken shards before any work, rows held out for validation and test. Every row has a number drawn by the seed;
the rows with the smallest numbers are held out, those with the next ones are the sample.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from hf_seq.data.findings import counted
from hf_seq.data.labels.cells import is_missing, parted
from hf_seq.data.readers.shards import BrokenShard, Chunk, Shard, read_chunks
from hf_seq.data.readers.text_form import TextForm
from hf_seq.data.streaming.blocks import Block, rows_of
from hf_seq.errors import InputError

BLOCK = 8192  # rows of a block of lines
MOST_LABELS = 20_000  # values of a label column that are kept apart; numbers have more, and need not be
MOST_HELD_OUT = 10_000
SHOWN = 3

Place = tuple[int, int]
"""Numbers of a block and of a row in it."""
Row = tuple[Any, ...]


@dataclass(frozen=True)
class SurveyRequest:
    """What a first pass looks for.

    Attributes:
        names: columns that are read.
        labels: which of them holds the labels, if one does.
        separator: what parts several labels in a cell.
        sample: rows to draw.
        held_out: share of the rows that is held out for each of `splits`.
        splits: that are cut from the stream.
        seed: of the draw.
        form: how files of text are written.
    """

    names: Sequence[str]
    labels: str | None
    separator: str | None
    sample: int
    held_out: float
    splits: Sequence[str]
    seed: int
    form: TextForm


@dataclass
class Survey:
    """What a first pass found.

    Attributes:
        blocks: of all shards.
        examples: a row for every label.
        sample: rows drawn from all others.
        held_out: rows of each split that was cut off.
        broken: why a shard cannot be read, by its name.
        empty: names of shards without rows.
    """

    blocks: list[Block]
    examples: list[Row]
    sample: list[Row]
    held_out: dict[str, list[Row]]
    broken: dict[str, str] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows to train on."""
        return sum(block.kept for block in self.blocks)

    @property
    def fingerprint(self) -> str:
        """Tell these shards from others by their sizes and both ends of each."""
        digest = hashlib.sha256()
        for block in self.blocks:
            digest.update(f"{block.shard.name} {block.begin} {block.rows}".encode())
        for shard in dict.fromkeys(block.shard for block in self.blocks):
            digest.update(shard.fingerprint().encode())
        return digest.hexdigest()


def look_over(shards: Sequence[Shard], wanted: SurveyRequest) -> Survey:
    """Read all shards once.

    Args:
        shards: whose first rows can be read.
        wanted: what to look for.

    Raises:
        InputError: rows without a label.
    """
    blocks: list[Block] = []
    draw, labels = _Draw(wanted), _Labels(wanted)
    broken, empty = {}, []
    for number, shard in enumerate(shards):
        before = len(blocks), draw.copy(), labels.copy()
        try:
            found = _look_at(shard, number, blocks, draw, labels, wanted)
        except BrokenShard as error:
            broken[shard.name] = str(error)
            del blocks[before[0] :]
            draw, labels = before[1:]
            continue
        if not found:
            empty.append(shard.name)
    labels.refuse_missing()
    held = draw.held_out(sum(block.rows for block in blocks), labels.places)
    out: dict[int, list[int]] = {}
    for places in held.values():
        for block, row in places:
            out.setdefault(block, []).append(row)
    blocks = [replace(block, held_out=tuple(sorted(out.get(number, ())))) for number, block in enumerate(blocks)]
    apart = {place for places in held.values() for place in places} | set(labels.places)
    drawn = {place: row for _, place, row in draw.found}
    rows = {split: [drawn[place] for place in places] for split, places in held.items()}
    return Survey(blocks, list(labels.places.values()), draw.sample(apart), rows, broken, empty)


def _look_at(
    shard: Shard, number: int, blocks: list[Block], draw: "_Draw", labels: "_Labels", wanted: SurveyRequest
) -> int:
    """Read a shard into blocks; gives its rows."""
    done = 0
    random = np.random.default_rng([wanted.seed, number])
    for chunk in read_chunks(shard, BLOCK, wanted.form):
        if chunk.begin is not None or not done:
            blocks.append(Block(shard, chunk.begin or 0, 0))
        block = len(blocks) - 1
        start = blocks[block].rows
        draw.add(chunk, (block, start), random.random(len(chunk)))
        labels.add(chunk, (block, start), f"{shard.name} row {{}}", done)
        blocks[block] = replace(blocks[block], rows=start + len(chunk))
        done += len(chunk)
    return done


class _Draw:
    """Keeps the rows with the smallest numbers."""

    def __init__(self, wanted: SurveyRequest) -> None:
        self.wanted = wanted
        self.room = wanted.sample + MOST_HELD_OUT * len(wanted.splits)
        self.found: list[tuple[float, Place, Row]] = []
        self.bar = 1.0

    def copy(self) -> "_Draw":
        twin = _Draw(self.wanted)
        twin.found, twin.bar = list(self.found), self.bar
        return twin

    def add(self, chunk: Chunk, begin: Place, numbers: Any) -> None:
        chosen = np.flatnonzero(numbers < self.bar).tolist()
        rows = rows_of(chunk.table, self.wanted.names, chosen)
        block, start = begin
        self.found += [
            (float(numbers[row]), (block, start + row), values) for row, values in zip(chosen, rows, strict=True)
        ]
        if len(self.found) > 2 * self.room:
            self._cut()

    def _cut(self) -> None:
        self.found.sort(key=lambda each: each[:2])
        del self.found[self.room :]
        if len(self.found) == self.room:
            self.bar = self.found[-1][0]

    def held_out(self, rows: int, not_these: Any) -> dict[str, list[Place]]:
        self._cut()
        places = [place for _, place, _ in self.found if place not in not_these]
        share = min(MOST_HELD_OUT, max(1, round(rows * self.wanted.held_out)))
        return {
            split: sorted(places[number * share : (number + 1) * share])
            for number, split in enumerate(self.wanted.splits)
        }

    def sample(self, apart: set[Place]) -> list[Row]:
        left = [(place, row) for _, place, row in self.found if place not in apart]
        return [row for _, row in sorted(left[: self.wanted.sample], key=lambda each: each[0])]


class _Labels:
    """Keeps a row for every label, and says where one is missing."""

    def __init__(self, wanted: SurveyRequest) -> None:
        self.wanted = wanted
        self.known: set[Any] = set()
        self.cells: set[Any] = set()
        self.places: dict[Place, Row] = {}
        self.missing: list[str] = []

    def copy(self) -> "_Labels":
        twin = _Labels(self.wanted)
        twin.known, twin.places, twin.missing = set(self.known), dict(self.places), list(self.missing)
        return twin

    def add(self, chunk: Chunk, begin: Place, template: str, done: int) -> None:
        name = self.wanted.labels
        if name is None:
            return
        column = chunk.table.columns.get(name)
        values = [None] * len(chunk) if column is None else chunk.table.values(name)
        if self._are_known(values):
            return
        block, start = begin
        for row, value in enumerate(values):
            items = self._items(value)
            if items is None:
                self.missing.append(template.format(f"{done + row + 1:,}"))
            elif len(self.known) < MOST_LABELS and not self.known.issuperset(items):
                self.known.update(items)
                self.places[block, start + row] = rows_of(chunk.table, self.wanted.names, [row])[0]

    def _are_known(self, values: list[Any]) -> bool:
        """Say whether all cells were seen before; a shortcut, so lists are said not to be."""
        try:
            cells = set(values)
        except TypeError:
            return False
        known = cells <= self.cells
        self.cells |= {cell for cell in cells if not is_missing(cell)} if len(self.cells) < MOST_LABELS else set()
        return known

    def _items(self, value: Any) -> list[Any] | None:
        """List the labels of a cell; None where it has none."""
        if self.wanted.separator is not None:
            value = parted(value, self.wanted.separator)
        if isinstance(value, list | tuple):
            return [str(item) for item in value]
        return None if is_missing(value) else [str(value)]

    def refuse_missing(self) -> None:
        if self.missing:
            listed = ", ".join(self.missing[:SHOWN])
            more = f" and {len(self.missing) - SHOWN:,} more" if len(self.missing) > SHOWN else ""
            raise InputError(
                f"{counted(len(self.missing), 'row')} without {self.wanted.labels!r}: {listed}{more}; give each a "
                "label, or leave them out."
            )
