# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The task `next-event`: which event comes next, after each event of a sequence.

A tagger of one direction, whose tag of an event is the name of the event after it; events are read as in `events`.
"""

from typing import Any

from hf_seq.tasks.architectures import ModelChoice
from hf_seq.tasks.base import Parts, Task
from hf_seq.tasks.events.task import NEXT_COMMAND
from hf_seq.tasks.next_event.recipe import NextEventRecipe
from hf_seq.tasks.series.architectures import convolutional, recurrent

BESIDE: dict[str, Any] = {"causal": True, "bidirectional": False}
ARCHITECTURES = {
    "rnn": recurrent("rnn", bidirectional=False),
    "gru": recurrent("gru", bidirectional=False),
    "lstm": recurrent("lstm", bidirectional=False),
    "conv": convolutional(block="resnet", **BESIDE),
    "conv-lstm": convolutional(block="fcn", hidden_size=256, recurrent_size=128, **BESIDE),
}

MODELS = ModelChoice(
    "ForTokenClassification",
    ARCHITECTURES,
    default_models=("majority", "bigrams", "gru", "lstm", "conv"),
    baselines=("majority", "bigrams"),
)


def make_parts() -> Parts[NextEventRecipe]:
    """Make the parts of the task."""
    from hf_seq.predictors.events import NextEventPredictor
    from hf_seq.tasks.next_event.baselines import fit_baseline
    from hf_seq.tasks.next_event.data import FollowedEvents, NextEventEncoding
    from hf_seq.tasks.next_event.scoring import NextEventScoring, NextEventTraining

    return Parts(
        FollowedEvents(),
        NextEventEncoding(MODELS),
        NextEventTraining(MODELS),
        NextEventScoring(),
        NextEventPredictor.from_pretrained,
        fit_baseline,
    )


NEXT_EVENT = Task(
    name="next-event",
    hub_name="next-event-prediction",
    recipe=NextEventRecipe,
    models=MODELS,
    make_parts=make_parts,
    reads_numbers=True,
    next_command=NEXT_COMMAND,
)
