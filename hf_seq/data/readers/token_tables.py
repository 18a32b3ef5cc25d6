# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tagged text as a table with a header: a token a line, and a column that says which sentence it belongs to.

Sentence #,Word,Tag          the number of a sentence stands in its first line only, or in every line
Sentence: 1,Ann,B-PER
,met,O
"""

from pathlib import Path

from hf_seq.data.readers.files import READERS, read_text
from hf_seq.data.readers.packed import suffix_of
from hf_seq.data.readers.tables import Table
from hf_seq.errors import InputError

SENTENCE_NAMES = ("sentence #", "sentence", "sentence_id", "sentence id", "sent_id", "sentence_idx", "sentence_number")


def has_sentence_column(path: Path) -> bool:
    """Whether the first line of a csv or tsv names a column of sentence numbers."""
    first = read_text(path).split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    return any(name.strip(' "\r').lower() in SENTENCE_NAMES for name in first.split(delimiter))


def read_token_table(path: Path) -> Table:
    """Read a csv or tsv with a token a line: a row per sentence, and for each column its tokens' values.

    Raises:
        InputError: no column of sentences, or a first line without its number.
    """
    table = READERS[suffix_of(path)](path)
    found = next((name for name in table.names if name.lower() in SENTENCE_NAMES), None)
    if found is None:
        raise InputError(
            f"{path} has no column that says which sentence a token belongs to, only {', '.join(table.names)}; call it "
            f"one of {', '.join(map(repr, SENTENCE_NAMES[:4]))}, or write CoNLL with a blank line after each sentence."
        )
    numbers = [value.strip() for value in table.values(found)]
    if not numbers[0]:
        raise InputError(f"{path}: the first row has no {found!r}; give the sentence of the first token.")
    starts, current = [], ""
    for row, number in enumerate(numbers):
        if number and number != current:
            starts.append(row)
            current = number
    ends = [*starts[1:], len(numbers)]
    values = {name: table.values(name) for name in table.names if name != found}
    columns = {name: [each[a:b] for a, b in zip(starts, ends, strict=True)] for name, each in values.items()}
    return Table(columns, all_strings=True, notes=[f"a token a line, sentences by {found!r}"])
