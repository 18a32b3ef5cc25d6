# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The baselines of forecasting."""

from typing import Any

from hf_seq.baselines.forecasting import FORECAST_BASELINES
from hf_seq.baselines.statistical import STATISTICAL_BASELINES
from hf_seq.data.forecasts.splits import ForecastSplits, arrays_of
from hf_seq.data.splits import Splits
from hf_seq.tasks.forecasting.encoding import facts_of
from hf_seq.tasks.forecasting.recipe import ForecastingRecipe


def fit_baseline(recipe: ForecastingRecipe, splits: Splits) -> tuple[Any, list[str]]:
    """Fit one of the baselines on the series a model would train on."""
    assert isinstance(splits, ForecastSplits)
    kinds = FORECAST_BASELINES | STATISTICAL_BASELINES
    baseline = kinds[recipe.model](splits.channels, {**facts_of(splits), "windows": len(splits.test)})
    notes = ["baselines do not read what is known ahead"] if splits.known else []
    return baseline.fit(arrays_of(splits.train, "series")), notes
