# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The task `language-modeling`: the next token of a text, given all before it, by a recurrent model.

hf-seq train --task language-modeling --data play.txt --tokenizer_kind char --model lstm-lm
"""

from hf_seq.tasks.architectures import Architecture, ModelChoice
from hf_seq.tasks.base import Parts, Task
from hf_seq.tasks.language_modeling.recipe import LanguageModelingRecipe

TRAINING = {
    "learning_rate": 2e-3,
    "num_train_epochs": 10,
    "per_device_train_batch_size": 32,
    "lr_scheduler_type": "cosine",
    "warmup_steps": 0.03,
    "weight_decay": 0.01,
    "adam_beta2": 0.99,
    "averaging": "ema",
}
CONFIGURATION = {
    "bidirectional": False,
    "embedding_size": 256,
    "hidden_size": 512,
    "num_hidden_layers": 2,
    "tie_word_embeddings": True,
    "variational_dropout": True,
    "embedding_dropout": 0.1,
    "hidden_dropout": 0.3,
    "output_dropout": 0.3,
    "weight_dropout": 0.2,
}
ARCHITECTURES = {
    "lstm-lm": Architecture("recurrent", {"cell_type": "lstm", **CONFIGURATION}, TRAINING),
    "gru-lm": Architecture("recurrent", {"cell_type": "gru", **CONFIGURATION}, TRAINING),
    "rnn-lm": Architecture("recurrent", {"cell_type": "rnn", **CONFIGURATION}, TRAINING),
}


def make_parts() -> Parts[LanguageModelingRecipe]:
    """Make the parts of the task."""
    from hf_seq.predictors.language import LanguageModel
    from hf_seq.tasks.language_modeling.data import ContinuousTexts
    from hf_seq.tasks.language_modeling.encoding import ContinuousEncoding
    from hf_seq.tasks.language_modeling.scoring import TextScoring
    from hf_seq.tasks.language_modeling.training import TextTraining

    return Parts(ContinuousTexts(), ContinuousEncoding(), TextTraining(), TextScoring(), LanguageModel.from_pretrained)


LANGUAGE_MODELING = Task(
    name="language-modeling",
    hub_name="text-generation",
    recipe=LanguageModelingRecipe,
    models=ModelChoice(
        "ForCausalLM",
        ARCHITECTURES,
        default_models=("lstm-lm", "gru-lm"),
        fine_tuning={"learning_rate": 1e-4, "num_train_epochs": 3, "warmup_steps": 0.06},
    ),
    make_parts=make_parts,
    next_command='hf-seq generate {folder} --prompt "a beginning of yours"',
)
