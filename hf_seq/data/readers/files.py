# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Reading one local file: csv, tsv, json, parquet, xlsx, txt. What cannot be read says where, and what to do.

txt: `__label__NAME text` (fastText, the labels anywhere in the line; several make it multi-label), or `text TAB label`
without a header line.
"""

import csv
import gc
import io
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from hf_seq.data.findings import counted
from hf_seq.data.lines import FASTTEXT, HEADER_NAMES, names_columns
from hf_seq.data.readers.comments import is_comment, without_comments
from hf_seq.data.readers.json_files import read_jsonl
from hf_seq.data.readers.packed import UNPACK, read_bytes, suffix_of
from hf_seq.data.readers.split_names import canonical_split
from hf_seq.data.readers.tables import Table, table_from_arrow
from hf_seq.data.readers.text_form import current_form, read_text
from hf_seq.data.readers.unread import remedy
from hf_seq.data.readers.workbooks import read_workbook
from hf_seq.errors import InputError

Readers: TypeAlias = Mapping[str, Callable[[Path], Table]]

MAX_LINES = 8
_UNSEEN = "\u200b\u200e\u200f\ufeff"  # signs without a width, which come along when names are copied
SAMPLE = 2_000  # rows that are looked at to see whether the first is one of them
SMALLEST_SAMPLE = 4
FEWEST_WORDS = 3  # of a field that is no name of a column, beside a number above numbers
_LABEL_WORD = re.compile(rf"(?<!\S){FASTTEXT}\S+\s?")
_SEPARATOR_LINE = re.compile(r'"?sep=(\\t|[^\s"]|\t)?"?[ \t]*\r?\n', re.IGNORECASE)
"""The first line that Excel reads and writes."""
_Row: TypeAlias = tuple[int, list[str]]  # line number, fields
_POINTER = b"version https://git-lfs"


def is_readable(path: Path, readers: Readers) -> bool:
    """Check whether the suffix of a file is one that readers know; a split as in eng.train stands for .txt."""
    return bool(suffix_of(path)) and _reader_of(path, readers) is not None


def _reader_of(path: Path, readers: Readers) -> Callable[[Path], Table] | None:
    suffix = suffix_of(path)
    if suffix not in readers and (not suffix or canonical_split(suffix[1:])):
        return readers.get(".txt")
    return readers.get(suffix)


def read_file(path: Path, readers: Readers | None = None) -> Table:
    """Read a file by its suffix.

    Args:
        path: the file.
        readers: by suffix; `READERS` if not given.

    Raises:
        InputError: empty, not UTF-8, ragged, broken, or of a kind that is not read; with line numbers.
    """
    readers = READERS if readers is None else readers
    reader = _reader_of(path, readers)
    if reader is None:
        raise InputError(f"{path}: files ending in {suffix_of(path)!r} are not read; {remedy(path, readers)}.")
    if path.stat().st_size == 0:
        raise InputError(f"{path} is empty (0 bytes); give a file with a header line and rows.")
    with no_collection():
        table = reader(path)
    table.path = path
    if len(table) == 0:
        raise InputError(
            f"{path} has no rows ({counted(len(table.names), 'column')}: {', '.join(table.names)}); add rows."
        )
    return table


@contextmanager
def no_collection() -> Iterator[None]:
    """Look for no garbage meanwhile: a million rows are a million lists, which Python would go over again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read_csv(path: Path) -> Table:
    text, notes = without_comments(read_text(path), _fields_of)
    return _table_of_rows(path, _csv_rows(path, text), notes)


def _fields_of(line: str, first: str) -> list[str]:
    """Cut a line of a csv at the separator that is said, or the commonest of its first line."""
    return next(csv.reader([line.rstrip("\r")], delimiter=_separated(first)[1]), [])


def csv_rows(path: Path) -> list[_Row]:
    """Parse a csv to (line number, fields) of every line that is not blank, the header among them.

    Raises:
        InputError: a quote that is not closed.
    """
    return _csv_rows(path, without_comments(read_text(path), _fields_of)[0])


def _csv_rows(path: Path, text: str) -> list[_Row]:
    text, delimiter = _separated(text)
    return _parse(path, text, delimiter, quoted=True)


def _separated(text: str) -> tuple[str, str]:
    """Return the text of a csv without a first line `sep=;`, and its delimiter: as said, else the commonest."""
    said = _SEPARATOR_LINE.match(text)
    if said:
        return text[said.end() :], current_form().separator or (said[1] or "\t").replace("\\t", "\t")
    return text, current_form().separator or max(",;\t|", key=text.lstrip("\r\n").partition("\n")[0].count)


def _read_tsv(path: Path) -> Table:
    """Read tab-separated values, with or without csv quoting; `"` may also be a plain sign, as in the GLUE files."""
    text = read_text(path)
    if current_form().separator not in (None, "\t"):
        return _read_csv(path)
    text, notes = without_comments(text, lambda line, _: line.split("\t"))
    plain = _parse(path, text, "\t", quoted=False)
    if '"' not in text:
        return _table_of_rows(path, plain, notes)
    try:
        quoted = _parse(path, text, "\t", quoted=True)
    except InputError:
        return _table_of_rows(path, plain, notes)
    plain_is_even = len({len(row) for _, row in plain}) == 1
    quoted_is_even = len({len(row) for _, row in quoted}) == 1
    use_quoted = quoted_is_even and (len(quoted) == len(plain) or not plain_is_even)
    return _table_of_rows(path, quoted if use_quoted else plain, notes)


def lift_field_size_limit() -> None:
    """Let a csv field be as long as a C long can count: the standard 131,072 characters refuse a long document.

    That long has 32 bits on 64-bit Windows, where `sys.maxsize` does not fit.
    """
    try:
        csv.field_size_limit(sys.maxsize)
    except OverflowError:
        csv.field_size_limit(2**31 - 1)


def has_blanks_between(text: str, delimiter: str) -> bool:
    """Check whether a blank stands behind each separator of the first line, as in `text, label`."""
    _, *others = text.lstrip().partition("\n")[0].split(delimiter)
    return delimiter != " " and bool(others) and all(field.startswith(" ") for field in others)


def _parse(path: Path, text: str, delimiter: str, *, quoted: bool) -> list[tuple[int, list[str]]]:
    """Parse every line that is not blank to (line number, fields)."""
    lift_field_size_limit()
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    spaced = quoted and has_blanks_between(text, delimiter)
    source = io.StringIO(text, newline="")
    reader = csv.reader(source, delimiter=delimiter, quoting=quoting, strict=quoted, skipinitialspace=spaced)
    try:
        return [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        if '\\"' in text and quoted:
            with suppress(csv.Error):  # databases write a quote inside a quoted field as \"
                source = io.StringIO(text, newline="")
                reader = csv.reader(source, delimiter=delimiter, escapechar="\\", doublequote=False, strict=True)
                return [(reader.line_num, row) for row in reader if row]
        raise InputError(
            f"{path}: line {reader.line_num} cannot be read ({error}); a quote that is opened must be closed, "
            f'and a quote inside a quoted field is written twice ("").'
        ) from None


def _table_of_rows(path: Path, rows: list[tuple[int, list[str]]], said: Sequence[str] = ()) -> Table:
    if not rows:
        raise InputError(f"{path} holds only blank lines; give a file with a header line and rows.")
    _refuse_title(path, rows)
    header, body, notes = _header(path, rows)
    kept = [(line, row) for line, row in body if any(row)]
    if len(kept) < len(body):
        notes = [*notes, f"{counted(len(body) - len(kept), 'line')} of separators without a value left out"]
    kept = _even(path, header, kept)
    unused = {index for index, name in enumerate(header) if not name and not any(row[index] for _, row in kept)}
    named = [(index, name) for index, name in enumerate(header) if index not in unused]
    twice = next((name for name, times in Counter(name for _, name in named).items() if times > 1), None)
    if twice is not None:
        raise InputError(f"{path}: column {twice!r} occurs twice in the header; give every column its own name.")
    columns = {name: [row[index] for _, row in kept] for index, name in named}
    return Table(columns, all_strings=True, notes=[*said, *notes])


def _refuse_title(path: Path, rows: list[_Row]) -> None:
    """Refuse a first line that has no separator where all others have as many of one, or is alone in its fields."""
    first, *others = [row for _, row in rows[:SAMPLE]]
    titled = len(first) > 2 and bool(first[0]) and not any(first[1:]) and others and all(others[0])
    if len(first) == 1 and len(others) >= SMALLEST_SAMPLE and all(len(row) == 1 for row in others):
        counts = [{row[0].count(separator) for row in others} for separator in ";\t|,"]
        titled = any(len(found) == 1 and found != {0} for found in counts) and len({row[0] for row in others}) > 1
    if titled and current_form().separator is None and not current_form().names:
        shown = next(filter(None, first), "")
        raise InputError(
            f"{path}: line {rows[0][0]} ({shown:.60}) seems to be a title; take out what stands above the names of the "
            "columns, or say --delimiter if it is one of these."
        )


def _even(path: Path, header: list[str], body: list[_Row]) -> list[_Row]:
    """Return rows of as many fields as the header has; what is more may only be blank, as spreadsheets leave it.

    Raises:
        InputError: rows have other fields than the header.
    """
    width = len(header)
    if all(len(row) == width for _, row in body):
        return body
    body = [(line, row if any(row[width:]) else row[:width]) for line, row in body]
    ragged = [(line, len(row)) for line, row in body if len(row) != width]
    if not ragged:
        return body
    shown = ", ".join(f"line {line} has {count}" for line, count in ragged[:MAX_LINES])
    more = f" and {len(ragged) - MAX_LINES:,} lines more" if len(ragged) > MAX_LINES else ""
    do = "put fields that hold the separator in double quotes."
    if all(is_comment(",".join(row)) for line, row in body if len(row) != width):
        do = "if these lines are comments, take them out."
    elif len(ragged) > len(body) // 2:
        do = f"if {header[0]!r:.60} is a title or a comment, take out what stands above the names of the columns."
    raise InputError(f"{path} is ragged: the header has {width} fields, but {shown}{more}; {do}")


def _header(path: Path, rows: list[_Row]) -> tuple[list[str], list[_Row], list[str]]:
    """Return the names of the columns, the rows below, and what is to be noted; the first line may be a row."""
    form, first = current_form(), [name.strip().strip(_UNSEEN).strip() for name in rows[0][1]]
    if form.names:
        if len(form.names) != len(first):
            raise InputError(f"--columns names {len(form.names)} columns, but {path} has {len(first)}; name each.")
        return form.names, rows[form.names == first :], []
    numbers = [str(number) for number in range(1, len(first) + 1)]
    if form.no_header:
        return numbers, rows, []
    if form.no_header is None and _is_row(first, rows[1 : SAMPLE + 1]):
        shown = ", ".join(first)
        note = f"no header: the first line ({shown:.60}) is a row, so columns are called {', '.join(numbers)}"
        return numbers, rows, [f"{note} (--columns names them, --no_header=false takes the line for names)"]
    again = [row for row in rows[1:] if row[1] == rows[0][1]] if len(first) > 1 else []
    if not again:
        return first, rows[1:], []
    body = [row for row in rows if row[1] != rows[0][1]]
    return first, body, [f"{counted(len(again), 'line')} left out, the names of the columns again"]


def _is_row(first: list[str], rows: list[_Row]) -> bool:
    """Check whether the first line is a row: one of its fields is a value further down, of a column with few values.

    Or it is a number above numbers, beside a text. A header that occurs again, whole, is one of several files put
    together.
    """
    fields = [row for _, row in rows if len(row) == len(first)]
    if len(fields) < SMALLEST_SAMPLE or any(name.lower() in HEADER_NAMES for name in first) or first in fields:
        return False
    for index, name in enumerate(first):
        values = [row[index].strip() for row in fields]
        if name and name in values and len(set(values)) <= max(2, len(values) // 4):
            return True
        numbered = name.isdigit() and len(name) == len(values[0]) and all(value.isdigit() for value in values)
        if numbered and any(len(each.split()) >= FEWEST_WORDS for each in first):
            return True
    return False


def read_parquet(path: Path) -> Table:
    """Read a parquet file, with the label names stored in it.

    Raises:
        InputError: it is none, damaged, or only a pointer to one.
    """
    with path.open("rb") as file:
        begins = file.read(len(_POINTER))
    if begins == _POINTER:
        raise InputError(
            f"{path} is a pointer of Git LFS, the file itself was not downloaded; get it with `git lfs pull`."
        )
    packed = path.suffix.lower() in UNPACK
    return _checked_arrow(path, lambda: pq.read_table(pa.BufferReader(read_bytes(path)) if packed else path))


def _checked_arrow(path: Path, read: Callable[[], pa.Table]) -> Table:
    """Make a table of what pyarrow reads, every text of which is UTF-8 and every offset inside the file."""
    try:
        table = read()
        table.validate(full=True)
        return table_from_arrow(table)
    except InputError:
        raise
    except Exception as error:  # pyarrow has a dozen kinds, and headers that are damaged raise still others
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        kind = "parquet" if suffix_of(path) == ".parquet" else "Arrow"
        raise InputError(
            f"{path} is not a readable {kind} file ({reason}); write it again, or give csv or jsonl."
        ) from None


def _read_txt(path: Path) -> Table:
    if current_form().separator or current_form().names:
        return _read_csv(path)
    lines = [(number, line.rstrip("\r")) for number, line in enumerate(read_text(path).split("\n"), 1) if line.strip()]
    if all(any(word.startswith(FASTTEXT) for word in line.split()) for _, line in lines):
        return _fasttext_table(path, lines)
    fields = [(number, line.split("\t")) for number, line in lines]
    bad = next(((number, len(row)) for number, row in fields if len(row) != 2), None)
    if bad is not None:
        raise InputError(
            f"{path}: line {bad[0]} has {bad[1]} tab-separated fields; a .txt file for classification has lines "
            f"`text TAB label` or `{FASTTEXT}NAME text`. Otherwise give a csv with a header line."
        )
    rows = [row for _, row in fields]
    named = names_columns(rows[0], rows[1:])
    columns = list(zip(*rows[named:], strict=True)) or [(), ()]
    label = min((0, 1), key=lambda index: (len(set(columns[index])), index == 0))
    notes = [f"the first line ({' | '.join(rows[0])}) names the columns"] if named else []
    return Table({"text": list(columns[1 - label]), "label": list(columns[label])}, all_strings=True, notes=notes)


def _fasttext_table(path: Path, lines: list[tuple[int, str]]) -> Table:
    """Read labels as the words with the prefix, wherever they are in the line; blanks of any kind end a word."""
    texts, labels = [], []
    for number, line in lines:
        names = [word.removeprefix(FASTTEXT) for word in line.split() if word.startswith(FASTTEXT)]
        bad = next((name for name in names if not name or "," in name), None)
        if bad is not None:
            raise InputError(
                f"{path}: line {number} has the label {bad!r}; a label is a word, and a blank or a tab ends it, not a "
                f"comma: write `{FASTTEXT}NAME text`."
            )
        labels.append(names)
        texts.append(_LABEL_WORD.sub("", line).strip())
    single = all(len(names) == 1 for names in labels)
    return Table({"text": texts, "label": [names[0] for names in labels] if single else labels}, all_strings=single)


def read_arrow(path: Path) -> Table:
    """Read an Arrow file of either layout, as `datasets` and `save_to_disk` (stream) or Feather (file) write it."""
    raw = read_bytes(path)
    opener = pa.ipc.open_file if raw[:6] == b"ARROW1" else pa.ipc.open_stream
    return _checked_arrow(path, lambda: opener(pa.BufferReader(raw)).read_all())


READERS: dict[str, Callable[[Path], Table]] = {
    ".csv": _read_csv,
    ".tsv": _read_tsv,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".json": read_jsonl,
    ".parquet": read_parquet,
    ".arrow": read_arrow,
    ".feather": read_arrow,
    ".xlsx": read_workbook,
    ".txt": _read_txt,
}

__all__ = [
    "READERS",
    "Readers",
    "csv_rows",
    "is_readable",
    "read_arrow",
    "read_file",
    "read_jsonl",
    "read_parquet",
    "read_text",
]
