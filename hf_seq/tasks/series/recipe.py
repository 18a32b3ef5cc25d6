# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a recipe of the tasks over series can say. Imports nothing heavy."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from hf_seq.errors import InputError
from hf_seq.tasks.recipe import LabelledRecipe, configures, setting
from hf_seq.tasks.registry import task_names

AUTO = "auto"
"""The augmentation that validation chooses."""


@dataclass
class NumbersRecipe(LabelledRecipe):
    """What models that read numbers at every step add, in place of what those of texts do."""

    label_column: str | None = setting(None, "Column of the label (or of the tags of all steps).", "Data")
    do_normalize: bool = setting(True, "Standardise every channel by mean and deviation of train.", "Data")
    augmentation: list[str] | None = field(
        default=None,
        metadata={
            "help": "Change train series a little each time, in these ways: jitter scaling time_warp window_slice "
            "time_shift time_mask channel_mask; auto: those that do best on validation, if any.",
            "panel": "Data",
        },
    )
    pooling: Literal["first", "last", "mean", "max", "attention"] | None = configures(
        None, "From all steps to one vector (first, last, mean, max, attention)."
    )
    block: Literal["fcn", "resnet", "inception"] | None = configures(
        None, "Kind of convolutional layer (fcn, resnet, inception)."
    )
    kernel_size: int | None = configures(None, "Steps that a convolution sees (conv, conv-lstm).")
    norm: Literal["batch", "layer", "none"] | None = configures(None, "Norm of convolutions (batch, layer, none).")
    causal: bool | None = configures(None, "Convolutions see the steps before, none after (conv, conv-lstm).")
    recurrent_size: int | None = configures(None, "Width of an LSTM beside the convolutions (conv-lstm).")
    statistics: bool | None = configures(
        None, "A linear classifier over the statistics of every channel beside the encoder (conv, conv-lstm)."
    )
    token_dropout: float | None = configures(None, "Share of steps blanked in training.")
    classifier_dropout: float | None = configures(None, "Dropout before the classifier.")

    MAY_CHOOSE: ClassVar[bool] = True
    AUGMENTATIONS: ClassVar[tuple[str, ...]] = (
        *("jitter", "scaling", "time_warp", "window_slice"),
        *("time_shift", "time_mask", "channel_mask"),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.chooses_augmentation:
            return
        odd = next((way for way in self.augmentation or [] if way not in self.AUGMENTATIONS), None)
        if odd == AUTO and self.MAY_CHOOSE:
            raise InputError(f"--augmentation {AUTO} chooses the ways itself; leave out the others, or {AUTO}.")
        if odd is not None:
            names = (*self.AUGMENTATIONS, AUTO) if self.MAY_CHOOSE else self.AUGMENTATIONS
            raise InputError(f"--augmentation {odd!r} is none of {', '.join(names)}.")

    @property
    def chooses_augmentation(self) -> bool:
        """Whether validation is to choose how train series are changed."""
        return self.MAY_CHOOSE and self.augmentation == [AUTO]


@dataclass
class SeriesRecipe(NumbersRecipe):
    """A label, several labels or a number for a series of numbers, or a tag for every step."""

    task: str = setting("series", f"What to learn: {', '.join(task_names())}.", "Data")
    label_column: str | None = setting(
        None, "Column of the label, or several with commas, one for each (or of the tags of all steps).", "Data"
    )
    series_column: str | None = setting(None, "Column of the series; absent: the only column that can be it.", "Data")
    id_column: str | None = setting(
        None, "Long tables: column, or several with commas, that name the series of a step (none: one).", "Data"
    )
    time_column: str | None = setting(
        None, "Long tables: column of the time of each step (none: the order of the file).", "Data"
    )
    time_format: str | None = setting(None, "How times are written, such as %d.%m.%Y %H:%M; found if absent.", "Data")
    time_gaps: Literal["auto", "on", "off"] = setting(
        "auto", "The time since the step before as a channel (auto: where it varies; on, off).", "Data"
    )
    channels: str | None = setting(None, "Columns that are channels, as names with commas; absent: all others.", "Data")
    window: int | None = setting(None, "Cut long recordings into windows of this many steps, a row each.", "Data")
    stride: int | None = setting(None, "Steps between two such windows; the window if absent.", "Data")
    missing: Literal["mean", "forward", "decay", "error"] = setting(
        "mean",
        "How to fill a missing value: with the train mean, with the last value before it, with that value on its way "
        "back to the mean (decay, as in GRU-D), or not (an error).",
        "Data",
    )
    missing_indicator: bool = setting(False, "A second channel for each, 1 where a value was missing.", "Data")
    max_length: int | None = setting(None, "Steps of a series that are read; the rest is cut off, and counted.", "Data")
    window_length: int | None = setting(None, "Read longer series as windows of this many steps.", "Data")
    window_stride: int | None = setting(None, "Steps between two windows; half a window if absent.", "Data")
    model: str = setting(
        "conv-lstm",
        "rnn, gru, lstm, bigru, bilstm, bilstm-attention, conv, conv-lstm, transformer; majority, statistics, dtw, "
        "minirocket; or a folder.",
        "Model",
    )
    use_crf: bool | None = configures(None, "A conditional random field over the tags.")

    @property
    def layout(self) -> dict[str, Any]:
        """What the loader is told of tables beside the columns of series and label."""
        names = ("id_column", "time_column", "time_format", "time_gaps", "channels", "window", "stride")
        return {name: getattr(self, name) for name in names}

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_at_least_one("max_length", "window_length", "window_stride", "window", "stride")
        if self.stride is not None and self.window is None:
            raise InputError(f"stride={self.stride} needs --window; give both, or neither.")
        if self.window_stride is not None and self.window_length is None:
            raise InputError(f"window_stride={self.window_stride} needs --window_length; give both, or neither.")
