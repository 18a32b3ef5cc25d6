# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series with labels: how they are read and checked."""

import dataclasses
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from hf_seq.data import Splits, check_series, load_series_splits
from hf_seq.data.classification.checks import CheckReport
from hf_seq.data.inputs import Inputs, Source
from hf_seq.data.series.closer_look import look_closer_at_series
from hf_seq.data.series.loading import series_arrays
from hf_seq.data.series.options import SeriesOptions
from hf_seq.data.series.reading import series_inputs
from hf_seq.models.series import TIME_GAP
from hf_seq.tasks.base import Data, processor_of
from hf_seq.tasks.classification.data import Labelled
from hf_seq.tasks.series.recipe import SeriesRecipe

if TYPE_CHECKING:
    from datasets import Dataset


S = TypeVar("S", bound=SeriesRecipe)


def load_series(recipe: SeriesRecipe, per_step: bool, **options: Any) -> Splits:
    """Read the splits that a recipe names.

    Args:
        recipe: names the data and their columns.
        per_step: whether every step has a tag.
        options: for the loader.
    """
    return load_series_splits(
        series_column=recipe.series_column,
        label_column=recipe.label_column,
        per_step=per_step,
        label_separator=recipe.label_separator,
        problem_type=recipe.problem_type,
        **recipe.layout,
        **recipe.source,
        **options,
    )


class SeriesData(Data[S]):
    """What data of series do alike, whatever their labels: whole ones, or a tag for every step."""

    def as_trained(self, recipe: S, predictor: Any) -> S:
        """Read data as those that a saved model or baseline was trained on."""
        return self.as_read_by(recipe, processor_of(predictor) or getattr(predictor, "model", None))

    def as_read_by(self, recipe: S, processor: Any) -> S:
        """Read data as those that a saved model was trained on: the same channels, with gaps or without."""
        names = getattr(processor, "channel_names", None)
        if not names:
            return recipe
        gaps: Literal["on", "off"] = "on" if names[-1] == TIME_GAP else "off"
        named = None if any("," in name for name in names) else ",".join(names)
        return dataclasses.replace(recipe, time_gaps=gaps, channels=recipe.channels or named)

    def check(self, splits: Splits, processor: Any = None, max_length: int | None = None) -> CheckReport:
        """Find what makes training on the splits impossible, and what makes it doubtful."""
        return check_series(splits, max_length=max_length)

    def look_closer(self, report: CheckReport, splits: Splits) -> None:
        """Add leaks, and labels and channels that are off."""
        look_closer_at_series(report, splits)

    def inputs(self, rows: "Dataset") -> list[Any]:
        """List the series, (T, C) arrays."""
        return series_arrays(rows)

    def read_inputs(self, recipe: S, source: Source) -> Inputs:
        """Read series, (T, C) arrays."""
        return series_inputs(source, SeriesOptions(recipe.label_column, **recipe.layout), recipe.series_column)


class LabelledSeries(SeriesData[SeriesRecipe], Labelled[SeriesRecipe]):
    """Series of numbers with one label, several labels or a number each."""

    def load(self, recipe: SeriesRecipe, **options: Any) -> Splits:
        """Read the splits that a recipe names."""
        return load_series(recipe, per_step=False, **options)
