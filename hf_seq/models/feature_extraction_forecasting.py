# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From the past of series to the standardised `input_values` of a model that forecasts, and back to their own units.

T steps · C channels · K channels known of the future · F horizon
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .feature_extraction_series import SeriesFeatureExtractor
from .series import pad_rows


class ForecastingFeatureExtractor(SeriesFeatureExtractor):
    """Standardises channels by mean and deviation of the training series, and leaves missing values missing (NaN).

    Args:
        horizon: F, steps that the model forecasts.
        context_length: steps of the past that the model reads.
        patch_length: steps that its encoder reads as one.
        season: steps of the usual season, for baselines and scores; 1 where there is none.
        step: length of a step: seconds, months, or the unit of plain numbers, after `unit`.
        unit: `seconds`, `months`, `business days`, `numbers` or `steps`.
        time_column: the column of the times in training, for whoever reads files for the model; None: none.
        id_column: likewise, of the names of the series.
        other_columns: the columns of training that were neither.
        known_names: K names of the columns that are known of the future.
        static_columns: columns of training that never change inside a series, and the names that they may hold, which
            stand last in `known_names` as `column=name`; None for numbers.
        known_mean: K numbers, subtracted from these.
        known_std: K numbers, divided by.
        kwargs: those of `SeriesFeatureExtractor`.

    Example:
        >>> extractor = ForecastingFeatureExtractor(mean=[2.0], std=[2.0])
        >>> extractor([[4.0], [None]])["input_values"].tolist()
        [[[1.0], [nan]]]
    """

    def __init__(
        self,
        feature_size: int = 1,
        horizon: int = 24,
        context_length: int = 96,
        patch_length: int = 24,
        season: int = 1,
        step: float = 1.0,
        unit: str = "steps",
        time_column: str | None = None,
        id_column: str | None = None,
        other_columns: Sequence[str] = (),
        known_names: Sequence[str] = (),
        known_mean: Sequence[float] = (),
        known_std: Sequence[float] = (),
        static_columns: dict[str, list[str] | None] | None = None,
        padding_side: str = "left",
        truncation_side: str = "left",
        **kwargs: Any,
    ) -> None:
        super().__init__(feature_size, padding_side=padding_side, truncation_side=truncation_side, **kwargs)
        self.horizon, self.context_length, self.patch_length = horizon, context_length, patch_length
        self.season, self.step, self.unit = season, step, unit
        self.time_column, self.id_column = time_column, id_column
        self.other_columns = list(other_columns)
        self.static_columns = dict(static_columns or {})
        self.known_names, self.known_mean, self.known_std = list(known_names), list(known_mean), list(known_std)

    def standardize(self, rows: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Standardise series that are read already, (T, C) each to (T, C) float32 each; NaN stays."""
        mean, std = self._scale
        return [((np.asarray(row, dtype=np.float64) - mean) / std).astype(np.float32) for row in rows]

    def standardize_known(self, known: np.ndarray) -> np.ndarray:
        """Standardise what is known of past and future, (T + F, K); a missing value is the mean."""
        known = (np.asarray(known, dtype=np.float64) - np.asarray(self.known_mean)) / np.asarray(self.known_std)
        return np.nan_to_num(known).astype(np.float32)

    def restore(self, values: np.ndarray) -> np.ndarray:
        """Put standardised values (..., C) back into the units of their channels."""
        mean, std = self._scale
        return np.asarray(values, dtype=np.float64) * std + mean

    @property
    def num_features(self) -> int:
        """The width of a patch, which is the model's `num_features`: values, whether they are there, what is known."""
        return self.patch_length * (2 + len(self.known_names))

    @property
    def _scale(self) -> tuple[np.ndarray, np.ndarray]:
        if not self.do_normalize or self.mean is None or self.std is None:
            return np.zeros(self.feature_size), np.ones(self.feature_size)
        return np.asarray(self.mean), np.asarray(self.std)

    def batch(self, rows: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Pad standardised pasts on the left: (B, T, C) float32, and (B, T) bool where a step is real."""
        return pad_rows(rows, max(map(len, rows)), "left", 0.0)

    def pipelines(self, config: dict[str, Any]) -> None:
        """Note in the configuration of a model, as a dict, which pipeline is beside it."""
        config["custom_pipelines"] = shipped_pipelines()


def shipped_pipelines() -> dict[str, Any]:
    """Return the pipeline beside a model, as its configuration names it."""
    from .pipeline_forecasting import PIPELINES  # this line makes transformers save that file beside this one

    return {
        task: {"impl": f"pipeline_forecasting.{pipeline.__name__}", "pt": [auto], "type": "multimodal"}
        for task, (pipeline, auto) in PIPELINES.items()
    }


__all__ = ["ForecastingFeatureExtractor"]
