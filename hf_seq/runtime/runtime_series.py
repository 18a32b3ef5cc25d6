# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Labels and tags of series of numbers by an exported model: filled, scaled, cut and read in windows as in training.

T steps · C channels · F features of a step · L labels
"""

from typing import Any, ClassVar

import numpy as np

if __package__:
    from .runtime import Classifier, InputError
else:
    from runtime import Classifier, InputError  # type: ignore[no-redef,import-not-found]


class SeriesClassifier(Classifier):
    """Series, (T, C) numbers or (T,) where there is one channel, to label; NaN and None are missing values.

    A model that reads the time between steps takes a dict of the `series` and its `times`.
    """

    reads_numbers: ClassVar[bool] = True
    longest_note: ClassVar[str] = "A series was cut at {limit} steps"

    def check(self, given: Any, row: int) -> Any:
        """Give a series as an array (T, C)."""
        return read_steps(given, self.facts["series"]["feature_size"], row)

    def encode(self, inputs: list[Any]) -> tuple[list[Any], list[int], list[bool]]:
        """Cut, scale and read in windows."""
        facts = self.facts["series"]
        limit, window = facts["max_length"], facts["window_length"]
        rows, owners, cut = [], [], []
        for number, values in enumerate(inputs):
            long = limit is not None and len(values) > limit
            kept = values if not long else values[:limit] if facts["truncation_side"] == "right" else values[-limit:]
            cut.append(long)
            scaled = scale(kept, facts, number)
            for start in window_starts(len(scaled), window, facts["window_stride"]):
                rows.append(scaled[start : start + window] if window else scaled)
                owners.append(number)
        return rows, owners, cut


class SeriesTagger(SeriesClassifier):
    """Series to a tag for every step."""

    def answers(self, inputs: list[Any]) -> list[dict[str, Any]]:
        """Tag every step that is read."""
        rows, _, cut = self.encode(inputs)
        answers: list[dict[str, Any]] = [{} for _ in inputs]
        for chosen, logits in self.run_rows(rows):
            for place, row in enumerate(chosen):
                answers[row] = self._tags(logits[place, : len(rows[row])].astype(np.float64))
        return [self.note_cut(answer) if short else answer for answer, short in zip(answers, cut, strict=True)]

    def tag_with_scores(self, series: Any) -> list[tuple[list[str], list[float]]]:
        """Tag series, and give the probabilities of the tags."""
        return [(answer["tags"], answer["scores"]) for answer in self.predict(list(series))]

    def _tags(self, logits: Any) -> dict[str, Any]:
        chances = np.exp(logits - logits.max(1, keepdims=True))
        chances /= chances.sum(1, keepdims=True)
        path = chances.argmax(1)
        if self.facts["crf"] is not None:
            from importlib import import_module

            tagging = import_module(f"{__package__}.runtime_tagging" if __package__ else "runtime_tagging")
            chain = (np.array(self.facts["crf"][each]) for each in ("start", "end", "pair"))
            path = tagging.best_path(logits[None], np.array([len(logits)]), *chain)[0]
        scores = chances[np.arange(len(path)), path]
        return {"tags": [self.label_names[tag] for tag in path], "scores": [round(float(s), 6) for s in scores]}


def read_steps(given: Any, channels: int, row: int) -> Any:
    """Check a series and give it as an array (T, C), NaN where a value is missing; of a dict with the gaps in time."""
    times = None
    if isinstance(given, dict) and "series" in given:
        given, times = given["series"], given.get("times")
    try:
        values = np.array(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"series {row} cannot be read as numbers; it must be (steps, channels) of numbers, NaN where missing."
        ) from error
    if values.ndim == 1 and len(values) and channels == 1 + (times is not None):
        values = values[:, None]
    if times is not None and values.ndim == 2 and values.shape[1] + 1 == channels:
        values = np.column_stack([values, gaps_between(times, len(values), row)])
    if values.ndim != 2 or not len(values) or values.shape[1] != channels:
        raise InputError(f"series {row} has shape {values.shape}; it must be (steps, {channels}), a step or more.")
    if np.isinf(values).any():
        raise InputError(f"series {row} is infinite at step {int(np.argwhere(np.isinf(values))[0][0])}.")
    return values


def gaps_between(times: Any, count: int, row: int) -> Any:
    """Give the time since the step before, log(1 + gap), (T,); the first step has the gap of the second."""
    try:
        seconds = np.array(times)
        if seconds.dtype.kind not in "fiu":
            seconds = seconds.astype("datetime64[us]").astype(np.int64) / 1e6
    except (TypeError, ValueError) as error:
        raise InputError(f"series {row} has times {times!r:.60}; give numbers, or ISO dates.") from error
    if seconds.shape != (count,) or not (np.diff(seconds) >= 0).all():
        raise InputError(f"series {row}: {count} steps need as many times, in their order; got {seconds.shape}.")
    gaps = np.diff(seconds, prepend=seconds[:1])
    gaps[0] = gaps[1] if count > 1 else 0
    return np.log1p(gaps)


def scale(values: Any, facts: dict[str, Any], number: int) -> Any:
    """Fill and standardise a series: (T, C) to (T, F) float32."""
    absent = np.isnan(values)
    if absent.any() and facts["missing"] == "error":
        step, channel = np.argwhere(absent)[0].tolist()
        raise InputError(f"series {number} has no value at step {step}, channel {channel} (NaN); fill it.")
    if absent.any() and facts["missing"] in ("forward", "decay"):
        places = np.arange(len(values))[:, None]
        source = np.maximum.accumulate(np.where(absent, 0, places), axis=0)
        last = np.take_along_axis(values, source, axis=0)
        if facts["missing"] == "decay":
            mean = np.array(facts["mean"] or 0.0)
            last = np.where(
                absent, mean + (last - mean) * np.array(facts["persistence"] or 1.0) ** (places - source), last
            )
        values = last
    if facts["do_normalize"]:
        values = (values - (facts["mean"] or 0.0)) / (facts["std"] or 1.0)
    fill = 0.0 if facts["do_normalize"] or facts["mean"] is None else facts["mean"]
    steps = np.where(np.isnan(values), fill, values).astype(np.float32)
    return np.concatenate([steps, absent], axis=1, dtype=np.float32) if facts["missing_indicator"] else steps


def window_starts(length: int, window: int | None, stride: int | None) -> list[int]:
    """Say where the windows of a series begin; the last one ends where the series ends."""
    if window is None or length <= window:
        return [0]
    return [*range(0, length - window, stride or max(1, window // 2)), length - window]
