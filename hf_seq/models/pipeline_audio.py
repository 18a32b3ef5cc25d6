# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`pipeline("audio-classification")` for models of ours: it reads files without ffmpeg, resamples without torchaudio.

    pipeline("audio-classification", model=FOLDER, trust_remote_code=True)("clip.wav")

For models of others it does what transformers' own pipeline does.
"""

from typing import Any

from transformers import AudioClassificationPipeline

CLASSIFICATION_TASK = "audio-classification"
ANY_PIPELINE: Any = AudioClassificationPipeline  # its own types know no call of a feature extractor


class ClipClassificationPipeline(ANY_PIPELINE):
    """Labels of a clip: a path, bytes, samples, or a dict of `array` and `sampling_rate`."""

    def preprocess(self, inputs: Any, **kwargs: Any) -> Any:
        """Read a clip as the feature extractor of the model does.

        Raises:
            ValueError: it cannot be read; in words.
        """
        if not self._is_ours or (isinstance(inputs, str) and inputs.startswith(("http://", "https://"))):
            return super().preprocess(inputs, **kwargs)
        return self.feature_extractor([inputs], return_tensors="pt")

    def check_model_type(self, supported_models: Any) -> None:
        """Say where the model is of another kind; one with a feature extractor of ours is of the right one."""
        if not self._is_ours:
            super().check_model_type(supported_models)

    @property
    def _is_ours(self) -> bool:
        return hasattr(self.feature_extractor, "to_frames")


PIPELINES = {CLASSIFICATION_TASK: (ClipClassificationPipeline, "AutoModelForAudioClassification")}
"""Task to class, and the Auto class of the models it runs."""

__all__ = ["PIPELINES", "ClipClassificationPipeline"]
