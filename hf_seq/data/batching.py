# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From encoded rows to batches: rows in memory, an order of similar lengths, a collator that pads.

B batch · T steps, padding included · L labels

Measured on one core, 32 rows of SST-2 length: collator 0.05 ms, against 1.0 ms for DataCollatorWithPadding over a
`datasets` table.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset, Sampler

from hf_seq.errors import InputError

IGNORED = -100  # the label of a step that is not tagged
POOL = 64  # global batches that are sorted together: little padding, and rows still meet different rows every epoch


class EncodedDataset(Dataset):
    """Encoded rows as plain lists: what Trainer and DataLoader index without decoding anything.

    With Trainer give `remove_unused_columns=False`, or it wraps the collator in a slower one.

    Args:
        input_ids: N lists of token ids.
        labels: N labels (int, float, list of L floats, or a list with an id for each token); without them the rows
            have none.
        name: of the inputs: `input_values` for series, N arrays (T, F).
        more: further inputs by name, N lists each, such as `token_type_ids` of pairs of texts.
    """

    def __init__(
        self,
        input_ids: Sequence[Any],
        labels: Sequence[Any] | None = None,
        name: str = "input_ids",
        more: Mapping[str, Sequence[Any]] | None = None,
    ) -> None:
        if labels is not None and len(labels) != len(input_ids):
            raise ValueError(f"{len(input_ids)} rows but {len(labels)} labels; they must be as many.")
        self.lengths: list[int] = [len(ids) for ids in input_ids]
        self.rows: list[dict[str, Any]] = (
            [{name: ids} for ids in input_ids]
            if labels is None
            else [{name: ids, "labels": label} for ids, label in zip(input_ids, labels, strict=True)]
        )
        for key, values in (more or {}).items():
            for row, value in zip(self.rows, values, strict=True):
                row[key] = value
        self._samplers: list[LengthSampler] = []

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> dict[str, Any]:
        return self.rows[index]

    def __getitems__(self, indices: Sequence[int]) -> list[dict[str, Any]]:
        """Return a whole batch at once; DataLoader prefers this where it is there."""
        return [self.rows[index] for index in indices]

    def length_sampler(self, batch_size: int, *, seed: int = 0) -> "LengthSampler":
        """Make a `LengthSampler` over these rows that hears of every epoch.

        Accelerate 1.15 does not reach a sampler when a run with several processes resumes inside an epoch (its
        skipping wrapper is one level too many), but then tells the data set, which passes it on.
        """
        sampler = LengthSampler(self.lengths, batch_size, seed=seed)
        self._samplers.append(sampler)
        return sampler

    def set_epoch(self, epoch: int) -> None:
        """Tell the samplers made here which epoch begins."""
        for sampler in self._samplers:
            sampler.set_epoch(epoch)


class LengthSampler(Sampler[int]):
    """Row numbers in batches of similar length, the batches in random order; a function of (seed, epoch) alone.

    `batch_size` is the global batch: per device x processes x accumulation. A DataLoader that cuts the order into
    smaller pieces, spread over processes or accumulated, sees the same rows per optimizer step: 1 x 32 = 2 x 16 =
    4 x 8 accumulated. So that this holds to the last step, a last batch that is short is filled with rows drawn a
    second time, as torch's DistributedSampler does; fewer than `batch_size` rows an epoch, different ones each epoch.
    `fill_last=False` leaves it short.

    Args:
        lengths: tokens per row.
        batch_size: rows per optimizer step.
        seed: of the order.
        fill_last: make every batch full.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, *, seed: int = 0, fill_last: bool = True) -> None:
        if batch_size < 1:
            raise InputError(f"batch_size={batch_size} is not a batch; use 1 or more.")
        if len(lengths) == 0:
            raise InputError("there are no rows to draw batches from; check the train split.")
        self.lengths = np.asarray(lengths, dtype=np.int64)
        self.batch_size = batch_size
        self.seed = seed
        self.fill_last = fill_last
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of this epoch; Trainer and Accelerate call it."""
        self.epoch = int(epoch)

    def __len__(self) -> int:
        rows = len(self.lengths)
        return -(-rows // self.batch_size) * self.batch_size if self.fill_last else rows

    def __iter__(self) -> Iterator[int]:
        random = np.random.default_rng([self.seed, self.epoch])
        order = random.permutation(len(self.lengths))
        order = np.resize(order, len(self))  # starts over where the last batch needs more rows

        pool = POOL * self.batch_size
        pools = [order[start : start + pool] for start in range(0, len(order), pool)]
        order = np.concatenate([part[np.argsort(self.lengths[part], kind="stable")] for part in pools])

        batches = [order[start : start + self.batch_size] for start in range(0, len(order), self.batch_size)]
        short = batches.pop() if len(batches[-1]) < self.batch_size else order[:0]
        for index in random.permutation(len(batches)):
            yield from batches[index].tolist()
        yield from short.tolist()  # last, or every later batch would be cut in two


class ClassificationCollator:
    """Rows to padded tensors.

    Args:
        pad_token_id: fills the right end of shorter rows.
        problem_type: of the labels: `single_label_classification` (int64), `multi_label_classification` or
            `regression` (float32).
        pad_to_multiple_of: round T up to a multiple of this.
    """

    def __init__(
        self,
        pad_token_id: int,
        problem_type: str = "single_label_classification",
        pad_to_multiple_of: int | None = None,
    ) -> None:
        self.pad_token_id = pad_token_id
        self.label_dtype = torch.int64 if problem_type == "single_label_classification" else torch.float32
        self.pad_to_multiple_of = pad_to_multiple_of

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Pad B rows.

        Args:
            rows: B dicts with `input_ids` and, all or none, `labels` (or `label`).

        Returns:
            input_ids (B, T) and attention_mask (B, T) int64, and where the rows have them token_type_ids (B, T) and
            labels (B,) or (B, L).
        """
        batch = pad_ids([row["input_ids"] for row in rows], self.pad_token_id, self.pad_to_multiple_of)
        if "token_type_ids" in rows[0]:
            types = [row["token_type_ids"] for row in rows]
            batch["token_type_ids"] = pad_ids(types, 0, self.pad_to_multiple_of)["input_ids"]
        key = "labels" if "labels" in rows[0] else "label"
        if key in rows[0]:
            batch["labels"] = torch.tensor([row[key] for row in rows], dtype=self.label_dtype)
        return batch


class TaggingCollator:
    """Rows to padded tensors, with a label for every step.

    Args:
        pad_token_id: fills the right end of shorter rows; their labels there are -100.
        pad_to_multiple_of: round T up to a multiple of this.
    """

    def __init__(self, pad_token_id: int, pad_to_multiple_of: int | None = None) -> None:
        self.pad_token_id = pad_token_id
        self.pad_to_multiple_of = pad_to_multiple_of

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Pad B rows.

        Args:
            rows: B dicts with `input_ids` and, all or none, `labels` of the same length.

        Returns:
            input_ids, attention_mask and, where the rows have them, labels; (B, T) int64 each.
        """
        batch = pad_ids([row["input_ids"] for row in rows], self.pad_token_id, self.pad_to_multiple_of)
        if "labels" in rows[0]:
            for row in rows:
                if len(row["labels"]) != len(row["input_ids"]):
                    raise ValueError(
                        f"a row has {len(row['labels'])} labels and {len(row['input_ids'])} input_ids; every token "
                        "needs a label, -100 if not tagged."
                    )
            mask = batch["attention_mask"].numpy().astype(bool)
            batch["labels"] = _filled([row["labels"] for row in rows], mask, IGNORED)
        return batch


def pad_ids(ids: Sequence[Sequence[int]], pad_token_id: int, multiple_of: int | None = None) -> dict[str, torch.Tensor]:
    """Pad token ids at the right: input_ids (B, T) and attention_mask (B, T), int64."""
    lengths = [len(row) for row in ids]
    width = max(lengths)
    if multiple_of:
        width = -(-width // multiple_of) * multiple_of
    mask = np.arange(width) < np.array(lengths)[:, None]  # (B, T)
    return {
        "input_ids": _filled(ids, mask, pad_token_id),  # (B, T)
        "attention_mask": torch.from_numpy(mask.astype(np.int64)),  # (B, T)
    }


def _filled(rows: Sequence[Sequence[int]], mask: NDArray[np.bool_], value: int) -> torch.Tensor:
    """Fill B lists into (B, T), `value` where the mask is false; ten times faster than torch.tensor over lists."""
    padded = np.full(mask.shape, value, dtype=np.int64)
    padded[mask] = np.fromiter(chain.from_iterable(rows), np.int64, int(mask.sum()))
    return torch.from_numpy(padded)
