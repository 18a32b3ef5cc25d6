# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Clips of sound with labels: how they are read and checked."""

import dataclasses
from typing import TYPE_CHECKING, Any

from hf_seq.data import Splits
from hf_seq.data.audio.checks import check_audio
from hf_seq.data.audio.loading import ClipOptions, audio_inputs, clip_arrays, load_audio_splits
from hf_seq.data.classification.checks import CheckReport
from hf_seq.data.inputs import Inputs, Source
from hf_seq.errors import InputError
from hf_seq.tasks.audio.recipe import AudioRecipe
from hf_seq.tasks.classification.data import Labelled

if TYPE_CHECKING:
    from datasets import Dataset


class LabelledClips(Labelled[AudioRecipe]):
    """Clips of sound with one label, several labels or a number each."""

    def load(self, recipe: AudioRecipe, **options: Any) -> Splits:
        """Read the splits that a recipe names."""
        return load_audio_splits(
            label_column=recipe.label_column,
            label_separator=recipe.label_separator,
            problem_type=recipe.problem_type,
            **recipe.clips,
            **recipe.source,
            **options,
        )

    def as_trained(self, recipe: AudioRecipe, predictor: Any) -> AudioRecipe:
        """Read clips at the rate that a saved model was trained on."""
        return self.as_read_by(recipe, getattr(predictor, "extractor", None))

    def as_read_by(self, recipe: AudioRecipe, processor: Any) -> AudioRecipe:
        """Read clips at the rate that a saved model was trained on."""
        if not hasattr(processor, "sampling_rate"):
            return recipe
        return dataclasses.replace(recipe, sampling_rate=processor.sampling_rate, frame_ms=processor.frame_ms)

    def longest(self, recipe: AudioRecipe, max_length: int | None) -> int | None:
        """Say how many milliseconds of a clip are read: `--max_seconds` cuts clips."""
        if max_length is not None:
            raise InputError(f"--max_length {max_length} counts tokens or steps; clips are cut by --max_seconds.")
        return None if recipe.max_seconds is None else max(1, round(1000 * recipe.max_seconds))

    def check(self, splits: Splits, processor: Any = None, max_length: int | None = None) -> CheckReport:
        """Find what makes training on the splits impossible, and what makes it doubtful."""
        return check_audio(splits, max_length)

    def inputs(self, rows: "Dataset") -> list[Any]:
        """List the clips, (N,) samples each."""
        return clip_arrays(rows)

    def read_inputs(self, recipe: AudioRecipe, source: Source) -> Inputs:
        """Read clips, (N,) samples each."""
        return audio_inputs(source, ClipOptions(**recipe.clips))
