# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""One model of a comparison: its finished runs, one per seed, read back from their folders.

N rows · L labels. Over several seeds a score is their mean. Either half of its interval is the root of the variance
over rows (from the runs' own intervals) plus the variance over seeds divided by their number, times Student's quantile
with Satterthwaite's degrees of freedom.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from scipy.stats import t as student

from hf_seq.metrics.calibration import Reliability, reliability
from hf_seq.metrics.linearised import Linearised
from hf_seq.reports.outcomes import outcomes_of
from hf_seq.reports.record import Record
from hf_seq.reports.verdict import Contender, Difference

BAGS = ("tfidf", "fasttext", "model2vec")
"""Bags of words, of which the one with the best score is what a trained model should beat."""
OF_FORECASTS = ("linear", "arima", "ets", "theta", "seasonal-naive", "drift", "naive", "mean")
FITTED_ONCE = (
    *(*BAGS, "most-frequent", "minirocket", "dtw", "statistics", "majority", "copy", "nearest"),
    *OF_FORECASTS,
)
"""Baselines, the strongest first; they depend on no seed."""
_NORMAL = 1.959964
"""The normal quantile that the intervals of single runs are read by."""


@dataclass(eq=False)
class Row:
    """One model of the comparison.

    Attributes:
        record: of the first seed's run, the one whose folder is `models/<name>`.
        seeds: one record per seed, the first included.
        small: trained from scratch: neither a baseline nor pretrained.
        gold: N gold answers as `outcomes.Outcomes.read` gives them; None if not run.
        scores: (N, L) of the first seed's run, where the task keeps scores.
        answers: per seed, what the model predicted, of the form of `gold`.
        difference: to the reference; None for the reference itself, or where there is none.
        agreement: share of the rows, words or texts on which it says what the teacher says, 0-100; None for the teacher
            itself, or where there is none.
        home: folder of the first seed's model, if it is known.
        calibrations: per seed, how sure the model was against how often it was right; empty where scores are none.
    """

    record: Record
    seeds: list[Record]
    small: bool = False
    gold: Any = None
    scores: Any = None
    answers: list[Any] = field(default_factory=list)
    difference: Difference | None = None
    agreement: float | None = None
    home: Path | None = None
    calibrations: list[Reliability] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """Name of the model as `--model` takes it, whatever the table calls it."""
        return str(self.record.recipe.get("model", self.record.model))

    @property
    def million_seconds(self) -> float | None:
        """Seconds of one thread that a million texts take; None where throughput was not measured."""
        return 1e6 / self.record.throughput_per_s if self.record.throughput_per_s else None

    @property
    def done(self) -> bool:
        """Whether the model was run."""
        return self.record.status == "done"

    @property
    def seed_scores(self) -> list[float]:
        """The score of every seed that has one."""
        return [each.score for each in self.seeds if each.score is not None]

    @property
    def score(self) -> float | None:
        """Mean score over the seeds."""
        return statistics.fmean(self.seed_scores) if self.seed_scores else None

    @cached_property
    def linearised(self) -> list[Linearised]:
        """The score of every seed, and what each row adds to it."""
        kind = outcomes_of(self.record)
        return [kind.linearise(self.record.metric, answers, self.gold) for answers in self.answers]

    @property
    def spread(self) -> tuple[float, float] | None:
        """The worst and the best score over the seeds; None for one seed."""
        return (min(self.seed_scores), max(self.seed_scores)) if len(self.seed_scores) > 1 else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of the score, over the choice of rows and of seeds."""
        bounds = [each.interval for each in self.seeds if each.interval is not None]
        if not bounds or self.score is None:
            return None
        low, high = over_seeds(self.seed_scores, [(low, high) for low, high in bounds])
        return (max(0.0, low), min(100.0, high)) if self.record.percent else (low, high)

    @property
    def calibration_error(self) -> float | None:
        """Mean over the seeds of the expected calibration error, 0-100; None where scores are none."""
        errors = [100 * each.error for each in self.calibrations]
        return statistics.fmean(errors) if errors else None

    @property
    def train_seconds(self) -> float | None:
        """Mean training time over the seeds."""
        values = [each.train_seconds for each in self.seeds if each.train_seconds is not None]
        return statistics.fmean(values) if values else None

    @property
    def contender(self) -> Contender:
        """The row as the verdict sees it."""
        latency = (self.record.latency_ms or {}).get("p50")
        score = float("nan") if self.score is None else self.score
        seeds = None if self.kind in FITTED_ONCE else len(self.seed_scores)
        return Contender(self.record.name, score, self.record.bytes, latency, seeds)


def read_row(folders: Sequence[str | Path], *, small: bool = False) -> Row:
    """Read the runs of a model, one folder per seed.

    Raises:
        InputError: a record or predictions are missing or broken.
    """
    records = [Record.read(folder) for folder in folders]
    first = records[0]
    if first.status != "done":
        return Row(first, records, small)
    kind = outcomes_of(first)
    read = [kind.read(folder, record) for folder, record in zip(folders, records, strict=True)]
    sure = [found for each in read if (found := kind.confidence(*each)) is not None]
    return Row(
        first,
        records,
        small,
        gold=read[0][0],
        scores=read[0][1],
        answers=[answers for _, _, answers in read],
        calibrations=[reliability(confidence, right) for confidence, right in sure],
    )


def over_seeds(values: Sequence[float], bounds: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Compute the interval of a mean over seeds from their intervals and their spread, as this module says at its top.

    Args:
        values: one per seed.
        bounds: 95 % interval of each, over the choice of rows.

    Example:
        >>> over_seeds([80.0], [(78.0, 82.0)])
        (78.0, 82.0)
    """
    mean = statistics.fmean(values)
    low, high = (statistics.fmean(each[side] for each in bounds) for side in (0, 1))
    seeds = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0
    if not seeds:
        return low, high
    rows = (high - low) / (2 * _NORMAL)
    freedom = (rows**2 + seeds**2) ** 2 / (seeds**4 / (len(values) - 1))
    wider = float(student.isf(0.025, freedom)) / _NORMAL
    below, above = (wider * math.hypot(side, _NORMAL * seeds) for side in (mean - low, high - mean))
    return mean - below, mean + above
