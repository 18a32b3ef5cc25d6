# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Training the runs of a comparison side by side: `hf-seq compare --jobs N`.

Each run has a process with one thread, so that its bits are the same for any number of jobs. What is finished stays, as
always; a comparison that is killed goes on when it is run again.
"""

from collections.abc import Sequence
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

from hf_seq.compare.options import Run
from hf_seq.compare.student_runs import train_run
from hf_seq.compare.students import STUDENT
from hf_seq.errors import InputError, NotRunError
from hf_seq.progress import logger
from hf_seq.reports.record import RECORD_NAME, Record
from hf_seq.train.results import describe
from hf_seq.workers import worker_pool

PRELOADED = ["hf_seq.compare.side_by_side", "hf_seq.models.modeling_recurrent", "transformers.trainer"]


@dataclass
class Trained:
    """The runs that were trained side by side; called with one, it trains it if it was not.

    Attributes:
        done: their folders.
        failed: why others could not be trained, by folder.
    """

    done: set[Path] = field(default_factory=set)
    failed: dict[Path, InputError] = field(default_factory=dict)

    def __call__(self, run: Run) -> None:
        """Train a run, unless it is done.

        Raises:
            InputError: it cannot be trained.
        """
        if run.folder in self.failed:
            raise self.failed[run.folder]
        if run.folder not in self.done:
            train_run(run)


def train_side_by_side(runs: Sequence[Run], jobs: int | None) -> Trained:
    """Train the runs that are not finished, so many at a time; students after all others.

    Args:
        runs: of a comparison.
        jobs: how many; None trains nothing here, for the comparison does it, one after another with all threads.

    Raises:
        InputError: a process was killed.
    """
    trained = Trained()
    if jobs is None:
        return trained
    for students in (False, True):
        some = [run for run in runs if (run.model == STUDENT) == students]
        open_runs = [run for run in some if run.recipe.overwrite or not (run.folder / RECORD_NAME).is_file()]
        if open_runs:
            workers = min(jobs, len(open_runs))
            logger.info(f"\n{len(open_runs)} trainings, {workers} at a time, one thread each (--jobs)")
            _train(open_runs, workers, trained)
    return trained


def _train(runs: Sequence[Run], workers: int, trained: Trained) -> None:
    try:
        with worker_pool(workers, PRELOADED) as pool:
            tasks = {pool.submit(train_alone, run): run for run in runs}
            for number, task in enumerate(as_completed(tasks), 1):
                run, error = tasks[task], task.result()
                if error is None:
                    trained.done.add(run.folder)
                else:
                    trained.failed[run.folder] = error
                outcome = f"{run.model}, not run" if error else describe(Record.read(run.folder))
                logger.info(f"  {number} of {len(runs)}, seed {run.seed}: {outcome}")
    except BrokenProcessPool as error:
        raise InputError(
            "A training was killed; is there too little memory? Give fewer --jobs; run the same command again to go on."
        ) from error


def train_alone(run: Run) -> InputError | None:
    """Train one run in a worker; give back what went wrong in words, for not every error can travel."""
    try:
        train_run(run)
    except NotRunError as error:
        return NotRunError(str(error))
    except InputError as error:
        return InputError(str(error))
    return None
