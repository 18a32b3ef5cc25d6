# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series with a tag for every step: how they are read, checked and encoded."""

from typing import TYPE_CHECKING, Any

from hf_seq.data import Splits, check_series
from hf_seq.data.classification.checks import CheckReport
from hf_seq.data.inputs import Inputs, Source
from hf_seq.data.series.batches import EncodedSeries
from hf_seq.data.series.closer_look import look_closer_at_series
from hf_seq.data.series.loading import series_arrays
from hf_seq.data.series.options import SeriesOptions
from hf_seq.data.series.reading import series_inputs
from hf_seq.tasks.series.data import as_trained, load_series
from hf_seq.tasks.series.encoding import SeriesEncoding
from hf_seq.tasks.series_tagging.recipe import SeriesTaggingRecipe
from hf_seq.tasks.tagging.data import Tagged, with_scheme

if TYPE_CHECKING:
    from datasets import Dataset


class TaggedSeries(Tagged[SeriesTaggingRecipe]):
    """Series of numbers with a tag for every step."""

    def load(self, recipe: SeriesTaggingRecipe, **options: Any) -> Splits:
        """Read the splits that a recipe names."""
        return with_scheme(load_series(recipe, per_step=True, **options), recipe.tag_scheme)

    def as_trained(self, recipe: SeriesTaggingRecipe, predictor: Any) -> SeriesTaggingRecipe:
        """Read data as those that a saved model was trained on."""
        return as_trained(recipe, predictor)

    def check(self, splits: Splits, processor: Any = None, max_length: int | None = None) -> CheckReport:
        """Find what makes training on the splits impossible, and what makes it doubtful."""
        return check_series(splits, max_length=max_length)

    def look_closer(self, report: CheckReport, splits: Splits) -> None:
        """Add leaks, and channels that are off."""
        look_closer_at_series(report, splits)

    def inputs(self, rows: "Dataset") -> list[Any]:
        """List the series, (T, C) arrays."""
        return series_arrays(rows)

    def read_inputs(self, recipe: SeriesTaggingRecipe, source: Source) -> Inputs:
        """Read series, (T, C) arrays."""
        return series_inputs(source, SeriesOptions(recipe.label_column, **recipe.layout), recipe.series_column)


class StepEncoding(SeriesEncoding[SeriesTaggingRecipe]):
    """Series to arrays, with the tags of the steps that are read."""

    may_shorten = False

    def row_labels(self, rows: "Dataset", encoded: EncodedSeries) -> list[Any]:
        """List the tags of the steps that are read."""
        tags = rows["tags"][:]
        return [
            tags[owner][start : start + len(values)]
            for owner, start, values in zip(encoded.owners, encoded.starts, encoded.values, strict=True)
        ]
