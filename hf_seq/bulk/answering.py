# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""One shard at a time, in a process with one thread: read, answer, write, count.

With one thread a worker, the answers are the same bits however many workers there are.
"""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from hf_seq.bulk.answer_columns import AnswerColumns, answer_columns
from hf_seq.bulk.statistics import Tally
from hf_seq.bulk.writing import output_name, whole_shard
from hf_seq.data.readers.shards import BrokenShard, Chunk, Shard, read_chunks, schema_of
from hf_seq.data.readers.text_form import TextForm
from hf_seq.errors import InputError
from hf_seq.files.writing import write_json
from hf_seq.predictors.batches import BATCHES_IN_WINDOW
from hf_seq.tasks.inputs_of_model import DataRequest, InputsOfModel
from hf_seq.workers import use_one_thread

WORK = ".hf_seq"
"""The folder of an output that holds marks, logs and counts."""
PROBED = 16


@dataclass(frozen=True)
class Job:
    """What is to be done with each shard.

    Attributes:
        model: its folder or Hub id.
        output: where the answered shards go.
        task: what the model does, where its folder does not say.
        settings: of the model: `backend`, `batch_size`, `bf16`, `quantized`.
        probabilities: whether those of every label are wanted.
        columns: how the shards are read, by flag.
        read: the columns that are read, by flag; empty before the first shard was looked at.
        answers: the columns of the answers; None before that.
    """

    model: str
    output: Path
    task: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    probabilities: bool = False
    columns: Mapping[str, Any] = field(default_factory=dict)
    read: Mapping[str, Any] = field(default_factory=dict)
    answers: AnswerColumns | None = None

    @property
    def form(self) -> TextForm:
        """How shards of text are written, as far as the user says it."""
        return TextForm(self.columns.get("encoding"), self.columns.get("delimiter"), None, self.columns.get("columns"))

    @property
    def chunk_rows(self) -> int:
        """Rows that are read, sorted by length and answered together."""
        return int(self.settings.get("batch_size") or 64) * BATCHES_IN_WINDOW

    def status_of(self, shard: Shard) -> Path:
        """Name the file that holds the counts of a shard that is done, or why it is broken."""
        return self.output / WORK / "shards" / f"{shard.name}.json"

    def output_of(self, shard: Shard) -> Path:
        """Name the output of a shard."""
        return self.output / output_name(shard)


@cache
def _load(model: str, probabilities: bool, settings: tuple[tuple[str, Any], ...]) -> Any:
    from transformers.utils.logging import disable_progress_bar

    from hf_seq.predictors.door import load

    disable_progress_bar()
    chosen = {name: value for name, value in settings if value is not None}
    predictor = load(model, **chosen)
    if probabilities and not hasattr(predictor, "with_probabilities"):
        raise InputError(f"--probabilities is for classifiers of torch, and {model} is none; leave it out.")
    if probabilities:
        predictor.with_probabilities = True
    if hasattr(predictor, "targets_by_name"):
        predictor.targets_by_name = True
    if hasattr(predictor, "too_long"):
        predictor.too_long = "split"  # nobody is there to shorten a text among millions
    return predictor


def predictor_of(job: Job) -> Any:
    """Load the model of a job, once in a process.

    Raises:
        InputError: there is no whole model.
    """
    return _load(job.model, job.probabilities, tuple(sorted(job.settings.items())))


def prepare(job: Job, shard: Shard) -> tuple[Job, list[str]]:
    """Look at the first rows of a shard: which columns are read, and what answers look like.

    Returns:
        The job with both, and what was decided, in words.

    Raises:
        InputError: the model cannot read these rows.
        BrokenShard: nobody can.
    """
    predictor = predictor_of(job)
    first = next(read_chunks(shard, PROBED, job.form), None)
    if first is None:
        raise BrokenShard("it has no rows")
    inputs = _reading(job, predictor).read(first.table)
    values = list(inputs.values)
    _check_rows(values, first, shard)
    answers = list(predictor.predict(values, window=len(values)))
    found = answer_columns(predictor, answers, first.table.names)
    notes = [note for note in inputs.notes if "rows of" not in note]
    if found.prefix:
        clash = next(name for name in first.table.names if name in found.parts)
        notes.append(f"the shards have a column {clash!r}, so answers are called {', '.join(found.names)}")
    return replace(job, read=inputs.columns, answers=found), notes


def _reading(job: Job, predictor: Any) -> InputsOfModel:
    request = DataRequest("the shards", None, job.task, job.columns)
    labels = tuple(getattr(predictor, "label_names", ()))
    return InputsOfModel.of(job.model, request, predictor, labels, predictor.reads_numbers).naming(job.read)


def _check_rows(values: list[Any], chunk: Chunk, shard: Shard) -> None:
    if len(values) != len(chunk):
        raise InputError(
            f"{shard.path}: {len(chunk)} rows give {len(values)} inputs; with --input every row is one, so write a "
            "series, or a sentence, as a list in one row."
        )


def answer_shard(job: Job, shard: Shard) -> Tally:
    """Answer every row of a shard, write them beside their answers, and note that it is done, or broken.

    The note comes last. Whoever is killed before it does the shard anew, to the same bytes.

    Raises:
        OSError: the output cannot be written.
    """
    use_one_thread()
    predictor_of(job)  # whose loading is no part of the time a row takes
    start = time.perf_counter()
    tally = Tally()
    try:
        _write(job, shard, tally)
        tally.bytes = job.output_of(shard).stat().st_size
    except BrokenShard as error:
        tally = Tally(broken=str(error))
    tally.seconds = time.perf_counter() - start
    status = job.status_of(shard)
    status.parent.mkdir(parents=True, exist_ok=True)
    write_json(status, tally.plain())
    return tally


def _write(job: Job, shard: Shard, tally: Tally) -> None:
    assert job.answers is not None  # `prepare` came first
    predictor = predictor_of(job)
    reading = _reading(job, predictor)
    with whole_shard(job.output_of(shard), job.answers, _schema(job, shard)) as sink:
        for chunk in read_chunks(shard, job.chunk_rows, job.form):
            answers = _answers(predictor, reading, chunk, shard, tally.rows)
            tally.add(answers)
            sink.write(chunk, answers)


def _schema(job: Job, shard: Shard) -> Any:
    if shard.kind != ".parquet":
        return schema_of(shard, job.form)
    import pyarrow.parquet as pq

    from hf_seq.data.readers.shards import opened

    with opened(shard.path) as file:
        try:
            return pq.read_schema(file)
        except pa.ArrowException as error:
            raise BrokenShard(str(error)) from error


def _answers(predictor: Any, reading: InputsOfModel, chunk: Chunk, shard: Shard, done: int) -> list[Mapping[str, Any]]:
    """Answer a chunk; a row that is no input makes the shard a broken one."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # texts that are cut are counted
        try:
            values = list(reading.read(chunk.table).values)
            _check_rows(values, chunk, shard)
            return list(predictor.predict(values, window=len(values)))
        except InputError as error:
            raise BrokenShard(f"rows {done + 1} to {done + len(chunk)}: {error}") from error


def tallies(job: Job, shards: list[Shard]) -> Iterator[tuple[Shard, Tally]]:
    """Yield the shards that are noted as done or broken, with their counts; of the done ones only those still there."""
    for shard in shards:
        try:
            found = Tally.read(json.loads(job.status_of(shard).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError):
            continue
        path = job.output_of(shard)
        if found.broken is not None or (path.is_file() and path.stat().st_size == found.bytes):
            yield shard, found
