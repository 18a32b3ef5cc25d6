# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Static embeddings of model2vec, averaged over a text, and a linear model by scikit-learn.

N texts · V tokens · D width · L labels
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from hf_seq.baselines.baseline import Array, Baseline
from hf_seq.baselines.linear import fit_linear, linear_scores
from hf_seq.baselines.static_vectors import StaticVectors


class StaticEmbeddingBaseline(Baseline):
    """A linear model over the mean static vector of a text. What was learnt needs no model2vec to answer.

    Args:
        problem_type: of the labels.
        label_names: L names.
        vectors: of the tokens; needed to fit, kept with what is learnt.
        C: inverse strength of regularisation.
    """

    kind = "model2vec"

    def __init__(
        self,
        problem_type: str = "single_label_classification",
        label_names: Sequence[str] | None = None,
        vectors: StaticVectors | None = None,
        C: float = 10.0,  # noqa: N803 - scikit-learn's name
    ) -> None:
        super().__init__(problem_type, label_names)
        self.vectors, self.C = vectors, C

    @property
    def num_parameters_without_embeddings(self) -> int:
        """The linear model."""
        return self.num_parameters - self.arrays["vectors"].size

    def divide_logits(self, temperature: float) -> None:
        """Make the model less sure of every answer (temperature above 1), or surer; no answer changes."""
        for name in ("coefficients", "intercepts"):
            self.arrays[name] = self.arrays[name] / np.float32(temperature)

    def _fit(self, texts: Sequence[str], labels: Array) -> None:
        assert self.vectors is not None
        learnt = fit_linear(self.problem_type, self.vectors.encode(list(texts)), labels, self.C)
        self.arrays = {name: a if name == "labels" else a.astype(np.float32) for name, a in learnt.items()}
        self.arrays["vectors"] = self.vectors.vectors

    def _predict_scores(self, texts: Sequence[str]) -> Array:
        assert self.vectors is not None
        return linear_scores(self.problem_type, self.vectors.encode(list(texts)), self.arrays, self.num_labels)

    def _facts(self) -> dict[str, Any]:
        assert self.vectors is not None
        found = self.vectors
        return {"tokenizer": found.tokenizer.to_str(), "normalize": found.normalize, "source": found.source}

    def _restore(self, facts: dict[str, Any]) -> None:
        tokenizer = Tokenizer.from_str(facts["tokenizer"])
        self.vectors = StaticVectors(self.arrays["vectors"], tokenizer, facts["normalize"], facts["source"])
