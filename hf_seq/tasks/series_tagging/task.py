# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The task `series-tagging`: a tag for every step of a series of numbers.

Series are read and encoded as in `series`, tags learned and scored as in `tagging`.
"""

from hf_seq.tasks.architectures import ModelChoice
from hf_seq.tasks.base import Parts, Task
from hf_seq.tasks.series.architectures import convolutional, recurrent, transformer
from hf_seq.tasks.series.task import NEXT_COMMAND
from hf_seq.tasks.series_tagging.recipe import SeriesTaggingRecipe

ARCHITECTURES = {
    "rnn": recurrent("rnn", bidirectional=False),
    "gru": recurrent("gru", bidirectional=False),
    "lstm": recurrent("lstm", bidirectional=False),
    "bilstm": recurrent("lstm", bidirectional=True),
    "bilstm-crf": recurrent("lstm", bidirectional=True, use_crf=True),
    "conv": convolutional(block="resnet"),
    "conv-lstm": convolutional(block="fcn", hidden_size=256, recurrent_size=128),
    "transformer": transformer(),
}

MODELS = ModelChoice(
    "ForTokenClassification", ARCHITECTURES, default_models=("lstm", "bilstm", "bilstm-crf", "conv", "transformer")
)


def make_parts() -> Parts[SeriesTaggingRecipe]:
    """Make the parts of the task."""
    from hf_seq.predictors.series import SeriesTagger
    from hf_seq.tasks.series_tagging.data import StepEncoding, TaggedSeries
    from hf_seq.tasks.tagging.scoring import TagScoring
    from hf_seq.tasks.tagging.training import TagTraining

    return Parts(TaggedSeries(), StepEncoding(MODELS), TagTraining(MODELS), TagScoring(), SeriesTagger.from_pretrained)


SERIES_TAGGING = Task(
    name="series-tagging",
    hub_name="sequence-feature-tagging",
    recipe=SeriesTaggingRecipe,
    models=MODELS,
    make_parts=make_parts,
    reads_numbers=True,
    next_command=NEXT_COMMAND,
)
