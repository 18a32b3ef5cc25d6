# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which column holds the tokens and which the tags: found when there is one way, asked for when there are two."""

import difflib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from hf_seq.data.columns import SAMPLE
from hf_seq.data.readers.conll import CONLLU_COLUMNS
from hf_seq.data.readers.tables import Table
from hf_seq.errors import InputError
from hf_seq.files.reading import whole_number

TOKENS_NAMES = ("tokens", "words", "token", "word", "form", "forms", "sentence", "text", "sentence_tokens")
TAGS_NAMES = (
    *(
        "tags",
        "labels",
        "ner_tags",
        "upos",
        "pos_tags",
        "ner",
        "pos",
        "upos_tags",
        "xpos",
        "chunk_tags",
        "tag",
        "label",
    ),
    *("bio_tags", "iob_tags", "entities", "slots", "slot_tags", "deprel", "ner_labels"),
)
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_SPAN_TAG = re.compile(r"[BIESLU]-.")
_TAGS_WITH_COMMAS = re.compile(r"(?:[A-Z]{1,6}|[BIESLU]-[^\s,]+)(?:,(?:[A-Z]{1,6}|[BIESLU]-[^\s,]+))+")
UNIVERSAL = "upos"  # taken where the other candidates are further columns of Universal Dependencies


@dataclass(frozen=True)
class TagColumns:
    """Names of the two columns, and what else could have been meant."""

    tokens: str
    tags: str
    notes: list[str] = field(default_factory=list)


def find_tag_columns(table: Table, tokens_column: str | None = None, tags_column: str | None = None) -> TagColumns:
    """Find the names of the tokens' and the tags' column.

    Args:
        table: the train split.
        tokens_column: given by the user; checked only. A number counts the columns of a CoNLL file.
        tags_column: likewise.

    Raises:
        InputError: no such column, none that fits, or several that do; lists the columns.
    """
    tokens = _given(table, "tokens_column", tokens_column)
    tags = _given(table, "tags_column", tags_column)
    if tokens is not None and tokens == tags:
        raise InputError(f"tokens_column and tags_column are both {tokens!r}; the columns are {_listed(table)}.")
    unnamed = all(name.isdigit() for name in table.names)
    notes: list[str] = []
    if tokens is None:
        tokens = _first_words(table, notes, tags) if unnamed else _find_tokens(table, without=tags)
    others: list[str] = []
    if tags is None:
        tags, others = (_last_layer(table, tokens, notes), []) if unnamed else _find_tags(table, tokens)
    for name, flag in ((tokens, "tokens_column"), (tags, "tags_column")):
        _check_lists(table, name, flag)
    notes += [f"not used as tags: {', '.join(others)} (--tags_column)"] if others else []
    return TagColumns(tokens, tags, notes)


def _first_words(table: Table, notes: list[str], tags: str | None = None) -> str:
    """Name the first column, or the second where the first numbers the words of each sentence or holds their tags."""
    if _holds_tags_first(table) and tags in (None, table.names[0]):
        notes.append(f"tags column {table.names[0]!r}, before the words (--tokens_column, --tags_column)")
        return table.names[1]
    rows = table.values(table.names[0], SAMPLE)
    numbered = sum(list(row) in (_count(row, 0), _count(row, 1)) for row in rows)
    if len(table.names) < 3 or numbered < 0.9 * len(rows) or max(map(len, rows)) < 2:
        return table.names[0]
    notes.append(f"column {table.names[0]!r} numbers the words and is left out (--tokens_column)")
    return table.names[1]


def _holds_tags_first(table: Table) -> bool:
    """Check whether the first of the numbered columns marks spans, and the last does not."""
    first, last = table.names[0], table.names[-1]
    return len(table.names) > 1 and bool(_types(table, first)) and _types(table, last) is None


def _count(row: Sequence[str], first: int) -> list[str]:
    return [str(number) for number in range(first, first + len(row))]


def _last_layer(table: Table, tokens: str, notes: list[str]) -> str:
    """Name the last column, or the one before where the last holds spans inside its spans, as in GermEval 2014."""
    if _holds_tags_first(table) and tokens != table.names[0]:
        return table.names[0]
    *_, outer, last = table.names
    if outer == tokens or len(table.names) < 3:
        return last
    outside, inside = _types(table, outer), _types(table, last)
    if outside is None or inside is None or not outside or not inside <= outside:
        return last
    notes.append(f"column {last!r} holds spans inside those of {outer!r} and is not used (--tags_column {last})")
    return outer


def _types(table: Table, name: str) -> set[str] | None:
    """Return the types of the spans that a column marks; None where its values mark none."""
    tags = {str(tag) for row in table.values(name, SAMPLE) for tag in row or []}
    if not tags or not all(tag == "O" or _SPAN_TAG.match(tag) for tag in tags):
        return None
    return {tag[2:] for tag in tags if tag != "O"}


def find_tokens_column(table: Table, tokens_column: str | None, without: Collection[str]) -> str | None:
    """Find the name of the tokens' column of a table that need not have tags; None where no column holds words.

    Args:
        table: what was read.
        tokens_column: given by the user; checked only.
        without: columns that it is not.

    Raises:
        InputError: no such column, or several that could be it.
    """
    given = _given(table, "tokens_column", tokens_column)
    if given is not None:
        _check_lists(table, given, "tokens_column")
        return given
    if all(name.isdigit() for name in table.names):
        return _first_words(table, [])
    lists = [
        name
        for name in table.names
        if name not in without and _holds_lists_of_strings(table, name, written=name.lower() in TOKENS_NAMES)
    ]
    tags = [name for name in lists if name.lower() in TAGS_NAMES]
    if len(lists) > len(tags):
        lists = [name for name in lists if name not in tags]
    named = [name for name in lists if name.lower() in TOKENS_NAMES]
    for candidates in (named[:1], lists):
        if len(candidates) == 1:
            return candidates[0]
    if lists:
        raise InputError(_ask("tokens", "tokens_column", lists, table))
    return None


def _given(table: Table, flag: str, name: str | int | None) -> str | None:
    """Find the column a user named, or counted from the end."""
    if name is None:
        return None
    name = str(name)
    if name in table.names:
        return name
    place = whole_number(name.removeprefix("-")) or 0
    if 0 < place <= len(table.names):
        return table.names[-place if name.startswith("-") else place - 1]
    close = difflib.get_close_matches(name, table.names, 1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    raise InputError(f"{flag}={name!r} is not there; the columns are {_listed(table)}{hint}")


def _find_tokens(table: Table, without: str | None) -> str:
    lists = [name for name in table.names if name != without and _holds_lists_of_strings(table, name)]
    named = [name for name in TOKENS_NAMES if name in {each.lower() for each in lists}]
    if named:
        return next(name for name in lists if name.lower() == named[0])
    if len(lists) == 1:
        return lists[0]
    if not lists:
        strings = [name for name in table.names if name.lower() in TOKENS_NAMES]
        if strings and strings[0] != without:
            return strings[0]
    raise InputError(_ask("tokens", "tokens_column", lists, table))


def _find_tags(table: Table, tokens: str) -> tuple[str, list[str]]:
    """Find the tags' column, and the others that could have been."""
    fitting = [name for name in table.names if name != tokens and _fits(table, tokens, name)]
    named = [name for name in fitting if name.lower() in TAGS_NAMES]
    declared = [name for name in named or fitting if name in table.class_names]
    exact = [name for name in named if name.lower() in ("tags", "labels")]
    for candidates in (exact, declared, named, fitting):
        if len(candidates) == 1:
            return candidates[0], [name for name in named if name != candidates[0]]
        if UNIVERSAL in candidates and set(candidates) <= set(CONLLU_COLUMNS):
            return UNIVERSAL, [name for name in candidates if name != UNIVERSAL]
        spans = [name for name in candidates if _marked(table, name)]
        if len(spans) == 1:  # Kaggle's POS and Tag
            return spans[0], [name for name in named if name != spans[0]]
        if candidates:
            raise InputError(_ask("tags", "tags_column", candidates, table))
    raise InputError(_ask("tags", "tags_column", [], table))


def _marked(table: Table, name: str) -> bool:
    """Check whether the values of a column mark spans."""
    rows = [as_list(value) for value in table.values(name, SAMPLE)]
    tags = {str(tag) for row in rows if isinstance(row, list) for tag in row}
    return len(tags) > 1 and all(tag == "O" or _SPAN_TAG.match(tag) for tag in tags)


def _fits(table: Table, tokens: str, name: str) -> bool:
    """Check whether most rows have as many items as tokens, each a string or a whole number."""
    rows = zip(table.values(tokens, SAMPLE), table.values(name, SAMPLE), strict=True)
    pairs = [(as_list(words), as_list(values)) for words, values in rows if words and values]
    fitting = sum(
        isinstance(words, list)
        and isinstance(values, list)
        and len(words) == len(values)
        and all(isinstance(v, str | int) for v in values)
        for words, values in pairs
    )
    return bool(pairs) and fitting > len(pairs) / 2


def as_list(value: Any) -> Any:
    """Split a string at blanks; also tags with commas between (O,B-PER), and a list written as ['O', 'B-PER']."""
    if not isinstance(value, str):
        return value
    if value.startswith("[") and value.endswith("]") and (items := _QUOTED.findall(value)):
        return [single or double for single, double in items]
    return value.split(",") if _TAGS_WITH_COMMAS.fullmatch(value) else value.split()


def _check_lists(table: Table, name: str, flag: str) -> None:
    values = [value for value in table.values(name, SAMPLE) if value is not None]
    bad = next((value for value in values if not isinstance(value, list | str)), None)
    if bad is not None or not values:
        shown = f"{type(bad).__name__} values like {bad!r:.40}" if values else "nothing"
        raise InputError(
            f"column {name!r} holds {shown}, not lists with an item per token; name another with {flag}. "
            f"The columns are {_listed(table)}."
        )


def _holds_lists_of_strings(table: Table, name: str, *, written: bool = False) -> bool:
    """Check whether all values are lists of words; with `written`, as Python or JSON writes them."""
    values = [value for value in table.values(name, SAMPLE) if value is not None]
    if written:
        values = [as_list(value) if isinstance(value, str) and value.startswith("[") else value for value in values]
    return any(values) and all(
        isinstance(value, list) and all(item is None or isinstance(item, str) for item in value) for value in values
    )


def _ask(what: str, flag: str, candidates: list[Any], table: Table) -> str:
    if candidates:
        return (
            f"{len(candidates)} columns could be the {what}: {', '.join(map(repr, candidates))}; "
            f"name one with {flag}. The columns are {_listed(table)}."
        )
    return f"no column looks like the {what}; name it with {flag}. The columns are {_listed(table)}."


def _listed(table: Table) -> str:
    return ", ".join(map(repr, table.names))
