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
from hf_seq.metrics.classification import compute_classification_metrics, decide, headline_metric, metric_signature
from hf_seq.metrics.intervals import interval
from hf_seq.reports.predictions import write_predictions
from hf_seq.reports.record import people_score
from hf_seq.tasks.base import R, Scoring

if TYPE_CHECKING:
    from datasets import Dataset


class LabelScoring(Scoring[R]):
    """Scores of labels, several labels or numbers."""

    has_probabilities = True
    has_thresholds = True

    def main_metric(self, recipe: R, splits: Splits) -> str:
        """Name accuracy, micro F1 or Pearson's correlation, after the problem."""
        return headline_metric(splits.problem_type)

    def score(
        self, predictor: Any, inputs: Sequence[Any], rows: "Dataset", splits: Splits, recipe: R, seed: int
    ) -> tuple[dict[str, Any], np.ndarray]:
        """Score the answers; the predictions are the model's (N, L) scores."""
        scores = predictor.scores(inputs)
        gold = np.asarray(rows["label"][:])
        return score_fields(scores, gold, splits.problem_type, predictor.thresholds, splits.positive_id), scores

    def write_predictions(self, folder: Path, rows: "Dataset", splits: Splits, predictions: np.ndarray) -> None:
        """Keep gold labels and scores."""
        write_predictions(folder, rows["label"][:], predictions)


def score_fields(
    scores: np.ndarray,
    gold: np.ndarray,
    problem_type: str,
    thresholds: Sequence[float] | None = None,
    positive: int = 1,
) -> dict[str, Any]:
    """Compute the fields of a record from scores (N, L) and gold labels; `positive` is the id of a yes, of two."""
    predicted = decide(scores, problem_type, thresholds=thresholds)
    metric = headline_metric(problem_type)
    metrics = compute_classification_metrics(
        predicted,
        gold,
        problem_type=problem_type,
        num_labels=scores.shape[1] if scores.ndim == 2 else 1,
        positive=positive,
    )
    return {
        "metric": metric,
        "score": people_score(metric, metrics[metric]),
        "interval": [people_score(metric, bound) for bound in interval(metric, predicted, gold)],
        "n": len(gold),
        "metrics": metrics,
        "signature": metric_signature(metric, problem_type, thresholds),
        "thresholds": None if thresholds is None else list(thresholds),
    }
