# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The future of series by an exported model, with quantiles, in the units of the series.

N series · T steps of the past · C channels · K channels known ahead · F horizon · P numbers a value · Q quantiles
"""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any, ClassVar

import numpy as np

if __package__:
    from .runtime import BATCH, InputError, Model
    from .runtime_series import read_steps
else:
    from runtime import BATCH, InputError, Model  # type: ignore[no-redef,import-not-found]
    from runtime_series import read_steps  # type: ignore[no-redef,import-not-found]

EXACT, CELLS, FAR = 256, 256, 12.0
"""Counts that a quantile looks at one by one, cells of several above them, deviations that these reach."""


class Forecaster(Model):
    """Called with a past, (T, C), or (T,) of one channel; or with a dict of the `series` and of `known`, (T + F, K)."""

    reads_numbers: ClassVar[bool] = True

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.horizon: int = self.facts["horizon"]
        self.channel_names: list[Any] = self.facts["channels"]
        self.levels: list[float] = [] if self.facts["distribution"] == "point" else self.facts["quantiles"]
        mean, std = (np.array(self.facts[each], dtype=np.float64) for each in ("mean", "std"))
        self.scale = mean, std

    def check(self, given: Any, row: int) -> Any:
        """Give a past as an array (T, C), and what is known ahead (T + F, K) or None."""
        asked = given if isinstance(given, dict) else {"series": given}
        if "series" not in asked:
            fields = ", ".join(map(str, asked)) or "no field"
            raise InputError(f"series {row} has {fields}; it must have `series`, (steps, channels).")
        values = read_steps(asked["series"], len(self.channel_names), row)
        if np.isnan(values).all():
            raise InputError(f"series {row} holds no value at all, so there is nothing to forecast from.")
        names = self.facts["known_names"]
        if not names:
            return {"series": values, "known": None}
        wanted, known = (len(values) + self.horizon, len(names)), asked.get("known")
        if known is None or np.shape(known) != wanted:
            raise InputError(
                f"series {row} needs `known`, {', '.join(names)} of all its steps and of the {self.horizon} to come: "
                f"{wanted}, got {None if known is None else np.shape(known)}."
            )
        return {"series": values, "known": np.array(known, dtype=np.float64)}

    def answers(self, inputs: list[Any]) -> list[dict[str, Any]]:
        """Forecast checked pasts."""
        points, bands = self._forecast(inputs)
        answers: list[dict[str, Any]] = [{"forecast": each.tolist()} for each in points]
        for answer, band in zip(answers, () if bands is None else bands, strict=bands is not None):
            answer["quantiles"] = {f"{level:g}": band[..., place].tolist() for place, level in enumerate(self.levels)}
        return answers

    def forecast(self, pasts: Sequence[Any]) -> tuple[Any, Any]:
        """Forecast many pasts: (N, F, C), and quantiles (N, F, C, Q) or None."""
        return self._forecast([self.check(each, row) for row, each in enumerate(pasts)])

    def _forecast(self, inputs: list[Any]) -> tuple[Any, Any]:
        length, kind, levels = (
            self.facts["context_length"],
            self.facts["distribution"],
            np.array(self.facts["quantiles"]),
        )
        parameters = np.zeros((len(inputs), self.horizon, len(self.channel_names), self.facts["parameters"]))
        order = sorted(range(len(inputs)), key=lambda row: min(length, len(inputs[row]["series"])))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            parameters[chosen] = self.graphs("model", self._batch([inputs[row] for row in chosen]))["parameters"]
        mean, std = self.scale
        bands = quantiles(kind, parameters, levels)
        middle = int(np.abs(levels.astype(np.float32) - 0.5).argmin())
        points = bands[..., middle] if kind == "quantile" and bands is not None else parameters[..., 0]
        return points * std + mean, None if bands is None else bands * std[:, None] + mean[:, None]

    def _batch(self, inputs: list[Any]) -> dict[str, Any]:
        """Scale the last steps of pasts, and put them into arrays, padding before them."""
        limit, (mean, std) = self.facts["context_length"], self.scale
        rows = [(each["series"][-limit:] - mean) / std for each in inputs]
        steps = max(map(len, rows))
        values = np.zeros((len(rows), steps, len(mean)), np.float32)
        mask = np.zeros((len(rows), steps), np.int64)
        for place, row in enumerate(rows):
            values[place, steps - len(row) :], mask[place, steps - len(row) :] = row, 1
        batch = {"input_values": values, "attention_mask": mask}
        if self.facts["known_names"]:
            known = np.zeros((len(rows), steps + self.horizon, len(self.facts["known_names"])), np.float32)
            for place, (each, row) in enumerate(zip(inputs, rows, strict=True)):
                kept = each["known"][-(len(row) + self.horizon) :]
                kept = (kept - np.array(self.facts["known_mean"])) / np.array(self.facts["known_std"])
                known[place, steps - len(row) :] = np.nan_to_num(kept)
            batch["known_values"] = known
        return batch


def quantiles(kind: str, parameters: Any, levels: Any) -> Any:
    """Read quantiles (..., Q) from parameters (..., P); None for `point`, which knows none."""
    if kind == "point":
        return None
    if kind == "quantile":
        return np.sort(parameters, axis=-1)
    location, scale = parameters[..., :1], parameters[..., 1:2]
    if kind == "negative_binomial":
        return count_quantile(levels, location, scale)
    if kind == "student_t":
        return location + scale * student_quantile(levels, parameters[..., 2:])
    return location + scale * normal_quantile(levels)


def normal_quantile(levels: Any) -> Any:
    """Give the quantiles of the standard normal distribution."""
    return np.array([NormalDist().inv_cdf(level) for level in np.ravel(levels)]).reshape(np.shape(levels))


def student_quantile(levels: Any, freedom: Any) -> Any:
    """Give the quantiles of Student's t by the approximation of Hill (1970, doi:10.1145/355598.355599)."""
    tails = 2 * np.minimum(levels, 1 - levels)
    a = 1 / (freedom - 0.5)
    b = 48 / a**2
    c = ((20700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * np.sqrt(a * math.pi / 2) * freedom
    far = (d * tails) ** (2 / freedom)
    x = normal_quantile(tails / 2)
    bent = np.where(freedom < 5, c + 0.3 * (freedom - 4.5) * (x + 0.6), c)
    bent = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + bent
    y = x**2
    near = np.expm1(a * ((((((0.4 * y + 6.3) * y + 36) * y + 94.5) / bent - y - 3) / b + 1) * x) ** 2)
    beyond = 1 / (((freedom + 6) / (freedom * far) - 0.089 * d - 0.822) * (freedom + 2) * 3) + 0.5 / (freedom + 4)
    beyond = (beyond * far - 1) * (freedom + 1) / (freedom + 2) + 1 / far
    return np.sign(levels - 0.5) * np.sqrt(freedom * np.where(far > 0.05 + a, near, beyond)) * (levels != 0.5)


def count_quantile(levels: Any, mean: Any, excess: Any) -> Any:
    """Give quantiles of negative binomial counts: exact below `EXACT`, nearly so above."""
    reach = FAR * np.sqrt(mean + excess * mean**2)
    low = np.floor(np.maximum(mean - reach, EXACT))
    high = np.maximum(mean + reach, low + CELLS)
    edges = np.floor(low * (high / low) ** (np.arange(CELLS + 1) / CELLS))
    single = np.broadcast_to(np.arange(EXACT), (*mean.shape[:-1], EXACT))
    first = np.concatenate([single, edges[..., :-1]], axis=-1)
    widths = np.concatenate([np.ones(single.shape), np.diff(edges)], axis=-1)
    chance = np.exp(_log_chance(first + (widths - 1) // 2, mean, excess)) * widths
    below = np.cumsum(chance, axis=-1)
    wanted = levels * np.maximum(below[..., -1:], 1)
    places = (below[..., None, :] < wanted[..., None]).sum(-1).clip(max=EXACT + CELLS - 1)  # (..., Q)
    at = lambda values: np.take_along_axis(values, places, axis=-1)  # noqa: E731
    inside = 1 - (at(below) - wanted) / np.maximum(at(chance), 1e-30)
    return at(first) + np.floor(inside.clip(0, 0.999) * at(widths))


def _log_chance(values: Any, mean: Any, excess: Any) -> Any:
    """Give the logarithm of the negative binomial probability of counts; the variance is mean + excess x mean²."""
    size, ratio = 1 / excess, excess * mean
    ways = _log_gamma(values + size) - _log_gamma(size) - _log_gamma(values + 1)
    return ways - size * np.log1p(ratio) + values * (np.log(ratio) - np.log1p(ratio))


def _log_gamma(values: Any) -> Any:
    return np.frompyfunc(math.lgamma, 1, 1)(values).astype(np.float64)
