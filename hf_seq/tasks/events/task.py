# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The task `events`: one label, several labels or a number for a sequence of named events with times and values.

An event becomes numbers, its id first, and a sequence of these is read as a series is: models are those of `series`,
with an embedding of the ids; labels are learned and scored as for texts.
"""

from hf_seq.tasks.architectures import ModelChoice
from hf_seq.tasks.base import Parts, Task
from hf_seq.tasks.events.recipe import EventRecipe
from hf_seq.tasks.series.architectures import convolutional
from hf_seq.tasks.series.task import ARCHITECTURES as OF_SERIES

ARCHITECTURES = {
    **OF_SERIES,
    "conv": convolutional(block="resnet"),  # without statistics of channels, of which one is an id
    "conv-lstm": convolutional(block="fcn", hidden_size=256, recurrent_size=128),
}
MODELS = ModelChoice(
    "ForSequenceClassification",
    ARCHITECTURES,
    default_models=("majority", "counts", "gru", "bilstm-attention", "conv", "transformer"),
    baselines=("majority", "counts"),
)
NEXT_COMMAND = "hf-seq predict {folder} --data events.csv"


def make_parts() -> Parts[EventRecipe]:
    """Make the parts of the task."""
    from hf_seq.predictors.events import EventPredictor
    from hf_seq.tasks.classification.scoring import LabelScoring
    from hf_seq.tasks.classification.training import LabelTraining
    from hf_seq.tasks.events.baselines import fit_baseline
    from hf_seq.tasks.events.data import LabelledEvents
    from hf_seq.tasks.events.encoding import EventEncoding

    return Parts(
        LabelledEvents(),
        EventEncoding(MODELS),
        LabelTraining(),
        LabelScoring(),
        EventPredictor.from_pretrained,
        fit_baseline,
    )


EVENTS = Task(
    name="events",
    hub_name="event-sequence-classification",
    recipe=EventRecipe,
    models=MODELS,
    make_parts=make_parts,
    reads_numbers=True,
    next_command=NEXT_COMMAND,
)
