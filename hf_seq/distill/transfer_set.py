# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The transfer set as a student trains on it: ids and the teacher's answers, read from shards as batches need them.

B batch · T steps, padding included · W words of the longest row · L labels · H width of the teacher's states
"""

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from hf_seq.data.batching import IGNORED, EncodedDataset
from hf_seq.distill.shards import ShardStore
from hf_seq.distill.transfer import Source

Arrays = dict[str, NDArray[Any]]
Collator = Callable[[Sequence[dict[str, Any]]], dict[str, torch.Tensor]]


class TransferSet(EncodedDataset):
    """Rows of all sources in a row; the first source's have labels of their own.

    Args:
        sources: the texts.
        tokens: a store for each source, what the student reads.
        answers: for each teacher a store for each source; teachers speak as one, by the mean of their logits.
        labels: of the first source's rows: a label each, or for tagging a list of them.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        tokens: Sequence[ShardStore],
        answers: Sequence[Sequence[ShardStore]],
        labels: Sequence[Any],
    ) -> None:
        self.labels = labels
        self._samplers = []
        self._shards = [
            _Shard(tokens[index].read(shard, rows), [store[index].read(shard, rows) for store in answers])
            for index, source in enumerate(sources)
            for shard, rows in enumerate(source.sizes)
        ]
        self._firsts = np.array([0, *accumulate(len(shard) for shard in self._shards)])
        self.lengths = np.concatenate([shard.lengths for shard in self._shards])  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, index: int) -> dict[str, Any]:
        place = int(np.searchsorted(self._firsts, index, side="right")) - 1
        row = self._shards[place].row(index - int(self._firsts[place]))
        if index < len(self.labels):
            row["labels"] = self.labels[index]
        return row

    def __getitems__(self, indices: Sequence[int]) -> list[dict[str, Any]]:
        """Return a whole batch at once."""
        return [self[index] for index in indices]


class _Shard:
    """A shard's arrays, where its rows begin, and how many answers of each row count."""

    def __init__(self, tokens: Arrays, answers: Sequence[Arrays]) -> None:
        self.tokens, self.answers = tokens, answers
        self.lengths = np.asarray(tokens["lengths"])
        self._ids = _ends(self.lengths)
        self._said = [_ends(each["counts"]) for each in answers]
        self._places = _ends(tokens["counts"]) if "counts" in tokens else None
        counts = [each["counts"] for each in answers] + ([tokens["counts"]] if "counts" in tokens else [])
        self.counts = np.minimum.reduce(counts)  # words that all of them have read

    def __len__(self) -> int:
        return len(self.lengths)

    def row(self, index: int) -> dict[str, Any]:
        count = int(self.counts[index])
        answers = [
            each["logits"][ends[index] : ends[index] + count].astype(np.float32)
            for each, ends in zip(self.answers, self._said, strict=True)
        ]
        row = {
            "input_ids": self.tokens["ids"][self._ids[index] : self._ids[index + 1]],
            "teacher_logits": sum(answers[1:], answers[0]) / len(answers),
        }
        if self._places is not None:
            row["places"] = self.tokens["places"][self._places[index] : self._places[index] + count]
        if "hidden" in self.answers[0]:
            start = self._said[0][index]
            row["teacher_states"] = self.answers[0]["hidden"][start : start + count].astype(np.float32)
        return row


class TransferCollator:
    """Rows of a transfer set to padded tensors.

    Args:
        plain: what pads rows that no teacher has seen.
        pad_token_id: fills the right end of shorter rows.
        problem_type: of the labels; `token_classification` has one for each word.
        num_labels: L.
    """

    def __init__(self, plain: Collator, pad_token_id: int, problem_type: str, num_labels: int) -> None:
        self.plain = plain
        self.pad_token_id, self.problem_type, self.num_labels = pad_token_id, problem_type, num_labels

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Pad B rows.

        Returns:
            input_ids and attention_mask (B, T); labels: (B,), (B, L) or (B, T), -100 where there is none;
            teacher_logits: (B, L), or for tagging (B, W, L) with places (B, W) of the words and counts (B,) of them;
            teacher_states likewise where the rows have them.
        """
        if "teacher_logits" not in rows[0]:
            return self.plain(rows)
        ids = [row["input_ids"] for row in rows]
        lengths = np.array([len(row) for row in ids])
        mask = np.arange(lengths.max()) < lengths[:, None]  # (B, T)
        batch = {
            "input_ids": _padded(ids, mask, self.pad_token_id),
            "attention_mask": torch.from_numpy(mask.astype(np.int64)),
        }
        tagging = "places" in rows[0]
        names = [name for name in ("teacher_logits", "teacher_states") if name in rows[0]]
        if not tagging:
            values = {name: torch.from_numpy(np.concatenate([row[name] for row in rows])) for name in names}
            return batch | values | {"labels": self._labels(rows)}
        counts = np.array([len(row["places"]) for row in rows])
        words = np.arange(max(1, counts.max())) < counts[:, None]  # (B, W)
        batch |= {name: _stacked([row[name] for row in rows], words) for name in names}
        batch["places"] = _padded([row["places"] for row in rows], words, 0)
        batch["counts"] = torch.from_numpy(counts)
        batch["labels"] = _tags(rows, mask)
        return batch

    def _labels(self, rows: Sequence[dict[str, Any]]) -> torch.Tensor:
        if self.problem_type == "single_label_classification":
            return torch.tensor([row.get("labels", IGNORED) for row in rows], dtype=torch.int64)
        missing = [float(IGNORED)] * self.num_labels
        return torch.tensor([_as_list(row.get("labels", missing)) for row in rows], dtype=torch.float32)


def _as_list(value: Any) -> list[float]:
    return list(value) if isinstance(value, Sequence | np.ndarray) else [value]


def _tags(rows: Sequence[dict[str, Any]], mask: NDArray[np.bool_]) -> torch.Tensor:
    """Put the labels of the words where their first pieces are: (B, T)."""
    tags = np.full(mask.shape, IGNORED, dtype=np.int64)
    for index, row in enumerate(rows):
        if "labels" in row:
            tags[index, row["places"]] = row["labels"][: len(row["places"])]
    return torch.from_numpy(tags)


def _padded(rows: Sequence[NDArray[Any]], mask: NDArray[np.bool_], value: int) -> torch.Tensor:
    padded = np.full(mask.shape, value, dtype=np.int64)
    padded[mask] = np.concatenate(rows)
    return torch.from_numpy(padded)


def _stacked(rows: Sequence[NDArray[Any]], mask: NDArray[np.bool_]) -> torch.Tensor:
    """Stack B arrays (words, ...) to (B, W, ...), zero behind."""
    stacked = np.zeros((*mask.shape, *rows[0].shape[1:]), dtype=np.float32)
    stacked[mask] = np.concatenate(rows)
    return torch.from_numpy(stacked)


def _ends(counts: NDArray[Any]) -> NDArray[np.int64]:
    """Return where each row begins, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
