# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How a saved classifier is scored, of texts or of series of numbers.

N rows · L labels
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hf_seq.data import Splits
from hf_seq.metrics.chosen import linearise_chosen
from hf_seq.metrics.classification import (
    compute_classification_metrics,
    confusion_matrix,
    decide,
    headline_metric,
    metric_signature,
    scores_by_label,
)
from hf_seq.metrics.intervals import interval_of
from hf_seq.reports.predictions import write_predictions
from hf_seq.reports.record import quoted_score
from hf_seq.tasks.base import R
from hf_seq.tasks.classification.metric import deciding_metric
from hf_seq.tasks.scored import Scoring

if TYPE_CHECKING:
    from datasets import Dataset


class LabelScoring(Scoring[R]):
    """Scores of labels, several labels or numbers."""

    has_probabilities = True
    has_thresholds = True

    def main_metric(self, recipe: R, splits: Splits) -> str:
        """Name what the recipe says, else accuracy, micro F1 or Pearson's correlation, after the problem."""
        return deciding_metric(recipe, splits)

    def score(
        self, predictor: Any, inputs: Sequence[Any], rows: "Dataset", splits: Splits, recipe: R, seed: int
    ) -> tuple[dict[str, Any], np.ndarray]:
        """Score the answers; the predictions are the model's (N, L) scores."""
        scores = predictor.scores(inputs)
        gold = np.asarray(rows["label"][:])
        metric, names = self.main_metric(recipe, splits), splits.label_names
        return score_fields(
            scores, gold, splits.problem_type, predictor.thresholds, metric, names, splits.positive_id
        ), scores

    def write_predictions(self, folder: Path, rows: "Dataset", splits: Splits, predictions: np.ndarray) -> None:
        """Keep gold labels and scores."""
        write_predictions(folder, rows["label"][:], predictions)


def score_fields(
    scores: np.ndarray,
    gold: np.ndarray,
    problem_type: str,
    thresholds: Sequence[float] | None = None,
    metric: str | None = None,
    label_names: Sequence[str] = (),
    positive: int = 1,
) -> dict[str, Any]:
    """Compute the fields of a record from scores (N, L) and gold labels.

    Args:
        scores: (N, L) of the model.
        gold: ids, zeros and ones, or values.
        problem_type: what the labels are.
        thresholds: those that `decide` takes.
        metric: that decides; None is the usual one.
        label_names: in the order of their ids.
        positive: of two labels the id of a yes.
    """
    predicted = decide(scores, problem_type, thresholds=thresholds)
    metric = metric or headline_metric(problem_type)
    found = linearise_chosen(metric, scores, predicted, gold, label_names)
    metrics = compute_classification_metrics(
        predicted,
        gold,
        problem_type=problem_type,
        num_labels=scores.shape[1] if scores.ndim == 2 else 1,
        positive=positive,
    )
    return {
        "metric": metric,
        "score": quoted_score(metric, found.score),
        "interval": [quoted_score(metric, bound) for bound in interval_of(found)],
        "n": len(gold),
        "metrics": {metric: found.score, **metrics},
        "signature": metric_signature(metric, problem_type, thresholds),
        **fields_by_label(predicted, gold, problem_type, label_names),
        "thresholds": None if thresholds is None else list(thresholds),
    }


MOST_CONFUSED = 100
"""Labels up to which a record keeps the whole confusion matrix."""


def fields_by_label(
    predicted: np.ndarray, gold: np.ndarray, problem_type: str, label_names: Sequence[str]
) -> dict[str, Any]:
    """Compute the fields of a record that tell the labels apart; none for values, or where labels have no names."""
    if problem_type == "regression" or not label_names:
        return {}
    fields: dict[str, Any] = {"by_label": scores_by_label(predicted, gold, label_names)}
    if problem_type == "single_label_classification" and len(label_names) <= MOST_CONFUSED:
        fields["confusion"] = confusion_matrix(predicted, gold, len(label_names)).tolist()
    return fields
