# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The transfer set: the texts that a teacher is asked about, from labelled rows, unlabelled files and augmentation.

Every source gives its texts shard by shard, and the same shard again whenever it is asked, so that neither the texts
nor the answers have to be in memory, and an interrupted pass goes on at the first shard that is missing.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hf_seq.data.columns import TEXT_NAMES, find_text_column
from hf_seq.data.readers.conll import TAGGED_READERS
from hf_seq.data.readers.files import READERS, read_file
from hf_seq.data.readers.tables import Table, table_from_arrow
from hf_seq.distill.augmentation import Augmentation, Augmenter, settings_of
from hf_seq.distill.shards import SHARD_ROWS, digest, digest_file, shard_sizes
from hf_seq.distill.similar import SimilarWords
from hf_seq.distill.teacher import Text
from hf_seq.errors import InputError
from hf_seq.files.reading import parse_json

HOW_SIMILAR = "as many as there are, by their ids"
"""Changes when similar words are drawn otherwise, so that old answers are left."""
TOKENS_COLUMNS = ("tokens", "words")
PLAIN = ("", ".txt")
"""Suffixes of files that hold a text a line, so that their bytes are their texts."""
Split = Callable[[str], list[str]]


class Source(ABC):
    """Texts in shards.

    Attributes:
        name: `labelled`, `augmented`, or a file.
        rows: how many texts.
        key: changes when the texts do.
    """

    name: str
    rows: int
    key: str

    @abstractmethod
    def shard(self, number: int) -> list[Text]:
        """Return the texts of a shard: texts, or for tagging lists of words."""

    def read(self) -> Iterator[Text]:
        """Yield all texts, shard by shard."""
        for number in range(len(self.sizes)):
            yield from self.shard(number)

    @property
    def sizes(self) -> list[int]:
        """Rows of each shard."""
        return shard_sizes(self.rows)


class LabelledSource(Source):
    """The rows that the student learns from anyway."""

    name = "labelled"

    def __init__(self, texts: Sequence[Text]) -> None:
        self.texts, self.rows = texts, len(texts)
        self.key = digest("labelled", list(texts))

    def shard(self, number: int) -> list[Text]:
        """Return the texts of a shard."""
        return list(self.texts[number * SHARD_ROWS : (number + 1) * SHARD_ROWS])


class AugmentedSource(Source):
    """Texts made from the labelled ones; more of them begin with the same ones."""

    name = "augmented"

    def __init__(
        self,
        texts: Sequence[Text],
        rows: int,
        settings: Augmentation,
        mask_token: str | None,
        seed: int,
        similar: SimilarWords | None = None,
    ) -> None:
        self.as_words = bool(texts) and not isinstance(texts[0], str)
        words = [text.split() if isinstance(text, str) else list(text) for text in texts]
        self.augmenter = Augmenter(words, settings, mask_token, similar)
        self.seed, self.rows = seed, rows
        about = [list(texts), settings_of(settings), mask_token, seed]
        about += [similar.key, HOW_SIMILAR] if similar else []
        self.key = digest("augmented", *about)

    def shard(self, number: int) -> list[Text]:
        """Return the texts of a shard."""
        drawn = self.augmenter.draw(self.sizes[number], [self.seed, number])
        return [words if self.as_words else " ".join(words) for words in drawn]


class FileSource(Source):
    """Unlabelled texts of a file, read as a stream where its kind allows it: txt (a text a line), jsonl, parquet.

    A file without a suffix is read as txt: word lists such as /usr/share/dict/words have none.

    Args:
        path: of the file.
        split: for tagging: parts a text into words where the file gives no lists of words.
        column: of the texts, where there is more than one way to read the file.

    Raises:
        InputError: there is no such file, or it holds no text.
    """

    def __init__(self, path: Path, split: Split | None = None, column: str | None = None) -> None:
        if not path.is_file():
            raise InputError(f"--unlabelled {path} is not a file; give txt (a text a line), jsonl, csv, tsv, parquet.")
        self.path, self.split, self.name = path, split, path.name
        self._column, self.rows, parted = column, 0, hashlib.sha256()
        as_it_stands = split is None and path.suffix.lower() in PLAIN  # the file itself says what the texts are
        for text in self._texts():
            self.rows += 1
            if not as_it_stands:
                words = [text] if isinstance(text, str) else text
                parted.update("\0".join([*words, "\n"]).encode("utf-8", "surrogatepass"))
        if not self.rows:
            raise InputError(f"--unlabelled {path} holds no text; give a file with a text a line, or leave it out.")
        self.key = digest("file", digest_file(path), column, not as_it_stands and parted.hexdigest())
        self._reader, self._next = self._texts(), 0

    def shard(self, number: int) -> list[Text]:
        """Return the texts of a shard; cheapest in order."""
        if number < self._next:
            self._reader, self._next = self._texts(), 0
        for _ in islice(self._reader, (number - self._next) * SHARD_ROWS):
            pass
        self._next = number + 1
        return list(islice(self._reader, SHARD_ROWS))

    def _texts(self) -> Iterator[Text]:
        """Yield all texts that are not empty, as lists of words where these are wanted."""
        for value in self._values():
            text = value if isinstance(value, str) or value is None else " ".join(map(str, _as_words(value)))
            if text and text.strip():
                yield text.strip() if self.split is None else self._words(value)

    def _words(self, value: Any) -> list[str]:
        assert self.split is not None  # the caller has looked
        return self.split(value) if isinstance(value, str) else [str(word) for word in _as_words(value)]

    def _values(self) -> Iterator[Any]:
        suffix = self.path.suffix.lower()
        if suffix in PLAIN:
            with self.path.open(encoding="utf-8-sig", errors="strict") as file:
                yield from _decoded(file, self.path)
        elif suffix == ".parquet":
            yield from self._of_parquet()
        elif suffix == ".jsonl":
            with self.path.open(encoding="utf-8-sig") as file:
                name = None
                for number, line in enumerate(_decoded(file, self.path), 1):
                    if line.strip():
                        row = _row(line, f"{self.path}, line {number}")
                        name = name or self._name(Table({key: [value] for key, value in row.items()}))
                        yield row.get(name)
        else:
            # texts need no column of sentences, which a csv of tagged tokens has
            table = read_file(self.path, {**READERS, **TAGGED_READERS, ".csv": READERS[".csv"]})
            yield from table.values(self._name(table))

    def _of_parquet(self) -> Iterator[Any]:
        try:
            file = pq.ParquetFile(self.path)
            first = pa.Table.from_batches(list(islice(file.iter_batches(batch_size=256), 1)), file.schema_arrow)
            name = self._name(table_from_arrow(first))
            for batch in file.iter_batches(batch_size=4_096, columns=[name]):
                yield from batch.column(0).to_pylist()
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            reason = next(iter(str(error).splitlines()), type(error).__name__)
            raise InputError(f"--unlabelled {self.path} is not a readable parquet file ({reason}).") from error

    def _name(self, table: Table) -> str:
        """Find the column of the texts; lists of words where words are wanted, or where no name says text."""
        words = next((name for name in table.names if name.lower() in TOKENS_COLUMNS), None)
        named = any(name.lower() in TEXT_NAMES for name in table.names)
        if self._column is None and words is not None and (self.split is not None or not named):
            return words
        return find_text_column(table, self._column)


def _as_words(value: Any) -> list[Any]:
    """Give the words of a list; a lone number or an object is one word."""
    return list(value) if isinstance(value, list | tuple) else [value]


def _row(line: str, name: str) -> dict[str, Any]:
    try:
        row = parse_json(line, name)
    except json.JSONDecodeError as error:
        raise InputError(f"{name} is not JSON ({error.msg}); each line is one object.") from None
    if not isinstance(row, dict):
        raise InputError(f'{name} is {row!r:.40}; each line is one object such as {{"text": ...}}.')
    return row


def _decoded(file: Any, path: Path) -> Iterator[str]:
    try:
        yield from file
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 ({error.reason}); convert it with iconv.") from error
