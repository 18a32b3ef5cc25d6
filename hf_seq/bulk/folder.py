# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The folder of a bulk prediction: whose it is, and which shards are done.

DIR/NAME.parquet ...              an answered shard each
DIR/.hf_seq/run.json              the model, how it reads, the shards
DIR/.hf_seq/shards/NAME.json      the counts of a shard that is done; comes after the shard
DIR/.hf_seq/statistics.json       their sum
DIR/.hf_seq/completions, stats, logs    datatrove's
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hf_seq.bulk.answering import WORK, Job, tallies
from hf_seq.data.readers.shards import Shard
from hf_seq.errors import InputError
from hf_seq.files.locking import one_process
from hf_seq.files.reading import read_object
from hf_seq.files.writing import write_json
from hf_seq.predictors.loading import find_folder

RUN, STATISTICS = "run.json", "statistics.json"
_MODEL_FILES = ("*.safetensors", "*.onnx", "*config.json", "tokenizer.json", "runtime.json", "baseline.json")


@contextmanager
def locked(output: Path) -> Iterator[None]:
    """Hold a folder for this process; the lock goes with the process, however it ends.

    Raises:
        InputError: it is a file, holds something else, or another prediction is writing there.
    """
    if output.exists() and not output.is_dir():
        raise InputError(f"--output {output} is a file; with --input name a folder.")
    work = output / WORK
    if output.is_dir() and any(output.iterdir()) and not work.is_dir():
        raise InputError(f"--output {output} holds files, but no prediction of ours; choose another folder.")
    busy = f"Another prediction is writing to {output}; wait for it, or choose another --output."
    with one_process(work / "lock", busy):
        for left in output.rglob(".*.part"):  # of a process that was killed
            left.unlink(missing_ok=True)
        yield


def claim(job: Job, shards: Sequence[Shard]) -> list[Shard]:
    """Note what the folder is for, or check that it is for the same.

    Returns:
        The shards in the order of the folder's first run; those that came since, behind them.

    Raises:
        InputError: it holds answers of another model, with other settings, or about other shards.
    """
    path = job.output / WORK / RUN
    facts = _facts(job)
    before = _read(path)
    known: dict[str, str] = before.get("shards", {})
    ours = {name: value for name, value in before.items() if name != "shards"}
    if before and ours != facts:
        name = next(name for name in {**facts, **ours} if facts.get(name) != ours.get(name))
        raise InputError(
            f"--output {job.output} holds answers of another run: {name} was {ours.get(name)}, now {facts.get(name)}; "
            "choose another folder, or delete this one."
        )
    order = sorted(shards, key=lambda shard: list(known).index(shard.name) if shard.name in known else len(known))
    prints = {shard.name: shard.fingerprint() for shard in order}
    done = [shard.name for shard, tally in tallies(job, order) if tally.broken is None]
    odd = next((name for name in known if name not in prints or (name in done and known[name] != prints[name])), None)
    if odd is not None:
        what = "changed since" if odd in prints else "is not among the shards any more"
        raise InputError(
            f"--output {job.output} holds answers of another run: {odd} {what}; choose another folder, or delete this "
            "one."
        )
    write_json(path, {**facts, "shards": prints})
    return order


def _facts(job: Job) -> dict[str, Any]:
    assert job.answers is not None  # the caller has prepared it
    return {
        "model": digest_of(job.model),
        "settings": {name: value for name, value in job.settings.items() if value is not None},
        "columns": dict(job.read),
        "answers": job.answers.names,
    }


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    return read_object(path, "it is damaged: delete the folder, or choose another --output")


def digest_of(model: str) -> str:
    """Tell a model from others by what its files hold."""
    folder = Path(model) if Path(model).is_dir() else find_folder(model)
    digest = hashlib.sha256()
    for path in sorted({path for pattern in _MODEL_FILES for path in folder.rglob(pattern)}):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]
