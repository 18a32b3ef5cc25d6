# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series by time: how they are read and checked, and what a predictor is called with."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hf_seq.data.classification.checks import CheckReport
from hf_seq.data.forecasts.checks import check_forecast, look_closer_at_forecast
from hf_seq.data.forecasts.columns import ForecastColumns
from hf_seq.data.forecasts.splits import ForecastOptions, ForecastSplits, arrays_of, load_forecast_splits
from hf_seq.data.forecasts.static import Static, static_names, written
from hf_seq.data.inputs import Inputs, Source
from hf_seq.data.reading import ReadingOptions
from hf_seq.data.splits import Splits
from hf_seq.errors import InputError
from hf_seq.models.feature_extraction_forecasting import ForecastingFeatureExtractor
from hf_seq.predictors.forecasting import FACTS
from hf_seq.tasks.base import Data
from hf_seq.tasks.forecasting.recipe import ForecastingRecipe

if TYPE_CHECKING:
    from datasets import Dataset


class SeriesByTime(Data[ForecastingRecipe]):
    """Series that are cut by time."""

    uncut = "series are read in windows"

    def load(self, recipe: ForecastingRecipe, **options: Any) -> ForecastSplits:
        """Read the splits that a recipe names."""
        if recipe.train_rows is not None:
            raise InputError(
                f"train_rows={recipe.train_rows} would draw rows from all times; --max_train_rows reads the last ones."
            )
        reading = ReadingOptions(**{**recipe.source, **options})
        return load_forecast_splits(reading, ForecastColumns(**recipe.columns_said), ForecastOptions(**recipe.asked))

    def as_trained(self, recipe: ForecastingRecipe, predictor: Any) -> ForecastingRecipe:
        """Read data as those that a saved model was trained on: its channels, its horizon, its past."""
        return self._as_known(recipe, predictor.facts, predictor.channel_names)

    def as_read_by(self, recipe: ForecastingRecipe, processor: Any) -> ForecastingRecipe:
        """Read data as those that a saved model was trained on."""
        if not isinstance(processor, ForecastingFeatureExtractor):
            return recipe
        facts = {name: getattr(processor, name) for name in FACTS}
        known = self._as_known(recipe, facts, processor.channel_names or range(processor.feature_size))
        if recipe.target_columns is not None:  # left to the check whether these are the model's
            known = dataclasses.replace(known, target_columns=recipe.target_columns)
        return known

    def _as_known(self, recipe: ForecastingRecipe, facts: dict[str, Any], names: Sequence[Any]) -> ForecastingRecipe:
        columns: dict[str, str | None] = (
            {"target_columns": ",".join(map(str, names))} if not any("," in str(name) for name in names) else {}
        )
        if facts["known_names"]:
            static: Static = facts.get("static_columns") or {}
            varying = [name for name in facts["known_names"] if name not in static_names(static)]
            columns |= {"known_columns": ",".join(varying) or None, "static_columns": written(static) or None}
        lengths = {name: facts[name] for name in ("horizon", "context_length", "patch_length", "season")}
        return dataclasses.replace(recipe, **{**columns, **lengths})

    def check(self, splits: Splits, processor: Any = None, max_length: int | None = None) -> CheckReport:
        """Find what makes training on the splits impossible, and what makes it doubtful."""
        assert isinstance(splits, ForecastSplits)
        return check_forecast(splits)

    def look_closer(self, report: CheckReport, splits: Splits) -> None:
        """Add the seasons of the series, and channels that go together."""
        assert isinstance(splits, ForecastSplits)
        look_closer_at_forecast(report, splits)

    def inputs(self, rows: "Dataset") -> list[Any]:
        """List the pasts: (T, C) arrays, or dicts of them and of what is known ahead."""
        pasts = arrays_of(rows, "series")
        if "known" not in rows.column_names or "future" not in rows.column_names:
            return list(pasts)
        return [{"series": past, "known": known} for past, known in zip(pasts, arrays_of(rows, "known"), strict=True)]

    def read_inputs(self, recipe: ForecastingRecipe, source: Source) -> Inputs:
        """Refuse: pasts are read by `hf-seq forecast`.

        Raises:
            InputError: always.
        """
        raise InputError(
            f"a model that forecasts answers by `hf-seq forecast RUN --data {source.path}`, which writes what comes "
            "after the end of each series."
        )
