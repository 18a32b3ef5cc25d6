# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How fast more workers than were measured would be: a model, fitted to one and two.

A worker computes by itself, and for a part of each row it needs what all share (memory, disk), one at a time. That is
a closed queueing network with a delay and one queue, whose throughput mean value analysis gives exactly for
exponential times (Reiser & Lavenberg 1980, doi:10.1145/322186.322195). It knows nothing of a second socket or of a
network; it says what the loss between one and two workers would grow to.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Workers:
    """A fitted model.

    Attributes:
        alone: seconds of a row that a worker computes by itself.
        shared: seconds of a row that it needs what all share.
    """

    alone: float
    shared: float

    @classmethod
    def fitted(cls, one: float, two: float) -> "Workers":
        """Fit to the rows per second of one worker and of two; two that are more than twice as fast share nothing."""
        whole = 1 / one
        shared = whole * math.sqrt(max(0.0, 2 / (two * whole) - 1))
        return cls(max(0.0, whole - shared), min(shared, whole))

    def rate(self, workers: int) -> float:
        """Return rows per second of so many workers."""
        waiting = rate = 0.0
        for number in range(1, workers + 1):
            there = self.shared * (1 + waiting)
            rate = number / (self.alone + there)
            waiting = rate * there
        return rate


def price_of_a_billion(rate: float, workers: int, per_hour: float) -> float:
    """Return what a billion rows cost, where an hour of one core has a price."""
    return 1e9 / rate / 3600 * workers * per_hour
