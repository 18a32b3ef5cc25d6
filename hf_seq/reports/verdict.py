# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""One honest sentence about a comparison.

The rules, none of which lets a small model look better than the rows can show:
- worse: p < 0.05 in the paired test, taken as it is, however many models were tried;
- better: p < 0.05 after Holm's correction for the number of models that were tested against the same one;
- within noise: neither, and the 95 % interval of the difference stays inside +/- 5 points (0.05 for a correlation; a
  twentieth of the other's score for an error, which has a unit of its own);
- too few rows: neither, and the interval is wider than that, or there are fewer rows than could show it.

Where neither model is shown to be better, the sentence says how many rows it would take to tell, with a chance of 80 %,
a difference as large as the one seen, or of one point (of an error a hundredth) where less was seen.
"""

import math
from dataclasses import dataclass

from hf_seq.metrics.power import mcnemar_rows, normal_rows

LEVEL = 0.05
MARGIN = 5.0
"""Points on the 0-100 scale; a hundredth of it for scores that run from 0 to 1, or for an error's own scale."""

SMALLEST = 1.0
"""Points: a smaller difference is not worth a larger test set."""

FEWEST_ROWS = 60
"""By the rule of three, no disagreement on n rows still allows 3/n of them to differ: 5 points at 60 rows."""


@dataclass(frozen=True)
class Contender:
    """A model in the sentence: what people call it, its size and its speed; None where it is not known.

    Attributes:
        name: what people call it.
        score: of the table.
        bytes: on disk.
        latency_ms: median.
        seeds: trainings that the score is the mean of; None where another training would give the same model.
    """

    name: str
    score: float
    bytes: int | None = None
    latency_ms: float | None = None
    seeds: int | None = None


@dataclass(frozen=True)
class Difference:
    """Score of the first model minus score of the second, on the same rows, in people's unit.

    Attributes:
        points: the difference.
        interval: its 95 % interval.
        p_value: of the paired test.
        corrected: that after Holm's correction for the models tested against the same one; None for one model alone.
        discordant: share of rows on which just one of the two is right; None where rows are not right or wrong.
        scale: of an error, the score of the second model, so that metres and millimetres are judged alike; 1 of scores
            between 0 and 1.
    """

    points: float
    interval: tuple[float, float]
    p_value: float
    corrected: float | None = None
    discordant: float | None = None
    scale: float = 1.0

    @property
    def surest(self) -> float:
        """The p-value to claim something by."""
        return self.p_value if self.corrected is None else self.corrected


def judge(difference: Difference, n: int, *, percent: bool = True, lower: bool = False) -> str:
    """Classify a difference as `better`, `worse`, `within noise` or `too few rows`, by the rules of this module.

    A difference that is not a number (the correlation of a constant answer) is `undefined`.

    Args:
        difference: of the model in question to its reference.
        n: rows both were scored on.
        percent: the score runs from 0 to 100; otherwise from 0 to 1.
        lower: a lower score is a better one.
    """
    if not math.isfinite(difference.points):
        return "undefined"
    gain = -difference.points if lower else difference.points
    if difference.p_value < LEVEL and gain < 0:
        return "worse"
    if difference.surest < LEVEL and gain > 0:
        return "better"
    margin = MARGIN if percent else MARGIN / 100 * difference.scale
    low, high = difference.interval
    if n < FEWEST_ROWS or not (-margin <= low and high <= margin):
        return "too few rows"
    return "within noise"


def rows_to_tell(difference: Difference, n: int, *, percent: bool = True) -> tuple[int, float] | None:
    """Estimate how many rows it would take to tell a difference.

    Args:
        difference: as seen on `n` rows.
        n: those rows.
        percent: the score runs from 0 to 100; otherwise from 0 to 1.

    Returns:
        The rows, and the difference that they would tell: the one seen, or `SMALLEST` where less was seen; None where
        these rows are enough for it, or nothing can be said.
    """
    scale = 100 if percent else difference.scale
    low, high = difference.interval
    if not (math.isfinite(difference.points) and math.isfinite(high - low)):
        return None
    wanted = max(abs(difference.points) / scale, SMALLEST / 100)
    if difference.discordant is not None:
        rows = mcnemar_rows(max(difference.discordant, wanted), wanted)
    elif high > low:
        rows = normal_rows((high - low) / 2 / scale, n, wanted)
    else:
        return None
    return (rows, wanted * scale) if rows > n else None


def verdict(
    candidate: Contender,
    reference: Contender,
    difference: Difference,
    *,
    n: int,
    tried: int = 1,
    percent: bool = True,
    lower: bool = False,
    floor: tuple[Contender, Difference] | None = None,
) -> str:
    """Say how the candidate stands against the reference, what it costs beside it, and against a simple baseline.

    Args:
        candidate: the small model with the best score on these rows.
        reference: the model it is compared with.
        difference: candidate minus reference.
        n: rows of the test set.
        tried: small models among which the candidate is the best.
        percent: the score runs from 0 to 100; otherwise from 0 to 1.
        lower: a lower score is a better one.
        floor: a bag of words (or the majority), and candidate minus it.

    Returns:
        One sentence, and a second one where a model was trained once.
    """
    who = f"{candidate.name} (the best of {tried} here)" if tried > 1 else candidate.name
    numbers = show_difference(difference, percent=percent)
    kind = judge(difference, n, percent=percent, lower=lower)
    costs = _costs(candidate, reference)
    if kind == "worse":
        sentence = f"{who} is worse than {reference.name} on these {n:,} rows ({numbers})"
        sentence += f"; it is {costs}" if costs else ""
    elif kind == "better":
        sentence = f"{who} is better than {reference.name} on these {n:,} rows ({numbers})" + _also(costs)
    elif kind == "within noise":
        sentence = f"{who} is within noise of {reference.name} on these {n:,} rows ({numbers})" + _also(costs)
    elif kind == "undefined":
        sentence = f"{who} cannot be compared with {reference.name}: one of the two scores is undefined on these rows"
    else:
        sentence = f"{n:,} rows are too few to tell {who} from {reference.name} ({numbers})"
        sentence += f"; {candidate.name} is {costs}" if costs else ""
    if kind in ("within noise", "too few rows"):
        sentence += _rows_wanted(difference, n, percent=percent)
    if floor is not None:
        sentence += f"; {_against_floor(*floor, n=n, percent=percent, lower=lower)}"
    return sentence + "." + one_training(candidate, reference)


def one_training(*contenders: Contender) -> str:
    """Say of which models a single training is known; nothing where there is none.

    Example:
        >>> one_training(Contender("lstm", 90.0, seeds=1), Contender("tfidf", 80.0))
        ' This is one training of lstm: another training may order them otherwise.'
    """
    single = [each.name for each in contenders if each.seeds == 1]
    if not single:
        return ""
    trainings = "one training each" if len(single) > 1 else "one training"
    return f" This is {trainings} of {' and '.join(single)}: another training may order them otherwise."


def show_difference(difference: Difference, *, percent: bool = True) -> str:
    """Write `-1.2, 95 % interval -2.9 to +0.5, p = 0.17`, and the corrected p where it reads otherwise."""
    digits = 1 if percent else 3
    low, high = difference.interval
    points = f"{difference.points:+.{digits}f}, 95 % interval {low:+.{digits}f} to {high:+.{digits}f}"
    alone, among_all = show_p(difference.p_value), show_p(difference.surest)
    corrected = f", {among_all.removeprefix('p ').removeprefix('= ')} by Holm" if among_all != alone else ""
    return f"{points}, {alone}{corrected}".replace("-", "−")


def show_p(p_value: float) -> str:
    """Write `p = 0.17`, with two digits that mean something, or `p < 0.001`."""
    if math.isnan(p_value):
        return "p unknown"
    if p_value < 0.001:
        return "p < 0.001"
    return f"p = {p_value:.3f}" if p_value < 0.1 else f"p = {p_value:.2f}"


def ratio(candidate: float | None, reference: float | None, less: str, more: str) -> str | None:
    """Say `40x smaller`, `1.3x larger` or, within 5 %, None; None too when either is unknown or zero."""
    if not candidate or not reference:
        return None
    times, word = (reference / candidate, less) if candidate <= reference else (candidate / reference, more)
    if times < 1.05:
        return None
    return f"{times:,.0f}x {word}" if times >= 10 else f"{times:.1f}x {word}"


def _costs(candidate: Contender, reference: Contender) -> str:
    size = ratio(candidate.bytes, reference.bytes, "smaller", "larger")
    speed = ratio(candidate.latency_ms, reference.latency_ms, "faster", "slower")
    size = "of the same size" if size is None and candidate.bytes and reference.bytes else size
    speed = "as fast" if speed is None and candidate.latency_ms and reference.latency_ms else speed
    return " and ".join(each for each in (size, speed) if each)


def _also(costs: str) -> str:
    return f", {costs}" if costs else ""


def _rows_wanted(difference: Difference, n: int, *, percent: bool) -> str:
    wanted = rows_to_tell(difference, n, percent=percent)
    if wanted is None:
        return ""
    rows, points = wanted
    size = f"{points:.1f} points" if percent else f"{points:.3f}"
    return f"; to tell a difference of {size} takes about {_rounded(rows):,} rows"


def _rounded(rows: int) -> int:
    """Round to the two digits that the estimate can bear: 7,947 becomes 7,900."""
    return round(rows, 2 - len(str(rows)))


def _against_floor(floor: Contender, difference: Difference, *, n: int, percent: bool, lower: bool) -> str:
    kind = judge(difference, n, percent=percent, lower=lower)
    numbers = show_difference(difference, percent=percent)
    words = {
        "better": f"it beats {floor.name} ({numbers})",
        "worse": f"it is worse than {floor.name} ({numbers}), so use that",
        "within noise": f"it does not beat {floor.name} ({numbers})",
        "undefined": f"it cannot be compared with {floor.name}, whose score or its own is undefined",
        "too few rows": f"whether it beats {floor.name} cannot be told from so few rows ({numbers})",
    }
    return words[kind]
