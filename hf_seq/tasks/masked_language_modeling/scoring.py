# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How a saved masked language model is scored."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hf_seq.data import Splits
from hf_seq.errors import InputError
from hf_seq.loops.options import TrainingOptions
from hf_seq.metrics.language_modeling import Blocks, into_blocks, language_interval
from hf_seq.reports.costs import write_costs
from hf_seq.tasks.base import R, Training
from hf_seq.tasks.masked_language_modeling.recipe import MaskedLanguageModelingRecipe
from hf_seq.tasks.masked_language_modeling.trainer import HEADLINE, MaskedTrainer, summarize
from hf_seq.tasks.scored import OneMetricScoring

if TYPE_CHECKING:
    from datasets import Dataset


class HiddenTraining(Training[MaskedLanguageModelingRecipe]):
    """Hidden tokens; the loop scores the validation texts itself."""

    trainer_class = MaskedTrainer

    def check(self, recipe: MaskedLanguageModelingRecipe, arguments: TrainingOptions, splits: Splits) -> None:
        """Refuse what has no meaning here.

        Raises:
            InputError: labels are to be smoothed, or a single text is to be read in rows.
        """
        if arguments.label_smoothing_factor:
            raise InputError(
                f"label_smoothing_factor={arguments.label_smoothing_factor:g} would change what a nat means; leave it "
                "out."
            )
        if len(splits.train) == 1:
            raise InputError(
                f"{splits.source} is one text of {len(splits.train['text'][0]):,} characters, of which only the begin "
                "would be read; give a text in each row of a table, or in each line of a .txt file."
            )


class HiddenScoring(OneMetricScoring[R]):
    """Nats per hidden token."""

    headline = HEADLINE

    def score(
        self, predictor: Any, inputs: Sequence[Any], rows: "Dataset", splits: Splits, recipe: R, seed: int
    ) -> tuple[dict[str, Any], Blocks]:
        """Score hidden tokens, the same ones for every model with this tokenizer."""
        costs = predictor.costs(rows["text"][:])
        blocks = into_blocks(costs.nats, np.ones(len(costs.nats)), costs.rows)
        signature = (
            "15 % of the tokens of each text hidden, seeded by its row; natural logarithm; per token of the model's "
            "own tokenizer"
        )
        bounds = language_interval(blocks, "nats_per_token")
        return self.fields_of(self.headline, summarize(costs), bounds, len(costs.nats), signature), blocks

    def write_predictions(self, folder: Path, rows: "Dataset", splits: Splits, predictions: Blocks) -> None:
        """Keep what the hidden tokens of each text cost."""
        write_costs(folder, predictions)
