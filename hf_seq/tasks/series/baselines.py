# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The baselines of series."""

from typing import Any

from hf_seq.data import Splits
from hf_seq.data.series.loading import series_arrays
from hf_seq.tasks.classification.baselines import fit_majority
from hf_seq.tasks.series.recipe import SeriesRecipe


def fit_baseline(recipe: SeriesRecipe, splits: Splits) -> tuple[Any, list[str]]:
    """Fit `majority`, `statistics`, `dtw` or `minirocket` on the series a model would train on."""
    train, labels = series_arrays(splits.train), splits.train["label"][:]
    if recipe.model == "majority":
        return fit_majority(splits, train)
    from hf_seq.baselines.series import SERIES_BASELINES

    baseline: Any = SERIES_BASELINES[recipe.model](splits.problem_type, splits.label_names)
    baseline.channel_names = list(splits.channels) or None
    return baseline.fit(train, labels), baseline.notes
