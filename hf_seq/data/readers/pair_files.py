# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Pairs of texts in one file: TMX, and tables that often come without a header, such as Tatoeba's.

Go.	Va !	CC-BY 2.0 (France) ...      manythings.org/anki; the third column is no text to be written
1276	Let's try.	77	Versuchen wir es.      Tatoeba's own export
"""

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from hf_seq.data.readers.comments import without_comments
from hf_seq.data.readers.files import READERS, Readers
from hf_seq.data.readers.packed import read_bytes, suffix_of
from hf_seq.data.readers.tables import Table
from hf_seq.data.readers.text_form import TextForm, current_form, read_text, written_as
from hf_seq.errors import InputError

MARKS = ("bpt", "ept", "ph", "it", "ut")
"""What TMX 1.4 writes codes of other formats into, such as &lt;b&gt;; `hi` holds text."""
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_CODE = re.compile(r"[a-z]{2,3}([-_][A-Za-z]{2,4})?")
_NAMES = frozenset(
    [
        "source",
        "target",
        "src",
        "tgt",
        "input",
        "output",
        "text",
        "summary",
        "document",
        "dialogue",
        "article",
        "highlights",
        "question",
        "answer",
        "prompt",
        "completion",
        "response",
        "description",
        "code",
        "nl",
        "id",
        "translation",
        "score",
        "label",
        "sentence",
        "reference",
    ]
)


def read_tmx(path: Path) -> Table:
    """Read a translation memory: a row for each unit, a column for each language.

    Raises:
        InputError: it is no TMX.
    """
    rows: list[dict[str, str]] = []
    try:
        for _, element in ET.iterparse(io.BytesIO(read_bytes(path))):
            element.tag = element.tag.rpartition("}")[2]  # whatever namespace a tool writes
            if element.tag == "tu":
                rows.append(_unit(element))
                element.clear()
    except ET.ParseError as error:
        raise InputError(f"{path} is not a readable .tmx file ({error}); get it again.") from None
    rows = _by_short_names(rows)
    languages = list(dict.fromkeys(language for row in rows for language in row))
    if not languages:
        raise InputError(f"{path} holds no <tu> with <tuv> and <seg>, so there is nothing to translate in it.")
    return Table({language: [row.get(language) for row in rows] for language in languages}, all_strings=True)


def _by_short_names(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Call en-US and EN en, unless a unit has two texts of one language."""
    short = [{re.split("[-_]", name)[0].lower(): text for name, text in row.items()} for row in rows]
    return short if all(len(ours) == len(theirs) for ours, theirs in zip(short, rows, strict=True)) else rows


def _words_of(segment: ET.Element) -> Iterator[str]:
    """Yield the text of a segment, without the marks of a page or a program that stand in it."""
    yield segment.text or ""
    for part in segment:
        if part.tag not in MARKS:
            yield from _words_of(part)
        yield part.tail or ""


def _unit(element: ET.Element) -> dict[str, str]:
    """Return the texts of a unit by language, marks inside left out."""
    found = {}
    for variant in element.iter("tuv"):
        language, segment = variant.get(_LANGUAGE) or variant.get("lang"), variant.find("seg")
        if language and segment is not None:
            found[language] = "".join(_words_of(segment)).strip()
    return found


def _read_table(path: Path) -> Table:
    """Read a csv, tsv or txt of pairs, with or without a header."""
    form = current_form()
    if suffix_of(path) == ".txt" and form.separator is None:
        form = TextForm(form.encoding, "\t", form.no_header, form.columns)
    reader = READERS[".tsv" if form.separator == "\t" or suffix_of(path) == ".tsv" else ".csv"]
    with written_as(form):
        if form.no_header is not None or form.names:
            return reader(path)
        first = _first_fields(path)
    if _is_header(first, plain=suffix_of(path) == ".txt"):
        return reader(path)
    with written_as(TextForm(form.encoding, form.delimiter, True, None)):
        table = reader(path)
    shown = " | ".join(first)
    table.notes.append(f"no header: the first line ({shown:.60}) is a row (--no_header=false takes it for names)")
    return table


def _first_fields(path: Path) -> list[str]:
    """Return the fields of the first line that is not blank, comments aside."""

    def fields_of(line: str, first: str) -> list[str]:
        found = max(",;\t|", key=first.count) if suffix_of(path) == ".csv" else "\t"
        return next(csv.reader([line.rstrip("\r")], delimiter=current_form().separator or found), [])

    text, _ = without_comments(read_text(path), fields_of)
    line = next((each for each in text.split("\n") if each.strip()), "")
    return fields_of(line, line)


def _is_header(fields: list[str], plain: bool) -> bool:
    """Check whether fields are names: one is known, or each is a single word and the file is no plain text."""
    names = [field.strip() for field in fields if field.strip()]  # a column without a name is blank further down, too
    if any(name.lower() in _NAMES for name in names) or all(_CODE.fullmatch(name) for name in names):
        return True
    return not plain and len(names) > 1 and all(re.fullmatch(r"[\w-]+", name) and not name.isdigit() for name in names)


PAIR_READERS: Readers = {**READERS, **dict.fromkeys((".csv", ".tsv", ".txt"), _read_table), ".tmx": read_tmx}
