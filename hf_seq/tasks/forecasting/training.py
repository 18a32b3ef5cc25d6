# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The loop that learns to forecast."""

from collections.abc import Callable
from typing import Any

import numpy as np
from torch import Tensor
from transformers import EvalPrediction, PreTrainedModel

from hf_seq.data import EncodedDataset, Splits
from hf_seq.data.forecasts.splits import ForecastSplits, arrays_of
from hf_seq.errors import InputError
from hf_seq.loops.options import TrainingOptions
from hf_seq.loops.trainer import TaggerTrainer
from hf_seq.tasks.architectures import ModelChoice
from hf_seq.tasks.base import Training
from hf_seq.tasks.forecasting.encoding import COUNTED
from hf_seq.tasks.forecasting.linear_start import start_linear
from hf_seq.tasks.forecasting.recipe import ForecastingRecipe
from hf_seq.tasks.forecasting.scoring import forecasting_metric

IN_TRAINING = ("mse", "mae")


class ForecastTraining(Training[ForecastingRecipe]):
    """A number, or what is known of it, for each future step."""

    trainer_class = TaggerTrainer

    def __init__(self, models: ModelChoice) -> None:
        self.models = models

    def check(self, recipe: ForecastingRecipe, arguments: TrainingOptions, splits: Splits) -> None:
        """Refuse smoothing, and a metric that there is not.

        Raises:
            InputError: one of these.
        """
        metric = forecasting_metric(recipe)
        if arguments.label_smoothing_factor:
            raise InputError(
                f"label_smoothing_factor={arguments.label_smoothing_factor:g} is for labels, and these are numbers; "
                "leave it out."
            )
        if recipe.distribution == COUNTED:
            check_counts(splits)
        if arguments.metric_for_best_model is None and metric not in IN_TRAINING:
            arguments.metric_for_best_model = "eval_loss"

    def fit_parts(
        self,
        model: PreTrainedModel,
        recipe: ForecastingRecipe,
        splits: Splits,
        train: EncodedDataset,
        validation: EncodedDataset,
    ) -> list[str]:
        """Solve the linear skip of a new model that has one."""
        head: Any = model.head
        begins = self.models.is_from_scratch(recipe.model) and recipe.linear_start and recipe.distribution != COUNTED
        if not begins or head.skip is None:
            return []
        return start_linear(model, train, validation)

    def logits_for_metrics(self, outputs: Any, labels: Tensor) -> Tensor:
        """Keep one number for each future value."""
        return (outputs[0] if isinstance(outputs, tuple) else outputs).float()

    def metrics(
        self, recipe: ForecastingRecipe, splits: Splits, processor: Any
    ) -> Callable[[EvalPrediction], dict[str, float]]:
        """Make what the loop calls with the forecasts of the validation windows."""

        def compute(prediction: EvalPrediction) -> dict[str, float]:
            apart = np.asarray(prediction.predictions) - np.asarray(prediction.label_ids)
            return {"mse": float(np.nanmean(apart**2)), "mae": float(np.nanmean(np.abs(apart)))}

        return compute

    def metric_names(self, recipe: ForecastingRecipe, splits: Splits) -> list[str]:
        """List squared and absolute error."""
        return list(IN_TRAINING)


def check_counts(splits: Splits) -> None:
    """Refuse to count what is no count.

    Raises:
        InputError: a value is below 0, or no whole number.
    """
    assert isinstance(splits, ForecastSplits)
    for name, values in zip(splits.channels, np.concatenate(arrays_of(splits.train, "series")).T, strict=True):
        odd = values[~np.isnan(values) & ((values < 0) | (values % 1 != 0))]
        if len(odd):
            raise InputError(
                f"--distribution {COUNTED} is of counts, and {name!r} holds {odd[0]:g}; choose quantile or student_t, "
                "or leave the column out of --target_columns."
            )
