# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How a text file is written: its encoding, its separator, whether it has a header; found from the file, or said.

What the user says (`--encoding`, `--delimiter`, `--no_header`, `--columns`) holds for every file of a source, however
deep in a layout its reader is called, so it is kept beside the call: `with written_as(form): ...`.
"""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from hf_seq.data.readers.packed import read_bytes
from hf_seq.errors import InputError
from hf_seq.files.reading import without_surrogates

DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
_MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GLANCE = 2_000  # bytes


@dataclass(frozen=True)
class TextForm:
    """What the user says of how text files are written; None is found from the file.

    Attributes:
        encoding: as Python names it.
        delimiter: between fields; one character, or a name in `DELIMITERS`.
        no_header: whether the first line is a row.
        columns: names of the columns of files without a header, between commas.

    Raises:
        InputError: an unknown encoding, a separator of several characters, or a name that occurs twice.
    """

    encoding: str | None = None
    delimiter: str | None = None
    no_header: bool | None = None
    columns: str | None = None

    def __post_init__(self) -> None:
        if self.encoding is not None:
            try:
                bytes(4).decode(self.encoding)
            except (LookupError, ValueError):  # of no text: hex, rot13; of nothing: undefined
                raise InputError(
                    f"--encoding {self.encoding} is not known; utf-8, utf-16, latin1, cp1252, gb18030, shift_jis and "
                    "others are."
                ) from None
        if self.delimiter is not None and len(self.separator or "") != 1:
            raise InputError(f"--delimiter {self.delimiter!r} is not one character; use , ; | or tab.")
        if len(set(self.names)) < len(self.names):
            raise InputError(f"--columns {self.columns} has a name twice; give every column its own.")

    @property
    def separator(self) -> str | None:
        """The separator as one character."""
        return None if self.delimiter is None else DELIMITERS.get(self.delimiter.lower(), self.delimiter)

    @property
    def names(self) -> list[str]:
        """The names of the columns; none where they are not said."""
        return [name.strip() for name in self.columns.split(",")] if self.columns else []


_FOUND = TextForm()
_FORM: ContextVar[TextForm] = ContextVar("form", default=_FOUND)


@contextmanager
def written_as(form: TextForm) -> Iterator[None]:
    """Have all readers read text files as the form says."""
    token = _FORM.set(form)
    try:
        yield
    finally:
        _FORM.reset(token)


def current_form() -> TextForm:
    """Return what the user said of the files that are being read."""
    return _FORM.get()


def read_text(path: Path) -> str:
    """Read a file as text, decompressed: as said, by its byte order mark, else as UTF-8.

    Raises:
        InputError: it is not written so; with the line.
    """
    raw = read_bytes(path)
    said = current_form().encoding
    encoding = said or next((name for mark, name in _MARKS if raw.startswith(mark)), None) or _by_zeros(raw) or "utf-8"
    try:
        text = raw.decode(encoding)
        strict = codecs.lookup(encoding).name == "utf-8"  # gives no half characters, which only others let through
        return (text if strict else without_surrogates(text)).removeprefix("\ufeff")
    except UnicodeError as error:
        if not isinstance(error, UnicodeDecodeError):  # idna and punycode know no place
            raise InputError(f"{path} is not {said}: {error}; say another --encoding, or leave it out.") from None
        line = raw.count(b"\n", 0, error.start) + 1
        ends = error.end == len(raw) and error.reason == "unexpected end of data"
        cut = ", its last, as in a file that was cut off inside a letter; then get it again" * ends
        if said:
            raise InputError(
                f"{path} is not {said}: byte 0x{raw[error.start]:02x} in line {line}; say another --encoding, or leave "
                "it out."
            ) from None
        raise InputError(
            f"{path} is not UTF-8: byte 0x{raw[error.start]:02x} in line {line}{cut}; if it is latin1, say --encoding "
            f"latin1 where data are read (cp1252, gb18030, ... likewise), or convert it with `iconv -f latin1 -t utf-8 "
            f"{path.name} > utf8{path.suffix}`."
        ) from None


def _by_zeros(raw: bytes) -> str | None:
    """Tell UTF-16 without a mark by the zeros beside the letters of western scripts."""
    head = raw[:_GLANCE]
    for encoding, start in (("utf-16-le", 1), ("utf-16-be", 0)):
        if len(head) > 4 and head[start::2].count(0) > len(head) // 4 and not head[1 - start :: 2].count(0):
            return encoding
    return None
