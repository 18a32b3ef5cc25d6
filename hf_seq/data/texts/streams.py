# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A long text as parallel streams, read chunk by chunk, so that a recurrent model can carry its state along.

    stream 0   t0  t1  t2 | t3  t4  t5 | ...      B streams side by side, each a contiguous part of the text;
    stream 1   t9  t10 t11| t12 t13 t14| ...      a batch is the next T columns, and goes on where the last one ended

N tokens · B streams · T steps of a chunk · S columns, steps of a stream
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset

from hf_seq.errors import InputError

SHORT_SHARE, SPREAD = 0.05, 5.0


class TokenStreams(Dataset):
    """The chunks of an epoch in order; an item is a whole batch.

    An item has `input_ids` (B, T), `shift_labels` (B, T), what follows each of them, -100 behind the end of the text,
    and `begins`, whether the streams start anew. Chunks are equally long, to a step. With `random_steps` their lengths
    are drawn anew for every epoch as by Merity et al. 2018, arXiv:1708.02182, section 4.1 (around T, now and then
    around T / 2), then stretched to fill the epoch, so that the number of chunks is always the same.

    Args:
        ids: N token ids; each but the first is predicted once an epoch.
        batch_size: B.
        steps: T at most on average.
        random_steps: draw the lengths.
        seed: of the lengths.

    Raises:
        InputError: the text does not fill one batch.
    """

    def __init__(
        self, ids: Sequence[int] | np.ndarray, batch_size: int, steps: int, *, random_steps: bool = False, seed: int = 0
    ) -> None:
        if batch_size < 1 or steps < 1:
            raise InputError(f"{batch_size} streams of {steps} steps make no batch; use 1 or more of both.")
        predicted = len(ids) - 1
        if predicted < batch_size * steps:
            raise InputError(
                f"the train text has {len(ids):,} tokens, but a batch takes {batch_size} streams x {steps} steps = "
                f"{batch_size * steps:,} and one more; use fewer or shorter ones (--per_device_train_batch_size, "
                "--bptt_steps), or more text."
            )
        self.batch_size, self.random_steps, self.seed, self.epoch = batch_size, random_steps, seed, 0
        self.columns = -(-predicted // batch_size)  # S
        self.chunks = -(-self.columns // steps)
        self.ids = np.asarray(ids)  # a file that is mapped into memory stays one
        self.tokens_per_chunk = predicted / self.chunks
        self.bounds = self._draw_bounds()

    def __len__(self) -> int:
        return self.chunks

    def set_epoch(self, epoch: int) -> None:
        """Choose where this epoch's chunks end; Trainer and Accelerate call it."""
        self.epoch = int(epoch)
        self.bounds = self._draw_bounds()

    def __getitem__(self, index: int) -> dict[str, Any]:
        inputs, targets = self.between(int(self.bounds[index]), int(self.bounds[index + 1]))
        return {"input_ids": inputs, "shift_labels": targets, "begins": index == 0}

    def between(self, start: int, stop: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Give the inputs (B, T) and the targets (B, T) of some columns."""
        inputs = np.zeros((self.batch_size, stop - start), dtype=np.int64)
        targets = np.full_like(inputs, -100)
        for stream, first in enumerate(range(start, start + self.batch_size * self.columns, self.columns)):
            part = self.ids[first : first + stop - start + 1]
            inputs[stream, : max(0, len(part) - 1)] = part[:-1]
            targets[stream, : max(0, len(part) - 1)] = part[1:]
        return torch.from_numpy(inputs), torch.from_numpy(targets)

    def _draw_bounds(self) -> np.ndarray:
        """Draw the columns at which the chunks begin and end, (chunks + 1,)."""
        shares = np.ones(self.chunks)
        if self.random_steps:
            rng = np.random.default_rng([self.seed, self.epoch])
            steps = self.columns / self.chunks
            halved = rng.random(self.chunks) < SHORT_SHARE
            drawn = rng.normal(np.where(halved, steps / 2, steps), min(SPREAD, steps / 8))
            shares = np.maximum(drawn, steps / 8)
        bounds = np.rint(np.concatenate([[0.0], np.cumsum(shares)]) * (self.columns / shares.sum())).astype(int)
        return np.maximum.accumulate(np.maximum(bounds, np.arange(self.chunks + 1)))


class TextCollator:
    """Rows of ids, a text each, to padded tensors.

    Args:
        pad_token_id: fills the right end of shorter rows.
    """

    def __init__(self, pad_token_id: int) -> None:
        self.pad_token_id = pad_token_id

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Pad B rows; each token but the first is to be predicted.

        Returns:
            input_ids (B, T), attention_mask (B, T) and shift_labels (B, T), -100 at padding; T is one less than the
            longest row.
        """
        ids = [row["input_ids"] for row in rows]
        width = max(map(len, ids))
        padded = torch.full((len(ids), width), self.pad_token_id)
        mask = torch.zeros((len(ids), width), dtype=torch.int64)
        for place, row in enumerate(ids):
            padded[place, : len(row)] = torch.as_tensor(row)
            mask[place, : len(row)] = 1
        targets = padded.masked_fill(mask == 0, -100)[:, 1:]
        return {"input_ids": padded[:, :-1], "attention_mask": mask[:, 1:], "shift_labels": targets}


def only_item(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Collate for `TokenStreams`, whose items are batches already."""
    (row,) = rows
    return row
