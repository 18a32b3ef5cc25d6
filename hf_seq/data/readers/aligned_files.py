# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Two text files, line N of the one the translation of line N of the other; the suffix is the language (Moses, OPUS).

corpus.de corpus.en                    named by what they have in common: `--data corpus`
train.de-en.de train.de-en.en ...      a folder, with a pair of files for each split
Europarl.de-en.de.gz ...               compressed
"""

from collections.abc import Sequence
from pathlib import Path

from hf_seq.data.findings import counted
from hf_seq.data.readers.packed import suffix_of
from hf_seq.data.readers.split_files import by_split
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.readers.text_form import read_text
from hf_seq.errors import InputError

NO_LANGUAGES = (
    ".txt",
    ".csv",
    ".tsv",
    ".json",
    ".jsonl",
    ".parquet",
    ".xml",
    ".ids",
    ".tmx",
    ".zip",
    ".md",
    ".arrow",
    "",
)
_Texts = dict[str, Path]  # a file for each language


def read_aligned(path: Path, first: str | None, second: str | None) -> RawData | None:
    """Read the two files that `path` begins, or those of a folder; None where there are none.

    Args:
        path: a folder, or what the names of two files have in common.
        first: language of the source, which is the suffix of its files.
        second: likewise of the target.

    Raises:
        InputError: one of two files is missing, they have unequal numbers of lines, or it is open which are meant.
    """
    sets = _sets(path, (first, second))
    if not sets:
        return None
    folder = path if path.is_dir() else path.parent
    stems = list(sets)
    found = by_split([Path(stem) for stem in stems], stems) if path.is_dir() else {"train": [Path(path.name)]}
    if not found and len(stems) == 1:
        found = {"train": [Path(stems[0])]}
    if not found or any(len(each) > 1 for each in found.values()):
        raise InputError(
            f"{folder} holds several pairs of text files: {', '.join(stems[:6])}; name one, such as --data "
            f"{folder / stems[0]}."
        )
    files = {split: sets[str(each[0])] for split, each in found.items()}
    languages = _languages(folder, files["train"], first, second)
    tables = {split: _table(folder / found[split][0], texts, languages) for split, texts in files.items()}
    paired = "; ".join(f"{split}: {', '.join(files[split][each].name for each in languages)}" for split in files)
    notes = [paired, *dict.fromkeys(note for table in tables.values() for note in table.notes)]
    return RawData(tables, str(path), notes=notes)


def _sets(path: Path, languages: Sequence[str | None]) -> dict[str, _Texts]:
    """Return the files of each stem by language: of all in a folder, or of the one that a path begins."""
    folder = path if path.is_dir() else path.parent
    if not folder.is_dir():
        return {}
    found: dict[str, _Texts] = {}
    for file in sorted(folder.iterdir()):
        suffix = suffix_of(file)
        if not file.is_file() or file.name.startswith(".") or suffix in NO_LANGUAGES:
            continue
        stem = file.name[: file.name.lower().rindex(suffix)]
        if path.is_dir() or stem == path.name:
            found.setdefault(stem, {})[suffix[1:]] = file
    wanted = {each.lower() for each in languages if each is not None}
    if len(wanted) == 2:
        return {stem: texts for stem, texts in found.items() if wanted & set(texts)}
    return {stem: texts for stem, texts in found.items() if len(texts) > 1}


def _languages(folder: Path, texts: _Texts, first: str | None, second: str | None) -> tuple[str, str]:
    """Return the languages of source and target.

    Raises:
        InputError: they are not said.
    """
    if first is not None and second is not None:
        return first.lower(), second.lower()
    names = list(texts)
    given = next((each.lower() for each in (first, second) if each), None)
    if len(names) == 2 and given in names:
        other = names[1 - names.index(given)]
        return (given, other) if first else (other, given)
    shown = " and ".join(path.name for path in texts.values())
    raise InputError(
        f"{folder} holds {shown}; say which is written from which: --source-column {names[0]} --target-column "
        f"{names[1]}, or the other way round."
    )


def _table(stem: Path, texts: _Texts, languages: tuple[str, str]) -> Table:
    missing = next((language for language in languages if language not in texts), None)
    if missing is not None:
        there = next(iter(texts.values()))
        raise InputError(f"there is {there}, but no {stem}.{missing}; give both, line for line.")
    sides = [read_text(texts[language]).removesuffix("\n").split("\n") for language in languages]
    if len(sides[0]) != len(sides[1]):
        names = [texts[language] for language in languages]
        raise InputError(
            f"{names[0]} has {len(sides[0]):,} lines, {names[1]} has {len(sides[1]):,}; line N of the one must be the "
            "translation of line N of the other."
        )
    pairs = [tuple(line.rstrip("\r") for line in pair) for pair in zip(*sides, strict=True)]
    kept = [pair for pair in pairs if not all(line.startswith("<") and line.endswith(">") for line in pair)]
    notes = [f"{counted(len(pairs) - len(kept), 'line')} of markup left out"] if len(kept) < len(pairs) else []
    columns = {language: [pair[side] for pair in kept] for side, language in enumerate(languages)}
    return Table(columns, all_strings=True, notes=notes)
