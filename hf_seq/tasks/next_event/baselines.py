# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The baselines of what comes next."""

from typing import Any

from hf_seq.baselines.events import NEXT_BASELINES
from hf_seq.data import Splits
from hf_seq.data.events.loading import event_sequences
from hf_seq.tasks.events.encoding import extractor_of
from hf_seq.tasks.next_event.recipe import NextEventRecipe


def fit_baseline(recipe: NextEventRecipe, splits: Splits) -> tuple[Any, list[str]]:
    """Fit `majority` or `bigrams` on the sequences a model would train on."""
    baseline = NEXT_BASELINES[recipe.model](label_names=splits.label_names)
    baseline.extractor = extractor_of(recipe, splits)
    return baseline.fit_next(event_sequences(splits.train)), []
