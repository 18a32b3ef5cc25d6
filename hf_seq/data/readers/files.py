# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Reading one local file: csv, tsv, jsonl, json, parquet, txt. What cannot be read says where, and what to do.

txt: `__label__NAME text` (fastText, the labels anywhere in the line; several make it multi-label), or `text TAB label`
without a header line.
"""

import csv
import io
import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from hf_seq.data.readers.tables import Table, table_from_arrow
from hf_seq.errors import InputError

Readers: TypeAlias = Mapping[str, Callable[[Path], Table]]

MAX_LINES = 8
TAGGED_SUFFIXES = (".conll", ".conllu", ".iob", ".iob2", ".bio", ".bioes")  # read by `hf_seq.data.readers.conll`
_FASTTEXT = "__label__"
_LABEL_WORD = re.compile(rf"(?<!\S){_FASTTEXT}\S+\s?")
_SEPARATOR_LINE = re.compile(r'"?sep=(\\t|[^\s"]|\t)"?[ \t]*\r?\n', re.IGNORECASE)
"""The first line that Excel reads and writes."""
_POINTER = b"version https://git-lfs"


def read_file(path: Path, readers: Readers | None = None) -> Table:
    """Read a file by its suffix.

    Args:
        path: the file.
        readers: by suffix; `READERS` if not given.

    Raises:
        InputError: empty, not UTF-8, ragged, broken, or of a kind that is not read; with line numbers.
    """
    readers = READERS if readers is None else readers
    reader = readers.get(path.suffix.lower())
    if reader is None:
        tagged = "; for tagged text say --task tagging" if path.suffix.lower() in TAGGED_SUFFIXES else ""
        raise InputError(
            f"{path}: files ending in {path.suffix!r} are not read; use one of {' '.join(readers)}{tagged}."
        )
    if path.stat().st_size == 0:
        raise InputError(f"{path} is empty (0 bytes); give a file with a header line and rows.")
    table = reader(path)
    if len(table) == 0:
        raise InputError(
            f"{path} has no rows ({len(table.names)} columns: {', '.join(table.names)}); add labelled rows."
        )
    return table


def read_text(path: Path) -> str:
    """Read the file as text; UTF-8, with or without a byte order mark."""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        looks = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin1"
        raise InputError(
            f"{path} is not UTF-8: byte 0x{raw[error.start]:02x} in line {line}; "
            f"if it is {looks}, convert it with `iconv -f {looks} -t utf-8 {path.name} > utf8{path.suffix}`."
        ) from None


def _read_csv(path: Path) -> Table:
    text = read_text(path)
    if said := _SEPARATOR_LINE.match(text):
        return _table_of_rows(path, _parse(path, text[said.end() :], said[1].replace("\\t", "\t"), quoted=True))
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    return _table_of_rows(path, _parse(path, text, delimiter, quoted=True))


def _read_tsv(path: Path) -> Table:
    """Read tab-separated values, with or without csv quoting; `"` may also be a plain sign, as in the GLUE files."""
    text = read_text(path)
    plain = _parse(path, text, "\t", quoted=False)
    if '"' not in text:
        return _table_of_rows(path, plain)
    try:
        quoted = _parse(path, text, "\t", quoted=True)
    except InputError:
        return _table_of_rows(path, plain)
    plain_is_even = len({len(row) for _, row in plain}) == 1
    quoted_is_even = len({len(row) for _, row in quoted}) == 1
    use_quoted = quoted_is_even and (len(quoted) == len(plain) or not plain_is_even)
    return _table_of_rows(path, quoted if use_quoted else plain)


def lift_field_size_limit() -> None:
    """Let a csv field be as long as a C long can count: the standard 131,072 characters refuse a long document.

    That long has 32 bits on 64-bit Windows, where `sys.maxsize` does not fit.
    """
    try:
        csv.field_size_limit(sys.maxsize)
    except OverflowError:
        csv.field_size_limit(2**31 - 1)


def _parse(path: Path, text: str, delimiter: str, *, quoted: bool) -> list[tuple[int, list[str]]]:
    """Parse every line that is not blank to (line number, fields)."""
    lift_field_size_limit()
    source = io.StringIO(text, newline="")
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    reader = csv.reader(source, delimiter=delimiter, quoting=quoting, strict=quoted)
    try:
        return [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise InputError(
            f"{path}: line {reader.line_num} cannot be read ({error}); a quote that is opened must be closed, "
            f'and a quote inside a quoted field is written twice ("").'
        ) from None


def _table_of_rows(path: Path, rows: list[tuple[int, list[str]]]) -> Table:
    if not rows:
        raise InputError(f"{path} holds only blank lines; give a file with a header line and rows.")
    (_, header), body = rows[0], rows[1:]
    header = [name.strip() for name in header]
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise InputError(f"{path}: column {doubled[0]!r} occurs twice in the header; give every column its own name.")
    ragged = [(line, len(row)) for line, row in body if len(row) != len(header)]
    if ragged:
        shown = ", ".join(f"line {line} has {count}" for line, count in ragged[:MAX_LINES])
        more = f" and {len(ragged) - MAX_LINES:,} lines more" if len(ragged) > MAX_LINES else ""
        raise InputError(
            f"{path} is ragged: the header has {len(header)} fields, but {shown}{more}; "
            f"put fields that hold the separator in double quotes."
        )
    columns = {name: [row[index] for _, row in body] for index, name in enumerate(header)}
    return Table(columns, all_strings=True)


def read_jsonl(path: Path) -> Table:
    """Read an object per line, or one list of objects."""
    text = read_text(path)
    if text.lstrip().startswith("["):
        try:
            records = json.loads(text)
        except json.JSONDecodeError as error:
            raise InputError(f"{path}: line {error.lineno} is not JSON ({error.msg}); correct it.") from None
    else:
        records = [_json_line(path, number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            raise InputError(
                f'{path}: row {number} is {record!r:.60}, not an object like {{"text": ..., "label": ...}}.'
            )
    names: dict[str, None] = {}
    for record in records:
        names.update(dict.fromkeys(record))
    return Table({name: [record.get(name) for record in records] for name in names})


def _json_line(path: Path, number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{path}: line {number} is not JSON ({error.msg} at column {error.colno}); each line is one object."
        ) from None


def read_parquet(path: Path) -> Table:
    """Read a parquet file, with the label names stored in it."""
    try:
        return table_from_arrow(pq.read_table(path))
    except (pa.ArrowInvalid, OSError) as error:
        reason = str(error).splitlines()[0]
        if path.read_bytes()[: len(_POINTER)] == _POINTER:
            raise InputError(
                f"{path} is a pointer of Git LFS, the file itself was not downloaded; get it with `git lfs pull`."
            ) from None
        raise InputError(
            f"{path} is not a readable parquet file ({reason}); write it again, or give csv or jsonl."
        ) from None


def _read_txt(path: Path) -> Table:
    lines = [(number, line.rstrip("\r")) for number, line in enumerate(read_text(path).split("\n"), 1) if line.strip()]
    if all(any(word.startswith(_FASTTEXT) for word in line.split()) for _, line in lines):
        return _fasttext_table(path, lines)
    fields = [(number, line.split("\t")) for number, line in lines]
    bad = next(((number, len(row)) for number, row in fields if len(row) != 2), None)
    if bad is not None:
        raise InputError(
            f"{path}: line {bad[0]} has {bad[1]} tab-separated fields; a .txt file for classification has lines "
            f"`text TAB label` or `{_FASTTEXT}NAME text`. Otherwise give a csv with a header line."
        )
    columns = list(zip(*(row for _, row in fields), strict=True))
    label = min((0, 1), key=lambda index: (len(set(columns[index])), index == 0))
    return Table({"text": list(columns[1 - label]), "label": list(columns[label])}, all_strings=True)


def _fasttext_table(path: Path, lines: list[tuple[int, str]]) -> Table:
    """Read labels as the words with the prefix, wherever they are in the line; blanks of any kind end a word."""
    texts, labels = [], []
    for number, line in lines:
        names = [word.removeprefix(_FASTTEXT) for word in line.split() if word.startswith(_FASTTEXT)]
        bad = next((name for name in names if not name or "," in name), None)
        if bad is not None:
            raise InputError(
                f"{path}: line {number} has the label {bad!r}; a label is a word, and a blank or a tab ends it, not a "
                f"comma: write `{_FASTTEXT}NAME text`."
            )
        labels.append(names)
        texts.append(_LABEL_WORD.sub("", line).strip())
    single = all(len(names) == 1 for names in labels)
    return Table({"text": texts, "label": [names[0] for names in labels] if single else labels}, all_strings=single)


READERS: dict[str, Callable[[Path], Table]] = {
    ".csv": _read_csv,
    ".tsv": _read_tsv,
    ".jsonl": read_jsonl,
    ".json": read_jsonl,
    ".parquet": read_parquet,
    ".txt": _read_txt,
}
