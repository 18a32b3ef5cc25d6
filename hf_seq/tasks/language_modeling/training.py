# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The loop that carries the state from batch to batch, and what it refuses."""

import numpy as np
from transformers import PreTrainedModel

from hf_seq.data import Splits
from hf_seq.errors import InputError
from hf_seq.loops.options import TrainingOptions
from hf_seq.metrics.language_modeling import compute_language_metrics
from hf_seq.tasks.base import Training
from hf_seq.tasks.language_modeling.adaptive import NOT_TAKEN, note_of
from hf_seq.tasks.language_modeling.data import JOINED
from hf_seq.tasks.language_modeling.recipe import LanguageModelingRecipe
from hf_seq.tasks.language_modeling.trainer import (
    LanguageModelTrainer,
    TextDataset,
    check_processes,
    check_reading,
)


class TextTraining(Training[LanguageModelingRecipe]):
    """The next token; the loop scores the validation text itself."""

    trainer_class = LanguageModelTrainer

    def check(self, recipe: LanguageModelingRecipe, arguments: TrainingOptions, splits: Splits) -> None:
        """Refuse what has no meaning for a language model, and scores on text that a checkpoint was chosen by.

        Raises:
            InputError: one of these.
        """
        if arguments.label_smoothing_factor:
            raise InputError(
                f"label_smoothing_factor={arguments.label_smoothing_factor:g} would change what a nat means; leave it "
                "out."
            )
        check_processes(arguments.world_size, separate=recipe.reading == "texts")
        chooses = arguments.load_best_model_at_end or recipe.early_stopping_patience is not None
        if recipe.score_on == JOINED and chooses:
            raise InputError(
                f"score_on={JOINED} scores the text that the checkpoint is chosen by; train to the end: "
                "--load_best_model_at_end false, without --early_stopping_patience."
            )

    def fit_parts(
        self,
        model: PreTrainedModel,
        recipe: LanguageModelingRecipe,
        splits: Splits,
        train: TextDataset,  # type: ignore[override]
        validation: TextDataset,  # type: ignore[override]
    ) -> list[str]:
        """Check that the model can read so, and that clusters of rare words are that; say which they are."""
        del splits, validation
        check_reading(model, train.reading, processes=1)  # `check` has looked at those
        cutoffs = getattr(model.config, "adaptive_softmax_cutoffs", None)
        if recipe.adaptive_softmax == "auto" and not cutoffs:
            return [NOT_TAKEN]
        if recipe.adaptive_softmax == "off" or not cutoffs:
            return []
        return [note_of(cutoffs, train.text.ids, model.config.vocab_size)]

    def metric_names(self, recipe: LanguageModelingRecipe, splits: Splits) -> list[str]:
        """List the scores of a text."""
        return list(compute_language_metrics(np.ones(1), np.ones(1)))
