# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The task `seq2seq`: a text written from a text, by a recurrent or a transformer encoder-decoder.

hf-seq train --task seq2seq --data builtin:dates --tokenizer_kind char --model lstm-seq2seq
"""

from functools import partial

from hf_seq.tasks.architectures import FINE_TUNING, Architecture, ModelChoice
from hf_seq.tasks.base import Parts, Task
from hf_seq.tasks.seq2seq.recipe import Seq2SeqRecipe

RECURRENT = {
    "learning_rate": 2e-3,
    "num_train_epochs": 10,
    "lr_scheduler_type": "cosine",
    "warmup_steps": 0.03,
    "label_smoothing_factor": 0.1,
}
TRANSFORMER = {**RECURRENT, "learning_rate": 1e-3, "warmup_steps": 0.1, "adam_beta2": 0.98, "num_train_epochs": 20}
ARCHITECTURES = {
    "lstm-seq2seq": Architecture("recurrent_seq2seq", {"cell_type": "lstm"}, RECURRENT),
    "gru-seq2seq": Architecture("recurrent_seq2seq", {"cell_type": "gru"}, RECURRENT),
    "transformer-seq2seq": Architecture("transformer_seq2seq", {"intermediate_size": 512}, TRANSFORMER),
}


def make_parts() -> Parts[Seq2SeqRecipe]:
    """Make the parts of the task."""
    from hf_seq.predictors.writer import Translator
    from hf_seq.tasks.seq2seq.data import Pairs, fit_baseline
    from hf_seq.tasks.seq2seq.encoding import PairEncoding
    from hf_seq.tasks.seq2seq.scoring import PairTraining, WrittenScoring

    predictor = partial(Translator.from_pretrained, too_long="truncate")  # scored on what training reads of a source
    return Parts(Pairs(), PairEncoding(), PairTraining(), WrittenScoring(), predictor, fit_baseline)


SEQ2SEQ = Task(
    name="seq2seq",
    hub_name="translation",
    recipe=Seq2SeqRecipe,
    models=ModelChoice(
        "ForConditionalGeneration",
        ARCHITECTURES,
        default_models=("copy", "nearest", "lstm-seq2seq", "transformer-seq2seq"),
        baselines=("copy", "nearest"),
        fine_tuning=FINE_TUNING,
    ),
    make_parts=make_parts,
    next_command='hf-seq translate {folder} "a text of yours"',
)
