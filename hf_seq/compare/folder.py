# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The folder of a comparison: whose it is, who may write there, which of its runs resume and which start over."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hf_seq.compare.options import Run
from hf_seq.errors import InputError
from hf_seq.files.locking import one_process
from hf_seq.files.reading import read_object
from hf_seq.files.writing import write_json
from hf_seq.reports.record import Record
from hf_seq.train.recipe_files import read_recipe
from hf_seq.train.run_folder import RECIPE_NAME, RECORD_NAME, recipe_changes

if TYPE_CHECKING:
    from hf_seq.data import Splits

COMPARISON_NAME = "comparison.json"
LOCK_NAME = ".lock"


@contextmanager
def locked_output(output: Path) -> Iterator[None]:
    """Hold the output folder for this process; the lock goes with the process, however it ends.

    Raises:
        InputError: the folder is a file, holds something else, or another comparison is running there.
    """
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
    busy = f"Another comparison is running in {output}; wait for it, or choose another --output."
    with one_process(output / LOCK_NAME, busy):
        yield


def _only_lock(output: Path) -> bool:
    """Check whether a comparison stopped before it began: it leaves its lock behind and nothing else."""
    return {path.name for path in output.iterdir()} == {LOCK_NAME}


def claim_for_data(output: Path, splits: "Splits", *, redo: bool) -> None:
    """Write whose folder this is, or check that it belongs to the same data.

    Raises:
        InputError: the folder compares models on other data.
    """
    path = output / COMPARISON_NAME
    if path.is_file():
        before = read_object(path, "choose another --output, or delete the file")
        if before.get("fingerprint") == splits.fingerprint:
            return
        if not redo:
            raise InputError(
                f"{output} compares models on other data ({before.get('data')}, {before.get('fingerprint')}; "
                f"now {splits.fingerprint}); choose another --output, or add --redo to train them all again."
            )
    write_json(path, {"data": splits.source, "fingerprint": splits.fingerprint, "finished": False})


def prepare_runs(runs: Iterable[Run], *, fingerprint: str, redo: bool) -> None:
    """Decide for each run whether it resumes or starts over, before any is started.

    Args:
        runs: what is to be trained.
        fingerprint: of the data now.
        redo: start over what was trained in another way.

    Raises:
        InputError: a folder holds a run of another recipe or of other data.
    """
    for run in runs:
        changed = _changes(run, fingerprint)
        if changed and not redo:
            raise InputError(
                f"{run.folder} holds {run.model} trained in another way ({changed}); choose another --output, or add "
                "--redo to train it again."
            )
        run.recipe.overwrite, run.recipe.resume = bool(changed), not changed and (run.folder / RECIPE_NAME).is_file()


def _changes(run: Run, fingerprint: str) -> str:
    """Describe what differs between a run and the one found in its folder; empty if nothing does."""
    if not (run.folder / RECIPE_NAME).is_file():
        return ""
    before, now = read_recipe(run.folder / RECIPE_NAME), run.values
    if run.teacher is not None:  # a model of this comparison: that it is the same one shows when it is there
        before, now = before | {"teacher": None}, now | {"teacher": None}
    changed = recipe_changes(before, now)
    if changed:
        return changed
    finished = (run.folder / RECORD_NAME).is_file()
    if finished and Record.read(run.folder).fingerprint != fingerprint:
        return "the data changed since"
    return ""
