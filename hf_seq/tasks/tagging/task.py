# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The task `tagging`: a tag for every word of a sentence, alone or as spans (BIO, BIOES, IOB1)."""

from typing import Any

from hf_seq.tasks.architectures import FINE_TUNING, TRANSFORMER_TRAINING, Architecture, ModelChoice
from hf_seq.tasks.base import Distillation, Parts, Task
from hf_seq.tasks.tagging.recipe import DistilledTaggingRecipe, TaggingRecipe

RECURRENT = {"learning_rate": 2e-3, "num_train_epochs": 15, "weight_decay": 0.01}


def _recurrent(cell_type: str, bidirectional: bool, **more: Any) -> Architecture:
    fields = {"cell_type": cell_type, "bidirectional": bidirectional, "character_encoder": "cnn", **more}
    return Architecture("recurrent", fields, RECURRENT)


ARCHITECTURES = {
    "rnn": _recurrent("rnn", bidirectional=False),
    "gru": _recurrent("gru", bidirectional=False),
    "lstm": _recurrent("lstm", bidirectional=False),
    "bilstm": _recurrent("lstm", bidirectional=True),
    "bilstm-crf": _recurrent("lstm", bidirectional=True, use_crf=True),
    "transformer": Architecture("transformer_encoder", {"position_embedding": "rotary"}, TRANSFORMER_TRAINING),
    "transformer-crf": Architecture(
        "transformer_encoder", {"position_embedding": "rotary", "use_crf": True}, TRANSFORMER_TRAINING
    ),
}
MODELS = ModelChoice(
    "ForTokenClassification",
    ARCHITECTURES,
    default_models=(
        *("most-frequent", "bilstm", "bilstm-crf", "transformer"),
        *("bilstm-crf+distilbert", "distilbert", "student"),
    ),
    baselines=("most-frequent",),
    pretrained=("distilbert",),
    fine_tuning=FINE_TUNING,
)


def make_parts() -> Parts[TaggingRecipe]:
    """Make the parts of the task."""
    from hf_seq.predictors.words import TaggingPredictor
    from hf_seq.tasks.tagging.data import TaggedSentences, fit_baseline
    from hf_seq.tasks.tagging.encoding import SentenceEncoding
    from hf_seq.tasks.tagging.scoring import TagScoring
    from hf_seq.tasks.tagging.training import TagTraining

    return Parts(
        TaggedSentences(),
        SentenceEncoding(),
        TagTraining(MODELS),
        TagScoring(),
        TaggingPredictor.from_pretrained,
        fit_baseline,
    )


TAGGING = Task(
    name="tagging",
    hub_name="token-classification",
    recipe=TaggingRecipe,
    models=MODELS,
    make_parts=make_parts,
    distillation=Distillation(DistilledTaggingRecipe, per_word=True),
    next_command='hf-seq predict {folder} "a sentence of yours"',
)
