# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The bag of words that is hard to beat: TF-IDF of words and word pairs, and a linear model by scikit-learn.

N texts · V terms · L labels
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hf_seq.baselines.baseline import Array, Baseline
from hf_seq.baselines.linear import fit_linear, linear_scores
from hf_seq.errors import InputError

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer

ROWS_FOR_MIN_DF = 1000


class TfidfBaseline(Baseline):
    """TF-IDF over 1- and 2-grams with logistic regression; ridge regression for values; one-vs-rest for multi-label.

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
    ) -> None:
        super().__init__(problem_type, label_names)
        self.C = C
        self.letters = False

    def _fit(self, texts: Sequence[str], labels: Array) -> None:
        self.letters = without_blanks(texts)
        self._vectorizer = _new_vectorizer(min_df=2 if len(texts) >= ROWS_FOR_MIN_DF else 1, letters=self.letters)
        try:
            features = self._vectorizer.fit_transform(texts)  # (N, V)
        except ValueError as error:
            raise InputError(
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
        return {"terms": terms, **({"letters": True} if self.letters else {})}

    def _restore(self, facts: dict[str, Any]) -> None:
        terms, idf = facts["terms"], self.arrays["idf"]
        if len(terms) != len(idf) or len(self.arrays["coefficients"]) != len(idf):
            raise ValueError(f"{len(terms)} terms, but weights for {len(idf)}")
        self.letters = bool(facts.get("letters"))
        self._vectorizer = _new_vectorizer({term: column for column, term in enumerate(terms)}, letters=self.letters)
        self._vectorizer.idf_ = idf.astype(np.float64)


UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]"
)
"""Letters of writings without blanks between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
TEXTS_LOOKED_AT = 2000


def without_blanks(texts: Sequence[str]) -> bool:
    """Say whether most letters of texts are of a writing without blanks between words.

    Example:
        >>> without_blanks(["这部电影很好看", "not this one"]), without_blanks(["a fine film"])
        (False, False)
        >>> without_blanks(["这部电影很好看", "我不喜欢这本书"])
        True
    """
    letters = [letter for text in texts[:TEXTS_LOOKED_AT] for letter in text if letter.isalpha()]
    return sum(UNSPACED.match(letter) is not None for letter in letters) > len(letters) / 2


def _new_vectorizer(
    vocabulary: dict[str, int] | None = None, min_df: int = 1, letters: bool = False
) -> "TfidfVectorizer":
    from sklearn.feature_extraction.text import TfidfVectorizer

    if letters:
        return TfidfVectorizer(
            analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=min_df, vocabulary=vocabulary
        )
    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=min_df, vocabulary=vocabulary)
