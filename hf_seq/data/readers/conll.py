# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tagged text as people have written it since 2000: a word a line with its columns, a blank line after each sentence.

CoNLL    2 to 10 columns between tabs or blanks; they have no names, so they are called 1, 2, ... (or what
         `# global.columns = ...` says). `-DOCSTART-` lines and comments are left out.
CoNLL-U  10 named columns between tabs (universaldependencies.org/format.html). Ranges (3-4 don't) and empty nodes
         (8.1) are left out, so a sentence is its syntactic words.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from hf_seq.data.findings import counted
from hf_seq.data.readers.brat import has_standoff, read_brat_file
from hf_seq.data.readers.files import (
    MAX_LINES,
    Readers,
    read_arrow,
    read_jsonl,
    read_parquet,
    read_text,
)
from hf_seq.data.readers.inline_tags import read_inline_tags
from hf_seq.data.readers.tables import Table
from hf_seq.data.readers.text_form import current_form
from hf_seq.data.readers.token_tables import has_sentence_column, has_sentence_rows, read_token_table
from hf_seq.data.readers.unread import TAGGED_SUFFIXES
from hf_seq.errors import InputError
from hf_seq.files.reading import whole_number

CONLLU_COLUMNS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
MAX_COLUMNS = 10
LONG_SENTENCE = 200  # words; longer than any sentence, so that files without blank lines are known
_DOCUMENT = "-DOCSTART-"
_BLANKS = re.compile(r"[ \t]+")
_POINTS = (".", "!", "?", "。", "！", "？")
_HEADERS = frozenset(CONLLU_COLUMNS) | frozenset(
    [
        "word",
        "words",
        "token",
        "tokens",
        "tag",
        "tags",
        "ner",
        "pos",
        "chunk",
        "label",
        "labels",
        "idx",
        "index",
        "ner_tag",
        "ner_tags",
        "pos_tag",
        "entity",
        "bio",
        "iob",
    ]
)
_GLOBAL = "# global.columns ="

_Line = tuple[int, list[str]]  # line number, fields


def read_conll(path: Path, *, fewest: int = 2) -> Table:
    """Read a CoNLL file: a row per sentence, and for each column the list of its words' values.

    Args:
        path: the file.
        fewest: columns that it has at least; 1 where words may have no tags.

    Raises:
        InputError: one column only, more than ten, or lines with more or fewer columns than the rest.
    """
    lines = [line.rstrip("\r") for line in read_text(path).split("\n")]
    if lines[0].startswith("#FORMAT=WebAnno TSV"):
        raise InputError(
            f"{path} is a WebAnno TSV, which is not read; export it from INCEpTION as CoNLL 2002 or CoNLL-U."
        )
    inline = read_inline_tags(lines) if current_form().separator is None and not current_form().names else None
    if inline is not None:
        return inline
    named = next((line.removeprefix(_GLOBAL).split() for line in lines if line.startswith(_GLOBAL)), None)
    tabbed = _is_tabbed(lines)
    fields = [(number, _fields(line, tabbed=tabbed)) for number, line in enumerate(lines, 1)]
    named = current_form().names or named
    header = _header(fields) if not named else None
    if header is not None:
        named = header[1]
        fields.remove(header)
    width = len(named) if named else _width(path, fields, fewest)
    known = {row[-1] for _, row in fields if len(row) == width and not row[0].startswith("#")}

    sentences: list[list[_Line]] = [[]]
    owners = [0]  # the document of each sentence
    documents = comments = blanks = 0
    for number, row in fields:
        if not row or row[0] == _DOCUMENT:
            documents += bool(row)
            blanks += not row and bool(sentences[-1])
            sentences.append([])
            owners.append(documents)
        elif row[0].startswith("#") and not sentences[-1] and not (len(row) == width and row[-1] in known):
            comments += 1
        else:
            sentences[-1].append((number, row))
    owners = [owner for owner, sentence in zip(owners, sentences, strict=True) if sentence]
    sentences = [sentence for sentence in sentences if sentence]
    _check_widths(path, sentences, width)
    notes = [f"{counted(documents, f'{_DOCUMENT} line')} left out"] if documents else []
    notes += [f"{counted(comments, 'comment line')} left out"] if comments else []
    notes += [f"the first line names the columns: {', '.join(header[1])}"] if header else []
    table = _table(sentences, named or [str(column) for column in range(1, width + 1)], notes)
    if documents > 1:
        table.row_groups = {"document": [f"{path.stem} {owner}" for owner in owners]}
    return table if blanks > 1 else parted_at_points(table)


def parted_at_points(table: Table) -> Table:
    """Cut what nothing parts into sentences behind the words . ! and ?, and say so; short rows stay as they are."""
    column = max(table.names, key=lambda name: sum(word in _POINTS for row in table.values(name) for word in row))
    rows = table.values(column)
    longest = max(map(len, rows))
    if longest < LONG_SENTENCE or not any(word in _POINTS for row in rows for word in row):
        return table
    cuts = [[at + 1 for at, word in enumerate(row) if word in _POINTS and at + 1 < len(row)] for row in rows]
    columns = {
        name: [
            row[start:end]
            for row, ends in zip(table.values(name), cuts, strict=True)
            for start, end in zip([0, *ends], [*ends, len(row)], strict=True)
        ]
        for name in table.names
    }
    parted = Table(columns, table.class_names, table.all_strings, list(table.notes))
    parted.notes.append(
        f"one sentence of {longest:,} words, since a blank line ends a sentence and there is none; cut behind the "
        f"words . ! and ? into {counted(len(parted), 'sentence')}"
    )
    return parted


def _header(fields: list[_Line]) -> _Line | None:
    """Return the first line if it names the columns: all its fields are such names, and it is not like the rest."""
    first = next((line for line in fields if line[1] and line[1][0] != _DOCUMENT and line[1][0][:1] != "#"), None)
    if first is None or len(first[1]) < 2 or not all(name.lower() in _HEADERS for name in first[1]):
        return None
    return first if not any(row[-1:] == first[1][-1:] for line, row in fields if line != first[0]) else None


def read_conllu(path: Path) -> Table:
    """Read a CoNLL-U file: a row per sentence, and a list for each of its ten columns.

    `text` is the raw sentence, from its comment or SpaceAfter=No, and `surfaces` how each word is written in it: ""
    for one that belongs to the word before (3-4 du, 3 de, 4 le). Both are left out where the file says neither.

    Raises:
        InputError: a line without ten tab-separated columns.
    """
    sentences = [_Sentence()]
    documents = [""]  # the one of each sentence
    left = {"multiword ranges": 0, "empty nodes": 0}
    lines = (line.rstrip("\r") for line in read_text(path).split("\n"))
    for number, line in enumerate(lines, 1):
        if not line.strip():
            sentences.append(_Sentence())
            documents.append(documents[-1])
        elif line.startswith("# newdoc"):
            documents[-1] = line.partition("=")[2].strip() or f"{path.stem} {number}"
        elif line.startswith("#"):
            if line.startswith("# text ="):
                sentences[-1].text = line.removeprefix("# text =").strip()
        else:
            row = line.split("\t")
            left["multiword ranges"] += "-" in row[0]
            left["empty nodes"] += "." in row[0]
            sentences[-1].add(number, row)
    owners = [document for document, sentence in zip(documents, sentences, strict=True) if sentence.words]
    kept = [sentence for sentence in sentences if sentence.words]
    _check_widths(path, [sentence.words for sentence in kept], len(CONLLU_COLUMNS))
    counts = [f"{count:,} {what}" for what, count in left.items() if count]
    notes = [f"{' and '.join(counts)} left out"] if counts else []
    table = _table([sentence.words for sentence in kept], list(CONLLU_COLUMNS), notes)
    if len(set(owners)) > 1:
        table.row_groups = {"document": owners}
    texts = [sentence.raw() for sentence in kept]
    if any(text is not None for text in texts):
        table.columns = {**table.columns, "text": texts, "surfaces": [sentence.surfaces for sentence in kept]}
    return table


@dataclass
class _Sentence:
    """The words of a sentence of CoNLL-U, how they are written, and whether a blank follows each."""

    words: list[_Line] = field(default_factory=list)
    text: str | None = None
    surfaces: list[str] = field(default_factory=list)
    spaces: list[bool] = field(default_factory=list)
    covered: tuple[int, str, bool] = (0, "", True)  # the last word of a range, its text, and whether a blank follows

    def add(self, number: int, row: list[str]) -> None:
        """Take the next line."""
        blank = "SpaceAfter=No" not in row[-1]
        first, last = (whole_number(part) for part in (*row[0].split("-", 1), "")[:2])
        if last is not None and len(row) > 1:
            self.covered = (last, row[1], blank)
        elif "." not in row[0]:
            self.words.append((number, row))
            inside = first is not None and first <= self.covered[0]
            self.surfaces.append(self.covered[1] if inside else row[1] if len(row) > 1 else "")
            self.spaces.append(self.covered[2] if inside else blank)
            if inside:
                self.covered = (self.covered[0], "", self.covered[2])

    def raw(self) -> str | None:
        """Return the text, as its comment gives it or put together; None where no word says that no blank follows."""
        if self.text is not None or all(self.spaces):
            return self.text
        parts = zip(self.surfaces, self.spaces, strict=True)
        return "".join(f"{surface}{' ' * blank}" for surface, blank in parts if surface).strip()


def _is_tabbed(lines: list[str]) -> bool:
    """Check whether most lines that hold anything have a tab, so that tabs separate the columns."""
    filled = [line for line in lines if line.strip() and not line.startswith(("#", _DOCUMENT))]
    return sum("\t" in line for line in filled) > len(filled) / 2


def _fields(line: str, *, tabbed: bool) -> list[str]:
    if not line.strip():
        return []
    if tabbed and not line.startswith(_DOCUMENT):
        return [field.strip(" ") for field in line.split("\t")]
    return _BLANKS.split(line.strip(" \t"))  # a no-break space is part of a word


def _width(path: Path, fields: list[_Line], fewest: int) -> int:
    """Count the columns of the file: those of its first line that is not a comment."""
    first = next((line for line in fields if line[1] and line[1][0] != _DOCUMENT and line[1][0][:1] != "#"), None)
    if first is None:
        raise InputError(f"{path} holds no tagged word; each line is a word and its tag, with a blank line between "
                         "sentences.")  # fmt: skip
    number, row = first
    if not fewest <= len(row) <= MAX_COLUMNS:
        raise InputError(
            f"{path}: line {number} has {len(row)} {'column' if len(row) == 1 else 'columns'} ({' '.join(row)!r:.60}); "
            f"a CoNLL file has 2 to {MAX_COLUMNS}, the word first and its tag last, separated by tabs or blanks."
        )
    return len(row)


def _check_widths(path: Path, sentences: list[list[_Line]], width: int) -> None:
    ragged = [(number, len(row)) for sentence in sentences for number, row in sentence if len(row) != width]
    if ragged:
        shown = ", ".join(f"line {number} has {count}" for number, count in ragged[:MAX_LINES])
        more = f" and {len(ragged) - MAX_LINES:,} lines more" if len(ragged) > MAX_LINES else ""
        raise InputError(
            f"{path} is ragged: a word has {width} columns, but {shown}{more}; every line needs the word and all its "
            "columns, and a blank line ends a sentence."
        )


def _table(sentences: list[list[_Line]], names: list[str], notes: list[str]) -> Table:
    columns = {
        name: [[row[index] for _, row in sentence] for sentence in sentences] for index, name in enumerate(names)
    }
    return Table(columns, all_strings=True, notes=notes)


def _read_txt(path: Path) -> Table:
    return read_brat_file(path) if has_standoff(path) else read_conll(path)


def _read_table(path: Path) -> Table:
    table = read_token_table(path)
    return table if len(table) > 1 else parted_at_points(table)


def _read_tsv(path: Path) -> Table:
    return _read_table(path) if has_sentence_column(path) or has_sentence_rows(path) else read_conll(path)


CONLL_SUFFIXES = (*(suffix for suffix in TAGGED_SUFFIXES if suffix != ".conllu"), ".txt")
TAGGED_READERS: Readers = {
    **dict.fromkeys(TAGGED_SUFFIXES, read_conll),
    ".txt": _read_txt,
    ".ann": read_brat_file,
    ".tsv": _read_tsv,
    ".csv": _read_table,
    ".conllu": read_conllu,
    ".jsonl": read_jsonl,
    ".json": read_jsonl,
    ".parquet": read_parquet,
    ".arrow": read_arrow,
    ".xlsx": read_token_table,
}
