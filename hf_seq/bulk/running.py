# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Answer shards of rows side by side: what `hf-seq predict RUN --input 'shards/*.parquet' --output DIR` runs.

The story: find the shards and open each, look at the first rows, claim the folder, mark what is done, have datatrove
run the rest, add the counts up. Run again with the same words, it goes on where it was stopped.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hf_seq.bulk.answering import WORK, Job, prepare, tallies
from hf_seq.bulk.folder import STATISTICS, claim, locked
from hf_seq.bulk.statistics import Tally, added_up
from hf_seq.bulk.writing import output_name
from hf_seq.data.readers.shards import BrokenShard, Shard, describe_broken, find_shards, open_all
from hf_seq.errors import InputError
from hf_seq.files.writing import write_json
from hf_seq.progress import logger
from hf_seq.reports.table import duration
from hf_seq.train.disk import is_disk_full
from hf_seq.workers import cores

EXECUTORS = ("local", "slurm", "ray")
REPORT_EVERY = 10.0  # seconds


@dataclass(frozen=True)
class BulkOptions:
    """What to answer, and by how many.

    Attributes:
        model: a folder or Hub id.
        input: names the shards; see `find_shards`.
        output: a folder, new or of the same run.
        workers: processes with one thread each; None for one a core.
        executor: local, slurm or ray.
        executor_options: further arguments of datatrove's executor.
        skip_broken: whether shards that cannot be read are left out.
        task: what the model does, where its folder does not say.
        settings: of the model.
        probabilities: whether those of every label are wanted.
        columns: how the shards are read, by flag.

    Raises:
        InputError: no such executor, or no worker.
    """

    model: str
    input: str
    output: Path
    workers: int | None = None
    executor: str = "local"
    executor_options: Mapping[str, Any] = field(default_factory=dict)
    skip_broken: bool = False
    task: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    probabilities: bool = False
    columns: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.executor not in EXECUTORS:
            raise InputError(f"--executor {self.executor} is none of {', '.join(EXECUTORS)}.")
        if self.workers is not None and self.workers < 1:
            raise InputError(f"--workers {self.workers} answers nothing; give 1 or more.")
        if self.executor == "local" and self.executor_options:
            raise InputError(
                f"--executor_options ({', '.join(self.executor_options)}) are for --executor slurm and ray; leave "
                "them out."
            )

    @property
    def job(self) -> Job:
        """What is to be done with each shard, from whichever folder a worker starts."""
        model = str(Path(self.model).resolve()) if Path(self.model).is_dir() else self.model
        output = self.output.expanduser().resolve()
        return Job(model, output, self.task, self.settings, self.probabilities, self.columns)


def label_shards(options: BulkOptions) -> dict[str, Any]:
    """Answer all rows of the shards, each once.

    Args:
        options: what to answer, and by how many.

    Returns:
        The statistics, as `DIR/.hf_seq/statistics.json` has them.

    Raises:
        InputError: the user can mend it; shards that are done are kept, and the same call goes on.
    """
    from hf_seq.bulk.pipeline import make_executor

    start = time.perf_counter()
    apart = "give each kind an --input and an --output of its own"
    found = find_shards(options.input)
    shards, broken = open_all(found, options.job.form, options.skip_broken, apart, "No row was answered yet.")
    _refuse_doubles(shards)
    job, notes = _prepare(options, shards)
    workers = options.workers or cores()
    with locked(job.output):
        shards = claim(job, shards)
        before = _mark(job, shards)
        for note in notes:
            logger.info(note)
        _say_begin(shards, before, options, workers)
        progress = _Progress(job, shards, before, start)
        options_of = _executor_options(options, job)
        executor = make_executor(options.executor, job, shards, workers, progress.say, options_of)
        _run(executor, options, job, shards)
        if options.executor == "slurm" and (left := len(executor.get_incomplete_ranks())):
            logger.info(f"{left} shards were handed to slurm; run the same command again for the statistics.")
            return {}
        return _finish(options, job, shards, broken, before, time.perf_counter() - start)


def _refuse_doubles(shards: Sequence[Shard]) -> None:
    """Refuse shards of which one would be written over the other: a.jsonl beside a.jsonl.bz2.

    Raises:
        InputError: there are two such.
    """
    taken: dict[str, Shard] = {}
    for shard in shards:
        other = taken.setdefault(output_name(shard), shard)
        if other is not shard:
            raise InputError(
                f"{other.name} and {shard.name} would both be answered in {output_name(shard)}; rename one of them, or "
                "leave it out where the two hold the same rows."
            )


def _prepare(options: BulkOptions, shards: Sequence[Shard]) -> tuple[Job, list[str]]:
    """Look at the first shard with rows that can be read."""
    for shard in shards:
        try:
            return prepare(options.job, shard)
        except BrokenShard:
            continue
    raise InputError(f"--input {options.input}: none of {len(shards)} shards has rows; there is nothing to answer.")


def _mark(job: Job, shards: list[Shard]) -> dict[str, Tally]:
    """Have datatrove's marks say what our notes do: the shards that are done, and whose output is still there."""
    done = {shard.name: tally for shard, tally in tallies(job, shards) if tally.broken is None}
    marks = job.output / WORK / "completions"
    marks.mkdir(exist_ok=True)
    for rank, shard in enumerate(shards):
        mark = marks / f"{rank:05d}"
        if shard.name in done:
            mark.touch()
        else:
            mark.unlink(missing_ok=True)
            job.status_of(shard).unlink(missing_ok=True)
    return done


def _say_begin(shards: Sequence[Shard], before: Mapping[str, Tally], options: BulkOptions, workers: int) -> None:
    known = f", of which {len(before)} are done" if before else ""
    many = f"{workers} worker{'s' * (workers > 1)}, one thread each (--workers)"
    many = many if options.executor == "local" else f"by {options.executor}"
    logger.info(f"{len(shards)} shards{known}; {many}")


def _executor_options(options: BulkOptions, job: Job) -> dict[str, Any]:
    if options.executor != "slurm":
        return dict(options.executor_options)
    import sys

    own = {
        "time": "24:00:00",
        "partition": "cpu",
        "job_name": "hf-seq-predict",
        "env_command": f"export PATH={Path(sys.executable).parent}:$PATH",
        "slurm_logs_folder": str(job.output / WORK / "slurm_logs"),
    }
    return {**own, **options.executor_options}


def _run(executor: Any, options: BulkOptions, job: Job, shards: Sequence[Shard]) -> None:
    """Run an executor, whose errors become words."""
    from datatrove.utils.logging import logger as chatty

    again = "What is done is kept; run the same command again to go on."
    chatty.disable("datatrove")
    try:
        executor.run()
    except InputError:
        raise
    except FileNotFoundError as error:
        if error.filename != "sbatch":
            raise
        raise InputError("--executor slurm needs slurm's sbatch on this machine; use --executor local.") from error
    except ImportError as error:
        raise InputError(f"--executor {options.executor} needs the package ray: pip install ray.") from error
    except Exception as error:
        if is_disk_full(error):
            raise InputError(
                f"The disk is full: {job.output} could not be written. Free some space. {again}"
            ) from error
        if isinstance(error, OSError):
            raise InputError(f"{error.filename or job.output} cannot be written ({error.strerror}). {again}") from error
        raise
    finally:
        chatty.enable("datatrove")


@dataclass
class _Progress:
    """Says now and then how far it is."""

    job: Job
    shards: list[Shard]
    before: Mapping[str, Tally]
    start: float
    last_report: float = 0.0

    def say(self, done: int) -> None:
        """Say how many shards are done, how fast, and how long it will take, every ten seconds at most."""
        now = time.perf_counter()
        if now - self.last_report < REPORT_EVERY:
            return
        self.last_report = now
        found = {shard.name: tally for shard, tally in tallies(self.job, self.shards) if shard.name not in self.before}
        rows, seconds = sum(each.rows for each in found.values()), now - self.start
        left = (len(self.shards) - len(self.before) - len(found)) * seconds / max(1, len(found))
        logger.info(
            f"{len(self.before) + len(found)} of {len(self.shards)} shards, {rows:,} rows, {rows / seconds:,.0f} "
            f"rows/s, about {duration(left)} left"
        )


def _finish(
    options: BulkOptions,
    job: Job,
    shards: list[Shard],
    broken: Mapping[str, str],
    before: Mapping[str, Tally],
    seconds: float,
) -> dict[str, Any]:
    """Add the counts up, write and say them.

    Raises:
        InputError: there are broken shards, and they are not to be left out.
    """
    found = {shard.name: tally for shard, tally in tallies(job, shards)}
    found |= {name: Tally(broken=reason) for name, reason in broken.items()}
    rows = sum(tally.rows for name, tally in found.items() if name not in before)
    statistics = added_up(found, options.workers or cores(), seconds, rows)
    path = job.output / WORK / STATISTICS
    write_json(path, statistics)
    _say_end(statistics, path)
    if statistics["broken"] and not options.skip_broken:
        kept = f"The other {statistics['shards']} are answered, in {options.output}."
        raise InputError(f"{describe_broken(statistics['broken'], len(found))} {kept}")
    return statistics


def _say_end(statistics: Mapping[str, Any], path: Path) -> None:
    last, hours = statistics["last_call"], statistics["worker_hours_for_a_billion_rows"]
    speed = f" ({last['rows_per_second']:,.0f} rows/s now)" if last["rows_per_second"] else ""
    logger.info(f"{statistics['rows']:,} rows in {statistics['shards']} shards are answered{speed}")
    if statistics["broken"]:
        logger.info(f"left out as broken: {', '.join(statistics['broken'])}")
    if statistics["truncated"]:
        logger.info(f"{statistics['truncated']:,} inputs were longer than the model reads, and cut")
    labels = list(statistics["labels"].items())[:8]
    if labels:
        logger.info("labels: " + ", ".join(f"{name} {count:,}" for name, count in labels))
    if hours:
        logger.info(f"a billion such rows take one worker {hours:,.0f} hours")
    logger.info(f"statistics: {path}")
