# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Learning curves by data size: `hf-seq compare --sizes 100,300,1000,3000,all`.

Every model is trained again on fewer rows, drawn in the proportions of the labels; what a smaller size holds, a larger
one holds too. All are scored on the same test rows, and validation rows stay as they are.

With few rows an epoch is a handful of updates, and the usual number of epochs would leave every neural model untrained:
the curve would show that, not what the data can teach. So a run makes as many updates as its model makes at least on
such data (`train/updates.py`), or `FEWEST_UPDATES` where it has no such number, unless the command line says how long.

    DIR/sizes/1000/NAME/   a model trained on 1,000 rows
"""

from pathlib import Path
from typing import TYPE_CHECKING

from hf_seq.compare.options import CompareOptions, Run, plan_run, seed_folders
from hf_seq.compare.side_by_side import Trained
from hf_seq.compare.students import STUDENT
from hf_seq.errors import InputError
from hf_seq.files.reading import whole_number
from hf_seq.progress import indented, logger
from hf_seq.reports.record import folder_name
from hf_seq.tasks.architectures import ModelChoice
from hf_seq.tasks.registry import task_named
from hf_seq.train.updates import LENGTHS

if TYPE_CHECKING:
    from hf_seq.data import Splits

FEWEST_UPDATES = 300
"""Of a model that has no number of its own: five passes over 100 rows would show short training, not few data."""

SizePlan = dict[str, dict[int, list[Run]]]
"""Per model and number of train rows a run for each seed."""


def plan_sizes(options: CompareOptions, splits: "Splits") -> SizePlan:
    """Resolve the runs of every model on every size, so that a mistake shows before anything is trained.

    Raises:
        InputError: a size that is no number of rows, or more than there are.
    """
    sizes = size_numbers(options.sizes, len(splits.train))
    models = task_named(options.task).models
    plan: SizePlan = {}
    for name in options.model_names if sizes else []:
        seeds = options.seed_numbers[:1] if name in models.baselines else options.seed_numbers
        plan[name] = {}
        for size in sizes:
            folders = seed_folders(Path(options.output) / "sizes" / str(size) / folder_name(name), seeds)
            flags = [f"--train_rows={size}", *long_enough(options, models, name)]
            runs = [plan_run(options, name, seed, at, flags) for seed, at in zip(seeds, folders, strict=True)]
            plan[name][size] = runs
    return plan


def size_numbers(written: str | None, rows: int) -> list[int]:
    """List the sizes of `--sizes` below all rows, rising.

    Args:
        written: whole numbers and `all`, with commas.
        rows: all train rows there are.

    Raises:
        InputError: anything else, or a size of as many rows or more.

    Example:
        >>> size_numbers("1000,100,all", 5000)
        [100, 1000]
    """
    parts = [part for part in (each.strip() for each in (written or "").split(",")) if part and part != "all"]
    if not all((whole_number(part) or 0) > 1 for part in parts):
        raise InputError(f"--sizes {written!r} must be numbers of rows with commas, such as 100,300,1000,all.")
    sizes = sorted({int(part) for part in parts})
    if sizes and sizes[-1] >= rows:
        raise InputError(
            f"--sizes {sizes[-1]} is not a part of {rows:,} train rows; leave it out, `all` is there anyway."
        )
    return sizes


def long_enough(options: CompareOptions, models: ModelChoice, name: str) -> list[str]:
    """Return the flag that makes a run on few rows long enough; none where a model sees to that, or the user did."""
    named = {group[0][2:].partition("=")[0].rpartition(".")[2].replace("-", "_") for group in options.groups}
    if name in models.baselines or named & {*LENGTHS, "min_updates"}:
        return []
    usual = plan_run(options, name, 0, Path("unused"), []).recipe
    return [] if usual.min_updates else [f"--min_updates={FEWEST_UPDATES}"]


def run_sizes(plan: SizePlan, trained: Trained) -> dict[str, dict[int, list[Path]]]:
    """Train what is not finished; a model that cannot learn from so few rows is left out, and that is said.

    Returns:
        Per model and size the folders of its runs.
    """
    found: dict[str, dict[int, list[Path]]] = {}
    for name, sizes in sorted(plan.items(), key=lambda item: item[0] == STUDENT):  # after its teacher
        found[name] = {}
        for size, runs in sizes.items():
            logger.info(f"\n{name} on {size:,} train rows")
            try:
                with indented():
                    for run in runs:
                        trained(run)
                found[name][size] = [run.folder for run in runs]
            except InputError as error:
                logger.info(f"  not run: {error}")
    return found
