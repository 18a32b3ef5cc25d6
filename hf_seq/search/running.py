# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq fit`: the best model under the limits, looked for, measured again, and scored on the test rows once.

    DIR/fit.json                   what was asked, the speed of the machine, all candidates, the answer
    DIR/report.html  DIR/table.md  the frontier: score with interval against size and latency
    DIR/recipe.yaml record.json    the model, as `hf-seq train` leaves it
    DIR/deploy/                    what is deployed, where that is a graph of ONNX
    DIR/.search/                   the runs, and optuna's journal

The story: claim the folder, read the data, measure the speed, search, choose by validation, measure the choice in a
fresh process, score it on the test rows, write it down.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hf_seq.data.memory import as_source
from hf_seq.errors import InputError
from hf_seq.files.pretrained import PretrainedUnavailable, find_pretrained
from hf_seq.files.writing import write_json
from hf_seq.flags.reading import glance
from hf_seq.predictors.loading import read_architecture
from hf_seq.progress import logger
from hf_seq.reports.record import LOWER_IS_BETTER, RECORD_NAME, Record
from hf_seq.search.budget import Budget, Measurements, Speed, in_minutes
from hf_seq.search.deploying import choose, deploy, deployed_at
from hf_seq.search.folder import FIT_NAME, SPEED, asked, claim, clear, locked
from hf_seq.search.forms import FILES, forms_at_hand
from hf_seq.search.options import FitOptions, parse_options
from hf_seq.search.runs import Workshop
from hf_seq.search.scouting import Scouted, scout
from hf_seq.search.space import SCRATCH, START, TEACHER, Space
from hf_seq.search.study import SearchResult, check_optuna, search
from hf_seq.search.teaching import invite
from hf_seq.search.telling import print_outcome, what_more_buys, write_outcome
from hf_seq.tasks.registry import task_named
from hf_seq.tasks.train_rows import load_for_training
from hf_seq.train.opening import check_data
from hf_seq.train.parsing import flags, parse_recipe, recipe_flags
from hf_seq.train.results import describe


@dataclass(frozen=True)
class Fit:
    """The model that was found.

    Attributes:
        folder: of the model.
        deployed: folder of what is deployed: the same, or the export in it.
        record: of the model in the form that is deployed, on the test rows.
        summary: what fit.json holds.
    """

    folder: Path
    deployed: Path
    record: Record
    summary: dict[str, Any]


def fit(
    data: Any,
    *,
    task: str = "classification",
    max_size: str | None = None,
    max_latency: str | None = None,
    minutes: float = 20.0,
    trials: int | None = None,
    teacher: str | None = None,
    output: str | Path = "",
    seed: int = 0,
    redo: bool = False,
    **settings: Any,
) -> Fit:
    """Find the best model under limits of size and latency, on the validation rows; the test rows are scored once.

    Args:
        data: as for training: a path, Hub id or built-in, or data in memory as for `hf_seq.train`.
        task: "classification" or "tagging".
        max_size: bytes of what is deployed at most, such as "5MB".
        max_latency: median from text to answer at most, on one thread of this machine, such as "1ms".
        minutes: how long to search.
        trials: settings to try at most.
        teacher: classifier or tagger whose answers small models learn from.
        output: folder for the model, table and report; the same call again goes on with it.
        seed: of the search and of every model.
        redo: search again where the folder holds another search.
        settings: flags of `hf-seq train`: how the data are read, and what is not to be searched for.

    Raises:
        InputError: limits that nothing meets, data or a teacher that do not fit; nothing finished was overwritten.

    Example:
        >>> import hf_seq
        >>> found = hf_seq.fit("builtin:reviews", max_size="1MB", max_latency="1ms", minutes=5)  # doctest: +SKIP
        >>> hf_seq.load(found.deployed)("not bad at all")  # doctest: +SKIP
    """
    limits = {"max_size": max_size, "max_latency": max_latency, "trials": trials, "teacher": teacher}
    own = {
        "data": as_source(data),
        "task": task,
        "minutes": minutes,
        "output": str(output) or None,
        "seed": seed,
        "redo": redo,
    }
    return run_fit(parse_options(flags({**own, **limits, **settings})))


def main(argv: Sequence[str] | None = None) -> Fit:
    """Find a model as the command line says.

    Args:
        argv: flags without the program's name; those of this process if None.
    """
    return run_fit(parse_options(sys.argv[1:] if argv is None else argv))


def run_fit(options: FitOptions) -> Fit:
    """Search, choose, measure again, score, write.

    Raises:
        InputError: the user can mend it.
    """
    check_optuna()
    output, task = Path(options.output), task_named(options.task)
    before = claim(output, options)
    recipe, _ = parse_recipe(flags({"task": options.task, "data": options.data}) + options.extra)
    splits = load_for_training(task, recipe)
    learned_from = {"fingerprint": splits.fingerprint, "teacher_weights": weights_of_teacher(options)}
    check_unchanged(output, before, learned_from)
    if before.get("finished") and (output / RECORD_NAME).is_file():
        return _finished(output, before)
    sign = -1 if task.scoring.main_metric(recipe, splits) in LOWER_IS_BETTER else 1
    check_data(task, recipe, splits)
    teacher = check_teacher(options, splits)
    workshop = Workshop(
        options, task, splits, teacher, start_at_hand(), forms_at_hand(), Measurements(), options.limits
    )
    facts = {**before, "asked": asked(options), **learned_from, "finished": False}
    with locked(output):
        if not before:
            clear(output)
        started = time.monotonic()
        write_json(output / FIT_NAME, facts)
        taught = invite(workshop, facts, headless=without_head(options))
        budget = _budget(workshop, facts, taught, started)
        write_json(output / FIT_NAME, facts)
        found = search(workshop, _space(workshop), budget, sign)
        scouted = scout(workshop, found, budget, sign)
        chosen = choose(workshop, found, facts, sign)
        record = deploy(workshop, chosen, recipe)
        summary = facts | {"spent_seconds": round(budget.spent), "forms": dict(FILES)}
        return _end(workshop, found, scouted, chosen, record, summary, sign)


def _end(
    workshop: Workshop,
    found: SearchResult,
    scouted: list[Scouted],
    chosen: Any,
    record: Record,
    summary: dict[str, Any],
    sign: int,
) -> Fit:
    output = Path(workshop.options.output)
    summary |= {
        "chosen": asdict(chosen),
        "candidates": [asdict(each) for each in found.candidates],
        "tried": found.tried,
        "too_large": found.too_large,
        "failed": found.failed,
        "more": what_more_buys(found.candidates, scouted, chosen, workshop.options.limits, sign),
    }
    write_outcome(output, record, found.candidates, chosen, workshop.options, summary, sign)
    record.write(output)
    write_json(output / FIT_NAME, summary | {"finished": True})
    deployed = deployed_at(output, chosen.form)
    print_outcome(found.candidates, chosen, workshop.options, summary, sign)
    logger.info(describe(record))
    logger.info(f"Deploy {deployed} ({FILES[chosen.form]}); report: {output / 'report.html'}")
    logger.info(f"Try it:  {workshop.task.next_command.format(folder=deployed)}")
    return Fit(output, deployed, record, summary | {"finished": True})


def _finished(output: Path, summary: dict[str, Any]) -> Fit:
    record = Record.read(output)
    form = summary["chosen"]["form"]
    logger.info(f"The search in {output} is finished; nothing is left to do (--redo searches again).")
    logger.info(describe(record))
    return Fit(output, deployed_at(output, form), record, summary)


def weights_of_teacher(options: FitOptions) -> str | None:
    """Tell the weights in a teacher's folder from others; None where there is no folder."""
    from hf_seq.distill.teacher import weights_key

    folder = Path(options.teacher or "")
    return weights_key(folder) if options.teacher and (folder / "config.json").is_file() else None


def check_unchanged(output: Path, before: dict[str, Any], now: dict[str, Any]) -> None:
    """Refuse to go on with a search, or to take it for the answer, where what it learned from is not what it was.

    Raises:
        InputError: the data or the teacher's weights are others.
    """
    for name, what in (("fingerprint", "data"), ("teacher_weights", "teacher's weights")):
        if before and before.get(name, now[name]) != now[name]:
            raise InputError(
                f"The {what} changed since the search in {output} began; add --redo, or use another folder."
            )


def start_at_hand() -> str | None:
    """Name the pretrained model that small ones can start from; None where there is none."""
    try:
        find_pretrained("distilbert")
    except PretrainedUnavailable as error:
        logger.info(f"  no pretrained start: {error}")
        return None
    return "distilbert"


def check_teacher(options: FitOptions, splits: Any) -> str | None:
    """Load the teacher once, so that one who does not fit is refused before anything is trained.

    Raises:
        InputError: there is none such, or it knows other labels.
    """
    if options.teacher is None:
        return None
    from hf_seq.distill.preparation import answers_per_word
    from hf_seq.distill.teacher import load_teacher

    if not without_head(options):
        per_word = answers_per_word(task_named(options.task))
        load_teacher(options.teacher, per_word, splits.label_names, splits.problem_type)
    return options.teacher


def without_head(options: FitOptions) -> bool:
    """Say whether the teacher that is named is a pretrained model that has not learnt the task yet.

    Raises:
        PretrainedUnavailable: there is no such model in reach.
    """
    if options.teacher is None:
        return False
    name, _ = read_architecture(find_pretrained(options.teacher).path)
    return not (name or "").endswith(("ForSequenceClassification", "ForTokenClassification"))


def _space(workshop: Workshop) -> Space:
    sources = [SCRATCH]
    sources += [] if workshop.start is None else [START]
    sources += [] if workshop.teacher is None else [TEACHER]
    fixed = glance(recipe_flags(workshop.task.recipe), workshop.options.extra)
    weight_bytes, labels = 1 if len(workshop.forms) > 1 else 4, max(1, len(workshop.splits.label_names))
    return Space(workshop.options.task, sources, workshop.options.limits, weight_bytes, fixed, labels)


def _budget(workshop: Workshop, facts: dict[str, Any], taught: float, started: float) -> Budget:
    """Turn minutes into updates by the measured speed, or by that of the search that is gone on with.

    Args:
        workshop: of the search.
        facts: of fit.json.
        taught: seconds of the minutes that a teacher takes.
        started: the search, by the clock.
    """
    if SPEED not in facts:
        logger.info("Measuring how fast this machine trains ...")
        facts[SPEED] = vars(workshop.probe())
    speed = Speed(**facts[SPEED])
    recipe, arguments = parse_recipe(
        flags({"task": workshop.options.task, "data": workshop.options.data}) + workshop.options.extra
    )
    rows = len(workshop.splits.train)
    passes = -(-rows // arguments.per_device_train_batch_size)
    usual = max(round(arguments.num_train_epochs * passes), recipe.min_updates or 0)
    if arguments.max_steps > 0:
        usual = arguments.max_steps
    budget = Budget(60 * workshop.options.minutes, speed, usual, taught, started=started)
    logger.info(
        f"{in_minutes(workshop.options.minutes)}: {1000 * speed.update:.3g} ms an update and {speed.overhead:.2g} s "
        f"beside a training; whole trainings of {budget.whole:,} updates, the worse two thirds end after a ninth."
    )
    return budget
