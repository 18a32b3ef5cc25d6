# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Pairs of texts as train, validation and test: a source and the target to be written from it.

parquet, csv, jsonl, Hub   two columns, or a column `translation` of objects such as {"de": ..., "en": ...}
Tatoeba, Anki              a tsv without a header, with columns of ids, languages and licences between the texts
.tmx                       a translation memory, a column for each language
two text files             corpus.de and corpus.en, line for line: `--data corpus --source-column de --target-column en`
a folder of such           train.de, train.en, test.de, or train.de-en.de ...: `--data folder`, likewise

Missing splits follow the rules of `hf_seq.data.split_completion`; pairs of one source are never parted.
"""

import dataclasses
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Unpack

from datasets import Value

from hf_seq.data.findings import Finding
from hf_seq.data.memory import PREFIX
from hf_seq.data.pairs.languages import in_languages, refuse_directions
from hf_seq.data.readers.aligned_files import read_aligned
from hf_seq.data.readers.pair_files import PAIR_READERS
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.readers.text_form import written_as
from hf_seq.data.reading import LabelledRows, ReadingArguments, ReadingOptions
from hf_seq.data.split_completion import SplitRows
from hf_seq.data.splits import Splits
from hf_seq.errors import InputError

PAIRS = "sequence_to_sequence"
USUAL = (
    *(("source", "target"), ("src", "tgt"), ("input", "output"), ("input", "target"), ("text", "summary")),
    *(("document", "summary"), ("dialogue", "summary"), ("article", "highlights"), ("question", "answer")),
    *(("prompt", "completion"), ("prompt", "response"), ("description", "code"), ("nl", "code")),
)
"""Names of columns that say themselves which is written from which."""
_LICENCE = re.compile(r"CC[- ]BY|tatoeba\.org|Attribution", re.IGNORECASE)
SAMPLE = 200  # rows looked at


def load_pair_splits(
    source: str | Path,
    *,
    source_column: str | None = None,
    target_column: str | None = None,
    **options: Unpack[ReadingArguments],
) -> Splits:
    """Read pairs of texts from anywhere.

    Args:
        source: Hub id; csv, tsv, jsonl or parquet file; folder with a file per split; what two aligned text files have
            in common in their names; `builtin:dates` or `builtin:reverse`.
        source_column: name of the source's column, language in `translation`, or suffix of its text file.
        target_column: likewise.
        **options: which data, and how they are cut: the fields of `ReadingOptions`. `strict` refuses rows with an empty
            side.

    Returns:
        Splits with `problem_type="sequence_to_sequence"` and rows with `source`, `target` and `row`.

    Raises:
        InputError: cannot be read; columns not found; text files of unequal length; an empty side (with row numbers);
            too few rows.
    """
    reading = ReadingOptions(source, **options)
    raw = _flattened(_read(reading, source_column, target_column))
    named = {"source_column": source_column, "target_column": target_column}
    by_language = _by_language(raw, reading, named)
    train = raw.tables["train"]
    first, second = find_pair_columns(train, description=raw.description, **reading.known(train, **named))
    notes = [f"source column {first!r}, target column {second!r}", *_unread(raw.tables["train"], first, second)]
    if None in named.values() and not by_language:
        refuse_directions(raw, (first, second), notes)
    notes += raw.notes
    problems: list[Finding] = []
    rows = {}
    for split, _ in raw.ordered:
        found = _rows(raw, split, (first, second), notes, problems, parted=split in by_language)
        if found is not None:
            rows[split] = found
    features = {"source": Value("string"), "target": Value("string")}
    columns = {"source_column": first, "target_column": second}
    pairs = LabelledRows(raw, rows, features, PAIRS, notes=notes, problems=problems, columns=columns)
    return pairs.completed(reading, reading.cutting(how="whole sources"))


def _read(reading: ReadingOptions, first: str | None, second: str | None) -> RawData:
    """Read tables, or text files line for line, as the source and as files that are named for a split."""

    def in_lines(name: str) -> RawData | None:
        path = Path(name).expanduser()
        return None if name.startswith(("builtin:", PREFIX)) or path.is_file() else read_aligned(path, first, second)

    source = str(reading.source)
    with written_as(reading.form):
        found = {split: in_lines(name) for split, name in reading.split_files.items()}
        whole = in_lines(source)
    aligned = {split: raw for split, raw in found.items() if raw is not None}
    files: dict[str, Any] = {f"{split}_file": None for split in aligned}
    rest = dataclasses.replace(reading, **files)
    if whole is None and "train" in aligned and source == str(reading.train_file):
        whole = RawData({}, source)
    raw = rest.read(PAIR_READERS) if whole is None else whole
    for split, part in aligned.items():
        raw.tables[split] = part.tables["train"]
        raw.notes.append(part.notes[0].replace("train:", f"{split}:", 1))
    return raw


def _by_language(raw: RawData, reading: ReadingOptions, named: dict[str, str | None]) -> set[str]:
    """Put texts in a column for each language that is named, in the splits that say the language of each row."""
    source, target = (name or reading.trained_on.get(flag) for flag, name in named.items())
    changed = set()
    for split, table in raw.ordered:
        texts = text_sides(table)
        found = in_languages(table, texts, source, target, turned=bool(source and target)) if texts else None
        if found is not None:
            raw.tables[split] = found
            raw.notes += [f"{split}: {note}" for note in found.notes]
            changed.add(split)
    return changed


def _rows(
    raw: RawData, split: str, names: tuple[str, str], notes: list[str], problems: list[Finding], *, parted: bool
) -> SplitRows | None:
    """Read the pairs of one split; None, with a note, for a test or validation without any target.

    Of texts that are parted by their languages, rows without one of the two are left out.
    """
    table, (first, second) = raw.tables[split], names
    if first not in table.names or (split == "train" and second not in table.names):
        raise InputError(
            f"{raw.description}: train has a column {first!r}, but {split} has only "
            f"{', '.join(map(repr, table.names))}; make them the same."
        )
    targets = table.values(second) if second in table.names else []
    if split != "train" and not any(targets):
        notes.append(f"{split} has no targets and is not used")
        return None
    numbers = [
        row
        for row, pair in enumerate(zip(table.values(first), targets, strict=True), 1)
        if not parted or None not in pair
    ]
    sides = {
        "source": [table.values(first)[row - 1] for row in numbers],
        "target": [targets[row - 1] for row in numbers],
    }
    for side, values in sides.items():
        cells = zip(numbers, values, strict=True)
        empty = [(split, row) for row, value in cells if value is None or not str(value).strip()]
        if empty:
            problems.append(
                Finding(f"{side}-empty", f"{len(empty):,} {split} rows have no {side}; fill or remove them", empty)
            )
    columns = {side: ["" if value is None else str(value) for value in values] for side, values in sides.items()}
    return SplitRows(split, columns, numbers, columns["source"])


# Columns


def _unread(table: Table, *chosen: str) -> list[str]:
    """Say which columns of texts are not read, such as the instructions beside inputs and outputs."""
    left = []
    for name in table.names:
        texts = [value for value in table.values(name, SAMPLE) if isinstance(value, str)]
        if name not in chosen and not name.isdigit() and 2 * sum(len(text.split()) > 1 for text in texts) > len(texts):
            left.append(name)
    return [f"texts not read: {', '.join(map(repr, left))} (--source_column, --target_column)"] if left else []


def find_pair_columns(
    table: Table, source_column: str | None, target_column: str | None, description: str
) -> tuple[str, str]:
    """Find the names of the two columns, as given, or where their names say which is which.

    Raises:
        InputError: no such column, one that holds no text, or no telling which is which.
    """
    source, target = source_column, target_column
    listed = ", ".join(map(repr, table.names))
    for flag, name in (("source_column", source), ("target_column", target)):
        if name is not None and name not in table.names:
            raise InputError(f"{flag}={name!r} is not there; {description} has {listed}.")
    if source is not None and source == target:
        raise InputError(f"source_column and target_column are both {source!r}; {description} has {listed}.")
    by_name = {name.lower(): name for name in table.names}
    known = [(by_name[first], by_name[second]) for first, second in USUAL if first in by_name and second in by_name]
    fitting = [pair for pair in known if source in (None, pair[0]) and target in (None, pair[1])]
    if source is None and target is None and fitting:
        chosen = fitting[0]
    else:
        texts = [name for name in table.names if _is_text(table.values(name, SAMPLE))]
        written = [name for name in texts if _is_written(table.values(name, SAMPLE))]
        others = [name for name in texts if name not in (source, target)]
        if source is not None and target is not None:
            chosen = (source, target)
        elif fitting:
            chosen = fitting[0]
        elif (source or target) and len(others) == 1:
            chosen = (source or others[0], target or others[0])
        elif not source and not target and len(written) == 2 and all(name.isdigit() for name in table.names):
            chosen = (written[0], written[1])  # a file without a header, in its order
        else:
            raise InputError(
                f"which column is written from which is not clear; name them with source_column and target_column. "
                f"{description} has {listed}."
            )
    for name in chosen:
        if not _is_text(table.values(name, SAMPLE)):
            seen = next(
                value for value in table.values(name, SAMPLE) if value is not None and not isinstance(value, str)
            )
            raise InputError(
                f"column {name!r} holds {type(seen).__name__} values like {seen!r:.40}, not text; name another. "
                f"{description} has {listed}."
            )
    return chosen


def text_sides(table: Table) -> tuple[str, str] | None:
    """Name the columns of the texts by what they are called, else the only two that hold texts; None where unclear."""
    try:
        return find_pair_columns(table, None, None, "")
    except InputError:
        names = [name for name in table.names if _is_text(table.values(name, SAMPLE))]
        written = [name for name in names if _is_written(table.values(name, SAMPLE))]
        return (written[0], written[1]) if len(written) == 2 else None


def _is_written(values: Sequence[Any]) -> bool:
    """Check whether a column holds texts: no ids, no languages, no licences."""
    texts = [str(value).strip() for value in values if value]
    if not texts or all(text.isdigit() for text in texts) or all(map(_LICENCE.search, texts)):
        return False
    return len(texts) < 10 or len(set(texts)) > len(texts) // 10


def find_source_column(table: Table, source_column: str | None, without: Collection[str] = ()) -> str:
    """Find the name of the source's column in a table that need not have targets.

    Args:
        table: what was read.
        source_column: given by the user; checked only.
        without: columns that it is not.

    Raises:
        InputError: no such column, or no telling which it is.
    """
    listed = ", ".join(map(repr, table.names))
    if source_column is not None and source_column not in table.names:
        raise InputError(f"source_column={source_column!r} is not there; the columns are {listed}.")
    texts = [name for name in table.names if name not in without and _is_text(table.values(name, SAMPLE))]
    firsts = dict.fromkeys(first for first, _ in USUAL)
    named = [name for first in firsts for name in texts if name.lower() == first]
    if all(name.isdigit() for name in table.names):  # a file without a header, in its order
        named = [name for name in texts if _is_written(table.values(name, SAMPLE))]
    for candidates in ([source_column] if source_column else [], texts, named[:1]):
        if len(candidates) == 1:
            return candidates[0]
    raise InputError(f"which column is the source is not clear; name it with source_column. The columns are {listed}.")


def _is_text(values: Sequence[Any]) -> bool:
    return all(value is None or isinstance(value, str) for value in values)


def _flattened(raw: RawData) -> RawData:
    """Turn objects in a column `translation`, as on the Hub, into a column for each language."""
    tables = {split: spread_translations(table) for split, table in raw.tables.items()}
    return RawData(tables, raw.description, raw.class_names, raw.notes)


def spread_translations(table: Table) -> Table:
    """Turn a column `translation` of objects into a column for each language; leave any other table as it is."""
    if "translation" not in table.names or not isinstance(next(iter(table.values("translation", 1)), None), dict):
        return table
    objects = table.values("translation")
    languages = dict.fromkeys(language for each in objects for language in each or {})
    columns = {language: [(each or {}).get(language) for each in objects] for language in languages}
    return Table({**{name: table.columns[name] for name in table.names if name != "translation"}, **columns})
