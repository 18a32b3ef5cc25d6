# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From events with times and values to the `input_values` of a model made with `num_events`.

    {"events": ["open", "buy"], "times": [0, 35.5], "amount": [None, 12.0]}    values by name, or all as `values` (T, V)

An event becomes numbers: its id, the time since the event before as log(1 + gap), its values, and where asked for a 1
for each value that is missing. From there on a sequence is a series of steps.

T events · V values of an event · C channels: id, gap where there are times, values · F features: C, and V indicators
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from transformers import BatchFeature

from .feature_extraction_series import SeriesFeatureExtractor
from .series import TIME_GAP

EVENTS, TIMES, VALUES = "events", "times", "values"
Timed = Literal["none", "numbers", "dates"]
Array = np.ndarray[Any, Any]


class EventFeatureExtractor(SeriesFeatureExtractor):
    """Reads sequences of events; gaps and values are standardised by mean and deviation of the training events.

    Args:
        vocabulary: names of the events that are known, from id 1 on; all others have id 0.
        value_names: V names of the values.
        timed: whether events have times: `none`, `numbers` in a unit of their own, or `dates`, whose gaps are seconds.
        settings: those of `SeriesFeatureExtractor`; sequences that are too long keep their last events.

    Raises:
        ValueError: settings that cannot be.

    Example:
        >>> extractor = EventFeatureExtractor(vocabulary=["open", "buy"])
        >>> extractor({"events": ["buy", "open", "steal"]})["input_values"].tolist()
        [[[2.0], [1.0], [0.0]]]
    """

    def __init__(
        self,
        vocabulary: Sequence[str] = (),
        value_names: Sequence[str] = (),
        timed: Timed = "none",
        **settings: Any,
    ) -> None:
        names = ["event", *([TIME_GAP] if timed != "none" else []), *value_names]
        fixed = {"feature_size": len(names), "channel_names": names}
        super().__init__(**{"truncation_side": "left", **settings, **fixed})
        if timed not in ("none", "numbers", "dates"):
            raise ValueError(f"timed={timed!r} is none of none, numbers, dates.")
        if twice := next((name for name, count in Counter(vocabulary).items() if count > 1), None):
            raise ValueError(f"vocabulary names the event {twice!r} twice; give each once.")
        self.vocabulary = list(vocabulary)
        self.value_names = list(value_names)
        self.timed: Timed = timed

    @property
    def num_events(self) -> int:
        """Ids that there are: the model's `num_events`."""
        return len(self.vocabulary) + 1

    @property
    def num_features(self) -> int:
        """F, the width of `input_values`: the model's `num_features`."""
        return self.feature_size + (len(self.value_names) if self.missing_indicator else 0)

    def fit(self, series: Iterable[Any]) -> "EventFeatureExtractor":
        """Learn mean and deviation of gaps and values over all events; missing values do not count.

        Args:
            series: of the train split, in any form that `to_steps` takes.

        Raises:
            ValueError: no sequences, or one that cannot be read.
        """
        super().fit([self.cut(self.to_steps(each, row)) for row, each in enumerate(series)])
        self.mean, self.std = [0.0, *(self.mean or [])[1:]], [1.0, *(self.std or [])[1:]]  # an id is no amount
        return self

    def to_steps(self, given: Any, index: int = 0) -> Array:
        """Give a sequence as numbers (T, C), not standardised yet.

        Args:
            given: a dict of `events`, `times` where the model reads some, and values by name, or (T, V) as `values`;
                a list of names where events have nothing else.
            index: its number, for messages.

        Raises:
            ValueError: it is none, or lacks times or values that the model reads.
        """
        events, times, values = self.parts_of(given, index)
        steps = np.full((len(events), self.feature_size), np.nan)
        ids = {name: number for number, name in enumerate(self.vocabulary, 1)}
        steps[:, 0] = [ids.get(name, 0) for name in events]
        if times is not None:
            steps[:, 1] = np.log1p(np.diff(times, prepend=times[:1]))
        if self.value_names:
            steps[:, -len(self.value_names) :] = values
        return steps

    def parts_of(self, given: Any, index: int = 0) -> tuple[list[str], Array | None, Array]:
        """Give the names of the events, their times (T,) in seconds or a unit of their own, and their values (T, V).

        Raises:
            ValueError: as `to_steps`.
        """
        where = f"sequence {index}"
        if not isinstance(given, Mapping):
            if isinstance(given, str) or not isinstance(given, Sequence | np.ndarray):
                raise ValueError(f"{where} is {given!r:.60}; give {self.form}.")
            given = {EVENTS: given}
        names = given.get(EVENTS)
        if isinstance(names, str) or not isinstance(names, Sequence | np.ndarray) or not len(names):
            raise ValueError(f"{where} has no events, {names!r:.60}; give one or more: {self.form}.")
        events = [event_name(each) for each in names]
        times = None if self.timed == "none" else self._times(given.get(TIMES), len(events), where)
        return events, times, self._values(given, len(events), where)

    def _times(self, given: Any, count: int, where: str) -> Array:
        if given is None:
            raise ValueError(f"{where} has no times, and the model reads the time between events; give {self.form}.")
        times = as_times(given, where)
        dates = times.dtype.kind == "M"
        if dates and self.timed == "numbers":
            raise ValueError(
                f"{where} has dates for times, and the model was trained on numbers in a unit of their own; give these."
            )
        seconds = times.astype("datetime64[us]").astype(np.int64) / 1e6 if dates else times
        if len(seconds) != count:
            raise ValueError(f"{where} has {count} events and {len(seconds)} times; give each event its time.")
        if not np.isfinite(seconds).all() or (np.diff(seconds) < 0).any():
            raise ValueError(f"{where} has times that are missing or fall; sort its events by time.")
        return seconds

    def _values(self, given: Mapping[str, Any], count: int, where: str) -> Array:
        if not self.value_names:
            return np.zeros((count, 0))
        if given.get(VALUES) is not None and VALUES not in self.value_names:
            values = as_numbers(given[VALUES], where)
            values = values[:, None] if values.ndim == 1 else values
        else:
            lacking = [name for name in self.value_names if given.get(name) is None]
            if lacking:
                raise ValueError(f"{where} has no {lacking[0]!r}, which the model reads; give {self.form}.")
            columns = [as_numbers(given[name], where) for name in self.value_names]
            if any(each.shape != (count,) for each in columns):
                raise ValueError(f"{where} has {count} events; {', '.join(self.value_names)} must be as many numbers.")
            values = np.column_stack(columns)
        if values.shape != (count, len(self.value_names)):
            raise ValueError(
                f"{where} has values of shape {values.shape}; they must be ({count}, {len(self.value_names)}): "
                f"{', '.join(self.value_names)} of each event, NaN where one is missing."
            )
        return values

    @property
    def form(self) -> str:
        """What a sequence looks like, for messages."""
        parts = ['"events": ["name", ...]']
        parts += ['"times": [...]'] if self.timed != "none" else []
        return "{" + ", ".join([*parts, *(f'"{name}": [...]' for name in self.value_names)]) + "}"

    def __call__(self, sequences: Any, **settings: Any) -> BatchFeature:  # type: ignore[override]
        """Read one sequence or several.

        Args:
            sequences: as `to_steps` takes one; or a list of such.
            settings: of `SeriesFeatureExtractor.__call__`: `padding`, `return_tensors`, ...

        Returns:
            `input_values` (B, T, F) float32 and `attention_mask` (B, T) int64.

        Raises:
            ValueError: a sequence that cannot be read; in words.
        """
        return super().__call__([self.to_steps(each, row) for row, each in enumerate(several(sequences))], **settings)

    def standardize(self, rows: Sequence[Array]) -> list[Array]:
        """Fill and standardise sequences (T, C), each to (T, F) float32; ids stay, and only values have indicators."""
        found = super().standardize(rows)
        first = 2 * self.feature_size - len(self.value_names)
        if not self.missing_indicator:
            return found
        return [np.concatenate([row[:, : self.feature_size], row[:, first:]], axis=1) for row in found]

    def pipelines(self, config: dict[str, Any]) -> None:
        """Note in the configuration of a model that it reads events, and which pipeline is beside it."""
        super().pipelines(config)
        config["modality"] = "events"


def event_name(given: Any) -> str:
    """Name an event; what has no name is unknown."""
    missing = given is None or (isinstance(given, float) and np.isnan(given))
    return "" if missing else str(given).strip()


def as_times(given: Any, where: str) -> Array:
    """Give times as float64, or as datetime64.

    Raises:
        ValueError: they are neither numbers nor ISO dates.
    """
    try:
        times = np.asarray(given)
        if times.dtype.kind in "OUS":
            values = [None if value in (None, "") else value for value in times.tolist()]
            numbers = all(value is None or isinstance(value, int | float) for value in values)
            times = np.asarray(values, dtype=np.float64 if numbers else "datetime64[us]")
        if times.ndim == 1 and times.dtype.kind in "fiuM":
            return times if times.dtype.kind == "M" else times.astype(np.float64)
    except (ValueError, TypeError):
        pass
    raise ValueError(f"{where} has times {given!r:.60}; give numbers, or ISO dates such as 2026-03-01T12:30.")


def as_numbers(given: Any, where: str) -> Array:
    """Give values as float64, NaN for None.

    Raises:
        ValueError: they are no numbers.
    """
    try:
        return np.asarray(given, dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{where} has values {given!r:.60}, which are not numbers.") from error


def several(given: Any) -> list[Any]:
    """List one sequence or several."""
    if isinstance(given, list | tuple) and given and not isinstance(given[0], str | int | float):
        return list(given)
    return [given]


__all__ = ["EventFeatureExtractor", "event_name", "several"]
