# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Labels of sequences of events, and the event that comes next, by an exported model: read and scaled as in training.

T events · V values of an event · C numbers of an event: id, gap, values · F of them as the graph reads them · L labels
"""

from typing import Any, ClassVar

import numpy as np

if __package__:
    from .runtime import InputError, activate
    from .runtime_series import SeriesClassifier
else:
    from runtime import InputError, activate  # type: ignore[no-redef,import-not-found]
    from runtime_series import SeriesClassifier  # type: ignore[no-redef,import-not-found]


class EventClassifier(SeriesClassifier):
    """Sequences of events to label: dicts of `events`, `times` and values by name, or lists of names."""

    reads_events: ClassVar[bool] = True
    longest_note: ClassVar[str] = "A sequence was cut to its last {limit} events"

    def check(self, given: Any, row: int) -> Any:
        """Give a sequence as numbers (T, C)."""
        if isinstance(given, np.ndarray) and given.ndim == 2 and given.dtype.kind == "f":
            return given  # was read before
        facts, where = self.facts["events"], f"sequence {row}"
        given = {"events": given} if isinstance(given, list | tuple) else given
        if not isinstance(given, dict) or not isinstance(given.get("events"), list | tuple) or not given["events"]:
            raise InputError(f'{where} is {given!r:.60}; give {{"events": ["name", ...], ...}}, an event or more.')
        ids = {name: number for number, name in enumerate(facts["vocabulary"], 1)}
        columns = [[ids.get("" if name is None else str(name).strip(), 0) for name in given["events"]]]
        if facts["timed"] != "none":
            columns.append(gaps(given.get("times"), len(columns[0]), facts["timed"], where))
        for name, values in named_values(given, facts["value_names"], where).items():
            columns.append(numbers(values, len(columns[0]), f"{where}: {name!r}"))
        steps = np.array(columns, dtype=np.float64).T
        if np.isinf(steps).any():
            raise InputError(f"{where} is infinite at event {int(np.argwhere(np.isinf(steps))[0][0])}.")
        return steps

    def encode(self, inputs: list[Any]) -> tuple[list[Any], list[int], list[bool]]:
        """Cut and scale; only values have indicators of what is missing."""
        rows, owners, cut = super().encode(inputs)
        if self.facts["series"]["missing_indicator"]:
            width, values = self.facts["series"]["feature_size"], len(self.facts["events"]["value_names"])
            kept = [*range(width), *range(2 * width - values, 2 * width)]
            rows = [row[:, kept] for row in rows]
        return rows, owners, cut


class NextEvent(EventClassifier):
    """Sequences of events to the event that comes next."""

    def _scored(self, inputs: list[Any]) -> tuple[list[list[float]], list[bool]]:
        rows, _, cut = self.encode(inputs)
        return [activate(each[-1].tolist(), self.problem_type) for each in self._step_logits(rows)], cut

    def _answer_alone(self, given: Any) -> dict[str, Any] | None:
        """Leave one sequence to what answers many, since its scores are of steps."""
        del given
        return None

    def step_scores(self, sequences: list[Any]) -> list[Any]:
        """Compute the probabilities (T, L) of the event after each event."""
        rows, _, _ = self.encode([self.check(each, row) for row, each in enumerate(sequences)])
        found = self._step_logits(rows)
        return [np.array([activate(step, self.problem_type) for step in each.tolist()]) for each in found]

    def _step_logits(self, rows: list[Any]) -> list[Any]:
        found: list[Any] = [None] * len(rows)
        for chosen, logits in self.run_rows(rows):
            for place, row in enumerate(chosen):
                found[row] = logits[place, : len(rows[row])].astype(np.float64)
        return found


def named_values(given: dict[str, Any], names: list[str], where: str) -> dict[str, Any]:
    """Give the values by name, of columns by name or of `values` (T, V)."""
    together = given.get("values")
    if together is not None and "values" not in names:
        table = np.array(together, dtype=object)
        table = table[:, None] if table.ndim == 1 else table
        if table.ndim != 2 or table.shape[1] != len(names):
            raise InputError(f"{where} has values of shape {table.shape}; they must be (events, {len(names)}).")
        return dict(zip(names, table.T.tolist(), strict=True))
    lacking = [name for name in names if given.get(name) is None]
    if lacking:
        raise InputError(f"{where} has no {lacking[0]!r}, which the model reads; give it as a list, a number an event.")
    return {name: given[name] for name in names}


def numbers(given: Any, count: int, where: str) -> Any:
    """Give numbers (T,), NaN for None."""
    try:
        values = np.array(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{where} holds {given!r:.60}, no numbers.") from error
    if values.shape != (count,):
        raise InputError(f"{where} must be {count} numbers, one for each event; got shape {values.shape}.")
    return values


def gaps(given: Any, count: int, timed: str, where: str) -> Any:
    """Give log(1 + gap) to the event before, (T,); times are numbers, or ISO dates."""
    if given is None:
        raise InputError(f"{where} has no times, and the model reads the time between events.")
    try:
        times = np.array(given)
        if times.dtype.kind in "OUS":
            times = np.array(given, dtype="datetime64[us]")
    except (TypeError, ValueError) as error:
        raise InputError(f"{where} has times {given!r:.60}; give numbers, or ISO dates.") from error
    if times.dtype.kind == "M" and timed == "numbers":
        raise InputError(f"{where} has dates for times, and the model was trained on numbers in a unit of their own.")
    if times.dtype.kind == "M":
        missing = np.isnat(times)
        times = np.where(missing, np.nan, times.astype("datetime64[us]").astype(np.int64) / 1e6)
    seconds = numbers(times, count, f"{where}: times")
    if not np.isfinite(seconds).all() or (np.diff(seconds) < 0).any():
        raise InputError(f"{where} has times that are missing or fall; sort its events by time.")
    return np.log1p(np.diff(seconds, prepend=seconds[:1]))
