# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tagged sentences as train, validation and test: a list of tokens and a list of tags for each row.

parquet, jsonl, Hub    list columns: `tokens` (or `words`, ...) and `tags`, `ner_tags`, `upos`, ...; tags are ids with
                       names, ids without, or names; strings are cut at blanks
CoNLL                  token in the first column, tag in the last
CoNLL-U                `form` and `upos`

Missing splits follow the rules of `hf_seq.data.split_completion`, sentences with the rarest tags first in mind.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Unpack

from datasets import List, Value

from hf_seq.data.findings import Finding, counted
from hf_seq.data.labels.names import stored_names
from hf_seq.data.labels.problem_types import TAGGING
from hf_seq.data.labels.reading import UNLABELLED
from hf_seq.data.readers.brat import read_brat
from hf_seq.data.readers.conll import LONG_SENTENCE, TAGGED_READERS
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.reading import LabelledRows, ReadingArguments, ReadingOptions
from hf_seq.data.split_completion import SplitRows
from hf_seq.data.splits import Splits
from hf_seq.data.tagging.columns import as_list, find_tag_columns
from hf_seq.data.tagging.names import IGNORED, find_scheme, name_tags, named_tags
from hf_seq.data.tagging.raw_texts import Places, find_places
from hf_seq.data.tagging.spans import with_tags_of_spans
from hf_seq.errors import InputError


def load_tagged_splits(
    source: str | Path,
    *,
    tokens_column: str | None = None,
    tags_column: str | None = None,
    **options: Unpack[ReadingArguments],
) -> Splits:
    """Read tagged sentences from anywhere.

    Args:
        source: Hub id; CoNLL, CoNLL-U, jsonl or parquet file; folder with a file per split; or `builtin:orders`.
        tokens_column: name of the tokens' column, where there is more than one way; in a CoNLL file without names its
            number from 1, or from the end as -1.
        tags_column: likewise.
        **options: which data, and how they are cut: the fields of `ReadingOptions`. `strict` refuses rows whose tags
            are missing, or not as many as the tokens; otherwise they are kept with tags None.

    Returns:
        Splits with `problem_type="token_classification"`, and rows with `tokens` (list of str), `tags` (list of int
        ids; -100 where the data says that a token is not to be tagged) and `row`. Tags that train lacks have a name
        and an id too, after those of train: a model will get them wrong, as it should.

    Raises:
        InputError: cannot be read; columns not found; tags missing or not as many as tokens (with row numbers); too
            few rows.
    """
    reading = ReadingOptions(source, **options)
    raw = with_tags_of_spans(reading.read(TAGGED_READERS, (read_brat,)))
    train = raw.tables["train"]
    columns = find_tag_columns(train, **reading.known(train, tokens_column=tokens_column, tags_column=tags_column))
    notes = [f"tokens column {columns.tokens!r}, tags column {columns.tags!r}", *columns.notes, *raw.notes]
    problems: list[Finding] = []
    tokens, tags = _read_columns(raw, columns.tokens, columns.tags, notes)
    pairs = {split: _paired(split, tokens[split], tags[split], problems) for split in tokens}
    _check_sentences(raw, tokens["train"])
    stored = stored_names(raw, columns.tags)
    notes += stored.notes
    names, ids = name_tags(pairs, stored, notes)
    rows = {split: _rows(split, tokens[split], ids[split], names) for split in tokens}
    features = {"tokens": List(Value("string")), "tags": List(Value("int64"))}
    if _add_raw_texts(raw, rows, columns.tokens):
        features |= {"text": Value("string"), "places": List(List(Value("int64")))}
    scheme = find_scheme(names, named_tags(ids["train"], names))
    read = {"tokens_column": columns.tokens, "tags_column": columns.tags}
    return LabelledRows(raw, rows, features, TAGGING, names, notes, problems, read, scheme).completed(reading)


def _add_raw_texts(raw: RawData, rows: dict[str, SplitRows], tokens: str) -> bool:
    """Add the raw text of each row, and where its words stand in it; whether train has such."""
    found = {split: _raw_texts(raw.tables[split], rows[split].columns["tokens"], tokens) for split in rows}
    if not any(text is not None for text, _ in found["train"]):
        return False
    for split, pairs in found.items():
        rows[split].columns = {
            **rows[split].columns,
            "text": [text for text, _ in pairs],
            "places": [places for _, places in pairs],
        }
    return True


def _raw_texts(table: Table, tokens: Sequence[list[str]], column: str) -> list[tuple[str | None, Places | None]]:
    """Return text and places of each row, None and None where words and text do not fit, or there is no text."""
    nothing: list[tuple[str | None, Places | None]] = [(None, None)] * len(tokens)
    if "text" not in table.names or column == "text":
        return nothing
    surfaces = table.values("surfaces") if "surfaces" in table.names else [None] * len(tokens)
    for row, (text, words, written) in enumerate(zip(table.values("text"), tokens, surfaces, strict=True)):
        places = find_places(text, words, written) if isinstance(text, str) and text else None
        if places:
            nothing[row] = (text, places)
    return nothing


def _check_sentences(raw: RawData, train: list[Any]) -> None:
    """Refuse a file that nothing parts into sentences, which no cut could tell from a single long one."""
    if len(train) == 1 and len(train[0] or []) >= LONG_SENTENCE:
        raise InputError(
            f"{raw.description} is one sentence of {len(train[0]):,} words; a blank line ends a sentence, so put one "
            "after each."
        )


def _read_columns(
    raw: RawData, tokens_column: str, tags_column: str, notes: list[str]
) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """Read tokens and tags of all tagged splits; a test or validation without any tag is left out, with a note."""
    tokens, tags = {}, {}
    for split, table in raw.ordered:
        raw.require_column(split, tokens_column)
        if split == "train":
            raw.require_column(split, tags_column)
        values = _lists(table, tags_column) if tags_column in table.names else []
        if split != "train" and _is_untagged(values):
            notes.append(f"{split} has no tags and is not used")
        else:
            tokens[split], tags[split] = _lists(table, tokens_column), values
    return tokens, tags


def _lists(table: Table, column: str) -> list[Any]:
    """Read the values of a column, strings split at blanks."""
    return [as_list(value) for value in table.values(column)]


def _is_untagged(rows: Sequence[Any]) -> bool:
    """Check whether no row has a tag, or every tag is -1, as on the Hub, or `_`, as in CoNLL-U."""
    tags = {tag for row in rows if row for tag in row}
    return tags <= {None, UNLABELLED, "", "_"}


def _paired(split: str, tokens: list[Any], tags: list[Any], problems: list[Finding]) -> list[list[Any] | None]:
    """Pair tags with the rows of one split, None for those that cannot be learned from; `problems` then says why."""
    missing, unequal, empty = [], [], []
    paired: list[list[Any] | None] = []
    for row, (words, labels) in enumerate(zip(tokens, tags, strict=True), 1):
        if labels is None or (words and not len(labels)):
            missing.append((split, row))
        elif len(words or []) != len(labels):
            unequal.append((split, row))
        elif any(label is None or label == "" for label in labels):
            empty.append((split, row))
        else:
            paired.append(list(labels))
            continue
        paired.append(None)
    if missing:
        problems.append(
            Finding(
                "tags-missing", f"{counted(len(missing), 'row')} without tags; give tags, or remove these rows", missing
            )
        )
    if unequal:
        index = unequal[0][1] - 1
        problems.append(
            Finding(
                "lengths-differ",
                f"{counted(len(unequal), 'row')} with more or fewer tags than tokens (the first: "
                f"{len(tokens[index] or [])} tokens, {len(tags[index])} tags); every token needs one tag, {IGNORED} "
                "where there is none to learn",
                unequal,
            )
        )
    if empty:
        problems.append(
            Finding("tag-missing", f"{counted(len(empty), 'row')} with a token without a tag; tag it, e.g. as O", empty)
        )
    return paired


def _rows(split: str, tokens: list[Any], tags: list[list[int] | None], names: list[str]) -> SplitRows:
    words = [["" if token is None else str(token) for token in row or []] for row in tokens]
    counts = Counter(tag for row in tags for tag in row or [])
    rarest = [min(row or [], key=lambda tag: (counts[tag], tag), default=-1) for row in tags]
    keys = [" ".join(row) for row in words]
    return SplitRows(split, {"tokens": words, "tags": tags}, range(1, len(words) + 1), keys, rarest)
