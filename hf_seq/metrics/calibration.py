# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Whether a model that is 80 % sure is right in 80 of 100 cases, and the one number that mends most of it.

N answers · L labels · K bins

Expected calibration error over bins of equal width: Naeini et al. 2015 (doi:10.1609/aaai.v29i1.9602). Temperature
scaling: Guo et al. 2017 (arXiv:1706.04599). A temperature changes no answer, only how sure the model says it is.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar

from hf_seq.errors import InputError
from hf_seq.metrics.scores import Array

BINS = 15
COLDEST, HOTTEST = 0.05, 20.0
"""Temperatures that are looked for; a model that is never wrong on the rows would want 0."""


@dataclass(frozen=True)
class Reliability:
    """Answers by how sure the model was of them.

    Attributes:
        counts: (K,) answers in each bin, from 0 to 1.
        confidence: (K,) how sure the model was of them, on average; 0 in an empty bin.
        accuracy: (K,) share of them that were right; 0 in an empty bin.
        error: expected calibration error, the mean gap between the two, weighted by `counts`; 0 to 1.
    """

    counts: Array
    confidence: Array
    accuracy: Array
    error: float


def reliability(confidence: ArrayLike, right: ArrayLike, bins: int = BINS) -> Reliability:
    """Sort answers into bins by how sure the model was.

    Args:
        confidence: (N,) probability that the model gave its answer.
        right: (N,) whether the answer was right.
        bins: K, of equal width; each holds its upper edge.

    Raises:
        InputError: no answer, not as many of one as of the other, or no probabilities.

    Example:
        >>> round(reliability([0.9, 0.9, 0.6, 0.6], [1, 1, 1, 0]).error, 3)
        0.1
    """
    sure, correct = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if sure.shape != correct.shape or sure.ndim != 1 or not sure.size:
        raise InputError(f"there are {sure.shape} confidences and {correct.shape} outcomes; each answer has one.")
    if not ((sure >= 0) & (sure <= 1)).all():
        raise InputError(f"a confidence must lie between 0 and 1, but one is {sure[~((sure >= 0) & (sure <= 1))][0]}.")
    bin_of = np.clip(np.ceil(sure * bins).astype(int) - 1, 0, bins - 1)  # (N,)
    counts = np.bincount(bin_of, minlength=bins)
    filled = np.maximum(counts, 1)
    stated = np.bincount(bin_of, sure, bins) / filled
    true = np.bincount(bin_of, correct, bins) / filled
    return Reliability(counts, stated, true, float((counts * np.abs(stated - true)).sum() / len(sure)))


def log_loss(logits: ArrayLike, gold: ArrayLike, temperature: float = 1.0) -> float:
    """Compute the mean negative log-likelihood, in nats, of gold labels under logits divided by a temperature.

    Args:
        logits: (N, L).
        gold: (N,) ids of one label a row, or (N, L) zeros and ones of several.
        temperature: above 0.
    """
    return float(log_losses(np.asarray(logits, dtype=np.float64) / temperature, gold).mean())


def log_losses(logits: ArrayLike, gold: ArrayLike) -> Array:
    """Compute the negative log-likelihood of each row, (N,), in nats; of several labels their mean."""
    scaled, labels = np.asarray(logits, dtype=np.float64), np.asarray(gold)
    if labels.ndim == 2:  # several labels: each a yes or no
        several: Array = (np.logaddexp(0.0, scaled) - labels * scaled).mean(axis=1)
        return several
    highest = scaled.max(axis=1)
    total: Array = np.log(np.exp(scaled - highest[:, None]).sum(axis=1)) + highest
    return total - scaled[np.arange(len(labels)), labels]


def fit_temperature(logits: ArrayLike, gold: ArrayLike) -> float:
    """Fit the temperature under which gold labels are likeliest; logits are to be divided by it.

    Args:
        logits: (N, L) of rows the model was not trained on.
        gold: (N,) ids, or (N, L) zeros and ones.

    Returns:
        A number from `COLDEST` to `HOTTEST`; above 1 where the model was too sure.
    """
    return lowest_temperature(lambda temperature: log_loss(logits, gold, temperature))


def lowest_temperature(loss: Callable[[float], float]) -> float:
    """Find where a loss is lowest, as a function of the temperature; from `COLDEST` to `HOTTEST`."""
    found = minimize_scalar(
        lambda log: loss(float(np.exp(log))),
        bounds=(np.log(COLDEST), np.log(HOTTEST)),
        method="bounded",
        options={"xatol": 1e-4},
    )
    return float(np.exp(found.x))
