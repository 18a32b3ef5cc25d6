# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series with labels: how they are read and checked."""

from typing import TYPE_CHECKING, Any

from hf_seq.data import Splits, check_series, load_series_splits
from hf_seq.data.classification_checks import CheckReport
from hf_seq.data.inputs import Inputs, Source
from hf_seq.data.series import series_arrays, series_inputs
from hf_seq.tasks.classification.data import Labelled
from hf_seq.tasks.series.recipe import SeriesRecipe

if TYPE_CHECKING:
    from datasets import Dataset


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
        problem_type=recipe.problem_type,
        **recipe.source,
        **options,
    )


class LabelledSeries(Labelled[SeriesRecipe]):
    """Series of numbers with one label, several labels or a number each."""

    def load(self, recipe: SeriesRecipe, **options: Any) -> Splits:
        """Read the splits that a recipe names."""
        return load_series(recipe, per_step=False, **options)

    def check(self, splits: Splits, processor: Any = None, max_length: int | None = None) -> CheckReport:
        """Find what makes training on the splits impossible, and what makes it doubtful."""
        return check_series(splits, max_length=max_length)

    def inputs(self, rows: "Dataset") -> list[Any]:
        """List the series, (T, C) arrays."""
        return series_arrays(rows)

    def read_inputs(self, recipe: SeriesRecipe, source: Source) -> Inputs:
        """Read series, (T, C) arrays."""
        return series_inputs(source, recipe.series_column)
