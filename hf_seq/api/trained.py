# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A trained model as an object: what it answers, how well it did, where it is."""

import atexit
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from hf_seq.api.showing import Shown
from hf_seq.files.writing import check_new_folder
from hf_seq.predictors.base import Answer
from hf_seq.predictors.door import load
from hf_seq.reports.record import Record


class TrainedModel:
    """A model that `train` or `distill` made, in its folder.

    Call it with one input, or `predict` with many. The verbs of hf_seq take it where they take a folder, and
    `AutoModelForSequenceClassification.from_pretrained(trained.folder)` loads it.

    Args:
        folder: of a finished run.

    Example:
        >>> import hf_seq
        >>> trained = hf_seq.train("builtin:reviews", "tfidf", max_train_rows=200)
        >>> sorted(trained("good"))
        ['label', 'score']
        >>> trained.record.metric
        'accuracy'
    """

    def __init__(self, folder: str | Path) -> None:
        self._given = Path(folder)
        self._home = self._given.absolute()

    @property
    def folder(self) -> Path:
        """Where it is: as it was given, or absolute once the program works in another directory."""
        return self._given if self._given.absolute() == self._home else self._home

    def __call__(self, given: Any) -> Answer:
        """Answer for one input, as `hf_seq.load(folder)` does.

        Raises:
            InputError: it is no input of this model.
        """
        return self.predictor(given)

    def __fspath__(self) -> str:
        return str(self.folder)

    def __repr__(self) -> str:
        record = self.record
        score = "no score" if record.score is None else f"{record.metric} {record.score:.4g} on {record.scored_rows}"
        return f"TrainedModel({record.name}, {score}, {str(self.folder)!r})"

    def _repr_html_(self) -> str:
        return self.record._repr_html_()

    @property
    def record(self) -> Record:
        """Scores with intervals, costs, recipe, versions: what `record.json` says."""
        return Record.read(self.folder)

    @property
    def score(self) -> float | None:
        """The headline score, in the unit people quote (accuracy 0-100)."""
        return self.record.score

    @cached_property
    def predictor(self) -> Any:
        """What answers: a `Predictor`, `TaggingPredictor`, `SeriesPredictor`, `LanguageModel`, `Translator`, ..."""
        return load(self.folder)

    def predict(self, inputs: Iterable[Any]) -> Iterator[Answer]:
        """Answer for each input, in order, while inputs still come in.

        Raises:
            InputError: something among them is no input of this model.
        """
        return self.predictor.predict(inputs)

    def show(self, given: Any) -> Shown:
        """Answer for one input as a notebook shows it: spans marked in the text, labels with bars for all of them.

        Raises:
            InputError: it is no input of this model.
        """
        if not hasattr(self.predictor, "with_probabilities"):
            return Shown(given, self(given))
        before, self.predictor.with_probabilities = self.predictor.with_probabilities, True
        try:
            return Shown(given, self(given))
        finally:
            self.predictor.with_probabilities = before

    @property
    def model(self) -> Any:
        """The torch model, in evaluation mode; or the fitted baseline."""
        return self.predictor.model

    @property
    def tokenizer(self) -> Any:
        """The model's tokenizer; None for a baseline and for models of series."""
        return self.predictor.tokenizer

    def save(self, folder: str | Path) -> "TrainedModel":
        """Copy the folder of the model: weights, tokenizer, recipe, record.

        Args:
            folder: new or empty.

        Raises:
            InputError: it is in use.
        """
        target = Path(folder)
        check_new_folder(target, "folder")
        shutil.copytree(self.folder, target, dirs_exist_ok=True)
        return TrainedModel(target)


def temporary_folder() -> Path:
    """Make a folder that is deleted when Python ends."""
    folder = Path(tempfile.mkdtemp(prefix="hf_seq-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
