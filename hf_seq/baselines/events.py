# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a model of events must beat: counts of what happened, statistics of gaps and values, blind to order.

N sequences · T events · C channels of an event: id, gap, values · V known events, and one for all others
"""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

from hf_seq.baselines.baseline import Array, Baseline
from hf_seq.baselines.linear import fit_scaled, scaled_scores
from hf_seq.baselines.series import statistics
from hf_seq.errors import InputError
from hf_seq.models.feature_extraction_events import EventFeatureExtractor

SETTINGS = (
    *("vocabulary", "value_names", "timed", "max_length", "do_normalize", "missing", "missing_indicator"),
    *("mean", "std"),
)
"""What an extractor must know to read events."""


class EventBaseline(Baseline):
    """A baseline that is called with sequences of events, and reads them as the models do."""

    task = "events"
    extractor: EventFeatureExtractor

    def steps(self, sequences: Sequence[Any]) -> list[Array]:
        """Read sequences as numbers, (T, C) each: ids, standardised gaps and values.

        Raises:
            InputError: one that cannot be read.
        """
        try:
            return self.extractor.standardize(
                [self.extractor.cut(self.extractor.to_steps(each, row)) for row, each in enumerate(sequences)]
            )
        except ValueError as error:
            raise InputError(str(error)) from error

    def _facts(self) -> dict[str, Any]:
        made = self.extractor.to_dict()
        return {"task": self.task, "extractor": {name: made[name] for name in SETTINGS}}

    def _restore(self, facts: dict[str, Any]) -> None:
        self.extractor = EventFeatureExtractor(**facts["extractor"])


class CountsBaseline(EventBaseline):
    """A linear model over how often each event happened, statistics of gaps and values, and the length."""

    kind = "event-counts"

    def _fit(self, texts: Sequence[Any], labels: Array) -> None:
        self.arrays = fit_scaled(self.problem_type, self._features(texts), labels)

    def _predict_scores(self, texts: Sequence[Any]) -> Array:
        return scaled_scores(self.problem_type, self._features(texts), self.arrays, self.num_labels)

    def _features(self, sequences: Sequence[Any]) -> Array:
        steps = self.steps(sequences)
        counts = np.array([np.bincount(row[:, 0].astype(int), minlength=self.extractor.num_events) for row in steps])
        return np.concatenate([np.log1p(counts), statistics([row[:, 1:] for row in steps])], axis=1)


AnyNext = TypeVar("AnyNext", bound="NextEventBaseline")


class NextEventBaseline(EventBaseline):
    """A baseline of the event that comes next, by counts of which event followed which in train.

    Its labels are the events that are known, without the one for all others; a sequence's score is that of the event
    after its last. `fit_next` fits it.
    """

    task = "next-event"

    def fit_next(self: AnyNext, sequences: Sequence[Any]) -> AnyNext:
        """Count which event followed which (V + 1, V), and add one to each.

        Args:
            sequences: of train.
        """
        events = self.extractor.num_events
        counts = np.zeros((events, events))
        for row in self.steps(sequences):
            ids = row[:, 0].astype(int)
            np.add.at(counts, (ids[:-1], ids[1:]), 1)
        self.arrays = self._learn(counts[:, 1:])
        return self

    def _learn(self, counts: Array) -> dict[str, Array]:
        """Compute what is kept from how often each event (V + 1) was followed by each known one (V)."""
        raise NotImplementedError

    def step_scores(self, sequences: Sequence[Any]) -> list[Array]:
        """Compute probabilities (T, V) of the event after each event."""
        shares = self.arrays["shares"]
        rows = [row[:, 0].astype(int) for row in self.steps(sequences)]
        return [shares[np.minimum(ids, len(shares) - 1)] for ids in rows]

    def _fit(self, texts: Sequence[Any], labels: Array) -> None:
        raise InputError(f"{self.kind} learns from sequences alone; call fit_next.")

    def _predict_scores(self, texts: Sequence[Any]) -> Array:
        return np.array([each[-1] for each in self.step_scores(texts)])


class MostFrequentEventBaseline(NextEventBaseline):
    """The events by how often they happened, whatever came before."""

    kind = "most-frequent-event"

    def _learn(self, counts: Array) -> dict[str, Array]:
        total = counts.sum(axis=0, keepdims=True) + 1
        return {"shares": total / total.sum()}  # (1, V)


class BigramBaseline(NextEventBaseline):
    """The events by how often they followed the last one, and, mixed in by one count, by how often they happened."""

    kind = "event-bigrams"

    def _learn(self, counts: Array) -> dict[str, Array]:
        total = counts.sum(axis=0) + 1
        mixed = counts + total / total.sum()
        return {"shares": mixed / mixed.sum(axis=1, keepdims=True)}  # (V + 1, V)


NEXT_BASELINES: dict[str, type[NextEventBaseline]] = {"majority": MostFrequentEventBaseline, "bigrams": BigramBaseline}
