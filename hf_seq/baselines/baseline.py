# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What baselines share: labels checked at the door, a folder of json and safetensors, never a pickle.

N texts · L labels, or outputs for regression

A folder holds `baseline.json` (kind, problem, label names, facts) and, where there are arrays, `model.safetensors`.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from safetensors.numpy import load_file, save_file

from hf_seq.errors import InputError
from hf_seq.files.reading import read_object
from hf_seq.metrics.scores import PROBLEM_TYPES

Array = NDArray[Any]
AnyBaseline = TypeVar("AnyBaseline", bound="SavedBaseline")
AnyClassifier = TypeVar("AnyClassifier", bound="Baseline")

DESCRIPTION_NAME = "baseline.json"
WEIGHTS_NAME = "model.safetensors"
FORMAT = 1
MODULES = {
    "arima": "statistical",
    "clip-minirocket": "audio",
    "clip-statistics": "audio",
    "copy": "pairs",
    "drift": "forecasting",
    "dtw": "series",
    "ets": "statistical",
    "event-bigrams": "events",
    "event-counts": "events",
    "fasttext": "fast_text",
    "linear": "forecasting",
    "majority": "majority",
    "mean": "forecasting",
    "minirocket": "series",
    "model2vec": "static_embeddings",
    "most-frequent": "most_frequent_tag",
    "most-frequent-event": "events",
    "naive": "forecasting",
    "nearest": "pairs",
    "seasonal-naive": "forecasting",
    "statistics": "series",
    "tfidf": "tfidf",
    "theta": "statistical",
}
"""Where a kind stands; one that is not listed, of somebody else, has been imported before it is loaded."""


class SavedBaseline(ABC):
    """Numbers learnt without gradients, and the folder they are kept in.

    Args:
        label_names: L names in the order of the label ids.
    """

    kind: ClassVar[str]
    problem_type: str
    _kinds: ClassVar[dict[str, type["SavedBaseline"]]] = {}

    def __init__(self, label_names: Sequence[str] | None = None) -> None:
        self.label_names = list(label_names or [])
        self.num_labels = len(self.label_names)
        self.arrays: dict[str, Array] = {}
        self.decision_thresholds: list[float] | None = None
        self.answer_threshold: float | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if hasattr(cls, "kind"):
            SavedBaseline._kinds[cls.kind] = cls

    @property
    def num_parameters(self) -> int:
        """How many numbers were learnt."""
        return sum(array.size for name, array in self.arrays.items() if name != "labels")

    def save(self, folder: str | Path) -> Path:
        """Write the baseline into a folder, which is made when needed."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        description = {
            "format": FORMAT,
            "kind": self.kind,
            "problem_type": self.problem_type,
            "label_names": self.label_names,
            "num_labels": self.num_labels,
            **({"decision_thresholds": self.decision_thresholds} if self.decision_thresholds else {}),
            **({"answer_threshold": self.answer_threshold} if self.answer_threshold is not None else {}),
            **self._facts(),
        }
        text = json.dumps(description, ensure_ascii=False, separators=(",", ":"))
        save_file({name: np.ascontiguousarray(array) for name, array in self.arrays.items()}, folder / WEIGHTS_NAME)
        (folder / DESCRIPTION_NAME).write_text(text + "\n", encoding="utf-8")
        return folder

    @classmethod
    def load(cls: type[AnyBaseline], folder: str | Path) -> AnyBaseline:
        """Read what `save` wrote.

        Raises:
            InputError: files are missing or broken, or hold another kind of baseline.
        """
        baseline = load_baseline(folder)
        if not isinstance(baseline, cls):
            raise InputError(f"{folder} holds a {baseline.kind} baseline, not {cls.kind}; use load_baseline(folder).")
        return baseline

    @classmethod
    def _new(cls: type[AnyBaseline], facts: dict[str, Any]) -> AnyBaseline:
        """Make an empty baseline from what `save` described."""
        return cls(facts["label_names"])

    def _facts(self) -> dict[str, Any]:
        """List what besides the arrays `_restore` needs, ready for json."""
        return {}

    def _restore(self, facts: dict[str, Any]) -> None:  # noqa: B027 - most kinds have no facts
        """Take back what `_facts` gave; `arrays` are there already."""


class Baseline(SavedBaseline):
    """A text classifier (or regressor) that is no neural network.

    Args:
        problem_type: "single_label_classification", "multi_label_classification" or "regression".
        label_names: L names in the order of the label ids; found from the labels when not given.

    Raises:
        InputError: an unknown `problem_type`.
    """

    def __init__(
        self, problem_type: str = "single_label_classification", label_names: Sequence[str] | None = None
    ) -> None:
        if problem_type not in PROBLEM_TYPES:
            raise InputError(f"problem_type={problem_type!r} is unknown; choose one of {', '.join(PROBLEM_TYPES)}.")
        super().__init__(label_names)
        self.problem_type = problem_type

    @classmethod
    def _new(cls: type[AnyClassifier], facts: dict[str, Any]) -> AnyClassifier:
        return cls(facts["problem_type"], facts["label_names"])

    def fit(self: AnyClassifier, texts: Sequence[str], labels: ArrayLike) -> AnyClassifier:
        """Learn from N texts and their labels.

        Args:
            texts: N texts.
            labels: (N,) ids; (N, L) zeros and ones for multi-label; (N,) or (N, L) values for regression.

        Raises:
            InputError: no rows, unequal lengths, or labels that do not fit the problem.
        """
        checked = self._check_labels(len(texts), np.asarray(labels))
        self._fit(texts, checked)
        return self

    def predict_scores(self, texts: Sequence[str]) -> Array:
        """Score every label for every text.

        Returns:
            (N, L) probabilities, or values for regression.

        Raises:
            InputError: the baseline was not fitted.
        """
        if not self.arrays:
            raise InputError(f"this {self.kind} baseline has learnt nothing yet; call fit or load first.")
        return self._predict_scores(texts) if len(texts) else np.zeros((0, self.num_labels))

    @abstractmethod
    def _fit(self, texts: Sequence[str], labels: Array) -> None:
        """Set `arrays` from texts and checked labels: (N,) int64, or (N, L) float64."""

    @abstractmethod
    def _predict_scores(self, texts: Sequence[str]) -> Array:
        """Give (N, L) scores; N is above 0."""

    def _check_labels(self, rows: int, labels: Array) -> Array:
        if rows == 0 or len(labels) != rows:
            raise InputError(
                f"fit got {rows} texts and {len(labels)} labels; it needs one label per text, at least one."
            )
        wanted = {"single_label_classification": (1,), "multi_label_classification": (2,), "regression": (1, 2)}
        if labels.ndim not in wanted[self.problem_type] or not np.issubdtype(labels.dtype, np.number):
            raise InputError(f"labels of shape {labels.shape} and type {labels.dtype} do not fit {self.problem_type}.")
        if self.problem_type == "single_label_classification":
            return self._check_ids(labels)
        labels = labels.reshape(rows, -1).astype(np.float64)
        if not np.isfinite(labels).all():
            row = int(np.flatnonzero(~np.isfinite(labels).all(axis=1))[0])
            raise InputError(f"the label of row {row} is {labels[row].tolist()}; labels must be finite numbers.")
        if self.label_names and self.problem_type != "regression" and labels.shape[1] != self.num_labels:
            raise InputError(f"labels have {labels.shape[1]} columns, but there are {self.num_labels} label names.")
        self.num_labels = labels.shape[1]
        return labels

    def _check_ids(self, labels: Array) -> Array:
        highest = int(labels.max())
        if (
            labels.min() < 0
            or (self.label_names and highest >= self.num_labels)
            or (labels != labels.astype(int)).any()
        ):
            raise InputError(
                f"labels run from {labels.min()} to {labels.max()}; they must be ids from 0 to "
                f"{self.num_labels - 1 if self.label_names else 'the number of labels less 1'}."
            )
        self.num_labels = self.num_labels or highest + 1
        return labels.astype(np.int64)


def is_baseline(folder: str | Path) -> bool:
    """Say whether a folder holds a saved baseline."""
    return (Path(folder) / DESCRIPTION_NAME).is_file()


def load_baseline(folder: str | Path) -> SavedBaseline:
    """Read a saved baseline of any kind.

    Raises:
        InputError: files are missing or broken.
    """
    folder = Path(folder)
    if not is_baseline(folder):
        raise InputError(f"{folder} holds no {DESCRIPTION_NAME}, so no baseline; give a folder that `save` wrote.")
    try:
        facts = read_object(folder / DESCRIPTION_NAME)
        if not all(isinstance(name, str) for name in facts["label_names"] or ()):
            raise TypeError(f"label_names are not all strings: {str(facts['label_names'])[:60]}")
        if facts["kind"] in MODULES:
            import_module(f"hf_seq.baselines.{MODULES[facts['kind']]}")
        baseline = SavedBaseline._kinds[facts["kind"]]._new(facts)
        baseline.num_labels = facts["num_labels"]
        baseline.decision_thresholds = facts.get("decision_thresholds")
        baseline.answer_threshold = facts.get("answer_threshold")
        baseline.arrays = load_file(folder / WEIGHTS_NAME)
        baseline._restore(facts)
    except InputError:
        raise
    except Exception as error:  # whatever facts of another shape make a baseline raise
        raise InputError(f"the baseline in {folder} is broken ({error!r}); fit and save it again.") from error
    return baseline
