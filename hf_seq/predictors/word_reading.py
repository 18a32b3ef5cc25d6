# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From a text, or a list of words, to pieces and words, as in training (`text/word_patterns.py`)."""

import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hf_seq.models.word_tagging import first_pieces, sentence_begins, word_places
from hf_seq.predictors.encoders import lean_encoder
from hf_seq.text.word_encoding import IGNORED, encode_words
from hf_seq.text.word_patterns import WordHabits, splitter, word_pattern

NO_LIMIT = 1_000_000_000


@dataclass(frozen=True)
class Sentence:
    """One input as pieces and words.

    Attributes:
        ids: of its pieces, without special tokens.
        firsts: where each word begins among them.
        words: as written.
        places: start and end of each word: characters of a text; numbers of words where these were given.
        begins: the words that begin a sentence, of a text of several.
    """

    ids: list[int]
    firsts: list[int]
    words: list[str]
    places: list[tuple[int, int]]
    begins: Sequence[int] = (0,)


class WordReader:
    """Texts and lists of words to pieces and words, by a tokenizer.

    Tokenizers trained for tagging say themselves what a word is. Pretrained ones cut finer (don ' t), so the words of a
    text are those of the default pattern, and each takes the pieces that lie in it, as given words do in training.

    Args:
        tokenizer: of the model.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.before, self.after = special_ids(tokenizer)
        self._backend = lean_encoder(tokenizer, None) if tokenizer.is_fast else None
        own = self._backend is not None and has_words(self._backend)
        self._split = None if own else splitter_by(tokenizer.init_kwargs.get("word_pattern"))

    def read_words(self, sentences: Sequence[Sequence[str]]) -> list[Sentence]:
        """Read lists of words as pieces; no word is without one."""
        encoded = encode_words(sentences, None, self._tokenizer, NO_LIMIT)
        first, after = len(self.before), len(self.after)
        read = []
        for words, ids, labels in zip(sentences, encoded.input_ids, encoded.labels, strict=True):
            firsts = [position - first for position, label in enumerate(labels) if label != IGNORED]
            positions = [(number, number + 1) for number in range(len(words))]
            read.append(Sentence(ids[first : len(ids) - after], firsts, list(words), positions))
        return read

    def read_text(self, text: str) -> Sentence:
        """Read a text as pieces and words."""
        if self._backend is None:
            return self._by_words(text)
        encoding = self._backend.encode(text, add_special_tokens=False)
        if self._split is None:
            firsts = first_pieces(encoding.word_ids)
            positions = word_places(encoding.word_ids, encoding.offsets, text)
        else:
            firsts, positions = self._by_places(text, encoding.offsets)
        begins = sentence_begins(positions, text, self._tokenizer.init_kwargs.get("sentences"))
        return Sentence(encoding.ids, firsts, [text[start:end] for start, end in positions], positions, begins)

    def _by_places(self, text: str, offsets: list[tuple[int, int]]) -> tuple[list[int], list[tuple[int, int]]]:
        """Return first pieces of the words that have any, and where these words are."""
        assert self._split is not None  # the caller has looked
        positions = [position for _, position in self._split.pre_tokenize_str(text)]
        ends = [end for _, end in positions]
        word_of: list[int | None] = []
        for start, end in offsets:
            word = bisect_right(ends, start)  # the first that ends behind the piece's beginning
            inside = word < len(positions) and positions[word][0] < end
            word_of.append(word if inside else None)
        firsts = first_pieces(word_of)
        return firsts, [positions[word_of[first]] for first in firsts]  # type: ignore[index]

    def _by_words(self, text: str) -> Sentence:
        """Read word by word with a tokenizer written in Python, which gives no offsets."""
        assert self._split is not None  # it is, without a backend
        pairs = self._split.pre_tokenize_str(text)
        words, positions = [word for word, _ in pairs], [position for _, position in pairs]
        (read,) = self.read_words([words])
        return Sentence(read.ids, read.firsts, words, positions)


def splitter_by(pattern: str | None = None) -> Any:
    """Make what splits a text into words by a pattern; None is the default one."""
    return splitter(pattern or word_pattern(WordHabits()))


def has_words(backend: Any) -> bool:
    """Check whether a tokenizer's own pre-tokenizer says what a word is, as those trained here do."""
    step = json.loads(backend.to_str())["pre_tokenizer"] or {}
    return step.get("type") == "Split" and bool(step.get("invert"))


def special_ids(tokenizer: Any) -> tuple[list[int], list[int]]:
    """Return ids that a tokenizer puts before and behind a text."""
    plain = tokenizer("a", add_special_tokens=False)["input_ids"]
    whole = tokenizer("a")["input_ids"]
    extra = len(whole) - len(plain)
    before = next((n for n in range(extra + 1) if whole[n : n + len(plain)] == plain), 0)
    return whole[:before], whole[before + len(plain) :]
