# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series to batches: standardised once, kept as arrays, padded by the collator.

B batch · T steps, padding included · F features of a step · L labels
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from hf_seq.data.batching import IGNORED
from hf_seq.data.labels.problem_types import SINGLE, TAGGING
from hf_seq.errors import InputError
from hf_seq.models.feature_extraction_series import SeriesFeatureExtractor
from hf_seq.models.series import pad_rows, read_series


@dataclass(frozen=True)
class EncodedSeries:
    """Standardised rows of N series; more rows than series where windows are read.

    Attributes:
        values: the rows, (T, F) float32 each.
        owners: for each row the number of its series, 0 to N - 1, rising.
        starts: for each row the step of its series that it begins with.
        truncated: which series were cut.
    """

    values: list[np.ndarray]
    owners: list[int]
    starts: list[int]
    truncated: list[bool]

    def __len__(self) -> int:
        return len(self.values)

    @property
    def lengths(self) -> list[int]:
        """Steps of each row."""
        return [len(values) for values in self.values]


def encode_series(series: Sequence[Any], extractor: SeriesFeatureExtractor) -> EncodedSeries:
    """Read, cut and standardise series as the extractor says, and cut them in windows if it does.

    Raises:
        InputError: a series that cannot be read; the message names it.
    """
    try:
        rows = [read_series(row, extractor.feature_size, index) for index, row in enumerate(series)]
        kept = [extractor.cut(row) for row in rows]
        values = extractor.standardize(kept)
    except ValueError as error:
        raise InputError(str(error)) from error
    lost = [len(row) - len(part) for row, part in zip(rows, kept, strict=True)]
    cut = [steps > 0 for steps in lost]
    first = lost if extractor.truncation_side == "left" else [0] * len(lost)
    if extractor.window_length is None:
        return EncodedSeries(values, list(range(len(values))), first, cut)
    places = [(n, start) for n, row in enumerate(values) for start in extractor.window_starts(len(row))]
    windows = [values[n][start : start + extractor.window_length] for n, start in places]
    return EncodedSeries(windows, [n for n, _ in places], [first[n] + start for n, start in places], cut)


class SeriesCollator:
    """Rows to padded tensors.

    Args:
        extractor: of the model; says the side and the value of padding.
        problem_type: of the labels, as for `ClassificationCollator`, or `token_classification`: one for each step.
    """

    def __init__(self, extractor: SeriesFeatureExtractor, problem_type: str = SINGLE) -> None:
        self.side = extractor.padding_side
        self.value = extractor.padding_value
        self.per_step = problem_type == TAGGING
        self.label_dtype = torch.int64 if problem_type in (SINGLE, TAGGING) else torch.float32

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Pad B rows.

        Args:
            rows: B dicts with `input_values` (T, F) float32 and, all or none, `labels`.

        Returns:
            input_values (B, T, F) float32, attention_mask (B, T) int64, and labels (B,), (B, L) or (B, T) with -100 at
            padding.
        """
        values = [row["input_values"] for row in rows]
        width = max(map(len, values))
        padded, mask = pad_rows(values, width, self.side, self.value)
        batch = {
            "input_values": torch.from_numpy(padded),  # (B, T, F)
            "attention_mask": torch.from_numpy(mask.astype(np.int64)),  # (B, T)
        }
        if "labels" not in rows[0]:
            return batch
        labels = [row["labels"] for row in rows]
        if self.per_step:
            steps = np.full(mask.shape, IGNORED, dtype=np.int64)
            steps[mask] = np.concatenate([np.asarray(row, dtype=np.int64) for row in labels])
            batch["labels"] = torch.from_numpy(steps)  # (B, T)
        else:
            batch["labels"] = torch.tensor(labels, dtype=self.label_dtype)
        return batch
