# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The baselines of clips of sound."""

from typing import Any

from hf_seq.data import Splits
from hf_seq.data.audio.loading import clip_arrays
from hf_seq.tasks.audio.recipe import AudioRecipe
from hf_seq.tasks.classification.baselines import fit_majority


def fit_baseline(recipe: AudioRecipe, splits: Splits) -> tuple[Any, list[str]]:
    """Fit `majority`, `statistics` or `minirocket` on the clips a model would train on."""
    train, labels = clip_arrays(splits.train), splits.train["label"][:]
    if recipe.model == "majority":
        return fit_majority(splits, train)
    from hf_seq.baselines.audio import AUDIO_BASELINES
    from hf_seq.tasks.audio.encoding import extractor_of

    baseline: Any = AUDIO_BASELINES[recipe.model](splits.problem_type, splits.label_names)
    baseline.extractor = extractor_of(recipe, splits)
    return baseline.fit(train, labels), baseline.notes
