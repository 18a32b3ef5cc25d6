# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a model that forecasts must beat.

mean             the mean of the past that is read
naive            the last value, again and again
seasonal-naive   the value of the same step one season before
drift            the straight line through the first and the last value of the past
linear           ridge regression from the past to every future step, each past moved by its last value: what DLinear
                 and NLinear are (Zeng et al. 2023, arXiv:2205.13504), in closed form

All read the same past as the models do. Their quantiles are those of their errors inside train, step by step.

N windows · L steps of the past · F horizon · C channels · Q quantiles
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from hf_seq.baselines.baseline import Array, SavedBaseline
from hf_seq.errors import InputError

LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
MOST_WINDOWS = 4_000
"""Windows of train that errors, and the weights of `linear`, are learnt from."""
STRENGTHS = np.logspace(-1, 5, 7)
"""Of the ridge, chosen by leaving windows out."""


class ForecastBaseline(SavedBaseline):
    """A forecast without gradients.

    Args:
        label_names: the channels.
        facts: `horizon`, `context_length`, `season`, `step`, `unit`, and the columns, as feature extractors know them.
    """

    problem_type = "forecasting"
    task = "forecasting"

    def __init__(self, label_names: Sequence[str] | None = None, facts: dict[str, Any] | None = None) -> None:
        super().__init__(label_names)
        self.facts = facts or {}

    @classmethod
    def _new(cls, facts: dict[str, Any]) -> "ForecastBaseline":
        return cls(facts["label_names"], facts["forecast"])

    def _facts(self) -> dict[str, Any]:
        return {"task": self.task, "forecast": self.facts}

    @property
    def horizon(self) -> int:
        """F."""
        return int(self.facts["horizon"])

    @property
    def season(self) -> int:
        """Steps of a season."""
        return int(self.facts["season"])

    def fit(self, series: Sequence[Array]) -> "ForecastBaseline":
        """Learn from the series of train, (T, C) each."""
        steps = np.concatenate(series)
        mean, std = np.nanmean(steps, axis=0), np.nanstd(steps, axis=0)
        self.arrays = {"mean": mean, "std": np.where(std > 0, std, 1.0)}
        pasts, futures = windows_of(series, int(self.facts["context_length"]), self.horizon)
        self._learn(pasts, futures)
        apart = (futures - self._forecast(pasts)) / self.arrays["std"]  # (N, F, C)
        levels = np.nanquantile(apart, LEVELS, axis=0) if len(apart) else np.zeros((len(LEVELS), *futures.shape[1:]))
        self.arrays["errors"] = np.moveaxis(np.nan_to_num(levels), 0, -1)  # (F, C, Q)
        return self

    def forecast(self, series: Sequence[Array]) -> tuple[Array, Array]:
        """Forecast pasts (T, C): (N, F, C), and quantiles (N, F, C, Q).

        Raises:
            InputError: a past has other channels than train.
        """
        points = self._forecast(self._check(series))
        return points, points[..., None] + self.arrays["errors"] * self.arrays["std"][:, None]

    def _check(self, series: Sequence[Array]) -> Array:
        """Cut pasts (T, C) to their ends: (N, L, C), NaN before they begin."""
        length, channels = int(self.facts["context_length"]), len(self.arrays["mean"])
        pasts = np.full((len(series), length, channels), np.nan)
        for row, values in enumerate(series):
            if values.shape[1] != channels:
                raise InputError(
                    f"series {row} has {values.shape[1]} channels, but {channels} were trained: "
                    f"{', '.join(self.label_names)}."
                )
            kept = values[-length:]
            pasts[row, length - len(kept) :] = kept
        return pasts

    def _learn(self, pasts: Array, futures: Array) -> None:
        """Set `arrays` from windows (N, L, C) and (N, F, C); most baselines have nothing to learn."""

    def _forecast(self, pasts: Array) -> Array:
        """Forecast pasts (N, L, C), NaN where nothing is known: (N, F, C)."""
        raise NotImplementedError


class MeanForecast(ForecastBaseline):
    """The mean of the past."""

    kind = "mean"

    def _forecast(self, pasts: Array) -> Array:
        known = ~np.isnan(pasts)
        means = np.where(known, pasts, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)  # (N, C)
        return np.repeat(means[:, None], self.horizon, axis=1)


class NaiveForecast(ForecastBaseline):
    """The last value."""

    kind = "naive"

    def _forecast(self, pasts: Array) -> Array:
        return np.repeat(filled(pasts)[:, -1:], self.horizon, axis=1)


class SeasonalNaiveForecast(ForecastBaseline):
    """The value one season before."""

    kind = "seasonal-naive"

    def _forecast(self, pasts: Array) -> Array:
        values = filled(pasts)
        season = min(self.season, values.shape[1])
        return values[:, values.shape[1] - season + np.arange(self.horizon) % season]


class DriftForecast(ForecastBaseline):
    """The line through the first and the last value."""

    kind = "drift"

    def _forecast(self, pasts: Array) -> Array:
        known = ~np.isnan(pasts)
        first = known.argmax(axis=1)[:, None]  # (N, 1, C)
        values = filled(pasts)
        begin, end = np.take_along_axis(values, first, axis=1), values[:, -1:]
        slope = (end - begin) / np.maximum(values.shape[1] - 1 - first, 1)
        return end + slope * np.arange(1, self.horizon + 1)[:, None]


class LinearForecast(ForecastBaseline):
    """Ridge regression over all channels together, each past less its last value."""

    kind = "linear"

    def _learn(self, pasts: Array, futures: Array) -> None:
        from sklearn.linear_model import RidgeCV

        values, last, spread = self._moved(pasts)
        targets = (futures - last) / spread  # (N, F, C)
        flat = values.transpose(0, 2, 1).reshape(-1, values.shape[1])
        wanted = targets.transpose(0, 2, 1).reshape(-1, targets.shape[1])
        whole = ~np.isnan(wanted).any(axis=1)
        if not whole.any():
            self.arrays |= {"weights": np.zeros((values.shape[1], self.horizon)), "bias": np.zeros(self.horizon)}
            return
        model = RidgeCV(alphas=STRENGTHS).fit(flat[whole], wanted[whole])
        weights = np.asarray(model.coef_).reshape(-1, values.shape[1])
        self.arrays |= {"weights": weights.T, "bias": np.broadcast_to(model.intercept_, (len(weights),)).copy()}

    def _forecast(self, pasts: Array) -> Array:
        values, last, spread = self._moved(pasts)
        raw = np.einsum("nlc,lf->nfc", values, self.arrays["weights"]) + self.arrays["bias"][:, None]
        return raw * spread + last

    def _moved(self, pasts: Array) -> tuple[Array, Array, Array]:
        values = filled(pasts)
        last, spread = values[:, -1:], self.arrays["std"]
        return (values - last) / spread, last, spread


FORECAST_BASELINES: dict[str, type[ForecastBaseline]] = {
    each.kind: each for each in (MeanForecast, NaiveForecast, SeasonalNaiveForecast, DriftForecast, LinearForecast)
}


def filled(pasts: Array) -> Array:
    """Put the value before it in the place of a missing one, the first known one before that: (N, L, C)."""
    known = ~np.isnan(pasts)
    steps = np.arange(pasts.shape[1])[None, :, None]
    latest = np.maximum.accumulate(np.where(known, steps, -1), axis=1)
    first = known.argmax(axis=1)[:, None]
    return np.nan_to_num(np.take_along_axis(pasts, np.where(latest < 0, first, latest), axis=1))


def windows_of(series: Sequence[Array], length: int, horizon: int) -> tuple[Array, Array]:
    """Cut windows out of series (T, C), evenly, `MOST_WINDOWS` at most: (N, L, C) and (N, F, C)."""
    places = []
    for row, values in enumerate(series):
        first = min(length, max(1, (len(values) - horizon) // 2))
        places += [(row, at) for at in range(first, len(values) - horizon + 1)]
    places = places[:: max(1, -(-len(places) // MOST_WINDOWS))]
    channels = series[0].shape[1]
    pasts = np.full((len(places), length, channels), np.nan)
    for number, (row, at) in enumerate(places):
        kept = series[row][max(0, at - length) : at]
        pasts[number, length - len(kept) :] = kept
    futures = [series[row][at : at + horizon] for row, at in places]
    return pasts, np.array(futures).reshape(len(places), horizon, channels)
