# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The text of a row from its columns: one, several joined, two that stay apart, or a list of words."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from hf_seq.data.columns import SAMPLE, check_column, find_text_column, looks_like_text
from hf_seq.data.labels.cells import as_list, converts
from hf_seq.data.readers.tables import Table
from hf_seq.errors import InputError
from hf_seq.text.two_texts import TextOrPair

PAIRS = (
    *(("sentence1", "sentence2"), ("question1", "question2"), ("premise", "hypothesis"), ("text_a", "text_b")),
    *(("text1", "text2"), ("sent1", "sent2"), ("sentence_a", "sentence_b"), ("text", "text_pair")),
    *(("text_1", "text_2"), ("sentence_1", "sentence_2"), ("question_1", "question_2"), ("#1 string", "#2 string")),
)
"""Columns whose names say that they are two texts with one label."""
MORE = ", several to have them joined, or a second one with --text_pair_column"
SEPARATOR = "\n"
"""Between the texts of several columns that are joined."""


@dataclass(frozen=True)
class TextColumns:
    """Where the text of a row stands.

    Attributes:
        names: columns of the text, or of the first of two; several are joined.
        pair: column of the second text; None where there is one.
        found: whether the pair was found by its names.
    """

    names: list[str]
    pair: str | None = None
    found: bool = False

    @property
    def by_flag(self) -> dict[str, Any]:
        """The columns by the flags that name them."""
        name: Any = self.names[0] if len(self.names) == 1 else list(self.names)
        return {"text_column": name, **({"text_pair_column": self.pair} if self.pair else {})}

    @property
    def described(self) -> str:
        """Which columns are read, and how they become a text."""
        if self.pair:
            hint = "; for one text alone name it with --text_column" if self.found else ""
            first = " and ".join(map(repr, self.names))
            return f"two texts, columns {first} and {self.pair!r}, read as first [SEP] second{hint}"
        if len(self.names) > 1:
            return f"text columns {' and '.join(map(repr, self.names))}, joined by a line feed"
        return f"text column {self.names[0]!r}"

    def unread(self, table: Table, others: Collection[str]) -> list[str]:
        """Say which columns of texts are not read, such as the short description beside a headline."""
        taken = {*self.names, self.pair, *others}
        left = [name for name in table.names if name not in taken and looks_like_text(table.values(name, SAMPLE))]
        return [f"texts not read: {', '.join(map(repr, left))} (--text_column takes several)"] if left else []

    def read(self, table: Table) -> list[TextOrPair]:
        """Read the texts, or pairs of texts, of all rows."""
        first = self.first(table)
        return (
            first
            if self.pair is None
            else list(zip(first, map(_as_text, _read_lists(table.values(self.pair))), strict=True))
        )

    def first(self, table: Table) -> list[Any]:
        """Read the text of each row, or the first of two."""
        columns = [_texts(table, name) for name in self.names]
        if len(columns) == 1:
            return columns[0]
        return [SEPARATOR.join(filter(None, row)) for row in zip(*columns, strict=True)]


def find_text_columns(
    table: Table,
    text_column: str | Sequence[str] | None = None,
    text_pair_column: str | None = None,
    without: Collection[str] = (),
) -> TextColumns:
    """Find the columns of the text.

    Args:
        table: what was read.
        text_column: named by the user; several, or one with commas, are joined.
        text_pair_column: of the second text, named by the user.
        without: columns that it is not.

    Raises:
        InputError: no such column, none that fits, or several that do.
    """
    names = _named(table, text_column)
    both = next((name for name in (*names, text_pair_column) if name in without), None)
    if both is not None:
        raise InputError(f"text_column and label_column are both {both!r}; name two columns.")
    if text_pair_column is not None:
        check_column(table, "text_pair_column", text_pair_column)
        if text_pair_column in names:
            raise InputError(f"text_column and text_pair_column are both {text_pair_column!r}; name two columns.")
    if not names and text_pair_column is None and (pair := _usual_pair(table, without)):
        return TextColumns([pair[0]], pair[1], found=True)
    others = {*without, *([text_pair_column] if text_pair_column else [])}
    names = [find_text_column(table, name) for name in names] or [find_text_column(table, None, others, MORE)]
    if text_pair_column is not None:
        find_text_column(table, text_pair_column)
    return TextColumns(names, text_pair_column)


def _named(table: Table, given: str | Sequence[str] | None) -> list[str]:
    """List the names that were given, alone, as a list or with commas between them."""
    if given is None:
        return []
    written = [given] if isinstance(given, str) else list(given)
    return [
        part
        for name in written
        for part in ([name] if name in table.names or "," not in name else [each.strip() for each in name.split(",")])
    ]


def _usual_pair(table: Table, without: Collection[str]) -> tuple[str, str] | None:
    by_name = {name.lower(): name for name in table.names if name not in without}
    pairs = [(by_name[first], by_name[second]) for first, second in PAIRS if first in by_name and second in by_name]
    return pairs[0] if len(pairs) == 1 else None


def _texts(table: Table, name: str) -> list[str]:
    return list(map(_as_text, _read_lists(table.values(name))))


def _read_lists(values: Sequence[Any]) -> Sequence[Any]:
    """Read lists of words that were written to a csv as Python or JSON writes them, where every row is one."""
    there = [value for value in values if value]
    if not there or not all(isinstance(value, str) and value[0] == "[" and value[-1] == "]" for value in there):
        return values
    if not all(converts(as_list, value) for value in there):
        return values
    return [as_list(value) if value else value for value in values]


def _as_text(value: Any) -> str:
    """Write what stands in a cell as text: nothing as an empty one, a list of words with blanks between them."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return " ".join(map(_as_text, value)) if isinstance(value, list | tuple) else str(value)
