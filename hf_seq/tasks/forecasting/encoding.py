# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series as windows of standardised numbers.

T steps · L context_length · F horizon · C channels · K channels known ahead
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from transformers import AutoFeatureExtractor, PreTrainedModel

from hf_seq.data import EncodedDataset, Splits
from hf_seq.data.forecasts.splits import ForecastSplits, arrays_of
from hf_seq.errors import InputError
from hf_seq.models.feature_extraction_forecasting import ForecastingFeatureExtractor
from hf_seq.models.series import pad_rows
from hf_seq.tasks.architectures import Architecture
from hf_seq.tasks.base import Collator, Encoding
from hf_seq.tasks.forecasting.recipe import ForecastingRecipe
from hf_seq.tasks.saved_model import check_settings

if TYPE_CHECKING:
    from datasets import Dataset

MOST_WINDOWS = 200_000
"""Windows of train; where there are more, they begin some steps apart."""
COUNTED = "negative_binomial"
"""The distribution of counts, which are left as they are."""
LENGTHS = ("context_length", "horizon", "patch_length")
SETTINGS = ("do_normalize", "context_length", "patch_length")
"""Fields of the recipe that a saved feature extractor decides."""


class ForecastEncoding(Encoding[ForecastingRecipe]):
    """Series to pasts (L, C) and futures (F, C) whose channels have mean 0 and deviation 1 in train."""

    def make_processor(self, recipe: ForecastingRecipe, splits: Splits) -> ForecastingFeatureExtractor:
        """Learn mean and deviation of the channels on the train split."""
        assert isinstance(splits, ForecastSplits)
        series = arrays_of(splits.train, "series")
        known: dict[str, Any] = {}
        if splits.known:
            beside = np.concatenate(arrays_of(splits.train, "known"))
            spread = np.nanstd(beside, axis=0)
            known = {
                "known_mean": np.nan_to_num(np.nanmean(beside, axis=0)).tolist(),
                "known_std": np.where(spread > 0, spread, 1.0).tolist(),
            }
        try:
            extractor = ForecastingFeatureExtractor(
                feature_size=series[0].shape[1],
                do_normalize=recipe.do_normalize and recipe.distribution != COUNTED,
                channel_names=splits.channels,
                **facts_of(splits),
                **known,
            )
            return extractor.fit([values for values in series if len(values)])  # type: ignore[return-value]
        except ValueError as error:
            raise InputError(str(error)) from error

    def load_processor(self, path: str | Path) -> Any:
        """Load the feature extractor saved in a folder or on the Hub."""
        return AutoFeatureExtractor.from_pretrained(path)

    def check_pretrained(self, processor: Any, recipe: ForecastingRecipe) -> None:
        """Refuse what forecasts nothing, or another horizon, and settings that are not its own.

        Raises:
            InputError: it does not, or has another setting.
        """
        if not isinstance(processor, ForecastingFeatureExtractor):
            raise InputError(f"{recipe.model} does not forecast; train a model from scratch: gru, lstm, transformer.")
        if recipe.horizon != processor.horizon:
            raise InputError(
                f"--horizon {recipe.horizon}: {recipe.model} was trained to forecast {processor.horizon} steps; say "
                f"--horizon {processor.horizon}, or train from scratch."
            )
        check_settings(recipe, processor, SETTINGS)

    def check_fit(self, model: PreTrainedModel, processor: Any, name: str) -> None:
        """Refuse a model and a feature extractor of different lengths.

        Raises:
            InputError: they do not belong together.
        """
        config: Any = model.config
        for field in LENGTHS:
            if getattr(config, field, None) != getattr(processor, field):
                raise InputError(
                    f"{name} has {field}={getattr(config, field, None)}, but its feature extractor "
                    f"{getattr(processor, field)}; they do not belong together."
                )

    def configuration(self, recipe: ForecastingRecipe, architecture: Architecture, processor: Any) -> dict[str, Any]:
        """List the lengths, and how many channels there are."""
        fields: dict[str, Any] = {name: getattr(processor, name) for name in LENGTHS}
        fields |= {"num_channels": processor.feature_size, "num_known": len(processor.known_names)}
        return fields | ({"instance_norm": "scale", "linear_skip": False} if recipe.distribution == COUNTED else {})

    def encode(
        self, rows: "Dataset", processor: Any, recipe: ForecastingRecipe, name: str, *, sort: bool = False
    ) -> tuple[EncodedDataset, list[str]]:
        """Standardise a split once, and cut series of train into all their windows."""
        series = processor.standardize(arrays_of(rows, "series"))
        known = [processor.standardize_known(each) for each in arrays_of(rows, "known")] if "known" in rows[0] else None
        if "future" in rows.column_names:
            futures = processor.standardize(arrays_of(rows, "future"))
            pasts = [values[-processor.context_length :] for values in series]
            if known is not None:
                known = [each[-(len(past) + processor.horizon) :] for each, past in zip(known, pasts, strict=True)]
            return _dataset(pasts, futures, known), []
        places, notes = train_places(series, processor.context_length, processor.horizon)
        length, horizon = processor.context_length, processor.horizon
        pasts = [series[row][max(0, at - length) : at] for row, at in places]
        futures = [series[row][at : at + horizon] for row, at in places]
        beside = None if known is None else [known[row][max(0, at - length) : at + horizon] for row, at in places]
        return _dataset(pasts, futures, beside), notes

    def collator(self, processor: Any, splits: Splits) -> Collator:
        """Make what pads windows to tensors."""
        return collate


def facts_of(splits: ForecastSplits) -> dict[str, Any]:
    """List what feature extractors and baselines know of the data."""
    return {
        "horizon": splits.horizon,
        "context_length": splits.context_length,
        "patch_length": splits.patch_length,
        "season": splits.season,
        "step": splits.grid.step,
        "unit": splits.grid.unit,
        "time_column": splits.columns["time_column"],
        "id_column": splits.columns["id_column"],
        "known_names": splits.known,
        "static_columns": splits.static,
        "other_columns": splits.columns["other_columns"],
    }


def train_places(series: Sequence[np.ndarray], length: int, horizon: int) -> tuple[list[tuple[int, int]], list[str]]:
    """List the windows of train: the number of a series, and the step where the future begins; and notes.

    Raises:
        InputError: no window holds a value before and after its begin.
    """
    places = []
    for row, values in enumerate(series):
        first = min(length, max(1, (len(values) - horizon) // 2))
        known = np.concatenate([[0], np.cumsum(~np.isnan(values).all(axis=1))])
        for at in range(first, len(values) - horizon + 1):
            if known[at] > known[max(0, at - length)] and known[at + horizon] > known[at]:
                places.append((row, at))
    if not places:
        raise InputError("train holds no window with a value before and after its begin; give more history.")
    stride = -(-len(places) // MOST_WINDOWS)
    note = f"every {stride} steps a window of train begins, {len(places) // stride:,} in all"
    return places[::stride], [note] if stride > 1 else []


def _dataset(
    pasts: Sequence[np.ndarray], futures: Sequence[np.ndarray], known: Sequence[np.ndarray] | None
) -> EncodedDataset:
    return EncodedDataset(pasts, futures, "input_values", None if known is None else {"known_values": known})


def collate(rows: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
    """Pad B windows on the left.

    Args:
        rows: B dicts with `input_values` (T, C), `labels` (F, C) and maybe `known_values` (T + F, K), float32.

    Returns:
        input_values (B, T, C), attention_mask (B, T) where something is padded, labels (B, F, C), known_values.
    """
    pasts = [row["input_values"] for row in rows]
    width = max(map(len, pasts))
    values, mask = pad_rows(pasts, width, "left")
    batch = {"input_values": torch.from_numpy(values)}
    if not mask.all():
        batch["attention_mask"] = torch.from_numpy(mask.astype(np.int64))
    if "known_values" in rows[0]:
        known = [row["known_values"] for row in rows]
        batch["known_values"] = torch.from_numpy(pad_rows(known, max(map(len, known)), "left")[0])
    if "labels" in rows[0]:
        batch["labels"] = torch.from_numpy(np.stack([row["labels"] for row in rows]))
    return batch
