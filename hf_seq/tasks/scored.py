# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The part of a task that scores its saved models."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from hf_seq.errors import InputError
from hf_seq.tasks.recipe import Recipe

if TYPE_CHECKING:
    from datasets import Dataset

    from hf_seq.data import Splits

R = TypeVar("R", bound=Recipe)


class Scoring(ABC, Generic[R]):
    """How a saved model is scored.

    Attributes:
        has_probabilities: whether answers have a probability, which `--calibrate` can make honest.
        has_thresholds: whether a threshold above which the answer is yes can be chosen.
    """

    has_probabilities: bool = False
    has_thresholds: bool = False

    @abstractmethod
    def main_metric(self, recipe: R, splits: "Splits") -> str:
        """Name the metric that stands for the task on these data: what the recipe says, else the usual one.

        Raises:
            InputError: the recipe names one that does not fit the data.
        """

    @abstractmethod
    def score(
        self, predictor: Any, inputs: Sequence[Any], rows: "Dataset", splits: "Splits", recipe: R, seed: int
    ) -> tuple[dict[str, Any], Any]:
        """Score a saved model on a split.

        Args:
            predictor: the loaded model.
            inputs: what it is called with, row for row.
            rows: of the split.
            splits: the data.
            recipe: that reads the data; says the metric where there is a choice.
            seed: of the run, for scores that draw.

        Returns:
            The fields of a record that a score fills, and the predictions, row for row.
        """

    def fields_of(
        self, metric: str, metrics: dict[str, Any], interval: Sequence[float] | None, rows: int, signature: str
    ) -> dict[str, Any]:
        """Put together what a record says of a score, where scores are quoted as they are computed."""
        return {
            "metric": metric,
            "score": metrics[metric],
            "interval": None if interval is None else list(interval),
            "n": rows,
            "metrics": metrics,
            "signature": signature,
        }

    @abstractmethod
    def write_predictions(self, folder: Path, rows: "Dataset", splits: "Splits", predictions: Any) -> None:
        """Keep the predictions beside the gold answers, for comparisons in pairs."""


class OneMetricScoring(Scoring[R]):
    """Scoring by the only metric, `headline`, that compares the models of a task."""

    headline: str

    def main_metric(self, recipe: R, splits: "Splits") -> str:
        """Name the metric.

        Raises:
            InputError: the recipe names another.
        """
        if recipe.metric not in (None, self.headline):
            raise InputError(f"--metric {recipe.metric}: these models are compared by {self.headline}; leave it out.")
        return self.headline
