# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Sequences of events as rows of ids, gaps and values; from there on they are read as series.

T events · C channels of an event
"""

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from transformers import PreTrainedModel

from hf_seq.data import Splits
from hf_seq.data.events.loading import event_sequences, vocabulary_of
from hf_seq.errors import InputError
from hf_seq.models.feature_extraction_events import TIMES, VALUES, EventFeatureExtractor, Timed
from hf_seq.predictors.kinds import EVENTS
from hf_seq.tasks.architectures import Architecture
from hf_seq.tasks.events.recipe import EventRecipe
from hf_seq.tasks.saved_model import check_settings
from hf_seq.tasks.series.encoding import NumbersEncoding

if TYPE_CHECKING:
    from datasets import Dataset

E = TypeVar("E", bound=EventRecipe)


class EventEncoding(NumbersEncoding[E]):
    """Events to their ids, gaps and values, the last two with mean 0 and deviation 1."""

    noun, one = "sequences", "a sequence"
    remedy = "set --max_length to read the last events of a sequence"

    def make_processor(self, recipe: E, splits: Splits) -> Any:
        """Learn the events of the train split, and mean and deviation of its gaps and values.

        Raises:
            InputError: settings that cannot be, or sequences that cannot be read.
        """
        return extractor_of(recipe, splits)

    def check_pretrained(self, processor: Any, recipe: E) -> None:
        """Refuse what is no feature extractor of events.

        Raises:
            InputError: it is none.
        """
        if not isinstance(processor, EventFeatureExtractor):
            raise InputError(
                f"{recipe.model} does not read events as hf_seq saves them; train one from scratch: "
                f"{', '.join(self.models.architectures)}."
            )
        check_settings(recipe, processor, self.settings)

    def configuration(self, recipe: E, architecture: Architecture, processor: Any) -> dict[str, Any]:
        """List the width of an event, and how many there are."""
        return super().configuration(recipe, architecture, processor) | {"num_events": processor.num_events}

    def finish_model(self, model: PreTrainedModel, processor: Any, recipe: E) -> None:
        """Have the configuration say that what the model reads are events."""
        config: Any = model.config
        config.modality = EVENTS

    def arrays(self, rows: "Dataset", processor: Any) -> list[Any]:
        """List the sequences as numbers, (T, C) each."""
        return [processor.to_steps(each, row) for row, each in enumerate(event_sequences(rows))]


def extractor_of(recipe: EventRecipe, splits: Splits) -> EventFeatureExtractor:
    """Make the feature extractor that a recipe describes, of the train split.

    Raises:
        InputError: settings that cannot be, or sequences that cannot be read.
    """
    train = event_sequences(splits.train)
    lacks = any(VALUES in each and bool(np.isnan(each[VALUES]).any()) for each in train)
    try:
        return EventFeatureExtractor(
            vocabulary=vocabulary_of(train, recipe.min_event_count),
            value_names=splits.channels,
            timed=_timed(train),
            do_normalize=recipe.do_normalize,
            missing=recipe.missing,
            missing_indicator=lacks if recipe.missing_indicator is None else recipe.missing_indicator,
            max_length=recipe.max_length,
        ).fit(train)
    except ValueError as error:
        raise InputError(str(error)) from error


def _timed(train: list[Any]) -> Timed:
    if TIMES not in train[0]:
        return "none"
    return "dates" if train[0][TIMES].dtype.kind == "M" else "numbers"
