# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The task `masked-language-modeling`: hidden words from those around them, to pretrain an encoder on one's own text.

hf-seq train --task masked-language-modeling --data texts.csv --output_dir runs/encoder
hf-seq train --data few-labels.csv --model runs/encoder
"""

from hf_seq.tasks.architectures import Architecture, ModelChoice
from hf_seq.tasks.base import Parts, Task
from hf_seq.tasks.masked_language_modeling.recipe import MaskedLanguageModelingRecipe

TRAINING = {
    "learning_rate": 2e-3,
    "num_train_epochs": 10,
    "warmup_steps": 0.1,
    "weight_decay": 0.01,
    "lr_scheduler_type": "cosine",
    "load_best_model_at_end": False,
}
ARCHITECTURES = {
    "transformer": Architecture(
        "transformer_encoder", {"position_embedding": "rotary", "tie_word_embeddings": True}, TRAINING
    )
}


def make_parts() -> Parts[MaskedLanguageModelingRecipe]:
    """Make the parts of the task."""
    from hf_seq.predictors.masked_language import MaskedLanguageModel
    from hf_seq.tasks.masked_language_modeling.data import PlainTexts
    from hf_seq.tasks.masked_language_modeling.encoding import HiddenEncoding
    from hf_seq.tasks.masked_language_modeling.scoring import HiddenScoring, HiddenTraining

    return Parts(PlainTexts(), HiddenEncoding(), HiddenTraining(), HiddenScoring(), MaskedLanguageModel.from_pretrained)


MASKED_LANGUAGE_MODELING = Task(
    name="masked-language-modeling",
    hub_name="fill-mask",
    recipe=MaskedLanguageModelingRecipe,
    models=ModelChoice(
        "ForMaskedLM",
        ARCHITECTURES,
        default_models=("transformer",),
        pretrained=("distilbert",),
        fine_tuning={"learning_rate": 5e-4, "num_train_epochs": 3, "warmup_steps": 0.06},
    ),
    make_parts=make_parts,
    next_command="hf-seq train --task classification --data your-labels.csv --model {folder}",
)
