# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Scores of forecasts, and how sure they are.

mse, mae      squared and absolute error of values that are scaled by mean and deviation of train, as is usual
mase          absolute error divided by that of the seasonal naive forecast inside train (Hyndman & Koehler 2006)
smape         0 to 200: the absolute error by the mean of what was forecast and what came
wql           weighted quantile loss: the pinball loss of all quantiles by the sum of absolute values (Park et al. 2022)
crps          twice the pinball loss, a mean over the quantiles, of scaled values: about the CRPS
coverage_80   share of the values between the quantiles 0.1 and 0.9

Windows overlap, so their errors are not independent. They are summed over blocks of a series, as long as a horizon; the
interval is that of a mean over blocks.

N windows · F horizon · C channels · Q quantiles · K blocks
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hf_seq.errors import InputError
from hf_seq.metrics.intervals import interval_of
from hf_seq.metrics.linearised import Linearised, linearise

Array = np.ndarray
HEADLINE = "mse"
METRICS = ("mse", "mae", "mase", "smape", "wql", "crps")
MOST_CHANNELS = 20
"""Channels up to which each has scores of its own."""


@dataclass(frozen=True)
class Blocks:
    """Sums over the windows of each block.

    Attributes:
        sums: (K,) what a score sums up, by its name.
        weights: (K,) what it is divided by, by its name.
    """

    sums: dict[str, Array]
    weights: dict[str, Array]


@dataclass(frozen=True)
class Forecasts:
    """Forecasts of windows, and what came, in the units of the series.

    Attributes:
        points: (N, F, C).
        gold: (N, F, C), NaN where nobody knows.
        bands: (N, F, C, Q), or None.
        levels: the Q quantiles.
        names: of the series of each window.
        origins: (N,) the steps at which the windows begin.
    """

    points: Array
    gold: Array
    bands: Array | None
    levels: Sequence[float]
    names: Sequence[str]
    origins: Sequence[int]


def errors_of(found: Forecasts, scale: Array, naive: Mapping[str, Array]) -> dict[str, tuple[Array, Array]]:
    """Compute what each window and channel adds to each score: sums and weights, (N, C) each.

    Args:
        found: the forecasts.
        scale: (C,) deviation of each channel in train.
        naive: by series, (C,) the error of the seasonal naive forecast inside train; 0 where it cannot be had.
    """
    there = ~np.isnan(found.gold)
    gold = np.nan_to_num(found.gold)
    apart = np.where(there, found.points - gold, 0.0)
    count = there.sum(axis=1).astype(np.float64)  # (N, C)
    absolute = np.abs(apart)
    rates = np.array([naive[name] for name in found.names]).reshape(len(gold), -1)  # (N, C)
    sizes = np.where(there, np.abs(found.points) + np.abs(gold), 0.0)
    relative = np.divide(200 * absolute, sizes, out=np.zeros_like(sizes), where=sizes > 0)
    known = rates > 0
    by_naive = np.divide(absolute.sum(axis=1), rates, out=np.zeros_like(rates), where=known)
    parts = {
        "mse": (np.square(apart / scale).sum(axis=1), count),
        "mae": ((absolute / scale).sum(axis=1), count),
        "mase": (by_naive, count * known),
        "smape": (relative.sum(axis=1), count),
    }
    if found.bands is None:
        return parts
    levels = np.asarray(found.levels)
    over = np.where(there[..., None], gold[..., None] - found.bands, 0.0)  # (N, F, C, Q)
    pinball = 2 * np.maximum(levels * over, (levels - 1) * over).mean(axis=-1)  # (N, F, C)
    parts["wql"] = (pinball.sum(axis=1), np.where(there, np.abs(gold), 0.0).sum(axis=1))
    parts["crps"] = ((pinball / scale).sum(axis=1), count)
    if {0.1, 0.9} <= set(np.round(levels, 6).tolist()):
        low, high = (found.bands[..., int(np.abs(levels - level).argmin())] for level in (0.1, 0.9))
        inside = there & (gold >= low) & (gold <= high)
        parts["coverage_80"] = (inside.sum(axis=1).astype(np.float64), count)
    return parts


def into_blocks(parts: Mapping[str, tuple[Array, Array]], found: Forecasts) -> Blocks:
    """Sum errors over blocks of a series as long as a horizon."""
    horizon = found.gold.shape[1]
    keys = [(name, origin // horizon) for name, origin in zip(found.names, found.origins, strict=True)]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    owners = np.array([numbers[key] for key in keys])

    def summed(values: Array) -> Array:
        return np.bincount(owners, values.sum(axis=1), minlength=len(numbers))

    return Blocks(
        {name: summed(sums) for name, (sums, _) in parts.items()},
        {name: summed(weights) for name, (_, weights) in parts.items()},
    )


def score_of(sums: Array, weights: Array) -> float:
    """Divide a sum by what it is of; NaN where that is nothing."""
    total = float(weights.sum())
    return float(sums.sum()) / total if total > 0 else float("nan")


def forecast_metrics(parts: Mapping[str, tuple[Array, Array]], channels: Sequence[str]) -> dict[str, float]:
    """Compute all scores, and `mse` and `mae` of each channel where there are few."""
    metrics = {name: score_of(*part) for name, part in parts.items()}
    metrics["rmse"] = metrics["mse"] ** 0.5
    if 1 < len(channels) <= MOST_CHANNELS:
        for name in ("mse", "mae"):
            sums, weights = parts[name]
            metrics |= {f"{name}:{each}": score_of(sums[:, n], weights[:, n]) for n, each in enumerate(channels)}
    return {name: value for name, value in metrics.items() if np.isfinite(value)}


def linearise_blocks(blocks: Blocks, metric: str) -> Linearised:
    """Find a score, and what every block adds to it.

    Raises:
        InputError: the model has no such score.
    """
    if metric not in blocks.sums:
        raise InputError(f"a forecast without quantiles has no {metric}; its scores are {', '.join(blocks.sums)}.")
    counts = np.stack([blocks.sums[metric], blocks.weights[metric]], axis=1)
    return linearise(counts, lambda sums: sums[..., 0] / np.maximum(sums[..., 1], 1e-300), "positive")


def forecast_interval(blocks: Blocks, metric: str) -> list[float] | None:
    """Compute the 95 % interval of a score; None where there is a single block."""
    if len(blocks.sums[metric]) < 2 or score_of(blocks.sums[metric], blocks.weights[metric]) <= 0:
        return None
    low, high = interval_of(linearise_blocks(blocks, metric))
    return [low, high]


def naive_errors(series: Sequence[Array], season: int) -> list[Array]:
    """Compute the mean absolute error of the seasonal naive forecast inside each series (T, C): (C,) each; 0: unknown.

    Example:
        >>> naive_errors([np.array([[1.0], [3.0], [2.0]])], 1)[0].tolist()
        [1.5]
    """
    found = []
    for values in series:
        lag = season if len(values) > season else 1
        apart = np.abs(values[lag:] - values[:-lag])
        count = np.maximum((~np.isnan(apart)).sum(axis=0), 1)
        found.append(np.nansum(apart, axis=0) / count if len(apart) else np.zeros(values.shape[1]))
    return found
