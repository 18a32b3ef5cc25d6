# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Limits as people write them: `5MB`, `0.3 ms`, 20 minutes.

Sizes are decimal, as everywhere in hf_seq: 1 MB is 1,000,000 bytes; `5MiB` is binary.
"""

import math
import re
from dataclasses import dataclass

from hf_seq.errors import InputError

SIZES = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
TIMES = {"us": 1e-3, "µs": 1e-3, "ms": 1.0, "s": 1e3}
"""Milliseconds of a unit."""
HEADROOM = 0.9
"""Share of the limit of latency that a model may take: medians of the same model differ by some percent."""
_WRITTEN = re.compile(r"([-+]?[\d_.]+(?:e[-+]?\d+)?)\s*([a-zµ]*)", re.IGNORECASE)


@dataclass(frozen=True)
class Limits:
    """What a model may cost.

    Attributes:
        bytes: of the files that are deployed; None for any.
        milliseconds: median from text to answer, one thread; None for any.
    """

    bytes: int | None = None
    milliseconds: float | None = None

    def allow(self, size: int, latency: float) -> bool:
        """Say whether a size and a latency are within the limits, with headroom for whoever measures again."""
        return self.allow_size(size) and (self.milliseconds is None or latency <= HEADROOM * self.milliseconds)

    def wider(self, size: int = 0, milliseconds: float = 0.0) -> "Limits":
        """Return limits that are wider by so much, where there are some."""
        return Limits(
            None if self.bytes is None else self.bytes + size,
            None if self.milliseconds is None else self.milliseconds + milliseconds,
        )

    def allow_size(self, size: int) -> bool:
        """Say whether a size is within the limits."""
        return self.bytes is None or size <= self.bytes

    def __str__(self) -> str:
        from hf_seq.reports.table import size

        parts = [] if self.bytes is None else [f"at most {size(self.bytes)}"]
        parts += [] if self.milliseconds is None else [f"at most {self.milliseconds:g} ms a text"]
        return " and ".join(parts) or "no limit"


def read_limits(size: str | None, latency: str | None) -> Limits:
    """Read `--max_size` and `--max_latency`.

    Raises:
        InputError: one is no size or no time, or not above 0.

    Example:
        >>> read_limits("5MB", "300us")
        Limits(bytes=5000000, milliseconds=0.3)
    """
    found = None if size is None else _read("max_size", size, SIZES, "5MB, 800kB")
    wait = None if latency is None else _read("max_latency", latency, TIMES, "1ms, 0.3ms, 500us")
    return Limits(None if found is None else int(found), wait)


def _read(name: str, written: str, units: dict[str, float] | dict[str, int], examples: str) -> float:
    match = _WRITTEN.fullmatch(str(written).strip())
    remedy = f"write a number and a unit, such as {examples}."
    if match is None or match[2].lower() not in units:
        what = "has no unit" if match is not None and not match[2] else "is none that is known"
        raise InputError(f"--{name} {written!r} {what}; {remedy}")
    try:
        number = float(match[1])
    except ValueError as error:
        raise InputError(f"--{name} {written!r} holds no number; {remedy}") from error
    value = number * units[match[2].lower()]
    if not 0 < value < math.inf:
        raise InputError(f"--{name} {written!r} must be above 0; leave it out for no limit.")
    return value
