# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a recipe of the tasks over series can say. Imports nothing heavy."""

from dataclasses import dataclass
from typing import Literal

from hf_seq.errors import InputError
from hf_seq.tasks.recipe import LabelledRecipe, configures, setting
from hf_seq.tasks.registry import task_names


@dataclass
class SeriesRecipe(LabelledRecipe):
    """A label, several labels or a number for a series of numbers, or a tag for every step."""

    task: str = setting("series", f"What to learn: {', '.join(task_names())}.", "Data")
    series_column: str | None = setting(None, "Column of the series; absent: the only column that can be it.", "Data")
    label_column: str | None = setting(None, "Column of the label (or of the tags of all steps).", "Data")
    missing: Literal["mean", "forward", "error"] = setting(
        "mean",
        "How to fill a missing value: with the train mean, with the last value before it, or not (an error).",
        "Data",
    )
    missing_indicator: bool = setting(False, "A second channel for each, 1 where a value was missing.", "Data")
    do_normalize: bool = setting(True, "Standardise every channel by mean and deviation of train.", "Data")
    max_length: int | None = setting(None, "Steps of a series that are read; the rest is cut off, and counted.", "Data")
    window_length: int | None = setting(None, "Read longer series as windows of this many steps.", "Data")
    window_stride: int | None = setting(None, "Steps between two windows; half a window if absent.", "Data")
    model: str = setting(
        "bilstm-attention",
        "rnn, gru, lstm, bigru, bilstm, bilstm-attention, transformer; majority, statistics, dtw, minirocket; or a "
        "folder.",
        "Model",
    )
    pooling: Literal["first", "last", "mean", "max", "attention"] | None = configures(
        None, "From all steps to one vector (first, last, mean, max, attention)."
    )
    use_crf: bool | None = configures(None, "A conditional random field over the tags.")
    token_dropout: float | None = configures(None, "Share of steps blanked in training.")
    classifier_dropout: float | None = configures(None, "Dropout before the classifier.")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_at_least_one("max_length", "window_length", "window_stride")
        if self.window_stride is not None and self.window_length is None:
            raise InputError(f"window_stride={self.window_stride} needs --window_length; give both, or neither.")
