# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a recipe of the task over clips of sound can say. Imports nothing heavy."""

from dataclasses import dataclass, field
from typing import Any, Literal

from hf_seq.errors import InputError
from hf_seq.tasks.recipe import setting
from hf_seq.tasks.registry import task_names
from hf_seq.tasks.series.recipe import NumbersRecipe

FILTERS, COEFFICIENTS = 40, 20
"""Mel filters, and of MFCC the coefficients, where a recipe says nothing."""


@dataclass
class AudioRecipe(NumbersRecipe):
    """A label, several labels or a number for a clip of sound."""

    task: str = setting("audio", f"What to learn: {', '.join(task_names())}.", "Data")
    audio_column: str | None = setting(
        None, "Column of the clips: paths, bytes or samples; absent: the only one that can be it.", "Data"
    )
    sampling_rate: int | None = setting(
        None, "Samples a second that clips are brought to; absent: the commonest rate of train.", "Data"
    )
    silent: Literal["error", "keep"] = setting(
        "error", "Clips in which nothing can be heard: an error, or keep them as any other (error, keep).", "Data"
    )
    max_seconds: float | None = setting(
        None, "Seconds of a clip that are read; the rest is cut off, and counted.", "Data"
    )
    frames: Literal["log_mel", "mfcc"] = setting(
        "log_mel", "What a frame holds: log_mel energies, or mfcc, their cosine transform (log_mel, mfcc).", "Data"
    )
    num_mel_filters: int = setting(FILTERS, "Mel filters of a frame.", "Data")
    num_coefficients: int = setting(COEFFICIENTS, "With mfcc: numbers of a frame.", "Data")
    frame_ms: float = setting(25.0, "Milliseconds that a frame sees.", "Data")
    hop_ms: float = setting(10.0, "Milliseconds between two frames.", "Data")
    center_frames: bool = setting(
        False, "Subtract from a clip the mean of its own frames, so that loudness and microphone count less.", "Data"
    )
    augmentation: list[str] | None = field(
        default_factory=lambda: ["time_shift", "time_mask", "channel_mask"],
        metadata={
            "help": "Change the frames of train clips a little each time, in these ways: time_shift time_mask "
            "channel_mask jitter scaling time_warp window_slice; auto: those that do best on validation; none: none.",
            "panel": "Data",
        },
    )
    model: str = setting(
        "conv-lstm",
        "rnn, gru, lstm, bigru, bilstm, bilstm-attention, conv, conv-lstm, transformer; majority, statistics, "
        "minirocket; or a folder.",
        "Model",
    )

    @property
    def width(self) -> int:
        """Numbers of a frame."""
        return self.num_mel_filters if self.frames == "log_mel" else self.num_coefficients

    @property
    def max_frames(self) -> int | None:
        """Frames of a clip that are read; None reads all."""
        return None if self.max_seconds is None else max(1, round(1000 * self.max_seconds / self.hop_ms))

    @property
    def clips(self) -> dict[str, Any]:
        """What the loader is told of clips."""
        return {
            "audio_column": self.audio_column,
            "sampling_rate": self.sampling_rate,
            "keep_silent": self.silent == "keep",
            "shortest_ms": self.frame_ms,
        }

    def __post_init__(self) -> None:
        self.augmentation = [way for way in self.augmentation or [] if way != "none"] or None
        super().__post_init__()
        self._check_at_least_one("num_mel_filters", "num_coefficients")
        for name in ("max_seconds", "frame_ms", "hop_ms"):
            value = getattr(self, name)
            if value is not None and not 0 < value < 1e9:
                raise InputError(f"{name}={value} must be above 0, and below a billion.")
        if self.sampling_rate is not None and not 500 <= self.sampling_rate <= 400_000:
            raise InputError(f"sampling_rate={self.sampling_rate} is not a rate of sound; 8000 to 48000 are usual.")
