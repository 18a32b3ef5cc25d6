# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""fastText: a bag of words and word pairs with learnt vectors (Joulin et al. 2017, arXiv:1607.01759).

Needs the package `fasttext` (`pip install 'hf_seq[rivals]'`), for answering, too. The model that fastText writes, a
format of its own and no pickle, is kept as bytes among the arrays.

N texts · L labels
"""

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.baselines.baseline import Array, Baseline
from hf_seq.baselines.rivals import import_rival
from hf_seq.errors import NotRunError
from hf_seq.text.scripts import why_characters

BUCKETS = 200_000
"""Places that pairs of words share by their hash."""
LABEL = "__label__"
SETTINGS: tuple[dict[str, Any], ...] = (
    {"lr": 0.1, "epoch": 5},
    {"lr": 0.5, "epoch": 5},
    {"lr": 0.5, "epoch": 25},
)
"""Learning rates and passes that a comparison chooses from."""
THREADS = 12
"""fastText 0.9.2 starts its vectors in tenths, one for each thread: with fewer than ten, some stay unset memory."""
_PARTED = re.compile(r"([^\w\s])")


class FastTextBaseline(Baseline):
    """fastText's classifier over lower-cased words and pairs of words.

    It trains on several threads that do not wait for each other, so two runs differ a little.

    Args:
        problem_type: one label a row, or several (each a yes or no); not values.
        label_names: L names.
        dim: width of the vectors; 10, as in the paper.
        lr: learning rate.
        epoch: passes.

    Raises:
        PretrainedUnavailable: the package is not installed.
        NotRunError: values are to be learnt.
    """

    kind = "fasttext"

    def __init__(
        self,
        problem_type: str = "single_label_classification",
        label_names: Sequence[str] | None = None,
        dim: int = 10,
        lr: float = 0.5,
        epoch: int = 5,
    ) -> None:
        if problem_type == "regression":
            raise NotRunError("fasttext learns labels, not numbers; leave it out of --models.")
        super().__init__(problem_type, label_names)
        self.dim, self.lr, self.epoch = dim, lr, epoch
        self._characters = False  # in place of words, where no blanks part these
        self._library = import_rival("fasttext")

    @property
    def num_parameters(self) -> int:
        """Vectors of words and pairs, and the last layer."""
        return int(self._model.get_input_matrix().size + self.num_parameters_without_embeddings)

    @property
    def num_parameters_without_embeddings(self) -> int:
        """The last layer."""
        return int(self._model.get_output_matrix().size)

    def _fit(self, texts: Sequence[str], labels: Array) -> None:
        several = self.problem_type == "multi_label_classification"
        self._characters = why_characters(texts) is not None
        marks = [np.flatnonzero(row).tolist() if several else [int(row)] for row in labels]
        lines = (
            " ".join([*(f"{LABEL}{mark}" for mark in row), self._words(text)])
            for row, text in zip(marks, texts, strict=True)
        )
        with tempfile.TemporaryDirectory() as folder:
            source, model = Path(folder) / "train.txt", Path(folder) / "model.bin"
            source.write_text("\n".join(lines) + "\n", encoding="utf-8")
            settings = {
                "dim": self.dim,
                "lr": self.lr,
                "epoch": self.epoch,
                "wordNgrams": 3 if self._characters else 2,
                "bucket": BUCKETS,
            }
            loss = "ova" if several else "softmax"
            trained = self._library.train_supervised(str(source), loss=loss, thread=THREADS, verbose=0, **settings)
            trained.save_model(str(model))
            self.arrays = {"fasttext": np.frombuffer(model.read_bytes(), dtype=np.uint8)}
        self._read()

    def _predict_scores(self, texts: Sequence[str]) -> Array:
        scores = np.zeros((len(texts), self.num_labels))
        for row, text in enumerate(texts):
            for score, label in self._model.f.predict(f"{self._words(text)}\n", -1, 0.0, "strict"):
                scores[row, int(label.removeprefix(LABEL))] = min(score, 1.0)  # it may say 1.00001
        if self.problem_type == "single_label_classification":
            scores /= scores.sum(axis=1, keepdims=True)
        return scores

    def _words(self, text: str) -> str:
        """Return the words of a text, or its characters, with blanks between."""
        return " ".join("".join(text.lower().split())) if self._characters else plain_words(text)

    def _read(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.bin"
            path.write_bytes(self.arrays["fasttext"].tobytes())
            self._model = self._library.load_model(str(path))

    def _facts(self) -> dict[str, Any]:
        return {"characters": self._characters}

    def _restore(self, facts: dict[str, Any]) -> None:
        self._characters = facts.get("characters", False)
        self._read()


def plain_words(text: str) -> str:
    """Write a text as fastText should read it: one line, in lower case, punctuation apart from words.

    Example:
        >>> plain_words("Not bad, at all!")
        'not bad , at all !'
    """
    return " ".join(_PARTED.sub(r" \1 ", text.lower()).split())
