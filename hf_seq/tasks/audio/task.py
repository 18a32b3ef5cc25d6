# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The task `audio`: one label, several labels or a number for a clip of sound.

A clip becomes frames, and frames are a series: models are those of `series`, labels are learned and scored as for
texts; what differs is how clips are read.
"""

from hf_seq.tasks.architectures import ModelChoice
from hf_seq.tasks.audio.architectures import ARCHITECTURES
from hf_seq.tasks.audio.recipe import AudioRecipe
from hf_seq.tasks.base import Parts, Task

MODELS = ModelChoice(
    "ForSequenceClassification",
    ARCHITECTURES,
    default_models=("majority", "statistics", "minirocket", "bilstm-attention", "conv", "conv-lstm", "transformer"),
    baselines=("majority", "statistics", "minirocket"),
)


def make_parts() -> Parts[AudioRecipe]:
    """Make the parts of the task."""
    from hf_seq.predictors.audio import AudioPredictor
    from hf_seq.tasks.audio.baselines import fit_baseline
    from hf_seq.tasks.audio.data import LabelledClips
    from hf_seq.tasks.audio.encoding import ClipEncoding
    from hf_seq.tasks.classification.scoring import LabelScoring
    from hf_seq.tasks.series.training import SeriesTraining

    return Parts(
        LabelledClips(),
        ClipEncoding(MODELS),
        SeriesTraining(),
        LabelScoring(),
        AudioPredictor.from_pretrained,
        fit_baseline,
    )


AUDIO = Task(
    name="audio",
    hub_name="audio-classification",
    recipe=AudioRecipe,
    models=MODELS,
    make_parts=make_parts,
    reads_numbers=True,
    next_command="hf-seq predict {folder} --file clip.wav",
)
