# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`builtin:seasons`: made-up hourly series, of which the best forecast, and so the least possible error, is known.

Each series is a level, a daily and a weekly wave of its own, and noise that remembers itself: u(t) = 0.8 u(t - 1) +
e(t) with e from a normal distribution. The best forecast h steps ahead is the waves and 0.8^h u(t); the rest of the
noise, with variance s^2 (1 - 0.8^2h) / (1 - 0.8^2), nobody can know.
"""

import numpy as np

from hf_seq.data.readers.tables import Table

SERIES, STEPS = 8, 1_200
DAILY, WEEKLY = 24, 168
MEMORY, NOISE = 0.8, 0.3
BEGIN = "2024-01-01"  # a Monday


def make_seasons(series: int = SERIES, steps: int = STEPS, seed: int = 0) -> np.ndarray:
    """Make hourly series, (series, steps); the same for the same arguments, everywhere."""
    random = np.random.default_rng([seed, 2207])
    hours = np.arange(steps)
    found = []
    for _ in range(series):
        level, daily, weekly = random.uniform(-5, 5), random.uniform(0.8, 1.5), random.uniform(0.4, 0.8)
        phases = random.uniform(0, 2 * np.pi, size=2)
        waves = daily * np.sin(2 * np.pi * hours / DAILY + phases[0])
        waves += weekly * np.sin(2 * np.pi * hours / WEEKLY + phases[1])
        noise = np.zeros(steps)
        for step, shock in enumerate(random.normal(scale=NOISE, size=steps)):
            noise[step] = MEMORY * noise[step - 1] + shock if step else shock
        found.append(level + waves + noise)
    return np.round(np.array(found), 4)


def least_error(horizon: int) -> float:
    """Compute the least possible mean squared error over all steps of a horizon, in the units of the series.

    Example:
        >>> round(least_error(1), 4)
        0.09
    """
    ahead = np.arange(1, horizon + 1)
    return float((NOISE**2 * (1 - MEMORY ** (2 * ahead)) / (1 - MEMORY**2)).mean())


def read_builtin_seasons() -> tuple[dict[str, Table], dict[str, list[str]]]:
    """Return a long table, `id`, `time`, `value`, and no names of labels."""
    values = make_seasons()
    times = (np.datetime64(BEGIN, "h") + np.arange(values.shape[1])).astype("datetime64[s]")
    stamps = [str(each).replace("T", " ") for each in times]
    columns = {
        "id": [f"s{number}" for number in range(len(values)) for _ in stamps],
        "time": stamps * len(values),
        "value": values.reshape(-1).tolist(),
    }
    return {"train": Table(columns)}, {}
