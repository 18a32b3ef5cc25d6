# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The loop that learns labels, for texts and for series of numbers."""

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeVar

import numpy as np
from scipy.special import softmax
from torch import Tensor
from transformers import EvalPrediction, PreTrainedModel

from hf_seq.data import EncodedDataset, Splits
from hf_seq.errors import InputError
from hf_seq.loops.options import TrainingOptions
from hf_seq.loops.trainer import ClassifierTrainer
from hf_seq.metrics.chosen import chosen_score
from hf_seq.metrics.classification import compute_classification_metrics, decide
from hf_seq.tasks import architectures
from hf_seq.tasks.base import Training
from hf_seq.tasks.classification.metric import deciding_metric
from hf_seq.tasks.recipe import LabelledRecipe

L = TypeVar("L", bound=LabelledRecipe)


class LabelTraining(Training[L]):
    """One answer a row."""

    trainer_class = ClassifierTrainer

    def check(self, recipe: L, arguments: TrainingOptions, splits: Splits) -> None:
        """Refuse smoothing where it would break, or drop the class weights: it takes the place of the model's loss.

        Raises:
            InputError: labels are smoothed, and there are several per row, or numbers, or weights.
        """
        deciding_metric(recipe, splits)  # does it fit?
        if not arguments.label_smoothing_factor:
            return
        smoothing = f"label_smoothing_factor={arguments.label_smoothing_factor:g}"
        if splits.problem_type != "single_label_classification":
            raise InputError(f"{smoothing} needs one label per row, this is {splits.problem_type}; leave it out.")
        weights = recipe.class_weights
        if weights != "none":
            raise InputError(f"{smoothing} and class_weights={weights} do not go together; leave one of them out.")

    def head_fields(self, recipe: L, splits: Splits) -> dict[str, Any]:
        """List the labels, the kind of problem, class weights."""
        fields = architectures.label_fields(splits.label_names)
        weights = class_weights(recipe.class_weights, splits)
        return fields | {"problem_type": splits.problem_type, "class_weights": weights}

    def fit_parts(
        self, model: PreTrainedModel, recipe: L, splits: Splits, train: EncodedDataset, validation: EncodedDataset
    ) -> list[str]:
        """Fit the bag of n-grams of a model that has one."""
        if not hasattr(model, "wide"):
            return []
        from hf_seq.tasks.classification.wide import MOST_NGRAMS, fit_wide

        most = recipe.model_overrides.get("num_ngrams", MOST_NGRAMS)
        return fit_wide(model, train, validation, splits, deciding_metric(recipe, splits), most)

    def finish_weights(self, model: PreTrainedModel, batches: Iterable[dict[str, Tensor]]) -> list[str]:
        """Choose how much the recurrent part counts beside the n-grams, in a model that has both."""
        if not hasattr(model, "wide"):
            return []
        from hf_seq.tasks.classification.wide import choose_share

        return choose_share(model, batches, str(model.config.problem_type))

    def metrics(self, recipe: L, splits: Splits, processor: Any) -> Callable[[EvalPrediction], dict[str, float]]:
        """Make what the loop calls with the logits of the validation rows."""
        metric = deciding_metric(recipe, splits)

        def compute(prediction: EvalPrediction) -> dict[str, float]:
            logits = prediction.predictions[0] if isinstance(prediction.predictions, tuple) else prediction.predictions
            gold, kind = np.asarray(prediction.label_ids), splits.problem_type
            found = compute_classification_metrics(
                logits, gold, problem_type=kind, num_labels=splits.num_labels, positive=splits.positive_id
            )
            if metric not in found:
                several = kind == "multi_label_classification"
                sure = np.asarray(logits) if several else softmax(np.asarray(logits, dtype=np.float64), axis=1)
                predicted = decide(np.asarray(logits), kind, probabilities=False)
                found[metric] = chosen_score(metric, sure, predicted, gold, splits.label_names)
            return found

        return compute

    def metric_names(self, recipe: L, splits: Splits) -> list[str]:
        """List the metrics that fit the labels."""
        several = splits.problem_type == "multi_label_classification"
        row: Any = [0] * splits.num_labels if several else 0
        return list(
            compute_classification_metrics(
                [row, row], [row, row], problem_type=splits.problem_type, num_labels=splits.num_labels
            )
        )


def class_weights(wanted: Literal["none", "balanced"], splits: Splits) -> list[float] | None:
    """Weigh the labels in the loss, or not.

    Raises:
        InputError: weights are asked for where rows do not have one label each.
    """
    if wanted == "none":
        return None
    if splits.problem_type != "single_label_classification":
        raise InputError(f"class_weights=balanced needs one label per row, this is {splits.problem_type}; use none.")
    return architectures.balanced_weights(splits.train["label"][:], len(splits.label_names))
