# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The task `classification`: one label, several labels or a number for a text."""

from hf_seq.tasks.architectures import (
    FEWEST_FINE_TUNING,
    FEWEST_UPDATES,
    FINE_TUNING,
    RECURRENT_TRAINING,
    TRANSFORMER_TRAINING,
    Architecture,
    ModelChoice,
)
from hf_seq.tasks.base import Distillation, Parts, Task
from hf_seq.tasks.classification.recipe import ClassificationRecipe, DistilledClassificationRecipe

RECURRENT = {**RECURRENT_TRAINING, **FEWEST_UPDATES, "length_by_texts": True}
TRANSFORMER = {**TRANSFORMER_TRAINING, **FEWEST_UPDATES, "length_by_texts": True}
ARCHITECTURES = {
    "rnn": Architecture("recurrent", {"cell_type": "rnn", "bidirectional": False}, RECURRENT),
    "gru": Architecture("recurrent", {"cell_type": "gru", "bidirectional": False}, RECURRENT),
    "lstm": Architecture("recurrent", {"cell_type": "lstm", "bidirectional": False}, RECURRENT),
    "bilstm": Architecture("recurrent", {"cell_type": "lstm", "bidirectional": True}, RECURRENT),
    "bilstm-attention": Architecture(
        "recurrent", {"cell_type": "lstm", "bidirectional": True, "pooling": "attention"}, RECURRENT
    ),
    "bilstm-wide": Architecture("recurrent_wide", {"cell_type": "lstm", "bidirectional": True}, RECURRENT),
    "transformer": Architecture("transformer_encoder", {"position_embedding": "rotary"}, TRANSFORMER),
}


def make_parts() -> Parts[ClassificationRecipe]:
    """Make the parts of the task."""
    from hf_seq.predictors.text import Predictor
    from hf_seq.tasks.classification.baselines import fit_baseline
    from hf_seq.tasks.classification.data import LabelledTexts
    from hf_seq.tasks.classification.encoding import LabelledTextEncoding
    from hf_seq.tasks.classification.scoring import LabelScoring
    from hf_seq.tasks.classification.training import LabelTraining

    return Parts(
        LabelledTexts(),
        LabelledTextEncoding(),
        LabelTraining(),
        LabelScoring(),
        Predictor.from_pretrained,
        fit_baseline,
    )


CLASSIFICATION = Task(
    name="classification",
    hub_name="text-classification",
    recipe=ClassificationRecipe,
    models=ModelChoice(
        "ForSequenceClassification",
        ARCHITECTURES,
        default_models=(
            *("majority", "tfidf", "fasttext", "model2vec"),
            *("lstm", "bilstm", "bilstm-attention", "transformer"),
            *("bilstm-wide", "bilstm-wide+distilbert", "distilbert", "student"),
        ),
        baselines=("majority", "tfidf", "fasttext", "model2vec"),
        pretrained=("distilbert",),
        fine_tuning={**FINE_TUNING, **FEWEST_FINE_TUNING},
        plain="bilstm",
        plain_flags=("streaming", "word_vectors", "tokenizer"),
    ),
    make_parts=make_parts,
    distillation=Distillation(DistilledClassificationRecipe, per_word=False),
)
