# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series with a tag for every step: how they are read, checked and encoded."""

from typing import TYPE_CHECKING, Any

from hf_seq.data import Splits
from hf_seq.data.series.batches import EncodedSeries
from hf_seq.tasks.series.data import SeriesData, load_series
from hf_seq.tasks.series.encoding import SeriesEncoding
from hf_seq.tasks.series_tagging.recipe import SeriesTaggingRecipe
from hf_seq.tasks.tagging.data import Tagged, with_scheme

if TYPE_CHECKING:
    from datasets import Dataset


class TaggedSeries(SeriesData[SeriesTaggingRecipe], Tagged[SeriesTaggingRecipe]):
    """Series of numbers with a tag for every step."""

    def load(self, recipe: SeriesTaggingRecipe, **options: Any) -> Splits:
        """Read the splits that a recipe names."""
        return with_scheme(load_series(recipe, per_step=True, **options), recipe.tag_scheme)


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
