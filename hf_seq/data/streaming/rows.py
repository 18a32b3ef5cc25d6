# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Encoded rows of an epoch, a window of them in memory at a time, for `DataLoader` and `Trainer`.

A position is the place of a row in the order of its epoch: 0, 1, 2, ... A window is encoded when its first position is
asked for; inside, rows are put into batches of similar length, the batches in random order, as `LengthSampler` does.

So the rows of every update are a function of (seed, epoch, rows per update): they are the same for one process, two, or
accumulated steps, and for a run that goes on where another was killed. Every row comes once an epoch: what is left
over from the last update is part of it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from torch.utils.data import DataLoader, Dataset, Sampler

from hf_seq.data.batching import EncodedDataset, LengthSampler
from hf_seq.data.streaming.blocks import Block, BlockReader, Piece, windows
from hf_seq.errors import InputError


@dataclass(frozen=True)
class Sharing:
    """How the rows of an update are shared.

    Attributes:
        batch: rows of a process in a step.
        accumulated: steps of an update.
        processes: that train together.
        process: number of this one.
    """

    batch: int
    accumulated: int = 1
    processes: int = 1
    process: int = 0

    @property
    def update(self) -> int:
        """Rows of an update, over all steps and processes."""
        return self.batch * self.steps

    @property
    def steps(self) -> int:
        """Steps of an update, those of all processes counted."""
        return self.accumulated * self.processes


class StreamedRows(Dataset):
    """The rows of an epoch by position.

    Args:
        blocks: where they are.
        reader: reads pieces of blocks.
        encode: makes rows of ids of what was read.
        sample: some encoded rows; what else a loop asks of a data set, it answers.
        buffer: rows of a window, about.
    """

    def __init__(
        self,
        blocks: Sequence[Block],
        reader: BlockReader,
        encode: Callable[[list[tuple[Any, ...]]], EncodedDataset],
        sample: EncodedDataset,
        buffer: int,
    ) -> None:
        self.sizes = [block.kept for block in blocks]
        self.reader, self.encode, self.sample, self.buffer = reader, encode, sample, buffer
        self.epoch = self.seed = 0
        self.update = 1
        self.by_length = True
        self._window: int | None = None
        self._plan: Iterator[list[Piece]] = iter(())

    def __len__(self) -> int:
        return sum(self.sizes)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "sample":
            raise AttributeError(name)
        return getattr(self.sample, name)

    def loader(
        self, sharing: Sharing, collator: Callable[..., Any], seed: int, by_length: bool = True, workers: int = 0
    ) -> DataLoader:
        """Load the batches of one process; not to be shared among processes again.

        Args:
            sharing: of the rows of an update.
            collator: rows to tensors.
            seed: of the order.
            by_length: make batches of similar length.
            workers: processes that load; each reads everything.
        """
        self.seed, self.update, self.by_length = seed, sharing.update, by_length
        batches = StreamBatches(len(self), sharing)
        return DataLoader(self, batch_sampler=batches, collate_fn=collator, num_workers=workers)

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of this epoch."""
        if epoch != self.epoch:
            self.epoch, self._window = int(epoch), None

    @property
    def window(self) -> int:
        """Rows of a window: whole updates."""
        return max(1, self.buffer // self.update) * self.update

    @property
    def windows(self) -> int:
        """Windows of an epoch; the last one is longer by what is left over."""
        return max(1, len(self) // self.window)

    def __getitem__(self, position: int) -> dict[str, Any]:
        return self.__getitems__([position])[0]

    def __getitems__(self, positions: Sequence[int]) -> list[dict[str, Any]]:
        """Return the rows at positions of one window."""
        number = min(positions[0] // self.window, self.windows - 1)
        if number != self._window:
            self._read(number)
        first = number * self.window
        return self._rows.__getitems__([self._order[position - first] for position in positions])

    def _read(self, number: int) -> None:
        """Read a window, and settle the order of its rows."""
        if self._window is None or number != self._window + 1:
            self.reader.close()
            self._plan = islice(windows(self.sizes, self.window, self.windows, self.seed, self.epoch), number, None)
        self._rows = self.encode(self.reader.read(next(self._plan)))
        seed = int(np.random.SeedSequence([self.seed, self.epoch, number]).generate_state(1)[0])
        lengths = self._rows.lengths if self.by_length else [0] * len(self._rows)
        self._order = list(LengthSampler(lengths, self.update, seed=seed, fill_last=False))
        self._window = number


class StreamBatches(Sampler[list[int]]):
    """Positions for the steps of one process; the last update has what is left over, too.

    Args:
        rows: of an epoch.
        sharing: of the rows of an update.

    Raises:
        InputError: fewer rows than steps of an update.
    """

    def __init__(self, rows: int, sharing: Sharing) -> None:
        if rows < sharing.steps:
            raise InputError(
                f"there are {rows} rows for the {sharing.steps} steps of an update; use fewer processes or "
                "accumulated steps."
            )
        self.rows, self.sharing = rows, sharing
        self.batch_size, self.drop_last = sharing.batch, False
        self.updates = max(1, rows // sharing.update)

    def __len__(self) -> int:
        return self.updates * self.sharing.accumulated

    def __iter__(self) -> Iterator[list[int]]:
        share = self.sharing
        for number in range(self.updates):
            first = number * share.update
            last = first + share.update if number < self.updates - 1 else self.rows
            steps = np.array_split(np.arange(first, last), share.steps)
            for step in steps[share.process :: share.processes]:
                yield step.tolist()
