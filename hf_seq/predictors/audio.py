# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From a clip of sound to its label; the answers are those of `pipeline("audio-classification")`.

N samples · T frames · L labels
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from hf_seq.baselines.audio import AudioBaseline
from hf_seq.baselines.baseline import SavedBaseline
from hf_seq.baselines.majority import MajorityBaseline
from hf_seq.data.series.batches import encode_series
from hf_seq.errors import InputError
from hf_seq.models.audio import read_clip
from hf_seq.predictors.series import ExtractingPredictor, SeriesEngine
from hf_seq.predictors.text import Array
from hf_seq.runtime.runtime_audio import sent_clip


class AudioEngine(SeriesEngine):
    """A model made with `num_features` and its `AudioFeatureExtractor`; see `Engine`."""

    @property
    def cut_message(self) -> str:
        """How a clip that is too long is cut, for people."""
        return f"A clip was cut at {self.processor.max_length * self.processor.hop_ms / 1000:g} s"

    def many(self, series: Sequence[Array]) -> tuple[Array, list[bool]]:
        """Compute logits (N, L) of clips, and which of them were truncated."""
        return super().many([self.processor.to_frames(samples) for samples in series])


class AudioPredictor(ExtractingPredictor):
    """Clips to labels; answers as `Predictor` gives them for texts.

    A clip is a path, the bytes of a file, samples (N,) at the model's rate, or a dict of `array` and `sampling_rate`.

    Args:
        model: a sequence classifier made with `num_features`, or a fitted baseline of clips.
        extractor: the model's own feature extractor; None for a baseline.
        settings: `batch_size`, `bf16`, `device`; see `BasePredictor`.
    """

    reads_numbers: ClassVar[bool] = True
    reads_clips: ClassVar[bool] = True
    reads_by: ClassVar[str] = "to_frames"
    baselines: ClassVar[tuple[type[SavedBaseline], ...]] = (AudioBaseline, MajorityBaseline)
    not_baselines: ClassVar[tuple[type[SavedBaseline], ...]] = ()

    def _make_engine(self, model: Any, processor: Any, **settings: Any) -> AudioEngine:
        return AudioEngine(model, processor, **settings)

    def _check(self, given: Any, row: int | None = None) -> Array:
        """Read a clip as samples at the model's rate."""
        try:
            if self.extractor is None:
                return read_clip(given, 16_000)[0]
            return self.extractor.read(given, row or 0)
        except (ValueError, TypeError) as error:
            raise InputError(str(error)) from error

    def check_sent(self, given: Any, row: int | None = None) -> Array:
        """Read a clip that came over the wire: base64 of a file, or a dict; names of files are not read."""
        return self._check(sent_clip(given, row or 0), row)

    def model_inputs(self, series: Any) -> dict[str, Tensor]:
        """Return what the model alone is called with for one clip."""
        values = encode_series([self.processor.to_frames(self._check(series))], self.processor).values
        return {"input_values": torch.from_numpy(np.stack(values))}
