# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How a model of the next event is trained and scored: by every event of held-out sequences but the first.

T events · L known events
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from transformers import EvalPrediction

from hf_seq.data import Splits
from hf_seq.data.batching import IGNORED
from hf_seq.errors import InputError
from hf_seq.loops.options import TrainingOptions
from hf_seq.metrics.tagging import compute_tagging_metrics, scores_by_type, tagging_interval, tagging_signature
from hf_seq.models.feature_extraction_events import EVENTS
from hf_seq.reports.predictions import write_tags
from hf_seq.reports.record import quoted_score
from hf_seq.tasks import architectures
from hf_seq.tasks.next_event.recipe import NextEventRecipe
from hf_seq.tasks.scored import OneMetricScoring
from hf_seq.tasks.tagging.training import TagTraining

if TYPE_CHECKING:
    from datasets import Dataset

TOP = 5
LEAST = 1e-12
"""Probability of an event that train does not know, and so nothing foretells."""
Array = np.ndarray[Any, Any]


class NextEventTraining(TagTraining[NextEventRecipe]):
    """The event after each event."""

    def check(self, recipe: NextEventRecipe, arguments: TrainingOptions, splits: Splits) -> None:
        """Refuse another metric than accuracy; labels may be smoothed.

        Raises:
            InputError: the recipe names another.
        """
        NextEventScoring().main_metric(recipe, splits)

    def head_fields(self, recipe: NextEventRecipe, splits: Splits) -> dict[str, Any]:
        """List the events."""
        return architectures.label_fields(splits.label_names) | {"tag_scheme": "none"}

    def metrics(
        self, recipe: NextEventRecipe, splits: Splits, processor: Any
    ) -> Callable[[EvalPrediction], dict[str, float]]:
        """Make what the loop calls with the likeliest events and the true ones, (N, T)."""

        def compute(prediction: EvalPrediction) -> dict[str, float]:
            gold, predicted = np.asarray(prediction.label_ids), np.asarray(prediction.predictions)
            predicted = predicted.argmax(-1) if predicted.ndim == 3 else predicted
            known = gold != IGNORED
            return {"accuracy": float((predicted == gold)[known].mean()) if known.any() else 0.0}

        return compute

    def metric_names(self, recipe: NextEventRecipe, splits: Splits) -> list[str]:
        """List what is computed while training."""
        return ["accuracy"]


class NextEventScoring(OneMetricScoring[NextEventRecipe]):
    """Accuracy of the likeliest event; beside it how often the event is among five, and what its probability costs."""

    headline = "accuracy"

    def score(
        self, predictor: Any, inputs: Sequence[Any], rows: "Dataset", splits: Splits, recipe: NextEventRecipe, seed: int
    ) -> tuple[dict[str, Any], Any]:
        """Score what comes next; the predictions are the likeliest events of each sequence, with probabilities."""
        scores = [each[:-1] for each in predictor.step_scores(inputs)]
        events = rows[EVENTS][:]
        gold = [row[-len(each) :] for row, each in zip(events, scores, strict=True)]
        names = list(predictor.label_names)
        predicted = [[names[best] for best in each.argmax(1)] for each in scores]
        sure = [each.max(1).tolist() for each in scores]
        metrics = compute_tagging_metrics(predicted, gold, "none") | chances(scores, gold, names)
        bounds = tagging_interval("accuracy", predicted, gold, "none")
        fields = {
            "metric": "accuracy",
            "score": quoted_score("accuracy", metrics["accuracy"]),
            "interval": [quoted_score("accuracy", bound) for bound in bounds],
            "n": len(gold),
            "metrics": metrics,
            "by_label": scores_by_type(predicted, gold, "none"),
            "signature": f"every event but the first of a sequence; {tagging_signature('accuracy', names, 'none')}",
        }
        return fields, (gold, predicted, sure)

    def write_predictions(self, folder: Path, rows: "Dataset", splits: Splits, predictions: Any) -> None:
        """Keep the true events and the likeliest ones, by name, with their probabilities."""
        gold, predicted, sure = predictions
        write_tags(folder, gold, predicted, sure)


def chances(scores: Sequence[Array], gold: Sequence[Sequence[str]], names: Sequence[str]) -> dict[str, float]:
    """Compute how often the true event is among the five likeliest, and its mean negative log probability in nats.

    Args:
        scores: (T, L) each.
        gold: T names each; one that is not among the L names counts as missed, at a probability of 1e-12.
        names: of the L events.
    """
    ids = {name: number for number, name in enumerate(names)}
    known = np.array([ids.get(name, -1) for row in gold for name in row])
    table = np.concatenate(list(scores))
    if not len(known):
        raise InputError("there is no event that comes next; a sequence needs two events.")
    own = np.where(known < 0, LEAST, table[np.arange(len(known)), known])
    better = (table > own[:, None]).sum(axis=1)
    return {
        f"top_{TOP}_accuracy": float(((better < TOP) & (known >= 0)).mean()),
        "nats_per_event": float(-np.log(np.maximum(own, LEAST)).mean()),
        "unknown_events": float((known < 0).mean()),
    }
