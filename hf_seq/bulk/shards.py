# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The shards of an input: files of rows that are read a chunk at a time, on disk or wherever fsspec reaches.

    shards/*.parquet   s3://bucket/texts/*.jsonl.gz   a folder of such files

What cannot be read is a `BrokenShard`, which says why.
"""

import bz2
import csv
import gzip
import hashlib
import io
import json
import lzma
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from hf_seq.data.readers.files import lift_field_size_limit
from hf_seq.data.readers.packed import suffix_of
from hf_seq.data.readers.tables import Table, table_from_arrow
from hf_seq.data.readers.text_form import TextForm
from hf_seq.errors import InputError
from hf_seq.files.reading import parse_json

KINDS = (".parquet", ".jsonl", ".ndjson", ".csv", ".tsv", ".txt")
TEXT = "text"
"""The column that the lines of a .txt file are."""
MOST_LINE = 64 * 2**20
"""Characters of a line: it is held several times over, and a file without line ends is no shard of rows."""
_EDGE = 1 << 16  # bytes at both ends that tell a file from another
_SHOWN = 3


class BrokenShard(Exception):  # noqa: N818 - it is a state of a file more than an error
    """A shard that cannot be read to its end; the text says why."""


@dataclass(frozen=True)
class Shard:
    """A file of rows.

    Attributes:
        path: where it is, as fsspec opens it.
        name: what its output is called: its path below the folder that all shards share.
    """

    path: str
    name: str

    @property
    def kind(self) -> str:
        """How it is written: the suffix, that of a compression aside."""
        return suffix_of(Path(self.path))

    def fingerprint(self) -> str:
        """Tell this file from others by its length and both of its ends.

        Raises:
            InputError: it is not there any more.
        """
        try:
            with opened(self.path) as file:
                length = file.seek(0, io.SEEK_END)
                file.seek(0)
                head = file.read(_EDGE)
                file.seek(max(0, length - _EDGE))
                return hashlib.sha256(b"%d:" % length + head + file.read(_EDGE)).hexdigest()[:16]
        except OSError as error:
            raise InputError(f"{self.path} cannot be opened ({error}); look at --input again.") from error


@dataclass(frozen=True)
class Chunk:
    """Some rows of a shard, one after another.

    Attributes:
        table: their columns.
        arrow: the same as they were stored, of parquet.
        rows: the same as they were written, of lines.
    """

    table: Table
    arrow: pa.Table | None = None
    rows: Sequence[dict[str, Any]] = ()

    def __len__(self) -> int:
        return len(self.table) if self.arrow is None else self.arrow.num_rows


def find_shards(pattern: str) -> list[Shard]:
    """List the files that a pattern names, in the order of their names.

    Args:
        pattern: a path with `*`, a file, or a folder, which stands for all files in it that can be read.

    Raises:
        InputError: there is none, or they are of several kinds or of one that is not read.
    """
    from fsspec.core import url_to_fs

    try:
        files, path = url_to_fs(str(Path(pattern).expanduser()) if "://" not in pattern else pattern)
        found = _found(files, path)
    except (ImportError, ValueError) as error:
        raise InputError(f"--input {pattern} cannot be opened ({error}); name files of this machine.") from error
    paths = [each for each in found if suffix_of(Path(each)) in KINDS or each == path]
    if not paths:
        others = f"; of {len(found)} files there none ends in {' '.join(KINDS)}" if found else ""
        raise InputError(f"--input {pattern} names no file that can be read{others}; give a path such as 'in/*.jsonl'.")
    kinds = sorted({suffix_of(Path(each)) for each in paths})
    if len(kinds) > 1 or kinds[0] not in KINDS:
        raise InputError(
            f"--input {pattern} names files ending in {', '.join(kinds)}; give shards of one kind: {' '.join(KINDS)}."
        )
    return _named(files, paths)


def _found(files: Any, path: str) -> list[str]:
    if files.isdir(path):
        return sorted(each for each in files.find(path) if not _hidden(each, path))
    return sorted(each for each in files.glob(path) if files.isfile(each))


def _hidden(path: str, folder: str) -> bool:
    return any(part.startswith((".", "_")) for part in PurePosixPath(path.removeprefix(folder)).parts)


def _named(files: Any, paths: Sequence[str]) -> list[Shard]:
    """Name shards by what their paths do not share."""
    folders = [PurePosixPath(path).parent.parts for path in paths]
    shared = 0
    while all(len(parts) > shared and parts[shared] == folders[0][shared] for parts in folders):
        shared += 1
    names = ["/".join(PurePosixPath(path).parts[shared:]) for path in paths]
    return [Shard(files.unstrip_protocol(path), name) for path, name in zip(paths, names, strict=True)]


@contextmanager
def opened(path: str) -> Iterator[IO[bytes]]:
    """Open a file for reading, as it is."""
    import fsspec

    with fsspec.open(path, "rb") as file:
        yield file


def read_chunks(shard: Shard, size: int, form: TextForm) -> Iterator[Chunk]:
    """Read a shard, so many rows at a time.

    Args:
        shard: the file.
        size: rows of a chunk.
        form: encoding and delimiter, as far as the user says them.

    Raises:
        BrokenShard: it cannot be read to its end.
    """
    try:
        with opened(shard.path) as file:
            yield from _READERS[shard.kind](shard, file, size, form)
    except (pa.ArrowException, OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise BrokenShard(_reason(error)) from error
    except (UnicodeError, LookupError) as error:
        raise BrokenShard(f"not written in {form.encoding or 'UTF-8'}: {error}") from error
    except csv.Error as error:
        raise BrokenShard(f"no csv: {error}") from error


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__


def schema_of(shard: Shard, form: TextForm) -> pa.Schema | list[str]:
    """Read the columns of a shard: their types of parquet, else their names, in order.

    Raises:
        BrokenShard: it cannot be read.
    """
    if shard.kind == ".parquet":
        try:
            with opened(shard.path) as file:
                return pq.read_schema(file).remove_metadata()
        except (pa.ArrowException, OSError) as error:
            raise BrokenShard(_reason(error)) from error
    first = next(read_chunks(shard, 1, form), None)
    return [] if first is None else first.table.names


def describe_difference(first: Any, other: Any) -> str | None:
    """Say how the columns of two shards differ; None where they do not."""
    if isinstance(first, pa.Schema):
        types, others = ({field.name: str(field.type) for field in schema} for schema in (first, other))
    else:
        types, others = dict.fromkeys(first, ""), dict.fromkeys(other, "")
    if types == others:
        return None
    listed = [f"no {name!r}" for name in types if name not in others]
    listed += [f"{name!r} beside them" for name in others if name not in types]
    listed += [
        f"{name!r} as {others[name]}, not {types[name]}"
        for name in types
        if types[name] != others.get(name, types[name])
    ]
    return ", ".join(listed[:_SHOWN])


def _read_parquet(shard: Shard, file: IO[bytes], size: int, form: TextForm) -> Iterator[Chunk]:
    for batch in pq.ParquetFile(file).iter_batches(batch_size=size):
        arrow = pa.Table.from_batches([batch])
        yield Chunk(table_from_arrow(arrow), arrow)


def _read_jsonl(shard: Shard, file: IO[bytes], size: int, form: TextForm) -> Iterator[Chunk]:
    numbered = enumerate(_lines(shard, file, form), 1)
    rows = (_object(number, line) for number, line in numbered if line.strip())
    while some := list(islice(rows, size)):
        names = dict.fromkeys(name for row in some for name in row)
        yield Chunk(Table({name: [row.get(name) for row in some] for name in names}), rows=some)


def _object(number: int, line: str) -> dict[str, Any]:
    try:
        row = parse_json(line)
    except json.JSONDecodeError as error:
        raise BrokenShard(f"line {number} is not JSON: {error.msg} at column {error.colno}") from error
    except InputError as error:
        raise BrokenShard(f"line {number}: {error}") from error
    if not isinstance(row, dict):
        raise BrokenShard(f"line {number} is {line!r:.40}, no object such as {{'text': ...}}")
    return row


def _read_txt(shard: Shard, file: IO[bytes], size: int, form: TextForm) -> Iterator[Chunk]:
    lines = (line.rstrip("\r\n") for line in _lines(shard, file, form))
    while some := list(islice(lines, size)):
        yield Chunk(Table({TEXT: some}), rows=[{TEXT: line} for line in some])


def _read_csv(shard: Shard, file: IO[bytes], size: int, form: TextForm) -> Iterator[Chunk]:
    lift_field_size_limit()
    lines = _lines(shard, file, form)
    first = next(lines, "")
    delimiter = form.separator or ("\t" if shard.kind == ".tsv" else max(",;\t|", key=first.count))
    reader = csv.reader(_chained(first, lines), delimiter=delimiter, strict=True)
    header = form.names or next(reader, [])
    if not header or len(set(header)) < len(header):
        raise BrokenShard(f"its header is {first.strip()!r:.60}; every column needs a name of its own")
    while some := [row for row in islice(reader, size) if row]:
        odd = next((row for row in some if len(row) != len(header)), None)
        if odd is not None:
            raise BrokenShard(f"near line {reader.line_num} a row has {len(odd)} fields, the header {len(header)}")
        columns = {name: [row[place] for row in some] for place, name in enumerate(header)}
        yield Chunk(Table(columns, all_strings=True), rows=[dict(zip(header, row, strict=True)) for row in some])


def _chained(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _lines(shard: Shard, file: IO[bytes], form: TextForm) -> Iterator[str]:
    """Yield decompressed lines with their ends."""
    unpack = _UNPACK.get(Path(shard.path).suffix.lower())
    raw = file if unpack is None else unpack(file)
    encoding = form.encoding or "utf-8"
    text = io.TextIOWrapper(raw, "utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding, newline="\n")
    while line := text.readline(MOST_LINE + 1):
        if len(line) > MOST_LINE:
            raise BrokenShard(f"a line has more than {MOST_LINE:,} characters")
        yield line


_UNPACK: dict[str, Any] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
    ".zst": lambda file: io.BufferedReader(pa.CompressedInputStream(pa.PythonFile(file, "r"), "zstd")),
}
_READERS = {
    ".parquet": _read_parquet,
    ".jsonl": _read_jsonl,
    ".ndjson": _read_jsonl,
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".txt": _read_txt,
}
