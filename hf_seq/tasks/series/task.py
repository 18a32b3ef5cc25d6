# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The task `series`: one label, several labels or a number for a series of numbers.

What is learned and how it is scored are as for texts (`classification`); what differs is what goes in.
"""

from hf_seq.tasks.architectures import ModelChoice
from hf_seq.tasks.base import Parts, Task
from hf_seq.tasks.series.architectures import convolutional, recurrent, transformer
from hf_seq.tasks.series.recipe import SeriesRecipe

ARCHITECTURES = {
    "rnn": recurrent("rnn", bidirectional=False),
    "gru": recurrent("gru", bidirectional=False),
    "lstm": recurrent("lstm", bidirectional=False),
    "bigru": recurrent("gru", bidirectional=True),
    "bilstm": recurrent("lstm", bidirectional=True),
    "bilstm-attention": recurrent("lstm", bidirectional=True, pooling="attention"),
    "conv": convolutional(block="resnet", statistics=True),
    "conv-lstm": convolutional(block="fcn", hidden_size=256, recurrent_size=128, statistics=True),
    "transformer": transformer(),
}

MODELS = ModelChoice(
    "ForSequenceClassification",
    ARCHITECTURES,
    default_models=(
        *("majority", "statistics", "dtw", "minirocket"),
        *("bilstm-attention", "conv", "conv-lstm", "transformer"),
    ),
    baselines=("majority", "statistics", "dtw", "minirocket"),
)
NEXT_COMMAND = """echo '{{"series": [[...], ...]}}' | hf-seq predict {folder}"""


def make_parts() -> Parts[SeriesRecipe]:
    """Make the parts of the task."""
    from hf_seq.predictors.series import SeriesPredictor
    from hf_seq.tasks.classification.scoring import LabelScoring
    from hf_seq.tasks.series.baselines import fit_baseline
    from hf_seq.tasks.series.data import LabelledSeries
    from hf_seq.tasks.series.encoding import SeriesEncoding
    from hf_seq.tasks.series.training import SeriesTraining

    return Parts(
        LabelledSeries(),
        SeriesEncoding(MODELS),
        SeriesTraining(),
        LabelScoring(),
        SeriesPredictor.from_pretrained,
        fit_baseline,
    )


SERIES = Task(
    name="series",
    hub_name="sequence-feature-classification",
    recipe=SeriesRecipe,
    models=MODELS,
    make_parts=make_parts,
    reads_numbers=True,
    next_command=NEXT_COMMAND,
)
