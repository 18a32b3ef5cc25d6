# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Clips of sound as rows of standardised frames; from there on they are read as series.

N samples · T frames · C numbers of a frame
"""

from typing import TYPE_CHECKING, Any

from transformers import PreTrainedModel

from hf_seq.data import Splits
from hf_seq.data.audio.loading import clip_arrays
from hf_seq.errors import InputError
from hf_seq.models.feature_extraction_audio import AudioFeatureExtractor
from hf_seq.predictors.kinds import AUDIO
from hf_seq.tasks.audio.recipe import AudioRecipe
from hf_seq.tasks.series.encoding import NumbersEncoding

if TYPE_CHECKING:
    from datasets import Dataset


class ClipEncoding(NumbersEncoding[AudioRecipe]):
    """Clips to frames whose numbers have mean 0 and deviation 1."""

    noun, one = "clips", "a clip"
    extractor, reads = AudioFeatureExtractor, "clips of sound as hf_seq saves them"
    remedy = "set --max_seconds to cut clips, or a larger --hop_ms"

    def make_processor(self, recipe: AudioRecipe, splits: Splits) -> Any:
        """Learn mean and deviation of the frames of the train split.

        Raises:
            InputError: settings that cannot be.
        """
        extractor = extractor_of(recipe, splits)
        return extractor.fit([extractor.cut(each) for each in self.arrays(splits.train, extractor)])

    def finish_model(self, model: PreTrainedModel, processor: Any, recipe: AudioRecipe) -> None:
        """Have the configuration say that what the model reads are frames of sound."""
        config: Any = model.config
        config.modality = AUDIO

    def arrays(self, rows: "Dataset", processor: Any) -> list[Any]:
        """Compute the frames of clips, (T, C) each."""
        return [processor.to_frames(each) for each in clip_arrays(rows)]


def extractor_of(recipe: AudioRecipe, splits: Splits) -> AudioFeatureExtractor:
    """Make the feature extractor that a recipe describes.

    Raises:
        InputError: settings that cannot be.
    """
    try:
        return AudioFeatureExtractor(
            feature_size=recipe.width,
            sampling_rate=splits.sampling_rate or 16_000,
            frames=recipe.frames,
            num_mel_filters=recipe.num_mel_filters,
            frame_ms=recipe.frame_ms,
            hop_ms=recipe.hop_ms,
            center_frames=recipe.center_frames,
            allow_silence=recipe.silent == "keep",
            do_normalize=recipe.do_normalize,
            max_length=recipe.max_frames,
        )
    except ValueError as error:
        raise InputError(str(error)) from error
