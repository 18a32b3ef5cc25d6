# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Shards: files of rows that are read a chunk at a time, on disk or wherever fsspec reaches.

    shards/*.parquet   s3://bucket/texts/*.jsonl.gz   a folder of such files

What cannot be read is a `BrokenShard`, which says why. A chunk knows where it begins, and reading can begin there:
parquet at a group of rows, lines that are not compressed at a byte.
"""

import codecs
import csv
import hashlib
import io
import json
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from hf_seq.data.readers.files import has_blanks_between, lift_field_size_limit
from hf_seq.data.readers.packed import UNPACK, stem_of, suffix_of
from hf_seq.data.readers.split_files import SHARD
from hf_seq.data.readers.tables import Table, table_from_arrow
from hf_seq.data.readers.text_form import TextForm
from hf_seq.errors import InputError
from hf_seq.files.reading import parse_json

KINDS = (".parquet", ".jsonl", ".ndjson", ".csv", ".tsv", ".txt")
TEXT = "text"
"""The column that the lines of a .txt file are."""
MOST_LINE = 64 * 2**20
"""Characters of a line: it is held several times over, and a file without line ends is no shard of rows."""
SHOWN = 3
_EDGE = 1 << 16  # bytes at both ends that tell a file from another


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

    @property
    def said(self) -> str:
        """The part of its name that may say a split: the folder it is in, else what stands before its number."""
        folder, _, file = self.name.rpartition("/")
        numbered = SHARD.fullmatch(stem_of(Path(file)))
        return PurePosixPath(folder).name or (numbered["name"] if numbered else stem_of(Path(file)))

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
            raise InputError(f"{self.path} cannot be opened ({error}); is it still there?") from error


@dataclass(frozen=True)
class Chunk:
    """Some rows of a shard, one after another.

    Attributes:
        table: their columns.
        arrow: the same as they were stored, of parquet.
        rows: the same as they were written, of lines.
        begin: where it begins in its shard, for `read_chunks`; None where reading cannot begin there.
    """

    table: Table
    arrow: pa.Table | None = None
    rows: Sequence[dict[str, Any]] = ()
    begin: int | None = None

    def __len__(self) -> int:
        return len(self.table) if self.arrow is None else self.arrow.num_rows


def find_shards(pattern: str, flag: str = "--input") -> list[Shard]:
    """List the files that a pattern names, in the order of their names.

    Args:
        pattern: a path with `*`, a file, or a folder, which stands for all files in it that can be read.
        flag: that gave the pattern, for words.

    Raises:
        InputError: there is none, or they are of several kinds or of one that is not read.
    """
    from fsspec.core import url_to_fs

    try:
        files, path = url_to_fs(str(Path(pattern).expanduser()) if "://" not in pattern else pattern)
        found = _found(files, path)
    except (ImportError, ValueError) as error:
        raise InputError(f"{flag} {pattern} cannot be opened ({error}); name files of this machine.") from error
    paths = [each for each in found if suffix_of(Path(each)) in KINDS or each == path]
    if not paths:
        others = f"; of {len(found)} files there none ends in {' '.join(KINDS)}" if found else ""
        raise InputError(f"{flag} {pattern} names no file that can be read{others}; give a path such as 'in/*.jsonl'.")
    kinds = sorted({suffix_of(Path(each)) for each in paths})
    if len(kinds) > 1 or kinds[0] not in KINDS:
        raise InputError(
            f"{flag} {pattern} names files ending in {', '.join(kinds)}; give shards of one kind: {' '.join(KINDS)}."
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


def read_chunks(shard: Shard, size: int, form: TextForm, begin: int = 0) -> Iterator[Chunk]:
    """Read a shard, so many rows at a time.

    Args:
        shard: the file.
        size: rows of a chunk at most.
        form: encoding and delimiter, as far as the user says them.
        begin: where to begin, as a chunk of this shard had it.

    Raises:
        BrokenShard: it cannot be read to its end.
    """
    try:
        with opened(shard.path) as file:
            yield from _READERS[shard.kind](shard, file, size, form, begin)
    except (pa.ArrowException, OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile) as error:
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
    return ", ".join(listed[:SHOWN])


def open_all(
    shards: Sequence[Shard], form: TextForm, skip_broken: bool, apart: str, yet: str
) -> tuple[list[Shard], dict[str, str]]:
    """Open every shard before any work.

    Args:
        shards: of one input.
        form: encoding and delimiter, as far as the user says them.
        skip_broken: whether those that cannot be read are left out.
        apart: what else to do with shards of differing columns, in words.
        yet: what was not done yet, likewise.

    Returns:
        Those that can be read, and why the others cannot.

    Raises:
        InputError: some or all cannot be read, or their columns differ.
    """
    good, broken = [], {}
    first: tuple[Shard, Any] | None = None
    for shard in shards:
        try:
            columns = schema_of(shard, form)
        except BrokenShard as error:
            broken[shard.name] = str(error)
            continue
        good.append(shard)
        if not columns or shard.kind in (".jsonl", ".ndjson"):
            continue  # a line of json need not have every key
        first = first or (shard, columns)
        difference = describe_difference(first[1], columns)
        if difference:
            raise InputError(
                f"The shards differ in their columns: beside those of {first[0].name}, {shard.name} has {difference}. "
                f"Make them the same, or {apart}."
            )
    if broken and not (skip_broken and good):
        raise InputError(f"{describe_broken(broken, len(shards))} {yet}")
    return good, broken


def describe_broken(broken: Mapping[str, str], number: int) -> str:
    """Say which of so many shards cannot be read, and what to do."""
    listed = "; ".join(f"{name} ({reason})" for name, reason in list(broken.items())[:SHOWN])
    more = f" and {len(broken) - SHOWN} more" if len(broken) > SHOWN else ""
    return (
        f"{len(broken)} of {number} shards cannot be read: {listed}{more}. Write them again, or add --skip_broken to "
        "leave them out."
    )


def _read_parquet(shard: Shard, file: IO[bytes], size: int, form: TextForm, begin: int) -> Iterator[Chunk]:
    parquet = pq.ParquetFile(file, buffer_size=_EDGE)  # a group of rows may be larger than memory
    for group in range(begin, parquet.num_row_groups):
        for number, batch in enumerate(parquet.iter_batches(batch_size=size, row_groups=[group])):
            arrow = pa.Table.from_batches([batch])
            yield Chunk(table_from_arrow(arrow), arrow, begin=None if number else group)


def _read_jsonl(shard: Shard, file: IO[bytes], size: int, form: TextForm, begin: int) -> Iterator[Chunk]:
    lines = _Lines(shard, file, form, begin)
    rows = (_object(number, line) for number, line in enumerate(lines, 1) if line.strip())
    place = lines.place
    while some := list(islice(rows, size)):
        names = dict.fromkeys(name for row in some for name in row)
        yield Chunk(Table({name: [row.get(name) for row in some] for name in names}), rows=some, begin=place)
        place = lines.place


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


def _read_txt(shard: Shard, file: IO[bytes], size: int, form: TextForm, begin: int) -> Iterator[Chunk]:
    lines = _Lines(shard, file, form, begin)
    texts, place = (line.rstrip("\r\n") for line in lines), lines.place
    while some := list(islice(texts, size)):
        yield Chunk(Table({TEXT: some}), rows=[{TEXT: line} for line in some], begin=place)
        place = lines.place


def _read_csv(shard: Shard, file: IO[bytes], size: int, form: TextForm, begin: int) -> Iterator[Chunk]:
    lift_field_size_limit()
    lines = _Lines(shard, file, form)
    first = next(lines, "")
    delimiter = form.separator or ("\t" if shard.kind == ".tsv" else max(",;\t|", key=first.count))
    form_of: dict[str, Any] = {
        "delimiter": delimiter,
        "strict": True,
        "skipinitialspace": has_blanks_between(first, delimiter),
    }
    reader = csv.reader(chain([first], lines), **form_of)
    place = lines.place if not form.names and first.count('"') % 2 == 0 else None
    header = form.names or next(reader, [])
    if not header or len(set(header)) < len(header):
        raise BrokenShard(f"its header is {first.strip()!r:.60}; every column needs a name of its own")
    if begin:
        lines = _Lines(shard, file, form, begin)
        reader, place = csv.reader(lines, **form_of), begin
    filled = (row for row in reader if row)
    while some := list(islice(filled, size)):
        odd = next((row for row in some if len(row) != len(header)), None)
        if odd is not None:
            raise BrokenShard(f"near line {reader.line_num} a row has {len(odd)} fields, the header {len(header)}")
        columns = {name: [row[number] for row in some] for number, name in enumerate(header)}
        rows = [dict(zip(header, row, strict=True)) for row in some]
        yield Chunk(Table(columns, all_strings=True), rows=rows, begin=place)
        place = lines.place


class _Lines(Iterator[str]):
    """Decompressed lines with their ends, and `place`, the byte where the next one begins; None where none can be.

    Args:
        shard: whose lines.
        file: opened.
        form: says the encoding.
        begin: byte of the first line.
    """

    def __init__(self, shard: Shard, file: IO[bytes], form: TextForm, begin: int = 0) -> None:
        unpack = UNPACK.get(Path(shard.path).suffix.lower())
        encoding = form.encoding or "utf-8"
        if begin or file.tell():
            file.seek(begin)
        strict = codecs.lookup(encoding).name in _BYTES_OF_LINES
        self.encoding = "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" and not begin else encoding
        self.place = begin if unpack is None and strict else None
        raw = file if unpack is None else unpack(file)
        self._lines: Any = raw if self.place is not None else io.TextIOWrapper(raw, self.encoding, newline="\n")

    def __next__(self) -> str:
        line: Any = self._lines.readline(MOST_LINE + 1)
        if not line:
            raise StopIteration
        if len(line) > MOST_LINE:
            raise BrokenShard(f"a line has more than {MOST_LINE:,} characters")
        if self.place is None:
            return str(line)
        self.place += len(line)
        text = line.decode(self.encoding)
        self.encoding = self.encoding.removesuffix("-sig")
        return text


_BYTES_OF_LINES = frozenset({"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252"})
"""Encodings in which a line ends with the byte 10, and no other character has it."""
_READERS = {
    ".parquet": _read_parquet,
    ".jsonl": _read_jsonl,
    ".ndjson": _read_jsonl,
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".txt": _read_txt,
}
