# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How texts that were written are scored, in training and of a saved model."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers import EvalPrediction

from hf_seq.data import Splits
from hf_seq.errors import InputError
from hf_seq.loops.options import TrainingOptions
from hf_seq.metrics.translation import (
    compute_translation_metrics,
    text_score,
    translation_interval,
    translation_signature,
)
from hf_seq.reports.predictions import write_texts
from hf_seq.tasks.base import Training
from hf_seq.tasks.scored import Scoring
from hf_seq.tasks.seq2seq.recipe import Seq2SeqRecipe
from hf_seq.tasks.seq2seq.trainer import PairTrainer

if TYPE_CHECKING:
    from datasets import Dataset


class PairTraining(Training[Seq2SeqRecipe]):
    """Texts from texts; the loop writes the validation texts, and needs no logits of them."""

    trainer_class = PairTrainer
    needs_logits = False

    def check(self, recipe: Seq2SeqRecipe, arguments: TrainingOptions, splits: Splits) -> None:
        """Refuse a metric that cannot be had, and batches that are counted both ways.

        Raises:
            InputError: one of these.
        """
        text_score(recipe.metric, splits.validation["target"][:1], splits.validation["target"][:1])  # can it be had?
        if recipe.batch_tokens is not None and arguments.train_sampling_strategy != "group_by_length":
            raise InputError(
                f"batch_tokens={recipe.batch_tokens} makes batches of similar length, but train_sampling_strategy="
                f"{arguments.train_sampling_strategy} was asked for; give one of them."
            )

    def metrics(
        self, recipe: Seq2SeqRecipe, splits: Splits, processor: Any
    ) -> Callable[[EvalPrediction], dict[str, float]]:
        """Make what the loop calls with the ids written and wanted."""

        def compute(prediction: EvalPrediction) -> dict[str, float]:
            written, wanted = (
                [text.strip() for text in processor.batch_decode(ids, skip_special_tokens=True)]
                for ids in (prediction.predictions, prediction.label_ids)
            )
            return {name: text_score(name, written, wanted) for name in {recipe.metric, "exact_match"}}

        return compute

    def metric_names(self, recipe: Seq2SeqRecipe, splits: Splits) -> list[str]:
        """List the metric of the recipe, and the share of texts written exactly."""
        return list(dict.fromkeys((recipe.metric, "exact_match")))


class WrittenScoring(Scoring[Seq2SeqRecipe]):
    """The metric that the recipe names: BLEU by default."""

    def main_metric(self, recipe: Seq2SeqRecipe, splits: Splits) -> str:
        """Name what the recipe says."""
        return recipe.metric

    def score(
        self, predictor: Any, inputs: Sequence[Any], rows: "Dataset", splits: Splits, recipe: Seq2SeqRecipe, seed: int
    ) -> tuple[dict[str, Any], list[str]]:
        """Score what the model writes; the predictions are these texts."""
        wanted = rows["target"][:]
        answers = list(predictor.predict(inputs))
        written = [answer["target"] for answer in answers]
        metric = recipe.metric
        metrics = compute_translation_metrics(written, wanted, rouge=metric.startswith("rouge"))
        metrics["unfinished"] = float(sum(not answer["finished"] for answer in answers))
        interval = translation_interval(metric, written, wanted)
        return self.fields_of(metric, metrics, interval, len(wanted), translation_signature(metric)), written

    def write_predictions(self, folder: Path, rows: "Dataset", splits: Splits, predictions: list[str]) -> None:
        """Keep what the model wrote beside what it should have."""
        write_texts(folder, rows["source"][:], rows["target"][:], predictions)
