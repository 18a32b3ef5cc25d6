# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The search: optuna asks, runs answer, two thirds of them are given up early.

Every start asks the same questions again: the sampler is seeded, what was finished is read from its folder instead of
trained, so a search that was killed comes to where it was in a second, with sampler and pruner in the same state, and
goes on. The journal that optuna writes is for people who want to look at it with its own tools.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hf_seq.errors import InputError
from hf_seq.progress import logger
from hf_seq.search.budget import RUNGS, Budget
from hf_seq.search.candidates import Candidate, Outcome, best_of
from hf_seq.search.limits import Limits
from hf_seq.search.options import FitOptions
from hf_seq.search.runs import Workshop
from hf_seq.search.space import SCRATCH, Setting, Space

JOURNAL = "journal.log"
"""Beside the runs: what optuna's dashboard reads."""
REDUCTION = 3
"""Of three, one goes on to the next rung."""
STARTUP = 8
"""Settings before the sampler begins to learn from them."""
STATIC_VECTORS = 16_000_000
"""Bytes of the static vectors of a usual vocabulary."""
MOST_REFUSED = 100
"""Settings in a row that do not fit before the search ends."""


@dataclass
class SearchResult:
    """What a search has found.

    Attributes:
        candidates: all that was trained, in every form.
        settings: of each run, by its name.
        tried: settings that were trained.
        too_large: settings that were not, since no form of them keeps the limits.
        failed: reasons of runs that failed.
    """

    candidates: list[Candidate] = field(default_factory=list)
    settings: dict[str, tuple[Setting, int]] = field(default_factory=dict)
    tried: int = 0
    too_large: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def add(self, outcome: Outcome, setting: Setting, updates: int) -> None:
        """Take in what a run has given."""
        self.candidates += outcome.candidates
        self.settings[outcome.run] = setting, updates
        if outcome.reason is not None:
            kind = self.failed if outcome.reason.startswith("diverged") else self.too_large
            kind.append(f"{setting.label}: {outcome.reason}")


def check_optuna() -> None:
    """Import what searches.

    Raises:
        InputError: it is not installed.
    """
    try:
        import optuna
    except ImportError as error:
        raise InputError(f"hf-seq fit needs the package {error.name}: pip install 'hf_seq[search]'.") from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)


def search(workshop: Workshop, space: Space, budget: Budget, sign: int) -> SearchResult:
    """Try settings until the budget is spent.

    Args:
        workshop: trains.
        space: what can be tried.
        budget: how much.
        sign: 1 where a higher score is better, else -1.
    """
    found = SearchResult()
    for name in baselines_of(workshop):
        outcome = workshop.run(f"baseline-{name}", Setting(name, SCRATCH), 0)
        found.add(outcome, Setting(name, SCRATCH), 0)
    _check_limits(workshop, space, found, sign)
    study = _new_study(workshop.folder / JOURNAL, workshop.options.seed, sign)
    for first in space.first():
        study.enqueue_trial(first, skip_if_exists=True)
    refused = 0
    while refused < MOST_REFUSED and found.tried < (workshop.options.trials or 10**6):
        trial = study.ask()
        setting = space.suggest(trial)
        known = setting is None or any(setting == each for each, _ in found.settings.values())
        if setting is None or known:
            refused += 1
            _give_up(study, trial)
            continue
        score, paid = _climb(workshop, budget, found, trial, setting, sign)
        refused = refused + 1 if score is None else 0
        if score is None:
            _give_up(study, trial)
        else:
            study.tell(trial, score)
            found.tried += 1
        if not paid:
            break
    if budget.late:
        logger.info(f"  ended by the clock: this machine is busy, {found.tried} settings took twice the minutes")
    return found


def _check_limits(workshop: Workshop, space: Space, found: SearchResult, sign: int) -> None:
    """Refuse limits that not even the smallest model keeps, before anything is trained.

    Raises:
        InputError: neither it nor a baseline does.
    """
    limits = workshop.options.limits
    if limits == Limits() or best_of(found.candidates, limits, sign) is not None:
        return
    reason = workshop.why_not(space.smallest())
    if reason is not None:
        raise InputError(nothing_fits(workshop.options, found.candidates, f"the smallest of ours: {reason}"))


def nothing_fits(options: FitOptions, candidates: Sequence[Candidate], reason: str = "") -> str:
    """Say that no model keeps the limits, and what the smallest and the fastest were."""
    reasons = [reason] if reason else []
    if candidates:
        small, fast = (min(candidates, key=lambda each: getattr(each, name)) for name in ("bytes", "milliseconds"))
        reasons += [f"the smallest trained takes {small.bytes / 1e6:.3g} MB ({small.name})"]
        reasons += [f"the fastest {fast.milliseconds:.2g} ms ({fast.name})"]
    wider = [f"--{name}" for name in ("max_size", "max_latency") if getattr(options, name) is not None]
    return (
        f"No model keeps the limits, {options.limits} ({'; '.join(reasons)}). Give a wider {' or '.join(wider)}; of "
        "the latency a tenth is kept back for noise."
    )


def baselines_of(workshop: Workshop) -> Iterator[str]:
    """Name the baselines that can be had, but for the one that only counts labels."""
    from hf_seq.files.pretrained import PretrainedUnavailable

    for name in workshop.task.models.baselines:
        if name == "majority" or (name == "model2vec" and not workshop.options.limits.allow_size(STATIC_VECTORS)):
            continue
        if name in ("fasttext", "model2vec"):
            try:
                _check_rival(name)
            except PretrainedUnavailable as error:
                logger.info(f"  {name}: left out ({error})")
                continue
        yield name


def _check_rival(name: str) -> None:
    if name == "fasttext":
        from hf_seq.baselines.rivals import import_rival

        import_rival("fasttext")
        return
    from hf_seq.baselines.static_vectors import find_static_vectors

    find_static_vectors(None)


def _climb(
    workshop: Workshop, budget: Budget, found: SearchResult, trial: Any, setting: Setting, sign: int
) -> tuple[float | None, bool]:
    """Train a setting longer and longer, as long as it is among the better third.

    Returns:
        Its last score, None where there is none, and whether the budget still pays.
    """
    score = None
    for rung in range(len(RUNGS)):
        updates = budget.updates(rung)
        price = budget.price(setting, updates) + (0 if rung else workshop.beside(setting))
        if not budget.pay(price):
            return score, False
        outcome = workshop.run(f"{trial.number:03}-{rung}", setting, updates, budget.spent / 60)
        found.add(outcome, setting, updates)
        best = outcome.best(workshop.options.limits, sign)
        if best is None:
            budget.spent -= budget.price(setting, updates) - budget.speed.overhead  # it was weighed, not trained
            return score, True
        score, budget.trained = best.score, budget.trained or rung + 1 == len(RUNGS)
        trial.report(score, REDUCTION**rung)
        if rung + 1 < len(RUNGS) and trial.should_prune():
            break
    return score, True


def _new_study(journal: Path, seed: int, sign: int) -> Any:
    import optuna
    from optuna.storages.journal import JournalFileBackend

    journal.parent.mkdir(parents=True, exist_ok=True)
    journal.unlink(missing_ok=True)  # it is written again in a moment, see this module's top
    return optuna.create_study(
        study_name="fit",
        storage=optuna.storages.JournalStorage(JournalFileBackend(str(journal))),
        direction="maximize" if sign > 0 else "minimize",
        sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=STARTUP),
        pruner=optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=REDUCTION),
    )


def _give_up(study: Any, trial: Any) -> None:
    from optuna.trial import TrialState

    study.tell(trial, state=TrialState.PRUNED)
