# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Texts a line, while they are being read; and .txt files whose lines are more than a text. Imports nothing heavy."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from hf_seq.data.readers.packed import UNPACK, read_bytes
from hf_seq.errors import InputError

SAMPLE = 500
"""Lines that are looked at."""
FASTTEXT = "__label__"
"""What begins a label in a file of fastText."""


def read_lines(path: str | Path) -> Iterator[str]:
    """Yield the lines of a file.

    Raises:
        InputError: bytes that are not UTF-8.
    """
    with Path(path).open("rb") as lines:
        yield from decoded(lines, str(path))


def decoded(lines: Iterable[bytes], name: str) -> Iterator[str]:
    """Yield lines as text, without their ends and without a byte order mark.

    Raises:
        InputError: bytes that are not UTF-8.
    """
    for number, line in enumerate(lines, start=1):
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(f"{name}, line {number} is not UTF-8 ({error}); convert it, e.g. with iconv.") from error
        yield (text.removeprefix("\ufeff") if number == 1 else text).rstrip("\r\n")


HEADER_NAMES = frozenset(
    ["id", "text", "label", "sentence", "review", "class", "category", "target", "title", "source", "time", "date"]
)
"""Names of columns, of which a first line of names has one."""


def names_columns(fields: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Check whether the fields of a first line are all names of columns, which no line below has in their places."""
    names = [field.strip().lower() for field in fields]
    below = any(row[at].strip().lower() == name for row in others for at, name in enumerate(names) if at < len(row))
    return len(names) > 1 and HEADER_NAMES.issuperset(names) and len(set(names)) == len(names) and not below


def has_labels(path: str | Path, label_names: Collection[str]) -> bool:
    """Check whether each line holds a label beside its text: `__label__NAME`, or a name that the model knows and a tab.

    Args:
        path: a .txt file.
        label_names: those of the model.
    """
    lines = [line for line in _first_lines(path) if line.strip()]
    if lines and all(any(word.startswith(FASTTEXT) for word in line.split()) for line in lines):
        return True
    fields = [line.split("\t") for line in lines]
    names = set(label_names)
    fields = fields[fields != [] and names_columns(fields[0], fields[1:]) :]
    if not lines or any(len(row) != 2 for row in fields):
        return False
    return any(all(row[side].strip() in names for row in fields) for side in (0, 1))


def has_tags(path: str | Path, label_names: Collection[str]) -> bool:
    """Check whether each line holds a word and, last or first, a tag that the model knows.

    Args:
        path: a text file.
        label_names: the tags of the model.
    """
    lines = (line for line in _first_lines(path) if line.strip() and not line.startswith(("#", "-DOCSTART-")))
    rows = [line.split("\t") if "\t" in line else line.split() for line in lines]
    names, widths = {each for name in label_names for each in _spellings(name)}, {len(row) for row in rows}
    parted = [[word.rpartition(sign) for row in rows for word in row] for sign in "/_|"]
    if rows and any(all(word and tag in names for word, _, tag in words) for words in parted):
        return True  # The/DT dog/NN
    return len(widths) == 1 and min(widths) > 1 and any(all(row[at].strip() in names for row in rows) for at in (-1, 0))


def _spellings(tag: str) -> list[str]:
    """List how files write a tag of a span that training has read as B-PER; other names stand as they are."""
    part, sign, kind = tag.partition("-")
    if not sign or len(part) != 1:
        return [tag]
    return [
        tag,
        f"{part}_{kind}",
        f"{part.lower()}-{kind}",
        f"{part.lower()}_{kind}",
        f"{kind}-{part}",
        f"{kind}_{part}",
    ]


def has_columns(path: str | Path) -> bool:
    """Check whether tabs part each line into as many columns, as in a file of pairs."""
    widths = {line.count("\t") for line in _first_lines(path) if line.strip()}
    return len(widths) == 1 and min(widths) > 0


def _first_lines(path: str | Path) -> list[str]:
    if Path(path).suffix.lower() in UNPACK:
        lines = read_bytes(Path(path)).split(b"\n")[:SAMPLE]
    else:
        with Path(path).open("rb") as file:
            lines = list(islice(file, SAMPLE))
    return [line.decode("utf-8-sig", "replace").rstrip("\r\n") for line in lines]
