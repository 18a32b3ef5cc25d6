# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tagged text as a table with a header: a token a line, or a sentence a line.

Sentence #,Word,Tag          the number of a sentence stands in its first line only, or in every line
Sentence: 1,Ann,B-PER
,met,O

word,tag                     no numbers: a blank line, or one of separators only, parts sentences

sentence,word_labels         a sentence a line, words between blanks
Ann met Bob,"B-PER,O,B-PER"
"""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

from hf_seq.data.readers.files import READERS, csv_rows, read_text
from hf_seq.data.readers.packed import suffix_of
from hf_seq.data.readers.tables import Table
from hf_seq.data.readers.text_form import current_form
from hf_seq.errors import InputError

SENTENCE_NAMES = ("Sentence #", "sentence_id", "sent_id", "sentence")
"""How people call the column, for messages; case, blanks and signs do not matter."""
_SENTENCE = re.compile(r"(sentence|sent|sentences)(id|idx|index|no|num|nr|number)?")


def is_sentence_name(name: str) -> bool:
    """Check whether a column is called as sentence numbers are."""
    return _SENTENCE.fullmatch(re.sub(r"[\W_]+", "", name.lower())) is not None


def has_sentence_column(path: Path) -> bool:
    """Whether the first line of a csv or tsv, or --columns, names a column of sentence numbers."""
    first = read_text(path).split("\n", 1)[0]
    delimiter = current_form().separator or max(",;\t", key=first.count)
    names = current_form().names or [name.strip(' "\r') for name in first.split(delimiter)]
    return any(map(is_sentence_name, names))


def has_sentence_rows(path: Path) -> bool:
    """Whether the rows of a tsv are sentences: two or more fields of its second line hold several words each."""
    lines = [line for line in read_text(path).split("\n", 3)[:3] if line.strip()]
    return len(lines) > 1 and sum(len(field.split()) > 1 for field in lines[1].split("\t")) > 1


def read_token_table(path: Path) -> Table:
    """Read a csv, tsv or xlsx: a row per sentence, and for each column its tokens' values.

    Raises:
        InputError: nothing says which sentence a token belongs to, or the first line has no number.
    """
    table = READERS[suffix_of(path)](path)
    found = next((name for name in table.names if is_sentence_name(name)), None)
    if _has_sentences(table, found):
        return table
    if found is None:
        return _by_blank_lines(path, table)
    numbers = ["" if value is None else str(value).strip() for value in table.values(found)]
    if not numbers[0]:
        raise InputError(f"{path}: the first row has no {found!r}; give the sentence of the first token.")
    starts, current = [], ""
    for row, number in enumerate(numbers):
        if number and number != current:
            starts.append(row)
            current = number
    cut = _cut({name: table.values(name) for name in table.names if name != found}, starts, len(numbers))
    return Table(cut, all_strings=True, notes=[*table.notes, f"a token a line, sentences by {found!r}"])


def _cut(columns: dict[str, list[Any]], starts: list[int], rows: int) -> dict[str, list[Any]]:
    """Cut columns into sentences that begin at `starts`."""
    ends = [*starts[1:], rows]
    return {name: [each[a:b] for a, b in zip(starts, ends, strict=True)] for name, each in columns.items()}


def _has_sentences(table: Table, found: str | None) -> bool:
    """Check whether a row is a sentence: most cells of the column of words hold several."""
    words = found or next((name for name in table.names if name.lower() in ("text", "tokens", "words")), None)
    values = [str(value) for value in table.values(words, 200) if value] if words else []
    several = sum(len(value.split()) > 2 or (value.startswith("[") and value.endswith("]")) for value in values)
    return several > len(values) / 2


def _by_blank_lines(path: Path, table: Table) -> Table:
    """Part a table of tokens where a line is blank, or holds separators only.

    Raises:
        InputError: none is.
    """
    rows = list(zip(*map(table.values, table.names), strict=True))
    empty = [not any(str(value or "").strip() for value in row) for row in rows]
    is_text = suffix_of(path) in (".csv", ".tsv")
    lines = [line for line, row in csv_rows(path) if any(row)][-len(rows) :] if is_text else list(range(len(rows)))
    kept = [row for row in range(len(rows)) if not empty[row]]
    starts = [
        index
        for index, (before, row) in enumerate(pairwise(kept), 1)
        if row - before > 1 or lines[row] - lines[before] > 1
    ]
    if not starts:
        raise InputError(
            f"{path} has no column that says which sentence a token belongs to, only {', '.join(table.names)}; call it "
            f"one of {', '.join(map(repr, SENTENCE_NAMES))}, or write a blank line after each sentence"
            f"{'' if is_text else ' and save it as csv, since blank rows of a sheet are not kept'}."
        )
    columns = {name: [rows[row][index] for row in kept] for index, name in enumerate(table.names)}
    notes = [*table.notes, "a token a line, sentences by blank lines"]
    return Table(_cut(columns, [0, *starts], len(kept)), all_strings=True, notes=notes)
