# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From texts to labels without `pipeline`, for every classifier of transformers and every baseline of ours.

`pipeline` costs more than a small model does. The answers are those of `pipeline(..., truncation=True)`.

N texts · L labels
"""

import math
import operator
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from hf_seq.baselines.baseline import Baseline, SavedBaseline
from hf_seq.baselines.events import EventBaseline
from hf_seq.baselines.series import SeriesBaseline
from hf_seq.errors import InputError
from hf_seq.files.reading import without_surrogates
from hf_seq.predictors.base import Answer, BasePredictor
from hf_seq.predictors.batches import BATCHES_IN_WINDOW
from hf_seq.predictors.text_engine import TextEngine
from hf_seq.text.two_texts import as_pair, joined

Array = NDArray[Any]

THRESHOLDS = "decision_thresholds"
"""The field of a configuration, or of a baseline's description, that `hf-seq find-threshold` writes."""


ANSWER_THRESHOLD = "answer_threshold"
"""The field that it writes for many labels: an answer that is less sure is handed over."""


class ScoringEngine(Protocol):
    """Inputs to logits, one or many at a time; see `TextEngine`."""

    model: Any
    processor: Any
    batch_size: int

    @property
    def cut_message(self) -> str:
        """How an input that is too long is cut, for people."""
        ...

    def one(self, given: Any, /) -> tuple[list[float], bool]:
        """Compute logits of one input, and whether it was truncated."""
        ...

    def many(self, given: Sequence[Any], /) -> tuple[Array, list[bool]]:
        """Compute logits (N, L) of inputs, and which of them were truncated."""
        ...


class Predictor(BasePredictor):
    """Text to label.

    A text is a string; for a model of two texts it is `(first, second)`, or `{"text": ..., "text_pair": ...}`.

    Calling it with a text gives `{"label": ..., "score": ...}`; several labels per text give
    `{"labels": [...], "scores": [...]}` with those over 0.5, regression gives `{"score": value}`. Where a text was
    longer than the model can read, the answer also has `"truncated": True`, and a warning is given once. A model for
    which thresholds were chosen (`hf-seq find-threshold`) answers by these; of many labels it says `"hand_over": True`
    beside what it is not sure enough of.

    Answers of a predictor whose `with_probabilities` is set to True also have `"probabilities"`, by label. If its
    `targets_by_name` is, several targets of a regression are answered by name, `{"quality": 3.1, "hours": 2.0}`.

    Args:
        model: a sequence classifier of ours or of transformers, or a fitted baseline.
        tokenizer: the model's own; None for a baseline.
        settings: `batch_size`, `bf16`, `device`; see `BasePredictor`.
    """

    baselines: ClassVar[tuple[type[SavedBaseline], ...]] = (Baseline,)
    not_baselines: ClassVar[tuple[type[SavedBaseline], ...]] = (SeriesBaseline, EventBaseline)
    _engine: ScoringEngine | None

    def __init__(self, model: Any, tokenizer: Any = None, **settings: Any) -> None:
        super().__init__(model, tokenizer, **settings)
        if isinstance(model, SavedBaseline):
            self.problem_type: str = model.problem_type
            names = list(model.label_names) or [f"LABEL_{index}" for index in range(model.num_labels)]
            thresholds, surest = model.decision_thresholds, model.answer_threshold
        else:  # where the configuration is silent, by the rules of `pipeline`
            self.problem_type = model.config.problem_type or "single_label_classification"
            names = [model.config.id2label[index] for index in range(model.config.num_labels)]
            thresholds = getattr(model.config, THRESHOLDS, None)
            surest = getattr(model.config, ANSWER_THRESHOLD, None)
        self.label_names: list[str] = names
        self.with_probabilities = False
        self.targets_by_name = False
        self.thresholds = checked_thresholds(thresholds, len(names))
        if surest is not None and (isinstance(surest, bool) or not isinstance(surest, int | float)):
            raise InputError(f"{ANSWER_THRESHOLD} of the model is {surest!r:.60}, no number; correct its config.json.")
        self.answer_threshold: float | None = surest
        # Whether the model was trained here on two texts at a time, `(first, second)`.
        self.needs_pairs = bool(getattr(self._engine, "needs_pairs", False))

    def _check(self, given: Any, row: int | None = None) -> Any:
        """Give a text, or two as a tuple.

        Raises:
            InputError: it is none, or the model reads two texts where one is given, or the other way round.
        """
        if type(given) is str and not self.needs_pairs:  # nearly every text; what follows is not free at 0.3 ms a text
            return without_surrogates(given)
        pair = as_pair(given)
        which = "the text" if row is None else f"text {row}"
        if pair is None and self.needs_pairs and isinstance(given, str):
            raise InputError(f"{which} is one text, {given!r:.40}, and this model reads two: give (first, second).")
        if pair is not None and self._engine is not None and not getattr(self._engine, "takes_pairs", False):
            raise InputError(f"{which} is two texts, {pair!r:.60}, and this model reads one at a time.")
        return super()._check(given, row) if pair is None else pair

    def _make_engine(self, model: Any, processor: Any, **settings: Any) -> Any:
        return TextEngine(model, processor, **settings)

    def __call__(self, given: Any) -> Answer:
        """Answer for one text.

        Raises:
            InputError: it is no string.
        """
        given = self._check(given)
        if self._engine is None:
            return self._answer(self._baseline.predict_scores([joined(given)])[0].tolist(), truncated=False)
        logits, truncated = self._engine.one(given)
        return self._answer(_activate(logits, self.problem_type), truncated)

    def scores(self, texts: Iterable[Any]) -> Array:
        """Compute probabilities of every label, or values for regression: (N, L)."""
        size = self.batch_size * BATCHES_IN_WINDOW
        parts = [self._score_all(window)[0] for window in self._windows(texts, size, size)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.label_names)))

    def _answer_all(self, inputs: list[Any]) -> Iterator[Answer]:
        scores, truncated = self._score_all(inputs)
        for row, cut in zip(scores.tolist(), truncated, strict=True):
            yield self._answer(row, cut)

    def _score_all(self, inputs: list[Any]) -> tuple[Array, list[bool]]:
        if self._engine is None:
            return self._baseline.predict_scores([joined(each) for each in inputs]), [False] * len(inputs)
        logits, truncated = self._engine.many(inputs)
        return _activate_rows(logits, self.problem_type), truncated

    def _answer(self, scores: list[float], truncated: bool) -> Answer:
        if self.problem_type == "single_label_classification":
            lead = scores if self.thresholds is None else list(map(operator.sub, scores, self.thresholds))
            best = lead.index(max(lead))
            answer: Answer = {"label": self.label_names[best], "score": scores[best]}
            if self.answer_threshold is not None and scores[best] <= self.answer_threshold:
                answer["hand_over"] = True
        elif self.problem_type == "multi_label_classification":
            least = self.thresholds or [0.5] * len(scores)
            over = [index for index, score in enumerate(scores) if score > least[index]]
            answer = {
                "labels": [self.label_names[index] for index in over],
                "scores": [scores[index] for index in over],
            }
        elif self.targets_by_name and len(scores) > 1:
            answer = dict(zip(self.label_names, scores, strict=True))
        else:
            answer = {"score": scores[0] if len(scores) == 1 else scores}
        if self.with_probabilities and self.problem_type != "regression":
            answer["probabilities"] = dict(zip(self.label_names, scores, strict=True))
        if truncated:
            assert self._engine is not None  # a baseline reads all
            self._note_truncation(self._engine.cut_message)
            answer["truncated"] = True
        return answer


def checked_thresholds(given: Sequence[float] | None, labels: int) -> list[float] | None:
    """Check thresholds and return them as a list, one number for each label.

    Raises:
        InputError: they are not.
    """
    if given is None:
        return None
    found: list[Any] = list(given) if isinstance(given, list | tuple) else [given]
    if len(found) != labels or not all(isinstance(each, float | int) and 0 <= each <= 1 for each in found):
        raise InputError(f"{THRESHOLDS}={given} must be {labels} numbers from 0 to 1, one for each label.")
    return [float(each) for each in found]


def _activate(logits: list[float], problem_type: str) -> list[float]:
    """Turn the logits of one text into probabilities, in plain Python: at a few labels, faster than arrays."""
    if problem_type == "regression":
        return logits
    if problem_type == "multi_label_classification" or len(logits) == 1:
        return [_sigmoid(logit) for logit in logits]
    highest = max(logits)
    powers = [math.exp(logit - highest) for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def _sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-logit)) if logit >= 0 else 1 - 1 / (1 + math.exp(logit))


def _activate_rows(logits: Array, problem_type: str) -> Array:
    """Turn logits (N, L) into probabilities."""
    if problem_type == "regression":
        return logits
    exact = torch.from_numpy(logits).double()
    if problem_type == "multi_label_classification" or logits.shape[1] == 1:
        return exact.sigmoid().numpy()
    return exact.softmax(1).numpy()
