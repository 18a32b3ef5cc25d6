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
    settings = ("do_normalize", "sampling_rate", "frames", "num_mel_filters", "frame_ms", "hop_ms", "center_frames")

    def check_pretrained(self, processor: Any, recipe: AudioRecipe) -> None:
        """Refuse what is no feature extractor of clips, and settings that are not its own.

        Raises:
            InputError: it is none, or has another setting.
        """
        super().check_pretrained(processor, recipe)
        if recipe.max_frames not in (None, processor.max_length):
            cut = f"cuts clips after {processor.max_length} frames" if processor.max_length else "cuts no clip"
            raise InputError(
                f"max_seconds={recipe.max_seconds:g} does not go with {recipe.model}, which {cut}; leave it out, or "
                "train from scratch."
            )

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
