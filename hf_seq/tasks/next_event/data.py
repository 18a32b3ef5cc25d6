# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Sequences whose events are to be told from those before: how they are read and encoded.

T events
"""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from transformers import PreTrainedModel

from hf_seq.data import Splits
from hf_seq.data.batching import IGNORED
from hf_seq.data.events.loading import event_sequences, load_event_splits, vocabulary_of
from hf_seq.data.series.batches import EncodedSeries
from hf_seq.errors import InputError
from hf_seq.models.feature_extraction_events import EVENTS
from hf_seq.tasks.events.data import EventData
from hf_seq.tasks.events.encoding import EventEncoding
from hf_seq.tasks.next_event.recipe import NextEventRecipe

if TYPE_CHECKING:
    from datasets import Dataset


class FollowedEvents(EventData[NextEventRecipe]):
    """Sequences of two events or more; the labels are the events that train knows."""

    def load(self, recipe: NextEventRecipe, **options: Any) -> Splits:
        """Read the splits that a recipe names."""
        splits = load_event_splits(next_event=True, **recipe.layout, **recipe.source, **options)
        parts = {name: _of_two(splits[name]) for name in ("train", "validation", "test")}
        notes = [
            f"{name}: {lost:,} of {len(splits[name]):,} sequences have one event and nothing that comes next; left out"
            for name, part in parts.items()
            if (lost := len(splits[name]) - len(part))
        ]
        if not len(parts["train"]):
            raise InputError(f"{splits.source}: no train sequence has two events; name another --id_column.")
        names = vocabulary_of(event_sequences(parts["train"]), recipe.min_event_count)
        return dataclasses.replace(splits, **parts, label_names=names, notes=splits.notes + notes)

    def shown(self, rows: "Dataset") -> list[Any]:
        """List the events that another one follows."""
        return [events[:-1] for events in rows[EVENTS][:]]

    def known_to(self, processor: Any, splits: Splits) -> Splits:
        """Take the events that the model reads for labels: after each stands the id of the next, as it numbers them."""
        return dataclasses.replace(splits, label_names=list(processor.vocabulary))

    def align_labels(self, splits: Splits, predictor: Any, label_names: Sequence[str]) -> Splits:
        """Take the events that the model knows; others count as wrong."""
        return dataclasses.replace(splits, label_names=list(predictor.label_names))


def _of_two(rows: "Dataset") -> "Dataset":
    """Keep the sequences that have a next event."""
    return rows.select([row for row, events in enumerate(rows[EVENTS][:]) if len(events) > 1])


class NextEventEncoding(EventEncoding[NextEventRecipe]):
    """Events to numbers, and after each the event that comes next as its label."""

    may_shorten = False

    def row_labels(self, rows: "Dataset", encoded: EncodedSeries) -> list[Any]:
        """List for each event the one after it; none after the last, and none where that is unknown."""
        labels = []
        for values in encoded.values:
            following = np.append(values[1:, 0].astype(np.int64) - 1, IGNORED)
            labels.append(np.where(following < 0, IGNORED, following))
        return labels

    def check_fit(self, model: PreTrainedModel, processor: Any, name: str) -> None:
        """Refuse a model that sees what comes next, and one of another width.

        Raises:
            InputError: it is one.
        """
        config: Any = model.config
        ahead = getattr(config, "bidirectional", False) or not getattr(config, "causal", True)
        if ahead or config.model_type.startswith("transformer") or getattr(config, "front", "none") != "none":
            raise InputError(f"{name} sees the events that it is to tell; start from a model of one direction.")
        super().check_fit(model, processor, name)
