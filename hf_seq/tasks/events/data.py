# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Sequences of events: how they are read and checked."""

import dataclasses
from typing import TYPE_CHECKING, Any, TypeVar

from hf_seq.data import Splits
from hf_seq.data.classification.checks import CheckReport
from hf_seq.data.events.checks import check_events
from hf_seq.data.events.columns import EventOptions
from hf_seq.data.events.loading import event_inputs, event_line, event_sequences, load_event_splits
from hf_seq.data.inputs import Inputs, Source
from hf_seq.tasks.base import Data, processor_of
from hf_seq.tasks.classification.data import Labelled
from hf_seq.tasks.events.recipe import EventRecipe

if TYPE_CHECKING:
    from datasets import Dataset

E = TypeVar("E", bound=EventRecipe)


class EventData(Data[E]):
    """What data of events do alike, whatever is learned of them."""

    def as_trained(self, recipe: E, predictor: Any) -> E:
        """Read the values that a saved model was trained on, in its order."""
        return self.as_read_by(recipe, getattr(predictor, "extractor", None) or processor_of(predictor))

    def as_read_by(self, recipe: E, processor: Any) -> E:
        """Read the values that a saved model was trained on, in its order."""
        names = getattr(processor, "value_names", None) or []
        if recipe.value_columns is not None or not names or any("," in name for name in names):
            return recipe
        return dataclasses.replace(recipe, value_columns=",".join(names))

    def check(self, splits: Splits, processor: Any = None, max_length: int | None = None) -> CheckReport:
        """Find what makes training on the splits impossible, and what makes it doubtful."""
        return check_events(splits, max_length=max_length)

    def inputs(self, rows: "Dataset") -> list[Any]:
        """List the sequences, as dicts of events, times and values."""
        return event_sequences(rows)

    def shown(self, rows: "Dataset") -> list[Any]:
        """Write each sequence as a line."""
        return [event_line(each) for each in event_sequences(rows)]

    def read_inputs(self, recipe: E, source: Source) -> Inputs:
        """Read sequences, as dicts of events, times and values."""
        return event_inputs(source, EventOptions(**recipe.layout))


class LabelledEvents(EventData[EventRecipe], Labelled[EventRecipe]):
    """Sequences of events with one label, several labels or a number each."""

    def load(self, recipe: EventRecipe, **options: Any) -> Splits:
        """Read the splits that a recipe names."""
        return load_event_splits(
            label_column=recipe.label_column,
            label_file=recipe.label_file,
            label_separator=recipe.label_separator,
            problem_type=recipe.problem_type,
            **recipe.layout,
            **recipe.source,
            **options,
        )
