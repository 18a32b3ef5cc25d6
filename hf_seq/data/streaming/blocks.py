# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Blocks of rows of a shard, and the order in which an epoch reads them.

A window is the rows that are in memory at a time. Its rows come from `LANES` blocks that are read side by side, and the
blocks in an order that is drawn, so that a file sorted by its labels is mixed, too. Who reads what is a function of the
seed, the epoch and the sizes of the blocks, so a run goes on at any window without a state of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from hf_seq.data.readers.shards import BrokenShard, Shard, read_chunks
from hf_seq.data.readers.tables import Table
from hf_seq.data.readers.text_form import TextForm
from hf_seq.errors import InputError

LANES = 8
CHUNK = 1024  # rows that are read at a time


@dataclass(frozen=True)
class Block:
    """Rows of a shard that are read without what stands before them.

    Attributes:
        shard: the file.
        begin: where it begins there, for `read_chunks`.
        rows: how many.
        held_out: numbers of those, from 0, that are not trained on.
    """

    shard: Shard
    begin: int
    rows: int
    held_out: tuple[int, ...] = ()

    @property
    def kept(self) -> int:
        """Rows that are trained on."""
        return self.rows - len(self.held_out)


@dataclass(frozen=True)
class Piece:
    """Some rows of a block: the number of the block, that of the first row among those kept, how many."""

    block: int
    start: int
    rows: int


def windows(sizes: Sequence[int], window: int, count: int, seed: int, epoch: int) -> Iterator[list[Piece]]:
    """List what each window of an epoch is made of; every row of every block stands in one of them, once.

    Args:
        sizes: rows of each block.
        window: rows of a window.
        count: of windows; the last one takes all that is left.
        seed: of the order.
        epoch: likewise.
    """
    order = np.random.default_rng([seed, epoch]).permutation(len(sizes))
    waiting = iter(int(block) for block in order if sizes[block])
    lanes = [[block, 0] for block in islice(waiting, LANES)]
    for number in range(count):
        missing = window if number < count - 1 else sum(sizes)
        pieces = []
        while missing and lanes:
            share = max(1, min(missing, window) // LANES)
            for lane in list(lanes):
                block, start = lane
                rows = min(share, missing, sizes[block] - start)
                if rows:
                    pieces.append(Piece(block, start, rows))
                missing -= rows
                lane[1] += rows
                if lane[1] == sizes[block]:
                    following = next(waiting, None)
                    if following is None:
                        lanes.remove(lane)
                    else:
                        lane[:] = [following, 0]
        yield pieces


def pieces_in_order(blocks: Sequence[Block], start: int, rows: int) -> list[Piece]:
    """List the parts of blocks that some rows are, as they stand in their files: so many, from a number on."""
    pieces, begin = [], 0
    for number, block in enumerate(blocks):
        first, last = max(start, begin), min(start + rows, begin + block.kept)
        if first < last:
            pieces.append(Piece(number, first - begin, last - first))
        begin += block.kept
    return pieces


class BlockReader:
    """Reads blocks piece by piece; a piece that goes on where the last one of its block ended costs nothing extra.

    Args:
        blocks: all of them.
        names: columns that are wanted.
        form: how files of text are written.
    """

    def __init__(self, blocks: Sequence[Block], names: Sequence[str], form: TextForm) -> None:
        self.blocks, self.names, self.form = blocks, names, form
        self._open: dict[int, tuple[int, Iterator[tuple[Any, ...]]]] = {}

    def read(self, pieces: Sequence[Piece]) -> list[tuple[Any, ...]]:
        """Read the rows of some pieces, as values of the columns.

        Raises:
            InputError: a shard cannot be read any more, or is another one than before.
        """
        rows: list[tuple[Any, ...]] = []
        for piece in pieces:
            at, reader = self._open.pop(piece.block, (0, None))
            if reader is None or at != piece.start:
                reader = islice(self._rows(self.blocks[piece.block]), piece.start, None)
            found = list(islice(reader, piece.rows))
            if len(found) < piece.rows:
                raise InputError(f"{self.blocks[piece.block].shard.path} has fewer rows than before; train anew.")
            rows += found
            if piece.start + piece.rows < self.blocks[piece.block].kept:
                self._open[piece.block] = piece.start + piece.rows, reader
        return rows

    def read_in_order(self, start: int, rows: int) -> list[tuple[Any, ...]]:
        """Read rows as they stand in their files: so many, from a number on; as `read` does."""
        return self.read(pieces_in_order(self.blocks, start, rows))

    def close(self) -> None:
        """Leave the blocks that are half read."""
        self._open.clear()

    def _rows(self, block: Block) -> Iterator[tuple[Any, ...]]:
        held, number = frozenset(block.held_out), 0
        try:
            for chunk in read_chunks(block.shard, CHUNK, self.form, block.begin):
                for row in rows_of(chunk.table, self.names):
                    if number == block.rows:
                        return
                    if number not in held:
                        yield row
                    number += 1
        except BrokenShard as error:
            raise InputError(f"{block.shard.path} cannot be read any more: {error}") from error


def rows_of(table: Table, names: Sequence[str], numbers: Sequence[int] | None = None) -> list[tuple[Any, ...]]:
    """List rows of a table, or those with these numbers, as values of some columns; None where one is missing."""
    wanted = range(len(table)) if numbers is None else numbers

    def values(name: str) -> Sequence[Any]:
        if name not in table.columns:
            return [None] * len(wanted)
        if numbers is None:
            return table.values(name)
        column = table.columns[name]
        return [column[row].as_py() if isinstance(column, pa.ChunkedArray) else column[row] for row in numbers]

    return list(zip(*map(values, names), strict=True))


def table_of(rows: Sequence[tuple[Any, ...]], names: Sequence[str], like: Table) -> Table:
    """Make a table of rows, read as `like` was."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    named = {name: list(values) for name, values in zip(names, columns, strict=True)}
    return Table(named, dict(like.class_names), like.all_strings)
