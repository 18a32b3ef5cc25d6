# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The baselines of sequences of events."""

from typing import Any

from hf_seq.data import Splits
from hf_seq.data.events.loading import event_sequences
from hf_seq.tasks.classification.baselines import fit_majority
from hf_seq.tasks.events.recipe import EventRecipe


def fit_baseline(recipe: EventRecipe, splits: Splits) -> tuple[Any, list[str]]:
    """Fit `majority` or `counts` on the sequences a model would train on."""
    train: list[Any] = event_sequences(splits.train)
    labels = splits.train["label"][:]
    if recipe.model == "majority":
        return fit_majority(splits, train)
    from hf_seq.baselines.events import CountsBaseline
    from hf_seq.tasks.events.encoding import extractor_of

    baseline = CountsBaseline(splits.problem_type, splits.label_names)
    baseline.extractor = extractor_of(recipe, splits)
    return baseline.fit(train, labels), []
