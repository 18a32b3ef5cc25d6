# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Pairs of texts as train, validation and test: a source and the target to be written from it.

parquet, csv, jsonl, Hub   two columns, or a column `translation` of objects such as {"de": ..., "en": ...}
two text files             corpus.de and corpus.en, line for line: `--data corpus --source-column de --target-column en`
a folder of such           train.de, train.en, test.de, ...: `--data folder`, likewise

Missing splits follow the rules of `hf_seq.data.split_completion`; pairs of one source are never parted.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Unpack

from datasets import Value

from hf_seq.data.findings import Finding
from hf_seq.data.readers.files import read_text
from hf_seq.data.readers.split_files import canonical_split
from hf_seq.data.readers.tables import RawData, Table
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
    raw = _read_aligned(source, source_column, target_column) or _flattened(reading.read())
    first, second = find_pair_columns(
        raw.tables["train"],
        description=raw.description,
        **reading.known(raw.tables["train"], source_column=source_column, target_column=target_column),
    )
    notes = [f"source column {first!r}, target column {second!r}", *raw.notes]
    problems: list[Finding] = []
    rows = {}
    for split, _ in raw.ordered:
        found = _rows(raw, split, first, second, notes, problems)
        if found is not None:
            rows[split] = found
    features = {"source": Value("string"), "target": Value("string")}
    columns = {"source_column": first, "target_column": second}
    pairs = LabelledRows(raw, rows, features, PAIRS, notes=notes, problems=problems, columns=columns)
    return pairs.completed(reading, reading.cutting(how="whole sources"))


def _rows(
    raw: RawData, split: str, first: str, second: str, notes: list[str], problems: list[Finding]
) -> SplitRows | None:
    """Read the pairs of one split; None, with a note, for a test or validation without any target."""
    table = raw.tables[split]
    if first not in table.names or (split == "train" and second not in table.names):
        raise InputError(
            f"{raw.description}: train has a column {first!r}, but {split} has only "
            f"{', '.join(map(repr, table.names))}; make them the same."
        )
    targets = table.values(second) if second in table.names else []
    if split != "train" and not any(targets):
        notes.append(f"{split} has no targets and is not used")
        return None
    sides = {"source": table.values(first), "target": targets}
    for side, values in sides.items():
        empty = [(split, row) for row, value in enumerate(values, 1) if value is None or not str(value).strip()]
        if empty:
            problems.append(
                Finding(f"{side}-empty", f"{len(empty):,} {split} rows have no {side}; fill or remove them", empty)
            )
    columns = {side: ["" if value is None else str(value) for value in values] for side, values in sides.items()}
    return SplitRows(split, columns, range(1, len(targets) + 1), columns["source"])


# Columns


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
        others = [name for name in texts if name not in (source, target)]
        if source is not None and target is not None:
            chosen = (source, target)
        elif fitting:
            chosen = fitting[0]
        elif (source or target) and len(others) == 1:
            chosen = (source or others[0], target or others[0])
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


# Aligned text files


def _read_aligned(source: str | Path, first: str | None, second: str | None) -> RawData | None:
    """Read two text files line for line, or a folder of them; None where there are none.

    Raises:
        InputError: one of the two is missing, or they have unequal numbers of lines.
    """
    if str(source).startswith("builtin:"):
        return None
    path = Path(source).expanduser()
    if first is None or second is None:
        if path.is_dir() and not any(canonical_split(each.stem) and each.suffix in _TABLES for each in path.iterdir()):
            suffixes = sorted({each.suffix[1:] for each in path.iterdir() if canonical_split(each.stem) == "train"})
            if len(suffixes) == 2:
                raise InputError(
                    f"{path} holds train.{suffixes[0]} and train.{suffixes[1]}; say which is written from which: "
                    f"--source-column {suffixes[0]} --target-column {suffixes[1]}, or the other way round."
                )
        return None
    stems = {"train": path}
    if path.is_dir():
        found = {canonical_split(each.stem): each.with_suffix("") for each in sorted(path.glob(f"*.{first}"))}
        found |= {canonical_split(each.stem): each.with_suffix("") for each in sorted(path.glob(f"*.{second}"))}
        stems = {split: stem for split, stem in found.items() if split is not None}
        if "train" not in stems:
            return None
    elif not any(Path(f"{path}.{suffix}").is_file() for suffix in (first, second)):
        return None
    tables = {split: _aligned(Path(f"{stem}.{first}"), Path(f"{stem}.{second}")) for split, stem in stems.items()}
    return RawData(tables, str(path))


_TABLES = (".parquet", ".csv", ".tsv", ".jsonl", ".json")


def _aligned(first: Path, second: Path) -> Table:
    for path, other in ((first, second), (second, first)):
        if not path.is_file():
            raise InputError(f"there is {other}, but no {path}; give both, line for line.")
    sides = [read_text(path).removesuffix("\n").split("\n") for path in (first, second)]
    if len(sides[0]) != len(sides[1]):
        raise InputError(
            f"{first} has {len(sides[0]):,} lines, {second} has {len(sides[1]):,}; line N of the one must be the "
            "translation of line N of the other."
        )
    return Table(
        {
            path.suffix[1:]: [line.rstrip("\r") for line in lines]
            for path, lines in zip((first, second), sides, strict=True)
        },
        all_strings=True,
    )
