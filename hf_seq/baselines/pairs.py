# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a model that writes texts must beat: the source itself, and the target of the most similar training source."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from hf_seq.baselines.baseline import SavedBaseline
from hf_seq.errors import InputError
from hf_seq.text.scripts import why_characters


class PairBaseline(SavedBaseline):
    """Answers as `Translator` does."""

    problem_type = "sequence_to_sequence"
    tokenizer = None

    @property
    def model(self) -> "PairBaseline":
        """Itself: what is counted and timed."""
        return self

    def __call__(self, text: str) -> dict[str, Any]:
        """Write one text."""
        return {"source": text, "target": self.translate([text])[0], "finished": True}

    def predict(self, texts: Iterable[str], window: int | None = None) -> Iterator[dict[str, Any]]:
        """Write texts as they come, in their order."""
        del window
        rows = list(texts)
        for text, written in zip(rows, self.translate(rows), strict=True):
            yield {"source": text, "target": written, "finished": True}

    def translate(self, texts: Sequence[str]) -> list[str]:
        """Write a text for each."""
        raise NotImplementedError


class CopySource(PairBaseline):
    """Writes the source down again."""

    kind = "copy"

    def fit(self, sources: Sequence[str], targets: Sequence[str]) -> "CopySource":
        """Learn nothing."""
        self.arrays = {"nothing": np.zeros(1, dtype=np.int8)}  # a folder holds an array
        return self

    @property
    def num_parameters(self) -> int:
        """None."""
        return 0

    def translate(self, texts: Sequence[str]) -> list[str]:
        """Return the source texts."""
        return list(texts)


class NearestSource(PairBaseline):
    """Writes the target of the training source that is most similar: TF-IDF of words and word pairs, cosine.

    Where no blanks part words, of one to three characters.
    """

    kind = "nearest"

    def fit(self, sources: Sequence[str], targets: Sequence[str]) -> "NearestSource":
        """Remember all pairs.

        Raises:
            InputError: there is none, or no source holds a word.
        """
        if not sources or len(sources) != len(targets):
            raise InputError(f"fit got {len(sources)} sources and {len(targets)} targets; it needs pairs.")
        self._sources, self._targets = list(sources), list(targets)
        self._index()
        self.arrays = {"idf": self._vectorizer.idf_.astype(np.float32)}
        return self

    def translate(self, texts: Sequence[str]) -> list[str]:
        """Return for each source the target of the nearest source in train.

        Raises:
            InputError: the baseline was not fitted.
        """
        if not self.arrays:
            raise InputError("this nearest baseline has learnt nothing yet; call fit or load first.")
        answers = []
        for start in range(0, len(texts), 256):
            similar = self._vectorizer.transform(texts[start : start + 256]) @ self._matrix.T  # (N, train rows)
            answers += [self._targets[row] for row in np.asarray(similar.argmax(axis=1)).ravel()]
        return answers

    def _index(self) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        if why_characters(self._sources):
            self._vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
        else:
            self._vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b")
        try:
            self._matrix = self._vectorizer.fit_transform(self._sources)
        except ValueError as error:
            raise InputError(f"{len(self._sources)} sources hold no word; look at the source column.") from error

    def _facts(self) -> dict[str, Any]:
        return {"sources": self._sources, "targets": self._targets}

    def _restore(self, facts: dict[str, Any]) -> None:
        self._sources, self._targets = list(facts["sources"]), list(facts["targets"])
        self._index()
