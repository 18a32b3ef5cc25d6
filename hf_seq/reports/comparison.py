# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From finished runs to a comparison: who stands where against the reference, on the same test rows.

N rows · L labels. A model trained with several seeds has one run per seed: its score is their mean; its interval and
its difference to the reference are the means of theirs; its p-value is twice the median of theirs, which
holds however the runs depend on each other (Meinshausen, Meier & Bühlmann 2009, doi:10.1198/jasa.2009.tm08647).
"""

import itertools
import statistics
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.errors import InputError
from hf_seq.reports.outcomes import outcomes_of
from hf_seq.reports.record import LOWER_IS_BETTER, PERCENT_METRICS, Record, people_score
from hf_seq.reports.verdict import Contender, Difference, verdict

FLOORS = ("tfidf", "most-frequent", "minirocket", "dtw", "statistics", "majority", "copy", "nearest")
"""Baselines that a trained model should beat, the strongest first."""


@dataclass
class Row:
    """One model of the comparison.

    Attributes:
        record: of the first seed's run, the one whose folder is `models/<name>`.
        seeds: one record per seed, the first included.
        small: trained from scratch: neither a baseline nor pretrained.
        gold: N gold answers as `outcomes.Outcomes.read` gives them; None if not run.
        scores: (N, L) of the first seed's run, where the task keeps scores.
        answers: per seed, what the model said, of the form of `gold`.
        difference: to the reference; None for the reference itself, or where there is none.
    """

    record: Record
    seeds: list[Record]
    small: bool = False
    gold: Any = None
    scores: Any = None
    answers: list[Any] = field(default_factory=list)
    difference: Difference | None = None

    @property
    def done(self) -> bool:
        """Whether the model was run."""
        return self.record.status == "done"

    @property
    def score(self) -> float | None:
        """Mean score over the seeds."""
        values = [each.score for each in self.seeds if each.score is not None]
        return statistics.fmean(values) if values else None

    @property
    def spread(self) -> float | None:
        """Standard deviation of the score over the seeds; None for one seed."""
        values = [each.score for each in self.seeds if each.score is not None]
        return statistics.stdev(values) if len(values) > 1 else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of the score; over several seeds the mean of theirs."""
        bounds = [each.interval for each in self.seeds if each.interval is not None]
        if not bounds:
            return None
        return statistics.fmean(low for low, _ in bounds), statistics.fmean(high for _, high in bounds)

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
        return Contender(self.record.name, score, self.record.bytes, latency)


@dataclass
class Comparison:
    """All rows, in the order the models were named, and what they add up to."""

    rows: list[Row]
    reference: Row | None
    notes: list[str] = field(default_factory=list)
    verdict: str = ""

    @property
    def done(self) -> list[Row]:
        """The rows of models that were run."""
        return [row for row in self.rows if row.done]

    @property
    def tried(self) -> list[Row]:
        """The models the verdict chooses from: those trained from scratch, or else all but the reference."""
        others = [row for row in self.done if row is not self.reference]
        return [row for row in others if row.small] or others

    @property
    def best(self) -> Row | None:
        """The one of `tried` with the best score."""
        sign = -1 if self.lower else 1
        return max(self.tried, key=lambda row: -np.inf if row.score is None else sign * row.score, default=None)

    @property
    def first(self) -> Record:
        """Any record, for what all have in common: data, split, metric, machine."""
        return next((row.record for row in self.rows if row.done), self.rows[0].record)

    @property
    def lower(self) -> bool:
        """Whether a lower score is a better one."""
        return self.first.metric in LOWER_IS_BETTER

    @property
    def percent(self) -> bool:
        """Whether scores run from 0 to 100."""
        return self.first.metric in PERCENT_METRICS


def compare_runs(
    runs: Mapping[str, Sequence[str | Path]],
    *,
    small: Collection[str] = (),
    reference: str | None = None,
    notes: Sequence[str] = (),
) -> Comparison:
    """Read finished runs and set them against the reference.

    Args:
        runs: per model name its run folders, one per seed.
        small: names of the models trained from scratch, which the verdict is about.
        reference: name of the model to compare with; by default `distilbert`, else another fine-tuned pretrained
            model, else `tfidf`, else the first model that was run.
        notes: sentences a reader should know, kept as they are.

    Raises:
        InputError: runs of different data or rows, or an unknown reference.
    """
    if not runs:
        raise InputError("There is nothing to compare: name at least one model.")
    rows = {name: _read_row(folders, name in small) for name, folders in runs.items()}
    _check_same_rows(list(rows.values()))
    chosen = _choose_reference(rows, reference)
    for row in rows.values():
        if chosen is not None and row.done and row is not chosen:
            row.difference = difference_between(row, chosen)
    comparison = Comparison(list(rows.values()), chosen, list(notes))
    comparison.verdict = conclude(comparison)
    return comparison


def difference_between(one: Row, other: Row) -> Difference:
    """Score of one row minus score of the other in people's unit, seed by seed, see the top of this module."""
    metric, seeds = one.record.metric, max(len(one.answers), len(other.answers))
    pairs = itertools.islice(zip(itertools.cycle(one.answers), itertools.cycle(other.answers), strict=False), seeds)
    found = [outcomes_of(one.record).paired(metric, mine, theirs, one.gold) for mine, theirs in pairs]
    low, high = (statistics.fmean(each.interval[side] for each in found) for side in (0, 1))
    p_value = found[0].p_value if seeds == 1 else min(1.0, 2 * statistics.median(each.p_value for each in found))
    return Difference(
        people_score(metric, statistics.fmean(each.difference for each in found)),
        (people_score(metric, low), people_score(metric, high)),
        p_value,
    )


def conclude(comparison: Comparison) -> str:
    """The verdict: the best small model against the reference and the bag of words; who was not run, and why."""
    missing = [row.record for row in comparison.rows if not row.done]
    missed = [f"{each.name} was not run: {(each.reason or 'no reason given').rstrip('.')}." for each in missing]
    return " ".join([_judge_best(comparison), *missed])


def _judge_best(comparison: Comparison) -> str:
    best, reference = comparison.best, comparison.reference
    if best is None or reference is None or best.difference is None:
        names = [row.record.name for row in comparison.done]
        if len(names) > 1:
            return "The reference was not run, so nothing is compared with it."
        return f"Only {names[0]} was run, so there is nothing to compare." if names else "No model was run."
    floor = _floor(comparison.done, {id(best), id(reference)})
    return verdict(
        best.contender,
        reference.contender,
        best.difference,
        n=best.record.n,
        tried=len(comparison.tried),
        percent=comparison.percent,
        lower=comparison.lower,
        floor=(floor.contender, difference_between(best, floor)) if floor else None,
    )


def _floor(done: Sequence[Row], taken: set[int]) -> Row | None:
    by_name = {row.record.model: row for row in done if id(row) not in taken}
    return next((by_name[name] for name in FLOORS if name in by_name), None)


def _choose_reference(rows: Mapping[str, Row], name: str | None) -> Row | None:
    if name is not None:
        if name not in rows:
            raise InputError(f"reference={name!r} is not among the models; choose one of {', '.join(rows)}.")
        return rows[name] if rows[name].done else None
    done = {name: row for name, row in rows.items() if row.done}
    pretrained = [name for name, row in done.items() if not row.small and name not in FLOORS]
    order = [name for name in ("distilbert", *pretrained, *FLOORS, *done) if name in done]
    return done[order[0]] if order else None


def _read_row(folders: Sequence[str | Path], small: bool) -> Row:
    records = [Record.read(folder) for folder in folders]
    first = records[0]
    if first.status != "done":
        return Row(first, records, small)
    read = [outcomes_of(first).read(folder, first) for folder in folders]
    gold, scores, _ = read[0]
    return Row(first, records, small, gold=gold, scores=scores, answers=[answers for _, _, answers in read])


def _check_same_rows(rows: Sequence[Row]) -> None:
    """Refuse to compare runs that were not scored on the same rows of the same data."""
    done = [row for row in rows if row.done]
    for row in done[1:]:
        same = row.record.fingerprint == done[0].record.fingerprint and row.record.metric == done[0].record.metric
        if not same or not outcomes_of(row.record).same(row.gold, done[0].gold):
            one, two = (
                f"{each.model} ({each.data}, {each.n} {each.split} rows)" for each in (row.record, done[0].record)
            )
            raise InputError(
                f"{one} and {two} were not scored on the same rows, so they cannot be compared; "
                "give --output another folder."
            )
