# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The season of a series, by its autocorrelation: after how many steps it is most like itself.

T steps
"""

import numpy as np

Array = np.ndarray
LEAST_LIKE = 0.3  # autocorrelation at the season
LEAST_PROMINENT = 0.1  # how far it stands out; what drifts slowly is like itself after any few steps
LONGEST = 4_000  # steps that are looked at, the last ones


def find_season(values: Array) -> tuple[int, float]:
    """Find the season of a series.

    Args:
        values: (T,), NaN where a value is missing.

    Returns:
        The steps of a season and the autocorrelation there; 1 and 0 where there is none.

    Example:
        >>> find_season(np.sin(np.arange(200) * 2 * np.pi / 12))[0]
        12
    """
    from scipy.signal import find_peaks  # half a second that a mere training need not wait for

    likeness = autocorrelation(values)
    peaks, _ = find_peaks(likeness, height=LEAST_LIKE, prominence=LEAST_PROMINENT)
    peaks = peaks[peaks > 1]
    if not len(peaks):
        return 1, 0.0
    best = int(peaks[likeness[peaks].argmax()])
    first = next(int(lag) for lag in peaks if likeness[lag] > 0.9 * likeness[best])  # of a season and its multiples
    return first, float(likeness[first])


def autocorrelation(values: Array) -> Array:
    """Compute the autocorrelation of a series without its straight line, at the lags 0 to T / 3."""
    values = np.asarray(values, dtype=np.float64)[-LONGEST:]
    there = ~np.isnan(values)
    if there.sum() < 8:
        return np.zeros(3)
    steps = np.arange(len(values))
    line = np.polyfit(steps[there], values[there], 1)
    left = np.where(there, values - np.polyval(line, steps), 0.0)
    spectrum = np.fft.rfft(left, 2 * len(left))
    products = np.fft.irfft(spectrum * spectrum.conj())[: len(left) // 3 + 1]
    counted = np.fft.rfft(there.astype(float), 2 * len(left))
    pairs = np.maximum(np.fft.irfft(counted * counted.conj())[: len(products)], 1)
    variance = products[0] / pairs[0]
    return np.zeros(len(products)) if variance <= 1e-12 else products / pairs / variance
