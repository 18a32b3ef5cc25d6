# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which column is the text and which the label: found when there is one way, asked for when there are two."""

import difflib
import re
from collections.abc import Collection
from typing import Any

from hf_seq.data.readers.tables import Table
from hf_seq.data.series.number_columns import share_of_numbers
from hf_seq.errors import InputError

TEXT_NAMES = (
    *("text", "texts", "sentence", "sentences", "review", "reviews", "content", "comment", "comments", "body"),
    *("document", "message", "query", "question", "utterance", "tweet", "title", "headline", "description", "abstract"),
    *("sentence1", "sentence2", "question1", "question2", "premise", "hypothesis", "text_a", "text_b"),
    *("review_text", "review_body"),
)
WORDS_NAMES = ("tokens", "words", "token", "word")
LABEL_NAMES = (
    *("label", "labels", "class", "classes", "category", "categories", "target", "targets", "sentiment", "intent"),
    *("topic", "emotion", "score", "rating", "stars", "star", "y", "gold", "label_text", "label_name"),
    "overall",
)
_ANSWERS = ("tags", "labels", "tag", "label", "states")  # how lists of strings are called that are no words of a text
SAMPLE = 2_000  # rows looked at
FIRST = 20
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}")
_ID = re.compile(
    r"(?i:(^|[_\-. ])(id|idx|index|uid|uuid|guid|key)|^(pmid|qid|docid|rowid|textid|tweetid))$|[a-z]I[dD]$"
)


def find_label_column(table: Table, label_column: str | None, without: Collection[str], more: str = "") -> str:
    """Find the name of the label column.

    Args:
        table: the train split.
        label_column: given by the user; checked only.
        without: columns that it is not, such as those of the text.
        more: what else the user may do where several could be it.

    Raises:
        InputError: no such column, none that fits, or several that do; lists the columns.
    """
    check_column(table, "label_column", label_column)
    if label_column is not None and label_column in without:
        raise InputError(f"text_column and label_column are both {label_column!r}; the columns are {_listed(table)}.")
    return find_label(table, without, more) if label_column is None else label_column


def find_text_column(
    table: Table, text_column: str | None = None, without: Collection[str] = (), more: str = ""
) -> str:
    """Name of the text column of a table without labels.

    Args:
        table: the train split.
        text_column: given by the user; checked only.
        without: columns that it is not.
        more: what else the user may do where several could be it.

    Raises:
        InputError: no such column, none that holds text, or several that do; lists the columns.
    """
    check_column(table, "text_column", text_column)
    name = _find_text(table, without, more) if text_column is None else text_column
    _check_text(table, name)
    return name


def check_column(table: Table, flag: str, name: str | None) -> None:
    """Refuse the name of a column that is not there; None names none.

    Raises:
        InputError: it is not there.
    """
    if name is not None and name not in table.names:
        close = difflib.get_close_matches(name, table.names, 1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise InputError(f"{flag}={name!r} is not there; the columns are {_listed(table)}{hint}")


def find_label(table: Table, without: Collection[str] = (), more: str = "") -> str:
    """Name of the label column; `without` names columns that it is not, `more` what else the user may do.

    Raises:
        InputError: none fits, or several do.
    """
    names = [name for name in table.names if name not in without]
    declared = [name for name in names if name in table.class_names]
    named = [name for name in names if name.lower() in LABEL_NAMES]
    exact = [name for name in names if name.lower() in ("label", "labels")]
    for candidates in (exact, declared, named):
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            break
    else:
        candidates = [name for name in names if looks_like_labels(table.values(name, SAMPLE))]
        if len(candidates) == 1:
            _check_header(table, candidates[0])
            return candidates[0]
    raise InputError(_ask("label", "label_column", candidates, table, more))


def _find_text(table: Table, without: Collection[str], more: str) -> str:
    names = [name for name in table.names if name not in without and _is_text(table.values(name, SAMPLE))]
    named = [name for name in names if name.lower() in TEXT_NAMES]
    wordy = [name for name in names if looks_like_text(table.values(name, SAMPLE))]
    lists = [
        name
        for name in table.names
        if name not in without and not name.lower().endswith(_ANSWERS) and _is_words(table.values(name, SAMPLE))
    ]
    tokens = [name for name in lists if name.lower() in WORDS_NAMES]
    for candidates in (named, wordy, tokens, lists, names):
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            break
    raise InputError(_ask("text", "text_column", candidates, table, more))


def _ask(what: str, flag: str, candidates: list[str], table: Table, more: str) -> str:
    if candidates:
        return (
            f"{len(candidates)} columns could be the {what}: {', '.join(map(repr, candidates))}; "
            f"name one with {flag}{more}. The columns are {_listed(table)}."
        )
    series = "; numbers over time are forecast by --task forecasting" if what == "label" and _is_series(table) else ""
    return f"no column looks like the {what}; name it with {flag}{series}. The columns are {_listed(table)}."


def _is_series(table: Table) -> bool:
    """Tell whether a table holds dates, and numbers beside them."""
    numbers = [share_of_numbers(table, name) == 1 for name in table.names]
    others = [name for name, counts in zip(table.names, numbers, strict=True) if not counts]
    dates = [value for name in others for value in table.values(name, FIRST) if value is not None]
    return any(numbers) and bool(dates) and all(_DATE.match(str(value)) for value in dates)


def _check_text(table: Table, name: str) -> None:
    values = table.values(name, SAMPLE)
    if not _is_text(values) and not _is_words(values):
        seen = next(value for value in values if value is not None and not isinstance(value, str))
        raise InputError(
            f"column {name!r} holds {type(seen).__name__} values like {seen!r:.40}, not text; "
            f"name another with text_column. The columns are {_listed(table)}."
        )


def _check_header(table: Table, label: str) -> None:
    """Refuse a csv without a header line: its first row would be lost as names; its label is one of the labels."""
    numbered = table.names == [str(number) for number in range(1, len(table.names) + 1)]  # by the reader
    if table.all_strings and not numbered and label in table.values(label, SAMPLE):
        raise InputError(
            f"the first line looks like a row, not like column names ({_listed(table):.120}), since {label!r} is a "
            f"label further down; put a header line such as `text,label` above it, or say --no_header."
        )


def _is_text(values: list[Any]) -> bool:
    return all(value is None or isinstance(value, str) for value in values)


def _is_words(values: list[Any]) -> bool:
    """Check whether the rows are lists of words."""
    lists = [value for value in values if value is not None]
    return bool(lists) and all(
        isinstance(value, list) and all(isinstance(word, str) for word in value) for value in lists
    )


def looks_like_text(values: list[Any]) -> bool:
    """Check whether most values differ and have more than one word."""
    texts = [value for value in values if isinstance(value, str)]
    wordy = sum(len(text.split()) > 1 for text in texts)
    return bool(texts) and wordy > len(texts) / 2 and len(set(texts)) > len(texts) / 2


def looks_like_id(table: Table, name: str) -> bool:
    """Check whether a column looks like ids: by its name, with a text or a whole number in each row."""
    return _ID.search(name.strip()) is not None and all(
        isinstance(value, str | int) and not isinstance(value, bool) for value in table.values(name, SAMPLE)
    )


def looks_like_labels(values: list[Any]) -> bool:
    """Check whether there are few values, each used often; no list, no part of a number, no text of many words."""
    known = [value for value in values if value not in (None, "")]
    if not known or any(isinstance(value, list | dict) for value in known):
        return False
    if any(isinstance(value, float) and not value.is_integer() for value in known):
        return False
    distinct = set(known)
    short = all(not isinstance(value, str) or len(value.split()) <= 5 for value in distinct)
    return short and 2 <= len(distinct) <= max(2, len(known) // 4)


def _listed(table: Table) -> str:
    return ", ".join(map(repr, table.names))
