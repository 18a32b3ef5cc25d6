# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Shards as tasks of datatrove: its executors run them here, on slurm or on ray, and mark what is complete."""

import contextlib
import io
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from hf_seq.bulk.answering import WORK, Job, answer_shard
from hf_seq.data.readers.shards import Shard
from hf_seq.errors import InputError
from hf_seq.progress import logger
from hf_seq.workers import worker_pool

try:
    from datatrove.executor import LocalPipelineExecutor, RayPipelineExecutor, SlurmPipelineExecutor
    from datatrove.pipeline.base import PipelineStep
except ImportError as missing:
    raise InputError(f"--input needs the package {missing.name}: pip install 'hf_seq[scale]'.") from missing

PRELOADED = [
    *("hf_seq.bulk.pipeline", "hf_seq.predictors.door", "hf_seq.models.modeling_recurrent"),
    "transformers.models.auto.modeling_auto",
]
"""What workers find imported when they begin, so that one who follows a killed one begins at once."""
TRIES = 3
"""Times that workers may die without a shard being done."""


class AnswerShard(PipelineStep):
    """Answers the shard whose number is that of the task."""

    name = "hf_seq predict"
    type = "labels"

    def __init__(self, job: Job, shards: Sequence[Shard]) -> None:
        super().__init__()
        self.job, self.shards = job, list(shards)

    def run(self, data: Any = None, rank: int = 0, world_size: int = 1) -> Iterator[Any]:
        """Answer one shard; gives nothing to a next step."""
        tally = answer_shard(self.job, self.shards[rank])
        self.stat_update("rows", value=tally.rows, unit="shard")
        yield from ()


class LocalExecutor(LocalPipelineExecutor):
    """Datatrove's local executor on a pool that notices when a worker is killed; its own would wait for ever.

    Args:
        watch: is called with the number of shards that are done since the start, whenever one is.
        settings: of datatrove's executor.
    """

    def __init__(self, *, watch: Callable[[int], None], **settings: Any) -> None:
        super().__init__(**settings)
        self.watch = watch

    def run(self) -> None:
        """Do what is not complete; after the death of a worker, once more.

        Raises:
            InputError: workers die again and again, and no shard gets done.
        """
        tries = 0
        while left := self.get_incomplete_ranks():
            try:
                self._run_pool(left)
                return
            except BrokenProcessPool as error:
                tries = tries + 1 if len(self.get_incomplete_ranks()) == len(left) else 0
                if tries == TRIES:
                    raise InputError(
                        f"Workers were killed {TRIES} times and no shard got done: is there too little memory? Give "
                        "fewer --workers, or smaller shards; run the same command again to go on."
                    ) from error
                logger.info("A worker was killed; its shard is done anew.")

    def _run_pool(self, ranks: Sequence[int]) -> None:
        watch, self.watch = self.watch, _ignore  # which need not travel to the workers
        try:
            with worker_pool(min(self.workers, len(ranks)), PRELOADED) as pool:
                tasks = [pool.submit(self.run_quietly, rank) for rank in ranks]
                for done, task in enumerate(as_completed(tasks), 1):
                    task.result()
                    watch(done)
        finally:
            self.watch = watch

    def run_quietly(self, rank: int) -> None:
        """Do one shard; what datatrove says goes to its log file alone."""
        with contextlib.redirect_stderr(io.StringIO()):
            self._run_for_rank(rank, local_rank=1)


def _ignore(done: int) -> None:
    """Take no notice."""


def make_executor(
    kind: str, job: Job, shards: Sequence[Shard], workers: int, watch: Callable[[int], None], options: dict[str, Any]
) -> Any:
    """Make an executor of datatrove.

    Args:
        kind: local, slurm or ray.
        job: what to do with each shard.
        shards: all of them.
        workers: that work at a time.
        watch: is told how many shards are done; of local ones only.
        options: further arguments of slurm's and ray's executors.

    Raises:
        InputError: an option that the executor does not have.
    """
    settings: dict[str, Any] = {
        "pipeline": [AnswerShard(job, shards)],
        "tasks": len(shards),
        "workers": workers,
        "logging_dir": str((job.output / WORK).resolve()),
        **options,
    }
    try:
        if kind == "local":
            return LocalExecutor(watch=watch, **settings)
        return (SlurmPipelineExecutor if kind == "slurm" else RayPipelineExecutor)(**settings)
    except TypeError as error:
        raise InputError(
            f"--executor_options: {error}; see datatrove's documentation of its {kind} executor."
        ) from error
