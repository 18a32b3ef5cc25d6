# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Shards on their way out: the rows of the input with the answers behind them, in the format of the input.

A file is there when it is whole. The same rows and answers give the same bytes.
"""

import csv
import gzip
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from hf_seq.bulk.answer_columns import AnswerColumns
from hf_seq.data.readers.packed import stem_of
from hf_seq.data.readers.shards import Chunk, Shard
from hf_seq.files.cells import cell_of
from hf_seq.files.writing import whole_file

GROUP_BYTES, GROUP_ROWS = 1 << 24, 1 << 16
"""A row group of parquet ends with the first of these."""
Answers = Sequence[Mapping[str, Any]]


def output_name(shard: Shard) -> str:
    """Name the output of a shard: as the shard, lines of text as jsonl, and compressed only by gzip."""
    path = Path(shard.name)
    kind = ".jsonl" if shard.kind == ".txt" else shard.kind
    ending = ".gz" if path.suffix.lower() == ".gz" and kind != ".parquet" else ""
    return path.with_name(f"{stem_of(path)}{kind}{ending}").as_posix()


class Sink:
    """An output that takes chunks."""

    def write(self, chunk: Chunk, answers: Answers) -> None:
        """Take some rows and their answers."""
        raise NotImplementedError

    def close(self) -> None:
        """Write what is still held back."""


class ParquetSink(Sink):
    """Row groups of parquet."""

    def __init__(self, file: IO[bytes], columns: AnswerColumns, schema: pa.Schema) -> None:
        self.columns = columns
        self.schema = pa.schema([*schema, *columns.fields])
        self.writer = pq.ParquetWriter(file, self.schema)
        self.held: list[pa.Table] = []

    def write(self, chunk: Chunk, answers: Answers) -> None:
        """Hold rows back until they fill a group."""
        assert chunk.arrow is not None  # shards of parquet give parquet
        arrays = [*chunk.arrow.columns, *self.columns.arrays(answers)]
        self.held.append(pa.Table.from_arrays(arrays, schema=self.schema))
        if sum(each.nbytes for each in self.held) >= GROUP_BYTES or sum(map(len, self.held)) >= GROUP_ROWS:
            self._flush()

    def close(self) -> None:
        """Write the last group and the footer."""
        self._flush()
        self.writer.close()

    def _flush(self) -> None:
        if self.held:
            self.writer.write_table(pa.concat_tables(self.held))
            self.held = []


class JsonlSink(Sink):
    """An object a line."""

    def __init__(self, file: IO[bytes], columns: AnswerColumns) -> None:
        self.file, self.columns = file, columns

    def write(self, chunk: Chunk, answers: Answers) -> None:
        """Write rows as they were read, and their answers."""
        for row, answer in zip(chunk.rows, answers, strict=True):
            self.file.write(json.dumps({**row, **self.columns.row(answer)}, ensure_ascii=False).encode() + b"\n")


class CsvSink(Sink):
    """A header and rows; several values in a cell with `;` between them, objects as JSON."""

    def __init__(self, file: IO[bytes], columns: AnswerColumns, names: Sequence[str], delimiter: str) -> None:
        self.columns = columns
        self.text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
        self.writer = csv.DictWriter(self.text, [*names, *columns.names], delimiter=delimiter, lineterminator="\n")
        self.writer.writeheader()

    def write(self, chunk: Chunk, answers: Answers) -> None:
        """Write rows and their answers."""
        for row, answer in zip(chunk.rows, answers, strict=True):
            self.writer.writerow({**row, **{name: cell_of(value) for name, value in self.columns.row(answer).items()}})

    def close(self) -> None:
        """Give the file back open."""
        self.text.flush()
        self.text.detach()


@contextmanager
def whole_shard(path: Path, columns: AnswerColumns, schema: pa.Schema | Sequence[str]) -> Iterator[Sink]:
    """Open the output of a shard, which is there at the end, whole; after an error nothing is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path, "wb") as file:
        packed = path.suffix == ".gz"
        target: Any = gzip.GzipFile("", "wb", fileobj=file, mtime=0) if packed else file
        sink = _sink(path.with_suffix("") if packed else path, target, columns, schema)
        yield sink
        sink.close()
        if packed:
            target.close()


def _sink(path: Path, file: Any, columns: AnswerColumns, schema: pa.Schema | Sequence[str]) -> Sink:
    if isinstance(schema, pa.Schema):
        return ParquetSink(file, columns, schema)
    if path.suffix in (".csv", ".tsv"):
        return CsvSink(file, columns, schema, "\t" if path.suffix == ".tsv" else ",")
    return JsonlSink(file, columns)
