# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a saved model answers for, read as training reads: any file of its task, with or without labels.

A .txt file is the exception: each of its lines is an input, unless every line carries a label or a tag that the model
knows, as the .txt files do that training reads.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hf_seq.data.columns import find_text_column, looks_like_id
from hf_seq.data.lines import has_columns, has_labels, has_tags, read_lines
from hf_seq.data.pairs.languages import in_languages
from hf_seq.data.pairs.loading import find_source_column, spread_translations, text_sides
from hf_seq.data.readers.archives import is_archive
from hf_seq.data.readers.brat import read_brat
from hf_seq.data.readers.class_folders import TEXT_FOLDERS, read_class_files, read_documents
from hf_seq.data.readers.conll import CONLL_SUFFIXES, TAGGED_READERS, read_conll
from hf_seq.data.readers.files import READERS, Readers, read_file, read_text
from hf_seq.data.readers.folders import FolderReaders, read_split
from hf_seq.data.readers.packed import suffix_of
from hf_seq.data.readers.pair_files import PAIR_READERS
from hf_seq.data.readers.split_names import canonical_split
from hf_seq.data.readers.tables import Table
from hf_seq.data.readers.text_form import TextForm, written_as
from hf_seq.data.readers.token_tables import has_sentence_column, has_sentence_rows
from hf_seq.data.reading import columns_known
from hf_seq.data.sources import read_source, splits_in_file
from hf_seq.data.tagging.columns import as_list, find_tokens_column
from hf_seq.data.tagging.spans import texts_with_spans
from hf_seq.data.text_columns import find_text_columns
from hf_seq.errors import InputError

SAMPLE = 200
"""Rows that are looked at."""


@dataclass(frozen=True)
class Source:
    """Where inputs come from, and what is known of them.

    Attributes:
        path: a file, or whatever else training reads.
        split: which rows of a source that has several; `test` where there is one, if None.
        config: of a Hub data set.
        revision: of a Hub data set.
        trained_on: the columns that the model was trained on, by flag.
        label_names: what the model knows.
        form: how text files are written, as far as the user says it.
        given: rows that are at hand, in place of those of the path, which then only names them.
    """

    path: str
    split: str | None = None
    config: str | None = None
    revision: str | None = None
    trained_on: Mapping[str, Any] = field(default_factory=dict)
    label_names: Collection[str] = ()
    form: TextForm = field(default_factory=TextForm)
    given: Table | None = None

    @property
    def suffix(self) -> str:
        """Of the file, in small letters, that of its compression aside; of rows at hand that of no file."""
        return suffix_of(Path(self.path)) if self.given is None else ".given"

    @property
    def is_txt(self) -> bool:
        """Whether it is a .txt file, compressed or not."""
        return self.suffix == ".txt" and Path(self.path).is_file()

    @property
    def labels(self) -> set[str]:
        """The columns that held what the model learned to say."""
        known = (self.trained_on.get(flag) for flag in ("label_column", "label_columns", "tags_column"))
        return {name for each in known for name in (each if isinstance(each, list) else [each]) if name is not None}

    def answers(self, table: Table) -> set[str]:
        """Name the columns that hold nothing but what the model says."""
        names = set(self.label_names)
        values = {name: table.values(name, SAMPLE) for name in table.names}
        return {name for name, rows in values.items() if all(str(each).strip() in names for each in _items(rows))}

    def table(self, readers: Readers, folders: FolderReaders = ()) -> tuple[Table, list[str]]:
        """Read the rows, uninterpreted, and what is to be said of them.

        Args:
            readers: of files, by suffix.
            folders: layouts of folders that the task knows.

        Raises:
            InputError: not there, not readable, or no such split.
        """
        if self.given is not None:
            return self.given, []
        path = Path(self.path).expanduser()
        with written_as(self.form):
            if path.is_file() and not is_archive(path):
                tables = splits_in_file(path, readers)
                if tables is None:
                    found = read_file(path, readers)
                    return found, list(found.notes)
                return self._chosen({canonical_split(name) or name: table for name, table in tables.items()}, self.path)
            try:
                raw = read_source(self.path, self.config, self.revision, readers, folders)
            except InputError:
                if not path.is_dir() or self.split is not None:
                    raise
                found = read_split(path, readers, folders)  # a split of a data set, without its train
                return found, list(found.notes)
        table, notes = self._chosen(raw.tables, raw.description)
        return table, [*notes, *raw.notes]

    def _chosen(self, tables: Mapping[str, Table], description: str) -> tuple[Table, list[str]]:
        """Choose the split that is asked for; else the test, else train."""
        split = self.split or next((name for name in ("test", "train") if name in tables), next(iter(tables)))
        if split not in tables:
            raise InputError(f"{self.path} has no split {split!r}, only {', '.join(tables)}; give its file.")
        return tables[split], [f"the {split} rows of {description}", *tables[split].notes]

    def said(self, what: str, flag: str, column: str) -> str:
        """Say which column is read, and whether it is that of training."""
        return f"{what} {column!r}" + (", as in training" if self.trained_on.get(flag) == column else f" (--{flag})")

    def known(self, table: Table, **named: Any) -> dict[str, Any]:
        """Name columns as the user did, else as in training, else None.

        Columns without names are called by their places, and a place may hold something else in another file: what
        only numbers rows or words, or holds nothing but answers, is not what the model reads.
        """
        found = columns_known(table, self.trained_on, named)
        if not all(name.isdigit() for name in table.names):
            return found
        answers = self.answers(table)
        misplaced = [flag for flag, name in found.items() if named[flag] is None if _misplaced(table, name, answers)]
        return found | dict.fromkeys(misplaced)


@dataclass(frozen=True)
class Inputs:
    """What a predictor is called with, row for row.

    Attributes:
        values: one for each row; of lines a stream.
        table: what else the rows hold; None where each line is an input.
        columns: the columns that were read, by flag.
        notes: what was decided, in words.
        ids: the columns that name the rows, where that is known.
    """

    values: Iterable[Any]
    table: Table | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    ids: Sequence[str] = ()


def lines_of(source: Source, **named: Any) -> Inputs:
    """Read a text a line, while answers are written.

    Raises:
        InputError: a column is named, by its flag.
    """
    flag = next((flag for flag, name in named.items() if name is not None), None)
    if flag is not None:
        raise InputError(f"{source.path} is read a text a line, so it has no columns; leave --{flag} out.")
    path = Path(source.path)
    if source.form.encoding is None and suffix_of(path) == path.suffix.lower():
        return Inputs(read_lines(path))
    with written_as(source.form):
        return Inputs([line.removesuffix("\r") for line in read_text(path).removesuffix("\n").split("\n")])


def text_inputs(
    source: Source, text_column: str | Sequence[str] | None = None, text_pair_column: str | None = None
) -> Inputs:
    """Read texts, or pairs of texts where the model was trained on pairs.

    Raises:
        InputError: cannot be read; no column of text, or several.
    """
    if source.is_txt and not has_labels(source.path, source.label_names):
        return lines_of(source, text_column=text_column, text_pair_column=text_pair_column)
    documents = _documents(source)
    table, notes = source.table(READERS, TEXT_FOLDERS) if documents is None else (documents, list(documents.notes))
    named = source.known(table, text_column=text_column, text_pair_column=text_pair_column)
    others = {*source.labels, *source.answers(table), *id_columns(table)}
    text = find_text_columns(table, **named, without=() if named["text_column"] else others)
    if text.found and "text_pair_column" not in source.trained_on:
        text = find_text_columns(table, text.names)  # the model reads one text, as its record says
    same = all(source.trained_on.get(flag) == name for flag, name in text.by_flag.items())
    note = f"{text.described}, as in training" if same else f"{text.described} (--text_column)"
    return Inputs(text.read(table), table, text.by_flag, [note, *notes])


def _documents(source: Source) -> Table | None:
    """Read a folder of texts as a text a file, unless every file is called like a class that the model knows."""
    folder = Path(source.path).expanduser()
    if source.given is not None or not folder.is_dir():
        return None
    with written_as(source.form):
        classes = read_class_files(folder)
        if classes is None or set(classes.values("label")) <= set(source.label_names):
            return None
        return read_documents(folder)


def source_inputs(source: Source, source_column: str | None = None) -> Inputs:
    """Read what texts are to be written from.

    A file with the name of the source's language is a text a line, and so is a .txt, unless tabs part its lines.

    Raises:
        InputError: cannot be read; no column of sources, or several.
    """
    language = source_column or source.trained_on.get("source_column")
    is_plain = source.suffix in ("", f".{language}") and Path(source.path).is_file()
    if is_plain or (source.is_txt and not has_columns(source.path)):
        return lines_of(source)
    found, notes = source.table(PAIR_READERS)
    table = spread_translations(found)
    by_language = _sources_in(table, language)
    if by_language is not None:
        table, notes = by_language, [*notes, *by_language.notes]
    named = source.known(table, source_column=source_column)["source_column"]
    column = find_source_column(table, named, {str(source.trained_on.get("target_column")), *id_columns(table)})
    texts = ["" if value is None else str(value) for value in table.values(column)]
    return Inputs(
        texts, table, {"source_column": column}, [source.said("source column", "source_column", column), *notes]
    )


def _sources_in(table: Table, language: str | None) -> Table | None:
    """Keep the rows that have a text in the language, in a column of its own; None where none is told or wanted."""
    if language is None or language in table.names:
        return None
    texts = text_sides(table) or tuple(name for name in table.names if name in ("source", "src", "input", "text"))[:1]
    found = in_languages(table, texts, language, None)
    if found is None:
        return None
    rows = [row for row, text in enumerate(found.values(language)) if text is not None]
    columns = {name: [cells[row] for row in rows] for name in found.names if (cells := found.values(name))}
    return replace(found, columns=columns)


def tagged_inputs(source: Source, tokens_column: str | None = None) -> Inputs:
    """Read sentences: lists of words where the source has words, texts where it has text.

    Raises:
        InputError: cannot be read; no column of words or text, or several.
    """
    if source.is_txt and not has_tags(source.path, source.label_names):
        return lines_of(source, tokens_column=tokens_column)
    readers: dict[str, Callable[[Path], Table]] = {**TAGGED_READERS, **dict.fromkeys(CONLL_SUFFIXES, _read_words)}
    if source.suffix in (".csv", ".tsv") and Path(source.path).is_file() and not _is_token_table(source):
        readers[source.suffix] = READERS[source.suffix]
    table, notes = source.table(readers, (read_brat,))
    spanned = texts_with_spans(table) if tokens_column is None else None
    if spanned is not None:
        return Inputs(spanned, table, {}, ["texts with spans, read as raw text", *notes])
    named = source.known(table, tokens_column=tokens_column)["tokens_column"]
    column = find_tokens_column(table, named, source.labels)
    if column is None:
        column = find_text_column(table, None, {*source.labels, *id_columns(table)})
        texts = ["" if value is None else str(value) for value in table.values(column)]
        return Inputs(texts, table, {"text_column": column}, [f"text column {column!r}, read as raw text", *notes])
    words = [["" if word is None else str(word) for word in as_list(row) or []] for row in table.values(column)]
    return Inputs(
        words, table, {"tokens_column": column}, [source.said("words of column", "tokens_column", column), *notes]
    )


def id_columns(table: Table) -> list[str]:
    """Name the columns that look like ids: by their name, with a text or a whole number in each row."""
    return [name for name in table.names if looks_like_id(table, name)]


def _items(rows: Sequence[Any]) -> list[Any]:
    """List the cells, and the items of those that are lists."""
    return [item for row in rows for item in (row if isinstance(row, list) else [row])]


def _misplaced(table: Table, names: Any, answers: Collection[str]) -> bool:
    """Check whether one of the columns holds only answers, or only whole numbers, in lists or not."""
    for name in names if isinstance(names, list) else [names]:
        rows = table.values(name, SAMPLE) if name is not None else []
        words = list(map(str, _items(rows)))
        if words and (name in answers or all(word.strip().isdigit() for word in words)):
            return True
    return False


def _is_token_table(source: Source) -> bool:
    """Check whether a csv or tsv has a word a line: by a column of sentences, or, of a tsv, blank lines or tags."""
    path = Path(source.path)
    if has_sentence_column(path) or (source.suffix == ".tsv" and has_sentence_rows(path)):
        return True
    return source.suffix == ".tsv" and (
        has_tags(path, source.label_names) or "\n\n" in read_text(path).replace("\r", "").strip("\n")
    )


def _read_words(path: Path) -> Table:
    """Read a CoNLL file whose words need not have tags."""
    return read_conll(path, fewest=1)
