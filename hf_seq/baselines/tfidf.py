# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The bag of words that is hard to beat: TF-IDF of words and word pairs, and a linear model by scikit-learn.

Where no blanks part words (`text/scripts.py`) it is a bag of characters, pairs and triples of them.

N texts · V terms · L labels
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from hf_seq.baselines.baseline import Array, Baseline
from hf_seq.baselines.linear import fit_linear, linear_scores
from hf_seq.errors import NotRunError
from hf_seq.text.scripts import why_characters

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer

ROWS_FOR_MIN_DF = 1000
LONGEST = {"word": 2, "char": 3}
"""Words, or characters, of the longest term."""


class TfidfBaseline(Baseline):
    """TF-IDF of words and pairs, or of up to three characters where no blanks part words, and a linear model.

    Logistic regression; ridge regression for values; one-vs-rest for multi-label.

    The linear models have scikit-learn's default settings but for C, the inverse strength of regularisation. From
    `ROWS_FOR_MIN_DF` rows on, terms of a single text are left out: a third of the size, and no worse. Learnt numbers
    are kept as float32, before and after saving alike. Where words have no blanks between them (Chinese, Japanese,
    Thai, ...) terms are one to three letters in a row: a whole sentence would be one word.
    """

    kind = "tfidf"

    def __init__(
        self,
        problem_type: str = "single_label_classification",
        label_names: Sequence[str] | None = None,
        C: float = 1.0,  # noqa: N803 - scikit-learn's name
        analyzer: Literal["auto", "word", "char"] = "auto",
    ) -> None:
        super().__init__(problem_type, label_names)
        self.C, self.analyzer = C, analyzer

    def _fit(self, texts: Sequence[str], labels: Array) -> None:
        if self.analyzer == "auto":
            self.analyzer = "char" if why_characters(texts) else "word"
        self._vectorizer = _new_vectorizer(self.analyzer, min_df=2 if len(texts) >= ROWS_FOR_MIN_DF else 1)
        try:
            features = self._vectorizer.fit_transform(texts)  # (N, V)
        except ValueError as error:
            raise NotRunError(
                f"{len(texts)} texts hold no word of two letters or more; look at the text column."
            ) from error
        learnt = fit_linear(self.problem_type, features, labels, self.C)
        learnt["idf"] = self._vectorizer.idf_
        self.arrays = {name: a if name == "labels" else a.astype(np.float32) for name, a in learnt.items()}
        self._vectorizer.idf_ = self.arrays["idf"].astype(np.float64)

    def _predict_scores(self, texts: Sequence[str]) -> Array:
        features = self._vectorizer.transform(texts).astype(np.float32)  # (N, V)
        return linear_scores(self.problem_type, features, self.arrays, self.num_labels)

    def divide_logits(self, temperature: float) -> None:
        """Make the model less sure of every answer (temperature above 1), or surer; no answer changes."""
        for name in ("coefficients", "intercepts"):
            self.arrays[name] = self.arrays[name] / np.float32(temperature)

    def _facts(self) -> dict[str, Any]:
        terms = sorted(self._vectorizer.vocabulary_, key=self._vectorizer.vocabulary_.__getitem__)
        return {"terms": terms, "analyzer": self.analyzer}

    def _restore(self, facts: dict[str, Any]) -> None:
        terms, idf = facts["terms"], self.arrays["idf"]
        if len(terms) != len(idf) or len(self.arrays["coefficients"]) != len(idf):
            raise ValueError(f"{len(terms)} terms, but weights for {len(idf)}")
        self.analyzer = facts.get("analyzer", "word")
        self._vectorizer = _new_vectorizer(self.analyzer, {term: column for column, term in enumerate(terms)})
        self._vectorizer.idf_ = idf.astype(np.float64)


def _new_vectorizer(analyzer: str, vocabulary: dict[str, int] | None = None, min_df: int = 1) -> "TfidfVectorizer":
    from sklearn.feature_extraction.text import TfidfVectorizer

    longest = LONGEST[analyzer]
    return TfidfVectorizer(
        analyzer=analyzer, ngram_range=(1, longest), sublinear_tf=True, min_df=min_df, vocabulary=vocabulary
    )
