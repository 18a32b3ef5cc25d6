# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What one more megabyte or millisecond would have bought: the answer made wider until it breaks a limit, and trained.

A scout is trained for as long as the second rung, and compared with the answer as it was there: that costs a tenth of
the search for both, and needs no guess.
"""

import dataclasses
from collections.abc import Iterator

from hf_seq.progress import logger
from hf_seq.search.budget import Budget
from hf_seq.search.candidates import Candidate, best_of
from hf_seq.search.limits import Limits
from hf_seq.search.runs import Workshop
from hf_seq.search.space import VOCABULARIES, Setting
from hf_seq.search.study import SearchResult

RUNG = 1
MEGABYTE, MILLISECOND = 1_000_000, 1.0


@dataclasses.dataclass(frozen=True)
class Scouted:
    """What was found beyond a limit.

    Attributes:
        unit: "megabyte" or "millisecond".
        gain: points more than the answer had at the same length of training; None where nothing was trained.
        candidate: who had them.
    """

    unit: str
    gain: float | None = None
    candidate: Candidate | None = None


def scout(workshop: Workshop, found: SearchResult, budget: Budget, sign: int) -> list[Scouted]:
    """Look beyond each limit that there is.

    Args:
        workshop: of the search.
        found: what it found; gets the scouts, too.
        budget: has a reserve for this.
        sign: 1 where a higher score is better, else -1.
    """
    limits = workshop.options.limits
    best = best_of([each for each in found.candidates if each.updates], limits, sign)
    beyond = []
    if limits.bytes is not None:
        beyond.append(("megabyte", limits.wider(size=MEGABYTE)))
    if limits.milliseconds is not None:
        beyond.append(("millisecond", limits.wider(milliseconds=MILLISECOND)))
    return [_look(workshop, found, budget, sign, best, *each) for each in beyond]


def _look(
    workshop: Workshop, found: SearchResult, budget: Budget, sign: int, best: Candidate | None, unit: str, wider: Limits
) -> Scouted:
    if best is None or budget.late:
        return Scouted(unit)
    answer, updates = found.settings[best.run][0], budget.updates(RUNG)
    before = best_of(
        [each for each in found.candidates if found.settings[each.run] == (answer, updates)], workshop.limits, sign
    )
    setting = None if before is None else _just_beyond(workshop, answer, wider)
    if setting is None or before is None or not budget.pay(budget.price(setting, updates), reserve=True):
        return Scouted(unit)
    outside = dataclasses.replace(workshop, limits=wider)
    logger.info(f"  beyond the limits, for one more {unit}:")
    outcome = outside.run(f"scout-{unit}", setting, updates, budget.spent / 60)
    found.add(outcome, setting, updates)
    seen = outcome.best(wider, sign)
    return Scouted(unit) if seen is None else Scouted(unit, sign * (seen.score - before.score), seen)


def _just_beyond(workshop: Workshop, answer: Setting, wider: Limits) -> Setting | None:
    """Find a wider version that breaks the limits and keeps those beyond; None where one step leads over both."""
    for setting in _wider(answer):
        forms = workshop.forms_of(setting)
        if not any(workshop.limits.allow(*each) for each in forms.values()):
            return setting if any(wider.allow(*each) for each in forms.values()) else None
    return None


def _wider(setting: Setting) -> Iterator[Setting]:
    """List wider versions of a setting, the smallest first."""
    flags = setting.flags
    larger = [size for size in reversed(VOCABULARIES) if size > flags["vocab_size"]]
    changes = [{"num_ngrams": times * flags["num_ngrams"]} for times in (2, 4) if "num_ngrams" in flags]
    changes += [{"vocab_size": size} for size in larger[:1]]
    changes += [{"embedding_size": times * flags["embedding_size"]} for times in (2, 4)]
    changes += [{"hidden_size": times * flags["hidden_size"]} for times in (2, 4)]
    changes += [{name: times * flags[name] for name in ("embedding_size", "hidden_size")} for times in (2, 4, 8)]
    for change in changes:
        yield dataclasses.replace(setting, flags={**flags, **change})
