# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Word vectors trained elsewhere: text files of GloVe, word2vec and fastText, .gz too, read a line at a time.

400000 100                       word2vec and fastText begin with the number of words and the width
the 0.418 0.24968 -0.41242 ...   a word and its numbers, separated by blanks; common words come first

Only the lines that are asked for are kept, so a file may be larger than memory.

N words · E width
"""

import codecs
import gzip
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hf_seq.errors import InputError
from hf_seq.files.reading import MAX_DIGITS

Fold = Callable[[str], str]
GZIP = b"\x1f\x8b"
LOOKED_AT = 8192  # bytes of a file that show whether it is text
LARGEST = float(np.finfo(np.float32).max)
SHOWN = 40  # characters of a line that an error quotes


@dataclass(frozen=True)
class WordVectors:
    """The vectors of some tokens.

    Attributes:
        words: N tokens, as they were asked for.
        vectors: (N, E) float32.
    """

    words: list[str]
    vectors: NDArray[np.float32]

    def scaled(self) -> "WordVectors":
        """Scale the vectors to mean zero and overall variance one, whatever the scale of the file is.

        The steps of training are then small beside the distances between words, so words that training meets and words
        that it does not stay in one space, as in `tasks/token_states.py`.
        """
        centred = self.vectors - self.vectors.mean(0, dtype=np.float64)
        spread = float(np.sqrt(np.square(centred).mean()))
        return WordVectors(self.words, (centred / max(spread, 1e-12)).astype(np.float32))


def vector_width(path: str | Path) -> int:
    """Find how many numbers the file has for a word.

    Raises:
        InputError: it is missing, is no text, or begins as no such file does.
    """
    line = next(_lines(Path(path)), None)
    if line is None:
        raise InputError(f"word_vectors: {path} has no word behind its first line; fetch the file again.")
    number, _, numbers = line
    return len(_parsed(Path(path), number, numbers))


def file_words(path: str | Path, limit: int, wanted: Collection[str], fold: Fold) -> tuple[list[str], set[str]]:
    """Read the words that a file begins with, and what it knows of others.

    Args:
        path: the file.
        limit: how many words to take from its begin.
        wanted: folded words.
        fold: what makes spellings alike.

    Returns:
        The first words, in the order of the file, and those of `wanted` that it has, however spelled.

    Raises:
        InputError: the file is no such file, with the line.
    """
    first: dict[str, None] = {}
    found = set()
    for _, word, _ in _lines(Path(path)):
        if len(first) < limit:
            first[word] = None
        folded = fold(word)
        if folded in wanted:
            found.add(folded)
    return list(first), found


def read_vectors(path: str | Path, tokens: Collection[str], fold: Fold) -> WordVectors:
    """Read the vectors of tokens: by their spelling, else by the folded one, else of the first that folds to the same.

    Args:
        path: the file.
        tokens: to look for.
        fold: what makes spellings alike.

    Returns:
        Tokens that have a vector, in the order given.

    Raises:
        InputError: the file is no such file, with the line.
    """
    folded = {token: fold(token) for token in tokens}
    wanted = set(folded.values())
    spelled: dict[str, int] = {}
    alike: dict[str, int] = {}
    rows: list[NDArray[np.float32]] = []
    for number, word, numbers in _lines(Path(path)):
        key = fold(word)
        if key in wanted and word not in spelled:
            spelled[word] = len(rows)
            alike.setdefault(key, len(rows))
            rows.append(_parsed(Path(path), number, numbers))
    found = {token: spelled.get(token, spelled.get(key, alike.get(key))) for token, key in folded.items()}
    chosen = {token: row for token, row in found.items() if row is not None}
    table = np.stack(rows) if rows else np.empty((0, vector_width(path)), dtype=np.float32)
    return WordVectors(list(chosen), table[list(chosen.values())])


def _lines(path: Path) -> Iterator[tuple[int, str, bytes]]:
    """Yield number, word and numbers of every line whose word has no blank inside; no tokenizer sees one that has."""
    width = None
    try:
        with gzip.open(path, "rb") if _check_text(path) else path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                line = raw.rstrip(b" \r\n")
                if number == 1:
                    line = line.removeprefix(b"\xef\xbb\xbf")
                    width, is_header = _first_width(path, line)
                    if is_header:
                        continue
                blanks = line.count(b" ")
                if not line:
                    continue
                if blanks != width:
                    _check_blank_inside(path, number, line, width or 0)
                    continue
                word, _, numbers = line.partition(b" ")
                yield number, word.decode("utf-8", "replace"), numbers
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{path} cannot be unpacked: {error}; fetch it again.") from error


def _check_text(path: Path) -> bool:
    """Refuse what is no text; says whether it is packed by gzip.

    Raises:
        InputError: the file is missing, empty or binary.
    """
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is not there"
        raise InputError(f"word_vectors: {path} {what}; give a text file of GloVe, word2vec or fastText vectors.")
    with path.open("rb") as plain:
        packed = plain.read(2) == GZIP
    with gzip.open(path, "rb") if packed else path.open("rb") as file:
        start = file.read(LOOKED_AT)
    if not start:
        raise InputError(f"word_vectors: {path} is empty; give a file with a word and its numbers in each line.")
    if b"\0" in start or not _is_utf8(start):
        raise InputError(
            f"word_vectors: {path} is binary (or not UTF-8), and vectors are read as text. For word2vec: gensim's "
            "KeyedVectors.load_word2vec_format(FILE, binary=True).save_word2vec_format('vectors.txt'); fastText writes "
            "a .vec beside its .bin; unpack a .zip."
        )
    return packed


def _is_utf8(start: bytes) -> bool:
    """Check whether bytes may be the beginning of UTF-8; a character may be cut at their end."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return False
    return True


def _first_width(path: Path, line: bytes) -> tuple[int, bool]:
    """Find the width that the first line tells, and whether it is a header."""
    fields = line.split(b" ")
    if len(fields) == 2 and all(field.isdigit() and len(field) <= MAX_DIGITS for field in fields):
        return int(fields[1]), True
    if len(fields) == 1:
        raise InputError(
            f"word_vectors: line 1 of {path} has no numbers behind {_shown(line)}; a line is a word and its numbers, "
            "separated by blanks, such as `the 0.418 0.25 -0.41`."
        )
    return len(fields) - 1, False


def _check_blank_inside(path: Path, number: int, line: bytes, width: int) -> None:
    """Refuse a line of another width, unless its word has blanks inside: GloVe's largest file has a few of these.

    Raises:
        InputError: the line has too few or too many numbers.
    """
    fields = line.split(b" ")
    if len(fields) <= width or _is_number(fields[1]):
        raise InputError(
            f"word_vectors: line {number} of {path} has {len(fields) - 1} numbers behind {_shown(fields[0])}, others "
            f"have {width}; fetch the file again, or correct that line."
        )


def _is_number(field: bytes) -> bool:
    try:
        return abs(float(field)) < LARGEST
    except ValueError:
        return False


def _parsed(path: Path, number: int, numbers: bytes) -> NDArray[np.float32]:
    """Parse the numbers of a line, (E,) float32."""
    fields = numbers.split(b" ")
    try:
        values = np.array([float(field) for field in fields])
        usable = bool((np.abs(values) < LARGEST).all())
    except ValueError:
        usable = False
    if not usable:
        odd = next(field for field in fields if not _is_number(field))
        raise InputError(
            f"word_vectors: line {number} of {path} holds {_shown(odd)} where a number must be; a line is a word and "
            "its numbers, separated by blanks."
        )
    return values.astype(np.float32)


def _shown(text: bytes) -> str:
    return repr(text[:SHOWN].decode("utf-8", "replace"))
