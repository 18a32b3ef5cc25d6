# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From a sequence of events to its label, or to the event that comes next.

N sequences · T events · L labels
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from scipy.special import softmax
from torch import Tensor

from hf_seq.baselines.baseline import SavedBaseline
from hf_seq.baselines.events import EventBaseline, NextEventBaseline
from hf_seq.baselines.majority import MajorityBaseline
from hf_seq.data.series.batches import encode_series
from hf_seq.errors import InputError
from hf_seq.predictors.series import ExtractingPredictor, SeriesEngine
from hf_seq.predictors.text import Array


class EventEngine(SeriesEngine):
    """A model made with `num_events` and its `EventFeatureExtractor`; see `Engine`."""

    @property
    def cut_message(self) -> str:
        """How a sequence that is too long is cut, for people."""
        return f"A sequence was cut to its last {self.processor.max_length} events"


class EventPredictor(ExtractingPredictor):
    """Sequences of events to labels; answers as `Predictor` gives them for texts.

    A sequence is a dict of `events`, `times` where the model reads some, and its values by name; or a list of names
    where it reads nothing else.

    Args:
        model: a sequence classifier made with `num_events`, or a fitted baseline of events.
        extractor: the model's own feature extractor; None for a baseline.
        settings: `batch_size`, `bf16`, `device`; see `BasePredictor`.
    """

    reads_numbers: ClassVar[bool] = True
    reads_events: ClassVar[bool] = True
    reads_by: ClassVar[str] = "to_steps"
    baselines: ClassVar[tuple[type[SavedBaseline], ...]] = (EventBaseline, MajorityBaseline)
    not_baselines: ClassVar[tuple[type[SavedBaseline], ...]] = (NextEventBaseline,)

    def _make_engine(self, model: Any, processor: Any, **settings: Any) -> EventEngine:
        return EventEngine(model, processor, **settings)

    def _check(self, given: Any, row: int | None = None) -> Any:
        """Read a sequence as numbers (T, C); a baseline reads it later."""
        try:
            if self.extractor is None or is_read(given):
                return given
            steps: Array = self.extractor.to_steps(given, row or 0)
        except (ValueError, TypeError) as error:
            raise InputError(str(error)) from error
        return given if self._engine is None else steps

    def model_inputs(self, sequence: Any) -> dict[str, Tensor]:
        """Return what the model alone is called with for one sequence."""
        values = encode_series([self._check(sequence)], self.processor).values
        return {"input_values": torch.from_numpy(np.stack(values))}


def is_read(given: Any) -> bool:
    """Tell whether a sequence is numbers (T, C) already."""
    return isinstance(given, np.ndarray) and given.ndim == 2 and given.dtype.kind == "f"


class NextEventEngine(EventEngine):
    """A model that says after each event which comes next; see `Engine`."""

    def many(self, series: Sequence[Array]) -> tuple[Array, list[bool]]:
        """Compute logits (N, L) of the event after the last of each sequence, and which of these were truncated."""
        found, truncated = self.step_logits(series)
        return np.array([each[-1] for each in found]), truncated

    def step_logits(self, series: Sequence[Array]) -> tuple[list[Array], list[bool]]:
        """Compute logits (T, L) of the event after each event of each sequence, and which of these were truncated."""
        encoded = encode_series(series, self.processor)
        found: list[Array] = [np.zeros((0, 0))] * len(series)
        for rows, outputs in self.batches(encoded):
            logits = outputs.logits.float().cpu().numpy()  # (B, T, L)
            for position, row in enumerate(rows):
                length = len(encoded.values[row])
                found[row] = (
                    logits[position, :length] if self.processor.padding_side == "right" else logits[position, -length:]
                )
        return found, encoded.truncated


class NextEventPredictor(EventPredictor):
    """Sequences of events to the event that comes next: its name and probability, or with `with_probabilities` all.

    Args:
        model: a token classifier of one direction made with `num_events`, or a fitted baseline of what comes next.
        extractor: the model's own feature extractor; None for a baseline.
        settings: `batch_size`, `bf16`, `device`; see `BasePredictor`.
    """

    baselines: ClassVar[tuple[type[SavedBaseline], ...]] = (NextEventBaseline,)
    not_baselines: ClassVar[tuple[type[SavedBaseline], ...]] = ()

    def _make_engine(self, model: Any, processor: Any, **settings: Any) -> NextEventEngine:
        return NextEventEngine(model, processor, **settings)

    def step_scores(self, sequences: Sequence[Any]) -> list[Array]:
        """Compute the probabilities (T, L) of the event after each event; of sequences that are cut, of the last ones.

        Raises:
            InputError: a sequence that cannot be read.
        """
        if self._engine is None:
            return self._baseline.step_scores(sequences)
        engine: Any = self._engine
        logits, _ = engine.step_logits([self._check(each, row) for row, each in enumerate(sequences)])
        return [softmax(each.astype(np.float64), axis=1) for each in logits]
