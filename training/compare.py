# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Train several models on the same rows and say honestly how they stand: what `hf-seq compare` runs.

    python training/compare.py --data builtin:reviews --models tfidf,bilstm,distilbert --output runs/reviews

The story: plan every run, claim the folder, train what is not finished yet, time all models together, write it down.

    DIR/comparison.json   the table and the verdict for scripts; from the start, whose folder this is
    DIR/table.md  DIR/report.html
    DIR/models/NAME/      a model as `from_pretrained`, `pipeline` and `hf-seq predict` take it, with its record.json
    DIR/not-run/NAME/     the record.json of a model that could not be run, and why

Run again with the same folder, it takes what is finished as it is, goes on with what was interrupted, does the rest.
"""

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from hf_seq.baselines import PretrainedUnavailable
from hf_seq.errors import InputError
from hf_seq.reports.comparison import Comparison, compare_runs
from hf_seq.reports.html import write_report
from hf_seq.reports.record import Record, folder_name, write_json, write_text
from hf_seq.reports.rows import Row
from hf_seq.reports.speed import measure_speed
from hf_seq.reports.table import WIDE, print_table, to_markdown
from hf_seq.training.compare_options import CompareOptions, Run, parse_options, plan_runs
from hf_seq.training.parsing import read_recipe
from hf_seq.training.preparation import Say
from hf_seq.training.run_folder import RECIPE_NAME, RECORD_NAME, recipe_changes
from hf_seq.training.running import train
from hf_seq.training.tasks import Task, task_named
from hf_seq.training.trainer import Divergence, say_plainly

if TYPE_CHECKING:
    from hf_seq.data import Splits

COMPARISON_NAME = "comparison.json"


def main(argv: Sequence[str] | None = None) -> Comparison:
    """Compare what the command line says.

    Args:
        argv: flags without the program's name; those of this process if None.
    """
    return compare(parse_options(sys.argv[1:] if argv is None else argv))


def compare(options: CompareOptions, say: Say = say_plainly, console: Console | None = None) -> Comparison:
    """Train, time and compare the models; write table, report and records.

    Args:
        options: which models, on what, where to.
        say: prints a line of progress.
        console: takes the table; the terminal if None.

    Raises:
        InputError: the user can mend it; nothing finished was overwritten.
    """
    start = time.perf_counter()
    plan, output = plan_runs(options), Path(options.output)
    task = task_named(options.task)
    splits = task.load(next(iter(plan.values()))[0].recipe)
    report = task.check(splits)
    report.raise_for_errors()
    with claimed(output):
        mark_folder(output, splits, redo=options.redo)
        prepare_runs(plan, splits, redo=options.redo)
        runs = run_all(plan, task, splits, output, said_once(say))
        measure_together({name: folders[0] for name, folders in runs.items()}, task, splits, options.calls, say)
        comparison = compare_runs(
            runs,
            small=[name for name in plan if task.is_from_scratch(name)],
            reference=options.reference,
            notes=gather_notes(runs, [*splits.notes, *(warning.message for warning in report.warnings)]),
        )
        write_outputs(comparison, task, splits, output)
    print_table(comparison, console or Console(width=None if sys.stdout.isatty() else WIDE))
    seconds = time.perf_counter() - start
    say(f"\nReport:  {output / 'report.html'}   (beside it table.md and comparison.json; {seconds:.0f} s)")
    if comparison.best is not None:
        say(f"Try it:  {task.try_it(output / 'models' / folder_name(comparison.best.record.model))}")
    return comparison


@contextmanager
def claimed(output: Path) -> Iterator[None]:
    """Hold the output folder for this process; the lock goes with the process, however it ends.

    Raises:
        InputError: the folder is a file, holds something else, or another comparison is running there.
    """
    from filelock import FileLock, Timeout

    if output.exists() and not output.is_dir():
        raise InputError(f"--output {output} is a file; name a folder.")
    if (
        output.is_dir()
        and any(output.iterdir())
        and not (output / COMPARISON_NAME).is_file()
        and not _only_lock(output)
    ):
        raise InputError(
            f"--output {output} is in use: it holds files, but no comparison of ours; choose another folder."
        )
    try:
        output.mkdir(parents=True, exist_ok=True)
        with FileLock(output / LOCK_NAME).acquire(timeout=0):
            yield
    except Timeout as error:
        raise InputError(
            f"Another comparison is running in {output}; wait for it, or choose another --output."
        ) from error
    except PermissionError as error:
        raise InputError(
            f"{error.filename or output} cannot be written ({error.strerror}); choose another --output."
        ) from error


LOCK_NAME = ".lock"


def _only_lock(output: Path) -> bool:
    """A comparison that stopped before it began leaves its lock behind and nothing else."""
    return {path.name for path in output.iterdir()} == {LOCK_NAME}


def mark_folder(output: Path, splits: "Splits", *, redo: bool) -> None:
    """Write whose folder this is, or check that it belongs to the same data.

    Raises:
        InputError: the folder compares models on other data.
    """
    path = output / COMPARISON_NAME
    if path.is_file():
        try:
            before = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise InputError(f"{path} is not JSON ({error}); choose another --output, or delete the file.") from error
        if not isinstance(before, dict):
            raise InputError(f"{path} was not written by a comparison; choose another --output, or delete the file.")
        if before.get("fingerprint") == splits.fingerprint:
            return
        if not redo:
            raise InputError(
                f"{output} compares models on other data ({before.get('data')}, {before.get('fingerprint')}; "
                f"now {splits.fingerprint}); choose another --output, or add --redo to train them all again."
            )
    write_json(path, {"data": splits.source, "fingerprint": splits.fingerprint, "finished": False})


def prepare_runs(plan: Mapping[str, Sequence[Run]], splits: "Splits", *, redo: bool) -> None:
    """Decide for each run whether it resumes or starts over, before any is started.

    Raises:
        InputError: a folder holds a run of another recipe or of other data.
    """
    for run in (run for runs in plan.values() for run in runs):
        changed = _changes(run, splits)
        if changed and not redo:
            raise InputError(
                f"{run.folder} holds {run.model} trained in another way ({changed}); choose another --output, or add "
                "--redo to train it again."
            )
        run.recipe.overwrite, run.recipe.resume = bool(changed), not changed and (run.folder / RECIPE_NAME).is_file()


def _changes(run: Run, splits: "Splits") -> str:
    """What differs between a run and the one found in its folder, in words; empty if nothing does."""
    if not (run.folder / RECIPE_NAME).is_file():
        return ""
    changed = recipe_changes(read_recipe(run.folder / RECIPE_NAME), run.values)
    if changed:
        return changed
    if (run.folder / RECORD_NAME).is_file() and Record.read(run.folder).fingerprint != splits.fingerprint:
        return "the data changed since"
    return ""


def run_all(
    plan: Mapping[str, Sequence[Run]], task: Task, splits: "Splits", output: Path, say: Say
) -> dict[str, list[Path]]:
    """Train every model that is not finished.

    Returns:
        Per model the folders of its records: `models/NAME` (and `models/NAME.seedS`), or `not-run/NAME`.

    Raises:
        InputError: no model could be run.
    """
    runs: dict[str, list[Path]] = {}
    reasons: list[str] = []
    for index, (name, seeds) in enumerate(plan.items(), start=1):
        absent = output / "not-run" / folder_name(name)
        try:
            for run in seeds:
                seed = f", seed {run.seed}" if len(seeds) > 1 else ""
                say(f"\n{name}{seed} ({index} of {len(plan)})")
                train(run.recipe, run.arguments, lambda line: say(f"  {line}"))
            runs[name] = [run.folder for run in seeds]
            (absent / RECORD_NAME).unlink(missing_ok=True)
        except (PretrainedUnavailable, Divergence) as error:
            say(f"  not run: {error}")
            _not_run(name, str(error), seeds[0], task, splits).write(absent)
            runs[name] = [absent]
            reasons.append(f"{name}: {error}")
    if len(reasons) == len(plan):
        raise InputError("No model could be run. " + " ".join(reasons))
    return runs


def _not_run(name: str, reason: str, run: Run, task: Task, splits: "Splits") -> Record:
    return Record(
        task=task.hub_name,
        model=name,
        data=splits.source,
        split=splits.test_split,
        metric=task.headline(splits),
        seed=run.seed,
        status="not run",
        reason=reason,
        fingerprint=splits.fingerprint,
        problem_type=splits.problem_type,
        label_names=list(splits.label_names),
        recipe=run.values,
    )


def said_once(say: Say) -> Say:
    """Say each note and warning once: what there is to say about the data is the same for every model."""
    said: set[str] = set()

    def once(line: str) -> None:
        if line not in said:
            say(line)
        if line.startswith(("  note:", "  warning:")):
            said.add(line)

    return once


def measure_together(folders: Mapping[str, Path], task: Task, splits: "Splits", calls: int, say: Say) -> None:
    """Time all models in one go and write it into their records, unless they were timed together before."""
    records = {name: record for name, folder in folders.items() if (record := Record.read(folder)).status == "done"}
    names = sorted(records)
    if all(
        each.measurement.get("together") == names and each.measurement["calls"] == calls for each in records.values()
    ):
        return
    say(f"\nTiming {len(names)} models in turns, one thread ...")
    predictors = {name: task.predictor(folders[name]) for name in records}
    for name, fields in measure_speed(predictors, task.inputs(splits.test), calls=calls).items():
        for field, value in fields.items():
            setattr(records[name], field, value)
        records[name].write(folders[name])


def gather_notes(runs: Mapping[str, Sequence[Path]], common: Sequence[str]) -> list[str]:
    """What readers should know: about the data first, then what only some models' records say, with their names."""
    found: dict[str, list[str]] = {}
    for name, folders in runs.items():
        for line in Record.read(folders[0]).notes:
            if line not in common:
                found.setdefault(line, []).append(name)
    return [*common, *(f"{', '.join(names)}: {line}" for line, names in found.items())]


def write_outputs(comparison: Comparison, task: Task, splits: "Splits", output: Path) -> None:
    """Write the table, the page and the figures for scripts."""
    write_text(output / "table.md", to_markdown(comparison))
    write_report(comparison, task.inputs(splits.test), output / "report.html", rows=splits.test["row"][:])
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
        "rows": rows,
    }
    write_json(output / COMPARISON_NAME, summary)


COPIED: tuple[str, ...] = (
    *("model", "label", "status", "reason", "parameters", "parameters_without_embeddings", "bytes"),
    *("latency_ms", "model_latency_ms", "throughput_per_s"),
)


def _plain(comparison: Comparison, row: Row) -> dict[str, Any]:
    """A row for scripts."""
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
        "is_reference": row is comparison.reference,
    }


if __name__ == "__main__":
    from hf_seq.cli import run_script

    run_script(main)
