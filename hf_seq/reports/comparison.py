# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From finished runs to a comparison: who stands where against the reference, on the same test rows.

A difference, its interval and its p-value come from one test, over rows and, where there are several, over seeds
(`metrics.differences`). All p-values against the same model are corrected for their number by Holm's method.
"""

import dataclasses
import itertools
import statistics
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hf_seq.errors import InputError
from hf_seq.metrics.differences import difference_of
from hf_seq.metrics.power import holm
from hf_seq.reports.frames import frame_of, html_of, latex_of, shown
from hf_seq.reports.outcomes import outcomes_of
from hf_seq.reports.record import LOWER_IS_BETTER, Record, quoted_score
from hf_seq.reports.rows import BAGS, FITTED_ONCE, Row, read_row
from hf_seq.reports.sizes import SizePoint
from hf_seq.reports.students import judge_students, teachers
from hf_seq.reports.verdict import Difference, verdict

if TYPE_CHECKING:
    import pandas as pd

FLOORS = FITTED_ONCE
OPTIONAL = "not installed"
"""How the reason of a model begins that is not run for want of an optional package."""


@dataclass
class Comparison:
    """All rows, in the order the models were named, and what they add up to.

    Attributes:
        rows: one per model.
        reference: the model that the others' scores are compared with.
        teacher: the model whose answers the others are held against.
        notes: sentences a reader should know.
        verdict: the outcome in a sentence.
        price_per_hour: of one core of the machine, in any currency; None where it is not known.
        sizes: per model its scores after training on fewer rows, and on all.
    """

    rows: list[Row]
    reference: Row | None
    teacher: Row | None = None
    notes: list[str] = field(default_factory=list)
    verdict: str = ""
    price_per_hour: float | None = None
    sizes: dict[str, list[SizePoint]] = field(default_factory=dict)

    def to_pandas(self) -> "pd.DataFrame":
        """Give all figures as a table of numbers, a line a model: score, interval, difference, p-values, costs."""
        return frame_of(self.rows)

    def to_latex(self, caption: str | None = None) -> str:
        """Write the main figures as a LaTeX table for the package booktabs.

        Args:
            caption: below the table; None takes the verdict.
        """
        return latex_of(self._shown, self.verdict if caption is None else caption)

    def _repr_html_(self) -> str:
        return html_of(self._shown, self.verdict)

    @property
    def _shown(self) -> list[list[str]]:
        return shown(self.rows, self.reference, percent=self.percent)

    def million_cost(self, row: Row) -> float | None:
        """Return what a million texts cost, where the price of an hour is known."""
        if self.price_per_hour is None or row.million_seconds is None:
            return None
        return self.price_per_hour * row.million_seconds / 3600

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
        return self.first.percent


def compare_runs(
    runs: Mapping[str, Sequence[str | Path]],
    *,
    small: Collection[str] = (),
    homes: Mapping[str, Path] | None = None,
    reference: str | None = None,
    notes: Sequence[str] = (),
    price_per_hour: float | None = None,
) -> Comparison:
    """Read finished runs and set them against the reference.

    Args:
        runs: per model name its run folders, one per seed.
        small: names of the models trained from scratch, which the verdict is about.
        homes: per model name the folder that it is loaded from; that of its first run if absent.
        reference: name of the model to compare with; by default `distilbert`, else another fine-tuned pretrained
            model, else `tfidf`, else the first model that was run.
        notes: sentences a reader should know, kept as they are.
        price_per_hour: of one core of the machine.

    Raises:
        InputError: runs of different data or rows, or an unknown reference.
    """
    if not runs:
        raise InputError("There is nothing to compare: name at least one model.")
    rows = {name: read_row(folders, small=name in small) for name, folders in runs.items()}
    for name, row in rows.items():
        row.home = (homes or {}).get(name, Path(runs[name][0]))
    _check_same_rows(list(rows.values()))
    chosen = _choose_reference(rows, reference)
    teacher = _choose_teacher(rows, chosen)
    done = [row for row in rows.values() if row.done]
    if chosen is not None:
        others = [row for row in done if row is not chosen]
        for row, difference in zip(others, differences(others, chosen), strict=True):
            row.difference = difference
    for row in done:
        if teacher is not None and row is not teacher:
            row.agreement = agreement_between(row, teacher)
    comparison = Comparison(list(rows.values()), chosen, teacher, list(notes), price_per_hour=price_per_hour)
    comparison.verdict = conclude(comparison)
    return comparison


def differences(rows: Sequence[Row], other: Row) -> list[Difference]:
    """Score of each row minus score of another, the p-values corrected for their number."""
    found = [difference_between(row, other) for row in rows]
    corrected = holm([each.p_value for each in found])
    return [dataclasses.replace(each, corrected=p) for each, p in zip(found, corrected, strict=True)]


def difference_between(one: Row, other: Row) -> Difference:
    """Compare the mean scores of two rows, in the unit people quote, by the test of `metrics.differences`."""
    metric, found = one.record.metric, difference_of(one.linearised, other.linearised)
    low, high = (quoted_score(metric, bound) for bound in found.interval)
    points = quoted_score(metric, found.difference)
    scale = (other.score or 1.0) if metric in LOWER_IS_BETTER else 1.0
    return Difference(points, (low, high), found.p_value, discordant=found.discordant, scale=scale)


def agreement_between(one: Row, other: Row) -> float | None:
    """Share of answers that are the same, 0-100, mean over the seeds; None where answers are never quite the same."""
    kind = outcomes_of(one.record)
    shares = [kind.agreement(mine, theirs) for mine, theirs in _seed_pairs(one, other)]
    known = [100 * share for share in shares if share is not None]
    return statistics.fmean(known) if known else None


def _seed_pairs(one: Row, other: Row) -> Iterator[tuple[Any, Any]]:
    """Yield the predictions of two models seed by seed; a model of fewer seeds begins again with its first."""
    seeds = max(len(one.answers), len(other.answers))
    return itertools.islice(zip(itertools.cycle(one.answers), itertools.cycle(other.answers), strict=False), seeds)


def conclude(comparison: Comparison) -> str:
    """Write the verdict: the best small model against the reference and the bag of words; what was not run, and why.

    That an optional package is not installed is said in the table alone.
    """
    missing = [row.record for row in comparison.rows if not row.done]
    names: dict[str, list[str]] = {}
    for each in missing:
        names.setdefault((each.reason or "no reason given").rstrip("."), []).append(each.name)
    missed = [
        f"{' and '.join(those)} {'was' if len(those) == 1 else 'were'} not run: {reason}."
        for reason, those in names.items()
        if not reason.startswith(OPTIONAL)
    ]
    students = judge_students(
        comparison.rows,
        [row for row in (comparison.best, comparison.reference) if row is not None],
        difference_between,
        percent=comparison.percent,
        lower=comparison.lower,
    )
    return " ".join(filter(None, [_judge_best(comparison), students, *missed]))


def _judge_best(comparison: Comparison) -> str:
    best, reference = comparison.best, comparison.reference
    if best is None or reference is None or best.difference is None:
        names = [row.record.name for row in comparison.done]
        if len(names) > 1:
            return "The reference was not run, so nothing is compared with it."
        return f"Only {names[0]} was run, so there is nothing to compare." if names else "No model was run."
    floor = _floor(comparison, [best, reference])
    tried = [row for row in comparison.tried if row is not floor]
    return verdict(
        best.contender,
        reference.contender,
        best.difference,
        n=best.record.n,
        tried=len(comparison.tried),
        percent=comparison.percent,
        lower=comparison.lower,
        floor=(floor.contender, differences(tried, floor)[tried.index(best)]) if floor else None,
    )


def _floor(comparison: Comparison, taken: Sequence[Row]) -> Row | None:
    """Find the best bag of words that was run, else the strongest other baseline."""
    left = [row for row in comparison.done if row not in taken]
    bags = [row for row in left if row.kind in BAGS and row.score is not None]
    if bags:
        return max(bags, key=lambda row: (-1 if comparison.lower else 1) * (row.score or 0.0))
    others = [row for row in left if row.kind in FLOORS]
    return min(others, key=lambda row: FLOORS.index(row.kind), default=None)


def check_reference(name: str | None, models: Collection[str]) -> None:
    """Refuse a reference that is not compared.

    Raises:
        InputError: it is not among the models.
    """
    if name is not None and name not in models:
        raise InputError(f"reference={name!r} is not among the models; choose one of {', '.join(models)}.")


def _choose_reference(rows: Mapping[str, Row], name: str | None) -> Row | None:
    if name is not None:
        check_reference(name, rows)
        return rows[name] if rows[name].done else None
    done = [row for row in rows.values() if row.done]
    ranks = {"distilbert": -2} | {name: place for place, name in enumerate(FLOORS)}

    def rank(row: Row) -> int:
        pretrained = not row.small and row.kind not in FLOORS
        return ranks.get(row.kind, -1 if pretrained else len(FLOORS))

    return min(done, key=rank, default=None)


def _choose_teacher(rows: Mapping[str, Row], reference: Row | None) -> Row | None:
    """Choose the model that a distilled one learned from, if it is here; else the reference, unless a baseline."""
    taught = next(teachers(list(rows.values())), None)
    if taught is not None:
        return taught
    return None if reference is None or reference.kind in FLOORS else reference


def _check_same_rows(rows: Sequence[Row]) -> None:
    """Refuse to compare runs that were not scored on the same rows of the same data."""
    done = [row for row in rows if row.done]
    for row in done[1:]:
        one, two = row.record, done[0].record
        read_alike = one.fingerprint == two.fingerprint or one.data == two.data  # train may have been limited
        if not read_alike or one.metric != two.metric or not outcomes_of(row.record).same(row.gold, done[0].gold):
            these = (f"{each.model} ({each.data}, {each.scored_rows})" for each in (one, two))
            raise InputError(
                f"{' and '.join(these)} were not scored on the same rows, so they cannot be compared; "
                "give --output another folder."
            )
