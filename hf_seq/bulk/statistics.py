# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a bulk prediction amounts to, counted shard by shard and added up: rows, time, labels, scores."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

BINS = 20
"""Bins of scores from 0 to 1."""
BILLION = 1_000_000_000


@dataclass
class Tally:
    """Counts of one shard.

    Attributes:
        rows: answered.
        seconds: that one worker took, reading and writing included.
        labels: how often each label, tag or entity was predicted.
        scores: how many scores begin with each value: 20 bins from 0 to 1; of perplexities and other numbers without
            bounds, the value rounded to one digit.
        truncated: inputs that were cut.
        bytes: of the output.
        broken: why the shard could not be read; None where it could.
    """

    rows: int = 0
    seconds: float = 0.0
    labels: Counter[str] = field(default_factory=Counter)
    scores: Counter[str] = field(default_factory=Counter)
    truncated: int = 0
    bytes: int = 0
    broken: str | None = None

    def add(self, answers: Sequence[Mapping[str, Any]]) -> None:
        """Count some answers."""
        self.rows += len(answers)
        for answer in answers:
            self.truncated += bool(answer.get("truncated"))
            self.labels.update(_labels_of(answer))
            self.scores.update(map(_bin_of, _scores_of(answer)))

    def plain(self) -> dict[str, Any]:
        """Give it as JSON holds it."""
        return {**vars(self), "labels": dict(self.labels), "scores": dict(self.scores)}

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "Tally":
        """Read what `plain` gave."""
        counted = {name: Counter(facts[name]) for name in ("labels", "scores")}
        return cls(**{**facts, **counted})


def _labels_of(answer: Mapping[str, Any]) -> Iterable[str]:
    if "label" in answer:
        return (answer["label"],)
    pieces = answer.get("entities") or answer.get("tokens")
    if isinstance(pieces, list):
        return (each["label"] for each in pieces)
    return answer.get("labels") or answer.get("tags") or ()


def _scores_of(answer: Mapping[str, Any]) -> Iterable[float]:
    pieces = answer.get("entities") or answer.get("tokens")
    if isinstance(pieces, list):
        return (each["score"] for each in pieces)
    found = answer.get("score", answer.get("scores", answer.get("perplexity")))
    if found is None:
        return ()
    return found if isinstance(found, list) else (found,)


def _bin_of(score: float) -> str:
    if 0 <= score <= 1:
        return f"{min(math.floor(score * BINS), BINS - 1) / BINS:.2f}"
    return f"{float(f'{score:.0e}'):g}"


def added_up(tallies: Mapping[str, Tally], workers: int, seconds: float, rows: int) -> dict[str, Any]:
    """Add the counts of all shards up.

    Args:
        tallies: by the name of the shard.
        workers: that worked at a time.
        seconds: that the last call took.
        rows: that it answered.
    """
    done = {name: each for name, each in tallies.items() if each.broken is None}
    total = sum(each.rows for each in done.values())
    busy = sum(each.seconds for each in done.values())
    speed = total / busy if busy else None
    return {
        "shards": len(done),
        "rows": total,
        "bytes": sum(each.bytes for each in done.values()),
        "truncated": sum(each.truncated for each in done.values()),
        "broken": {name: each.broken for name, each in tallies.items() if each.broken is not None},
        "labels": dict(_sum(each.labels for each in done.values()).most_common()),
        "scores": dict(sorted(_sum(each.scores for each in done.values()).items(), key=lambda pair: float(pair[0]))),
        "rows_per_second_of_a_worker": speed,
        "worker_hours_for_a_billion_rows": BILLION / speed / 3600 if speed else None,
        "last_call": {
            "workers": workers,
            "rows": rows,
            "seconds": seconds,
            "rows_per_second": rows / seconds if rows and seconds else None,
        },
    }


def _sum(counters: Iterable[Counter[str]]) -> Counter[str]:
    return sum(counters, start=Counter())
