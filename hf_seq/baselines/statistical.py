# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Statistical models of one series at a time, by statsforecast, of the optional extra `forecast`.

ets      exponential smoothing of the form with the least information criterion (Hyndman et al. 2002,
         doi:10.1016/S0169-2070(01)00110-8)
theta    two lines of different curvature, the variant with the least error (Fiorucci et al. 2016,
         doi:10.1016/j.ijforecast.2016.02.005)
arima    ARIMA of the orders with the least information criterion, stepwise (Hyndman & Khandakar 2008,
         doi:10.18637/jss.v027.i03)

Each past is fitted by itself, channel by channel, so there is nothing to learn from train but how long that takes: a
model that would take too long for the test is left out, and says so.

N pasts · T steps · C channels · F horizon · Q quantiles
"""

import time
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from hf_seq.baselines.baseline import Array
from hf_seq.baselines.forecasting import LEVELS, ForecastBaseline, filled
from hf_seq.files.pretrained import PretrainedUnavailable

MOST_SECONDS = 120.0
"""That the windows of the test may take, scored and timed."""
CALLS, ROUNDS = 100, 4
"""Fits beside those of the windows, to measure the time of one, and how often each window is fitted."""
TRIED = 3
"""Series, at most, whose fits are timed, after one that loads the library."""
MOST_STEPS = 200
"""Of a past that ARIMA is fitted to, or four seasons, if that is more."""
LONGEST_SEASON = 24
"""Of exponential smoothing and ARIMA; longer ones take minutes a series, or are not to be had."""
FEWEST_STEPS = 8
"""Below these the last value is the forecast."""
ENDS = ("lo-80", "lo-60", "lo-40", "lo-20", "mean", "hi-20", "hi-40", "hi-60", "hi-80")
"""Of intervals, in the order of `LEVELS`."""


class StatisticalForecast(ForecastBaseline):
    """A model that is fitted to every past by itself; `facts["windows"]` says how many the test has."""

    def fit(self, series: Sequence[Array]) -> "StatisticalForecast":
        """Take mean and deviation of train, (T, C) each, and see how long a fit takes.

        Raises:
            PretrainedUnavailable: statsforecast is not installed, or the test would take too long.
        """
        self._library()
        steps = np.concatenate(series)
        mean, std = np.nanmean(steps, axis=0), np.nanstd(steps, axis=0)
        self.arrays = {"mean": mean, "std": np.where(std > 0, std, 1.0)}
        ends = [values[-int(self.facts["context_length"]) :, 0] for values in series[:TRIED]]
        self._one(ends[0])
        begin = time.process_time()  # of this process: what else the machine does changes no table
        for values in ends:
            self._one(values)
        windows = int(self.facts.get("windows", 0))
        seconds = (time.process_time() - begin) / len(ends) * (CALLS + ROUNDS * windows) * len(mean)
        if seconds > MOST_SECONDS:
            raise PretrainedUnavailable(
                f"{self.kind} is fitted to every window, which would take about {seconds / 60:.0f} minutes for "
                f"{windows:,} windows of {len(mean)} channels, scored and timed; a larger --stride has fewer"
            )
        return self

    def _learn(self, pasts: Array, futures: Array) -> None:
        """Learn nothing: pasts are fitted when they come."""

    def forecast(self, series: Sequence[Array]) -> tuple[Array, Array]:
        """Fit and forecast pasts (T, C): (N, F, C), and quantiles (N, F, C, Q)."""
        pasts = self._check(series)
        points = np.zeros((len(pasts), self.horizon, pasts.shape[2]))
        bands = np.zeros((*points.shape, len(LEVELS)))
        for row, past in enumerate(pasts):
            for channel in range(past.shape[1]):
                points[row, :, channel], bands[row, :, channel] = self._one(past[:, channel])
        return points, bands

    def _one(self, past: Array) -> tuple[Array, Array]:
        """Fit and forecast one channel (T,): (F,), and quantiles (F, Q)."""
        known = np.flatnonzero(~np.isnan(past))
        values = filled(past[None, known[0] if len(known) else 0 :, None])[0, -self._most_steps :, 0]
        if len(values) < FEWEST_STEPS or np.ptp(values) == 0:
            flat = np.full(self.horizon, values[-1])
            return flat, np.repeat(flat[:, None], len(LEVELS), axis=1)
        season = self.season if 2 * self.season < len(values) else 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # forms that do not fit, one of which is tried after the other
            found = self._model(season).forecast(y=values, h=self.horizon, level=[20, 40, 60, 80])
        middle = np.asarray(found["mean"], dtype=np.float64)
        bands = np.stack([np.asarray(found[end], dtype=np.float64) for end in ENDS], axis=1)
        return middle, np.sort(np.where(np.isfinite(bands), bands, middle[:, None]), axis=1)

    @property
    def _most_steps(self) -> int:
        return int(self.facts["context_length"])

    def _model(self, season: int) -> Any:
        """Make the model of the library."""
        raise NotImplementedError

    def _library(self) -> Any:
        try:
            from statsforecast import models
        except (ImportError, ModuleNotFoundError) as error:
            raise PretrainedUnavailable(
                f"not installed: {self.kind} needs statsforecast; pip install 'hf_seq[forecast]'."
            ) from error
        return models


class EtsForecast(StatisticalForecast):
    """Exponential smoothing."""

    kind = "ets"

    def _model(self, season: int) -> Any:
        return self._library().AutoETS(season_length=season if season <= LONGEST_SEASON else 1)


class ThetaForecast(StatisticalForecast):
    """The Theta method."""

    kind = "theta"

    def _model(self, season: int) -> Any:
        return self._library().AutoTheta(season_length=season)


class ArimaForecast(StatisticalForecast):
    """ARIMA."""

    kind = "arima"

    @property
    def _most_steps(self) -> int:
        return max(MOST_STEPS, 4 * self.season)

    def _model(self, season: int) -> Any:
        return self._library().AutoARIMA(season_length=season if season <= LONGEST_SEASON else 1, approximation=True)


STATISTICAL_BASELINES: dict[str, type[ForecastBaseline]] = {
    each.kind: each for each in (EtsForecast, ThetaForecast, ArimaForecast)
}
