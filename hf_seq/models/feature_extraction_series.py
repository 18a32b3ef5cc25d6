# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From series of numbers to the padded, standardised `input_values` of a model made with `num_features`.

B series in a batch · T steps, padding included · C channels of a series · F features of a step: C, or 2 C with
indicators of missing values · N steps of all series together

Checks at the door (`read_series`), then one array of all steps: standardising, filling and padding cost the same for
one long series as for many short ones.
"""

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from transformers import BatchFeature
from transformers.feature_extraction_sequence_utils import SequenceFeatureExtractor

from .series import carry_forward, fade, pad_rows, persistence_of, read_batch, read_series

Missing = Literal["mean", "forward", "decay", "error"]
MISSING = ("mean", "forward", "decay", "error")
SMALLEST_STD = 1e-12  # below it, next to the size of the values, a channel is constant


class SeriesFeatureExtractor(SequenceFeatureExtractor):
    """Standardises the channels of series by the mean and deviation of the training series; pads, cuts, masks.

    Args:
        feature_size: C, the channels of a series.
        mean: C numbers, subtracted; learnt by `fit`. None is 0.
        std: C numbers, divided by; a constant channel has 1. None is 1.
        do_normalize: standardise at all.
        missing: what stands for a value that is NaN or None: the channel's `mean` in training (0 once standardised),
            the last value of the channel in the same series (`forward`; the mean before there is one), that value on
            its way back to the mean, as fast as the channel usually is (`decay`), or an `error`.
        missing_indicator: C more features, 1 where a value was missing and 0 elsewhere.
        padding_side: `right` or `left`.
        padding_value: stands at padding, where no model of ours reads it.
        max_length: the most steps of a series; longer ones are cut. None reads all.
        truncation_side: the end that is cut off, `right` or `left`.
        window_length: read longer series as several windows of this many steps, each a row of its own. None does not.
        window_stride: steps between the beginnings of two windows; None is half a window.
        channel_names: C names, for people.
        sampling_rate: steps per second, for people.
        longest: steps of the longest training series; learnt by `fit`.
        persistence: C numbers from 0 to 1, what is left of a deviation from the mean after a step; learnt by `fit` for
            `missing="decay"`.
        return_attention_mask: give `attention_mask`, 1 on steps and 0 on padding.

    Raises:
        ValueError: settings that cannot be.

    Example:
        >>> extractor = SeriesFeatureExtractor(feature_size=1).fit([[[1.0], [3.0]], [[5.0]]])
        >>> extractor([[3.0], [5.0]])["input_values"].round().tolist()
        [[[0.0], [1.0]]]
    """

    model_input_names = ["input_values", "attention_mask"]

    def __init__(
        self,
        feature_size: int = 1,
        mean: Sequence[float] | None = None,
        std: Sequence[float] | None = None,
        do_normalize: bool = True,
        missing: Missing = "mean",
        missing_indicator: bool = False,
        padding_side: str = "right",
        padding_value: float = 0.0,
        max_length: int | None = None,
        truncation_side: str = "right",
        window_length: int | None = None,
        window_stride: int | None = None,
        channel_names: Sequence[str] | None = None,
        sampling_rate: float = 1,
        longest: int | None = None,
        persistence: Sequence[float] | None = None,
        return_attention_mask: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            feature_size,
            sampling_rate,  # type: ignore[arg-type]
            padding_value,
            padding_side=padding_side,
            return_attention_mask=return_attention_mask,
            **kwargs,
        )
        self.mean = None if mean is None else [float(value) for value in mean]
        self.std = None if std is None else [float(value) for value in std]
        self.do_normalize = do_normalize
        self.missing = missing
        self.missing_indicator = missing_indicator
        self.max_length = max_length
        self.truncation_side = truncation_side
        self.window_length = window_length
        self.window_stride = window_stride
        self.longest = longest
        self.persistence = None if persistence is None else [float(value) for value in persistence]
        self.channel_names = None if channel_names is None else list(channel_names)
        self._check_settings()

    def _check_settings(self) -> None:
        for name in ("feature_size", "max_length", "window_length", "window_stride"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name}={value} must be 1 or more.")
        for name, choices in (
            ("missing", MISSING),
            ("padding_side", ("right", "left")),
            ("truncation_side", ("right", "left")),
        ):
            if getattr(self, name) not in choices:
                raise ValueError(f"{name}={getattr(self, name)!r} is none of {', '.join(choices)}.")
        for name in ("mean", "std", "channel_names", "persistence"):
            value = getattr(self, name)
            if value is not None and len(value) != self.feature_size:
                raise ValueError(
                    f"{name} has {len(value)} entries for feature_size={self.feature_size}; give one each."
                )
        if self.std is not None and min(self.std) <= 0:
            raise ValueError(f"std={self.std} must be above 0; a constant channel has 1.")
        if self.window_length and self.max_length and self.window_length > self.max_length:
            raise ValueError(
                f"window_length={self.window_length} is above max_length={self.max_length}, so no series would be "
                "read as windows; make it smaller, or leave one of them out."
            )

    @property
    def num_features(self) -> int:
        """F, the width of `input_values`: the model's `num_features`."""
        return self.feature_size * (2 if self.missing_indicator else 1)

    def fit(self, series: Iterable[Any]) -> "SeriesFeatureExtractor":
        """Learn mean and deviation of every channel over all steps; missing values do not count.

        Args:
            series: of the train split, each (T, C) or what `read_series` takes.

        Raises:
            ValueError: no series, or one that cannot be read.
        """
        rows = [read_series(row, self.feature_size, index) for index, row in enumerate(series)]
        if not rows:
            raise ValueError("there is no series to learn mean and deviation from; check the train split.")
        steps = np.concatenate(rows).astype(np.float64)  # (N, C)
        known = ~np.isnan(steps)
        count = np.maximum(known.sum(axis=0), 1)  # (C,)
        mean = np.where(known, steps, 0.0).sum(axis=0) / count
        spread = np.sqrt((np.where(known, steps - mean, 0.0) ** 2).sum(axis=0) / count)
        constant = spread <= SMALLEST_STD * np.maximum(np.abs(mean), SMALLEST_STD)
        self.longest = max(map(len, rows))
        if self.missing == "decay":
            self.persistence = persistence_of(steps, mean, np.cumsum([len(row) for row in rows])).tolist()
        self.mean, self.std = mean.tolist(), np.where(constant, 1.0, spread).tolist()
        return self

    def __call__(
        self,
        series: Any,
        padding: bool | str = True,
        max_length: int | None = None,
        truncation: bool | None = None,
        pad_to_multiple_of: int | None = None,
        return_attention_mask: bool | None = None,
        return_tensors: str | None = None,
        **kwargs: Any,
    ) -> BatchFeature:
        """Read one series or several.

        Args:
            series: one series, (T, C) numbers as an array, a tensor or nested lists, or (T,) where C is 1; or several
                as a list of such or a (B, T, C) array. NaN and None are missing values.
            padding: True pads to the longest, "max_length" to `max_length`, False not at all.
            max_length: as for the class, for this call.
            truncation: False leaves series whole in spite of `max_length`.
            pad_to_multiple_of: round T up to a multiple of this.
            return_attention_mask: as for the class, for this call.
            return_tensors: "pt" or "np"; without it, `input_values` is a list of arrays unless they are padded.
            kwargs: `sampling_rate` is taken and not looked at, as nothing here depends on it; nothing else.

        Returns:
            `input_values` (B, T, F) float32 and `attention_mask` (B, T) int64; with `window_length` also
            `series_index` (B,), the number of the series that each row is a window of.

        Raises:
            ValueError: text, no steps, ragged steps, another number of channels, infinite values, or a missing value
                where `missing="error"`; with the number of the series.
        """
        if unknown := set(kwargs) - {"sampling_rate"}:
            raise ValueError(f"{', '.join(sorted(unknown))} is not an argument of {type(self).__name__}.")
        rows = read_batch(series, self.feature_size)
        if truncation and not (max_length or self.max_length):
            raise ValueError("truncation=True needs max_length; give it.")
        values = self.standardize(rows if truncation is False else [self.cut(row, max_length) for row in rows])
        found: dict[str, Any] = {"input_values": values}
        if self.window_length is not None:
            found = self._windows(values)
        return self.pad(
            found,
            padding=padding,
            max_length=max_length or self.max_length,
            pad_to_multiple_of=pad_to_multiple_of,
            return_attention_mask=return_attention_mask,
            return_tensors=return_tensors,
        )

    def save_pretrained(self, save_directory: str | os.PathLike, *args: Any, **kwargs: Any) -> list[str]:
        """Save as transformers does, and tell a model saved in the folder before that its pipeline is there."""
        written = super().save_pretrained(save_directory, *args, **kwargs)
        path = Path(save_directory) / "config.json"
        if self._auto_class is not None and path.is_file():
            config = json.loads(path.read_text(encoding="utf-8"))
            self.pipelines(config)
            path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        return written

    def pipelines(self, config: dict[str, Any]) -> None:
        """Note in the configuration of a model, as a dict, which pipelines are beside it."""
        config["custom_pipelines"] = shipped_pipelines(config.get("architectures") or [])

    def standardize(self, rows: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Fill and standardise series that are read already: (T, C) each to (T, F) float32 each.

        Raises:
            ValueError: a missing value where `missing="error"`.
        """
        if not rows:
            return []
        ends = np.cumsum([len(row) for row in rows])
        steps = np.concatenate(rows)  # (N, C), a copy; times since 1970 need float64 until their mean is gone
        absent = np.isnan(steps)
        any_absent = bool(absent.any())
        if any_absent and self.missing == "error":
            position = int(np.flatnonzero(absent.any(axis=1))[0])
            index = int(np.searchsorted(ends, position, side="right"))
            step, channel = position - (int(ends[index - 1]) if index else 0), int(absent[position].argmax())
            raise ValueError(
                f"series {index} has no value at step {step}, channel {channel} (NaN), and missing='error'; "
                "fill it, or choose missing='mean', 'forward' or 'decay'."
            )
        if any_absent and self.missing == "forward":
            steps = carry_forward(steps, absent, ends)
        if any_absent and self.missing == "decay":
            steps = fade(steps, absent, ends, self.mean or 0.0, self.persistence or 1.0)
        if self.do_normalize:
            steps -= np.asarray(self.mean if self.mean is not None else 0.0, dtype=steps.dtype)
            steps /= np.asarray(self.std if self.std is not None else 1.0, dtype=steps.dtype)
        if any_absent:
            fill = 0.0 if self.do_normalize or self.mean is None else np.asarray(self.mean)
            steps = np.where(np.isnan(steps), fill, steps)
        steps = steps.astype(np.float32, copy=False)
        if self.missing_indicator:
            steps = np.concatenate([steps, absent], axis=1, dtype=np.float32)  # (N, F)
        return np.split(steps, ends[:-1])

    def pad(
        self,
        processed_features: Any,
        padding: bool | str = True,
        max_length: int | None = None,
        truncation: bool = False,
        pad_to_multiple_of: int | None = None,
        return_attention_mask: bool | None = None,
        return_tensors: str | None = None,
    ) -> BatchFeature:
        """Put rows that are standardised already into one array.

        Args:
            processed_features: `{"input_values": [(T, F), ...], ...}`, or a list of such dicts with a row each; other
                entries are kept as they are.
            padding: as for a call.
            max_length: T where padding is "max_length".
            truncation: cut longer rows to `max_length`.
            pad_to_multiple_of: as for a call.
            return_attention_mask: as for a call.
            return_tensors: as for a call.

        Returns:
            As a call.

        Raises:
            ValueError: `padding="max_length"` without a `max_length`.
        """
        features = processed_features
        if isinstance(features, list | tuple):
            features = {key: [row[key] for row in features] for key in features[0]}
        features = dict(features)
        rows = [np.asarray(row, dtype=np.float32) for row in features.pop("input_values")]
        if truncation:
            rows = [self.cut(row, max_length) for row in rows]
        lengths = np.array([len(row) for row in rows])
        wants_mask = self.return_attention_mask if return_attention_mask is None else return_attention_mask
        padding = getattr(padding, "value", padding)
        if padding is False or padding == "do_not_pad":
            mask: Any = [np.ones(length, dtype=np.int64) for length in lengths]
            found = {"input_values": rows, **({"attention_mask": mask} if wants_mask else {}), **features}
            return BatchFeature(found, tensor_type=return_tensors)
        width = self._width(lengths, padding, max_length, pad_to_multiple_of)
        values, mask = pad_rows(rows, width, self.padding_side, self.padding_value)
        found = {"input_values": values, **features}
        if wants_mask:
            found["attention_mask"] = mask.astype(np.int64)
        return BatchFeature(found, tensor_type=return_tensors)

    def _width(self, lengths: np.ndarray, padding: bool | str, max_length: int | None, multiple: int | None) -> int:
        if padding == "max_length":
            if max_length is None:
                raise ValueError('padding="max_length" needs max_length; give it.')
            width = max(max_length, int(lengths.max()))
        elif padding in (True, "longest"):
            width = int(lengths.max())
        else:
            raise ValueError(f"padding={padding!r} is none of True, 'longest', 'max_length', False, 'do_not_pad'.")
        return -(-width // multiple) * multiple if multiple else width

    def cut(self, row: np.ndarray, max_length: int | None = None) -> np.ndarray:
        """Return a series without the steps that are beyond `max_length`, by default the extractor's own."""
        limit = max_length or self.max_length
        if limit is None or len(row) <= limit:
            return row
        return row[:limit] if self.truncation_side == "right" else row[-limit:]

    def _windows(self, rows: Sequence[np.ndarray]) -> dict[str, Any]:
        positions = [(index, start) for index, row in enumerate(rows) for start in self.window_starts(len(row))]
        return {
            "input_values": [rows[index][start : start + (self.window_length or 0)] for index, start in positions],
            "series_index": np.array([index for index, _ in positions]),
        }

    def window_starts(self, length: int) -> list[int]:
        """Where the windows of a series of `length` steps begin; the last one ends where the series ends."""
        if self.window_length is None or length <= self.window_length:
            return [0]
        last = length - self.window_length
        stride = self.window_stride or max(1, self.window_length // 2)
        return [*range(0, last, stride), last]


def shipped_pipelines(architectures: Sequence[str]) -> dict[str, Any]:
    """Return the pipelines beside a model, as its configuration names them; none for a head that has none."""
    from .pipeline_series import PIPELINES  # this line makes transformers save that file beside this one

    return {
        task: {"impl": f"pipeline_series.{pipeline.__name__}", "pt": [auto], "type": "multimodal"}
        for task, (pipeline, auto) in PIPELINES.items()
        if any(name.endswith(auto.removeprefix("AutoModel")) for name in architectures)
    }


__all__ = ["SeriesFeatureExtractor"]
