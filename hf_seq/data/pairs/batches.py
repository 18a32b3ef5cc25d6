# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Batches of pairs: padded on either side, and as many pairs as a budget of tokens holds.

B batch · S source steps · T target steps, padding included
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch.utils.data import Sampler

from hf_seq.data.batching import ClassificationCollator, EncodedDataset
from hf_seq.errors import InputError


class PairDataset(EncodedDataset):
    """Encoded pairs: rows of `input_ids` and `labels`, sorted into batches by the tokens of both.

    Args:
        input_ids: N sources.
        labels: N targets.
    """

    def __init__(self, input_ids: Sequence[list[int]], labels: Sequence[list[int]]) -> None:
        super().__init__(input_ids, labels)
        self.batch_tokens: int | None = None  # of a training batch, where batches are counted in tokens
        self.lengths = [len(source) + len(target) for source, target in zip(input_ids, labels, strict=True)]

    def budget_sampler(
        self, tokens: int, *, seed: int = 0, processes: int = 1, process: int = 0
    ) -> "TokenBudgetSampler":
        """Make a `TokenBudgetSampler` over these pairs that hears of every epoch."""
        sampler = TokenBudgetSampler(self.lengths, tokens, seed=seed, processes=processes, process=process)
        self._samplers.append(sampler)  # type: ignore[arg-type]
        return sampler


class TokenBudgetSampler(Sampler[list[int]]):
    """Batches of pairs of similar length that hold about as many tokens each, in random order.

    Pairs of equal length change places from epoch to epoch, the borders between batches do not: so every epoch has the
    same number of batches. A function of (seed, epoch) alone; of k processes each takes every k-th batch, and the first
    batches come again where they do not go round, so that all take as many.

    Args:
        lengths: tokens of each pair, source and target together.
        tokens: of a batch, padding not counted.
        seed: of the order.
        processes: that share the batches.
        process: number of this one.

    Raises:
        InputError: a pair is longer than the budget.
    """

    def __init__(
        self, lengths: Sequence[int], tokens: int, *, seed: int = 0, processes: int = 1, process: int = 0
    ) -> None:
        self.lengths = np.asarray(lengths, dtype=np.int64)
        self.seed, self.epoch = seed, 0
        self.processes, self.process = processes, process
        if len(self.lengths) == 0:
            raise InputError("there are no pairs to draw batches from; check the train split.")
        longest = int(self.lengths.max())
        if longest > tokens:
            raise InputError(f"batch_tokens={tokens} is less than the longest pair has ({longest}); use more.")
        self.borders, room = [0], tokens
        for place, length in enumerate(np.sort(self.lengths)):
            if length > room:
                self.borders.append(place)
                room = tokens
            room -= int(length)
        self.borders.append(len(self.lengths))

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of this epoch."""
        self.epoch = int(epoch)

    def __len__(self) -> int:
        return math.ceil((len(self.borders) - 1) / self.processes)

    def __iter__(self) -> Iterator[list[int]]:
        random = np.random.default_rng([self.seed, self.epoch])
        shuffled = random.permutation(len(self.lengths))
        order = shuffled[np.argsort(self.lengths[shuffled], kind="stable")]
        batches = np.resize(random.permutation(len(self.borders) - 1), len(self) * self.processes)
        for batch in batches[self.process :: self.processes]:
            yield order[self.borders[batch] : self.borders[batch + 1]].tolist()


class PairCollator:
    """Encoded pairs to padded tensors.

    Args:
        pad_token_id: fills the right end of shorter sources; targets are filled with -100.
        decoder_start_token_id: where given, `decoder_input_ids` are made too, as `Trainer`'s own label smoothing and
            other models need them; ours make them from the labels.
    """

    def __init__(self, pad_token_id: int, decoder_start_token_id: int | None = None) -> None:
        self.pad_token_id = pad_token_id
        self.decoder_start_token_id = decoder_start_token_id
        self._sources, self._targets = ClassificationCollator(pad_token_id), ClassificationCollator(-100)

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Pad B rows.

        Args:
            rows: B dicts with `input_ids` and `labels`.

        Returns:
            input_ids (B, S), attention_mask (B, S), and labels (B, T) where the rows have them, int64.
        """
        batch = self._sources([{"input_ids": row["input_ids"]} for row in rows])
        if "labels" in rows[0]:
            labels = self._targets([{"input_ids": row["labels"]} for row in rows])["input_ids"]
            batch["labels"] = labels
            if self.decoder_start_token_id is not None:
                from hf_seq.models.modeling_seq2seq import shift_right

                batch["decoder_input_ids"] = shift_right(labels, self.decoder_start_token_id, self.pad_token_id)
        return batch
