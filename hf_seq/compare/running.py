# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Train several models on the same rows and say honestly how they stand: what `hf-seq compare` runs.

    hf-seq compare --data builtin:reviews --models tfidf,bilstm,distilbert --output runs/reviews

The story: plan every run, claim the folder, train what is not finished yet, take in finished runs, measure all models
together, write it down.

    DIR/comparison.json   the table and the verdict for scripts; from the start, whose folder this is
    DIR/table.md  DIR/report.html
    DIR/models/NAME/      a model as `from_pretrained`, `pipeline` and `hf-seq predict` take it, with its record.json
    DIR/scored/NAME/      record and predictions of a finished run that was taken in as it is
    DIR/sizes/100/NAME/   the same model trained on 100 rows, where --sizes asks for a learning curve
    DIR/not-run/NAME/     the record.json of a model that could not be run, and why

Run again with the same folder, it takes what is finished as it is, goes on with what was interrupted, does the rest.
"""

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from hf_seq.compare.entries import Entry, check_scored, copy_scored
from hf_seq.compare.folder import COMPARISON_NAME, claim_for_data, locked_output, prepare_runs
from hf_seq.compare.measures import measure_disturbed, measure_together
from hf_seq.compare.options import CompareOptions, Run, parse_options, plan_run, plan_runs
from hf_seq.compare.side_by_side import Trained, train_side_by_side
from hf_seq.compare.sizes import SizePlan, plan_sizes, run_sizes
from hf_seq.compare.students import STUDENT, is_small
from hf_seq.errors import InputError, NotRunError
from hf_seq.files.writing import write_json, write_text
from hf_seq.progress import indented, logger, notes_once
from hf_seq.reports.comparison import Comparison, check_reference, compare_runs
from hf_seq.reports.html import write_report
from hf_seq.reports.record import Record, folder_name
from hf_seq.reports.rows import Row
from hf_seq.reports.sizes import read_sizes
from hf_seq.reports.table import WIDE, duration, print_table, to_markdown
from hf_seq.tasks.base import Task
from hf_seq.tasks.registry import task_named
from hf_seq.text.two_texts import joined
from hf_seq.train.run_folder import RECORD_NAME

if TYPE_CHECKING:
    from hf_seq.data import Splits


def main(argv: Sequence[str] | None = None) -> Comparison:
    """Compare what the command line says.

    Args:
        argv: flags without the program's name; those of this process if None.
    """
    return compare(parse_options(sys.argv[1:] if argv is None else argv))


def compare(options: CompareOptions, console: Console | None = None) -> Comparison:
    """Train, time and compare the models; write table, report and records.

    Args:
        options: which models, on what, where to.
        console: takes the table; the terminal if None.

    Raises:
        InputError: the user can mend it; nothing finished was overwritten.
    """
    start = time.perf_counter()
    plan, output = plan_runs(options), Path(options.output)
    task = task_named(options.task)
    recipe = plan_run(options, next(iter(plan), task.models.names[0]), 0, output).recipe
    splits = task.data.load(recipe)
    metric = task.scoring.main_metric(recipe, splits)
    report = task.data.check(splits)
    report.raise_for_errors()
    scored, smaller = check_scored(options, metric, task.hub_name, splits), plan_sizes(options, splits)
    check_reference(options.reference, [*plan, *scored])
    with locked_output(output):
        claim_for_data(output, splits, redo=options.redo)
        prepare_runs(every_run(plan, smaller), fingerprint=splits.fingerprint, redo=options.redo)
        with notes_once():
            trained = train_side_by_side(every_run(plan, smaller), options.jobs)
            entries = run_all(plan, task, metric, splits, output, trained)
        entries += copy_scored(scored, task.models, output)
        with notes_once():
            curves = run_sizes(smaller, trained)
        measure_together(entries, task, splits, options.calls)
        measure_disturbed(entries, task, recipe, splits, options.robustness_rows)
        comparison = compare_runs(
            {entry.name: entry.records for entry in entries},
            small=[entry.name for entry in entries if entry.small],
            homes={entry.name: entry.models[0] for entry in entries},
            reference=options.reference,
            notes=gather_notes(entries, [*splits.notes, *(warning.message for warning in report.warnings)]),
            price_per_hour=options.price_per_hour,
        )
        if curves:
            whole = {entry.name: row for entry, row in zip(entries, comparison.rows, strict=True)}
            comparison.sizes = read_sizes(curves, whole, len(splits.train))
        write_outputs(comparison, task, splits, output)
    print_table(comparison, console or Console(width=None if sys.stdout.isatty() else WIDE))
    seconds = time.perf_counter() - start
    logger.info(f"\nReport:  {output / 'report.html'}   (beside it table.md and comparison.json; {seconds:.0f} s)")
    if line := seeds_to_add(comparison):
        logger.info(line)
    if comparison.best is not None and comparison.best.home is not None:
        logger.info(f"Try it:  {task.next_command.format(folder=comparison.best.home)}")
    return comparison


def seeds_to_add(comparison: Comparison) -> str | None:
    """Say what one training of each model cannot tell, and how long it takes to know; None where that is long."""
    single = [row for row in comparison.done if row.contender.seeds == 1]
    seconds = 2 * sum(row.train_seconds or 0.0 for row in single)
    if not single or seconds > LONGEST_WAIT:
        return None
    names, was = ", ".join(row.record.model for row in single), "was" if len(single) == 1 else "were"
    return (
        f"Seeds:   {names} {was} trained once, and rows cannot tell what another training would do; add --seeds 0,1,2 "
        f"to know (about {duration(seconds)} more)."
    )


def every_run(plan: Mapping[str, Sequence[Run]], smaller: SizePlan) -> list[Run]:
    """List all that is to be trained: every model and seed, on all rows and on fewer."""
    by_size = (runs for sizes in smaller.values() for runs in sizes.values())
    return [run for runs in (*plan.values(), *by_size) for run in runs]


def run_all(
    plan: Mapping[str, Sequence[Run]], task: Task[Any], metric: str, splits: "Splits", output: Path, trained: Trained
) -> list[Entry]:
    """Train every model that is not finished.

    Returns:
        Per model the folders of its records: `models/NAME` (and `models/NAME.seedS`), or `not-run/NAME`.

    Raises:
        InputError: no model could be run.
    """
    entries: dict[str, Entry] = {}
    reasons: list[str] = []
    for index, (name, seeds) in enumerate(students_last(plan), start=1):
        absent = output / "not-run" / folder_name(name)
        try:
            for run in seeds:
                seed = f", seed {run.seed}" if len(seeds) > 1 else ""
                logger.info(f"\n{name}{seed} ({index} of {len(plan)})")
                with indented():
                    trained(run)
            entries[name] = Entry.of_runs(name, seeds, small=is_small(task.models, name))
            (absent / RECORD_NAME).unlink(missing_ok=True)
        except InputError as error:
            if name != STUDENT and not isinstance(error, NotRunError):
                raise
            logger.info(f"  not run: {error}")
            _not_run(name, str(error), seeds[0], task, metric, splits).write(absent)
            entries[name] = Entry(name, [absent], [absent], is_small(task.models, name))
            reasons.append(f"{name}: {error}")
    if reasons and len(reasons) == len(plan):
        raise InputError("No model could be run. " + " ".join(reasons))
    return [entries[name] for name in plan]


def students_last(plan: Mapping[str, Sequence[Run]]) -> list[tuple[str, Sequence[Run]]]:
    """Order the models so that a student comes after its teacher."""
    return sorted(plan.items(), key=lambda item: item[0] == STUDENT)


def _not_run(name: str, reason: str, run: Run, task: Task[Any], metric: str, splits: "Splits") -> Record:
    return Record(
        task=task.hub_name,
        model=name,
        data=splits.source,
        split=splits.test_split,
        metric=metric,
        seed=run.seed,
        status="not run",
        reason=reason,
        fingerprint=splits.fingerprint,
        problem_type=splits.problem_type,
        label_names=list(splits.label_names),
        recipe=run.values,
    )


def gather_notes(entries: Sequence[Entry], common: Sequence[str]) -> list[str]:
    """Gather what readers should know: about the data first, then what only some models' records say."""
    found: dict[str, list[str]] = {}
    for entry in entries:
        for line in Record.read(entry.records[0]).notes:
            if line not in common:
                found.setdefault(line, []).append(entry.name)
    return [*common, *(f"{', '.join(names)}: {line}" for line, names in found.items())]


def write_outputs(comparison: Comparison, task: Task[Any], splits: "Splits", output: Path) -> None:
    """Write the table, the page and the figures for scripts."""
    write_text(output / "table.md", to_markdown(comparison))
    shown = [joined(each, " | ") for each in task.data.shown(splits.test)]
    write_report(comparison, shown, output / "report.html", rows=splits.test["row"][:])
    rows = [_plain(comparison, row) for row in comparison.rows]
    first = comparison.first
    summary = {
        "data": splits.source,
        "fingerprint": splits.fingerprint,
        "finished": True,
        "split": splits.test_split,
        "metric": first.metric,
        "n": first.n,
        "reference": comparison.reference.record.model if comparison.reference else None,
        "teacher": comparison.teacher.record.model if comparison.teacher else None,
        "best": comparison.best.record.model if comparison.best else None,
        "verdict": comparison.verdict,
        "sizes": {name: [asdict(point) for point in points] for name, points in comparison.sizes.items()},
        "rows": rows,
    }
    write_json(output / COMPARISON_NAME, summary)


LONGEST_WAIT = 1800.0
"""Seconds of training up to which more seeds are suggested."""
COPIED: tuple[str, ...] = (
    *("model", "label", "status", "reason", "parameters", "parameters_without_embeddings", "bytes"),
    *("latency_ms", "model_latency_ms", "throughput_per_s"),
)


def _plain(comparison: Comparison, row: Row) -> dict[str, Any]:
    """Write a row for scripts."""
    difference = row.difference
    return {
        **{name: getattr(row.record, name) for name in COPIED},
        "score": row.score,
        "interval": row.interval,
        "spread": row.spread,
        "scores": row.seed_scores,
        "seeds": [each.seed for each in row.seeds],
        "difference": difference and difference.points,
        "difference_interval": difference and difference.interval,
        "p_value": difference and difference.p_value,
        "p_value_holm": difference and difference.corrected,
        "agreement": row.agreement,
        "calibration_error": row.calibration_error,
        "train_seconds": row.train_seconds,
        "million_seconds": row.million_seconds,
        "million_cost": comparison.million_cost(row),
        "robustness": row.record.robustness,
        "is_reference": row is comparison.reference,
    }
