# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How a saved model that forecasts is scored: on windows that roll over the test.

N windows · F horizon · C channels
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hf_seq.data.forecasts.splits import ForecastSplits, arrays_of
from hf_seq.data.splits import Splits
from hf_seq.errors import InputError
from hf_seq.metrics.forecasting import (
    HEADLINE,
    METRICS,
    Blocks,
    Forecasts,
    errors_of,
    forecast_interval,
    forecast_metrics,
    into_blocks,
    naive_errors,
)
from hf_seq.reports.forecast_figures import write_forecast_picture
from hf_seq.reports.forecasts import shown_forecasts, write_forecasts
from hf_seq.tasks.forecasting.recipe import ForecastingRecipe
from hf_seq.tasks.scored import Scoring

if TYPE_CHECKING:
    from datasets import Dataset

Array = np.ndarray
SCALED = ("mse", "mae", "crps")


class ForecastScoring(Scoring[ForecastingRecipe]):
    """The mean squared error of scaled values, and what else is usual."""

    def main_metric(self, recipe: ForecastingRecipe, splits: Splits) -> str:
        """Name what the recipe says, else `mse`."""
        return forecasting_metric(recipe)

    def score(
        self,
        predictor: Any,
        inputs: Sequence[Any],
        rows: "Dataset",
        splits: Splits,
        recipe: ForecastingRecipe,
        seed: int,
    ) -> tuple[dict[str, Any], Any]:
        """Score forecasts of all windows; the predictions are sums over blocks, and some windows to be shown."""
        assert isinstance(splits, ForecastSplits)
        points, bands = predictor.forecast(inputs)
        gold = np.stack(arrays_of(rows, "future"))
        found = Forecasts(points, gold, bands, predictor.levels, rows["id"][:], rows["origin"][:])
        parts = errors_of(found, predictor.scale[1], naive_of(splits, rows))
        blocks = into_blocks(parts, found)
        metrics = forecast_metrics(parts, splits.channels)
        metric = self.main_metric(recipe, splits)
        if metric not in metrics:
            raise InputError(
                f"--metric {metric}: this model has no such score, only {', '.join(name for name in metrics)}; "
                "a model of quantiles has them all."
            )
        pasts = arrays_of(rows, "series")
        told = signature(metric, splits.horizon, splits.season)
        fields = self.fields_of(metric, metrics, forecast_interval(blocks, metric), len(rows), told)
        return fields, (blocks, shown_forecasts(found, pasts, splits.channels, predictor.levels))

    def write_predictions(self, folder: Path, rows: "Dataset", splits: Splits, predictions: Any) -> None:
        """Keep the errors of every block, for comparisons in pairs, and windows to be shown, with a picture."""
        blocks, shown = predictions
        assert isinstance(blocks, Blocks)
        write_forecasts(folder, blocks, shown)
        write_forecast_picture(shown, folder)


def forecasting_metric(recipe: ForecastingRecipe) -> str:
    """Name the metric that decides.

    Raises:
        InputError: the recipe names one that forecasts do not have.
    """
    if recipe.metric is not None and recipe.metric not in METRICS:
        raise InputError(f"--metric {recipe.metric}: forecasts have {', '.join(METRICS)}.")
    return recipe.metric or HEADLINE


def naive_of(splits: ForecastSplits, rows: "Dataset") -> dict[str, Array]:
    """Compute the error of the seasonal naive forecast in the train part of each series, 0 for series without one."""
    names = splits.train["id"][:]
    errors = dict(zip(names, naive_errors(arrays_of(splits.train, "series"), splits.season), strict=True))
    nothing = np.zeros(len(splits.channels))
    return {name: errors.get(name, nothing) for name in rows["id"][:]}


def signature(metric: str, horizon: int, season: int) -> str:
    """Say how a score was computed."""
    scaled = " of values scaled by mean and deviation of train" if metric in SCALED else ""
    by = f", by the seasonal naive forecast (season {season}) of train" if metric == "mase" else ""
    return f"{metric}{scaled}{by}; mean over windows, {horizon} steps and channels; interval over blocks of {horizon}"
