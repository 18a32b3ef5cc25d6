# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A candidate is one trained model in one form: what it scores on validation, and what it costs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hf_seq.files.writing import write_json
from hf_seq.search.forms import TORCH
from hf_seq.search.limits import Limits

CANDIDATES_NAME = "candidates.json"


@dataclass(frozen=True)
class Candidate:
    """A model that could be deployed.

    Attributes:
        run: name of its folder among the runs of the search.
        form: in which it would be deployed.
        label: what people read.
        score: on validation, in people's unit.
        interval: 95 % of it.
        bytes: of what is deployed.
        milliseconds: median from input to answer, one thread.
        updates: it was trained for; 0 for baselines.
        spent: minutes of the budget that were spent when it was there.
    """

    run: str
    form: str
    label: str
    score: float
    interval: tuple[float, float] | None
    bytes: int
    milliseconds: float
    updates: int = 0
    spent: float = 0.0

    @property
    def name(self) -> str:
        """What people read, with the form."""
        return self.label if self.form == TORCH else f"{self.label} ({self.form})"

    def within(self, limits: Limits) -> bool:
        """Say whether it keeps the limits."""
        return limits.allow(self.bytes, self.milliseconds)


@dataclass(frozen=True)
class Outcome:
    """What became of a run: candidates, or the reason why there are none."""

    run: str
    candidates: tuple[Candidate, ...] = ()
    reason: str | None = None

    def best(self, limits: Limits, sign: int) -> Candidate | None:
        """Return the best candidate within the limits, of equals the smallest; None where none is."""
        return best_of(self.candidates, limits, sign)

    def write(self, folder: Path) -> None:
        """Write it, so that the run is not done again."""
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / CANDIDATES_NAME, asdict(self))

    @classmethod
    def read(cls, folder: Path) -> "Outcome | None":
        """Read what `write` wrote; None where the run is not finished."""
        path = folder / CANDIDATES_NAME
        if not path.is_file():
            return None
        facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        read = [
            Candidate(**{**each, "interval": each["interval"] and tuple(each["interval"])})
            for each in facts["candidates"]
        ]
        return cls(facts["run"], tuple(read), facts["reason"])


def best_of(candidates: Sequence[Candidate], limits: Limits, sign: int) -> Candidate | None:
    """Return the best candidate within the limits: by score, then bytes, then latency."""
    allowed = [each for each in candidates if each.within(limits)]
    return min(allowed, key=lambda each: (-sign * each.score, each.bytes, each.milliseconds), default=None)


def frontier(candidates: Sequence[Candidate], sign: int) -> list[Candidate]:
    """Return what no other candidate beats in score, size and latency at once, the smallest first."""

    def beats(one: Candidate, two: Candidate) -> bool:
        good = sign * one.score >= sign * two.score
        small = one.bytes <= two.bytes and one.milliseconds <= two.milliseconds
        better = (sign * one.score, -one.bytes, -one.milliseconds) != (sign * two.score, -two.bytes, -two.milliseconds)
        return good and small and better

    kept = [each for each in candidates if not any(beats(other, each) for other in candidates)]
    return sorted(kept, key=lambda each: (each.bytes, each.milliseconds))
