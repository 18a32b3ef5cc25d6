# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What models predicted for the same rows, read back for comparisons: one kind of outcome for each kind of prediction.

N rows · L labels
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.metrics.chosen import linearise_chosen
from hf_seq.metrics.classification import decide
from hf_seq.metrics.differences import Paired, difference_of
from hf_seq.metrics.forecasting import Blocks as ErrorBlocks
from hf_seq.metrics.forecasting import linearise_blocks as linearise_errors
from hf_seq.metrics.language_modeling import Blocks, linearise_blocks
from hf_seq.metrics.linearised import Linearised
from hf_seq.metrics.tagging import linearise_tags, scored_scheme
from hf_seq.metrics.translation import linearise_texts
from hf_seq.reports.costs import read_costs
from hf_seq.reports.forecasts import read_blocks
from hf_seq.reports.predictions import read_predictions, read_tag_scores, read_tags, read_texts
from hf_seq.reports.record import Record


class Outcomes(ABC):
    """How the predictions of a task are read and compared."""

    @abstractmethod
    def read(self, folder: str | Path, record: Record) -> tuple[Any, Any, Any]:
        """Read gold answers, scores (empty where a task keeps none) and predictions of a finished run, row for row.

        Raises:
            InputError: the predictions are missing or broken.
        """

    @abstractmethod
    def linearise(self, metric: str, answers: Any, gold: Any) -> Linearised:
        """Find the score of a model, and what every row adds to it."""

    def paired(self, metric: str, mine: Any, theirs: Any, gold: Any) -> Paired:
        """Compare two trained models on the same rows: the score of one less that of the other."""
        return difference_of([self.linearise(metric, mine, gold)], [self.linearise(metric, theirs, gold)])

    def same(self, gold: Any, other: Any) -> bool:
        """Check whether two runs were scored on the same gold."""
        return gold == other

    def agreement(self, mine: Any, theirs: Any) -> float | None:
        """Return the share (0-1) of equal predictions of two models; None where they are never quite the same."""
        return None

    def confidence(self, gold: Any, scores: Any, answers: Any) -> tuple[np.ndarray, np.ndarray] | None:
        """Return how sure a model was of each prediction, and whether it was right; None where it does not say."""
        return None


class Decided(np.ndarray):
    """Decided labels or values, an array, that remember the scores (N, L) they were decided by: rankings need them."""

    scores: np.ndarray

    @classmethod
    def of(cls, scores: np.ndarray, problem_type: str, thresholds: Sequence[float] | None) -> "Decided":
        """Decide by scores (N, L)."""
        decided = decide(scores, problem_type, thresholds=thresholds).view(cls)
        decided.scores = scores
        return decided


class Labels(Outcomes):
    """Labels, several labels or values: (N,) or (N, L) arrays.

    Args:
        label_names: in the order of their ids, for metrics of one label.
    """

    def __init__(self, label_names: Sequence[str] = ()) -> None:
        self.label_names = label_names

    def read(self, folder: str | Path, record: Record) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Read gold (N,) or (N, L) and scores (N, L), and decide by the scores."""
        gold, scores = read_predictions(folder)
        return gold, scores, Decided.of(scores, record.problem_type, record.thresholds)

    def linearise(self, metric: str, answers: np.ndarray, gold: np.ndarray) -> Linearised:
        """Find what every row adds."""
        scores = answers.scores if isinstance(answers, Decided) else answers
        return linearise_chosen(metric, scores, np.asarray(answers), gold, self.label_names)

    def same(self, gold: np.ndarray, other: np.ndarray) -> bool:
        """Check whether two runs were scored on the same gold."""
        return np.array_equal(gold, other)

    def agreement(self, mine: np.ndarray, theirs: np.ndarray) -> float | None:
        """Return the share of rows with the same label, or the same labels; None for values."""
        if not np.issubdtype(mine.dtype, np.integer):
            return None
        same = mine == theirs
        return float((same.all(axis=1) if same.ndim == 2 else same).mean())

    def confidence(
        self, gold: np.ndarray, scores: np.ndarray, answers: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Return the probability of the prediction; of several labels, that of each yes or no. None for values."""
        if not np.issubdtype(answers.dtype, np.integer):
            return None
        if answers.ndim == 2:
            return np.where(answers == 1, scores, 1 - scores).ravel(), (answers == gold).ravel()
        return scores[np.arange(len(scores)), answers], answers == gold


class Tags(Outcomes):
    """Names of tags: N lists.

    Args:
        label_names: of all tags, from which differences read the same scheme as scores do.
    """

    def __init__(self, label_names: Sequence[str]) -> None:
        self.scheme = scored_scheme(label_names)

    def read(self, folder: str | Path, record: Record) -> tuple[list[list[str | None]], list[Any], list[list[str]]]:
        """Read gold tags (None where a word is not to be tagged), probabilities of the tags, and the predicted tags."""
        gold, answers = read_tags(folder)
        return gold, read_tag_scores(folder), answers

    def linearise(self, metric: str, answers: list[list[str]], gold: list[list[str | None]]) -> Linearised:
        """Find what every sentence adds."""
        return linearise_tags(metric, answers, gold, self.scheme)

    def agreement(self, mine: list[list[str]], theirs: list[list[str]]) -> float | None:
        """Return the share of words with the same tag."""
        pairs = [pair for one, other in zip(mine, theirs, strict=True) for pair in zip(one, other, strict=True)]
        return float(np.mean([a == b for a, b in pairs]))

    def confidence(
        self, gold: list[list[str | None]], scores: list[Any], answers: list[list[str]]
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Return the probability of each tag that is scored; None for runs that kept none."""
        if any(each is None for each in scores):
            return None
        sentences = zip(gold, scores, answers, strict=True)
        words = [word for sentence in sentences for word in zip(*sentence, strict=True) if word[0] is not None]
        return np.array([score for _, score, _ in words]), np.array([true == predicted for true, _, predicted in words])


class Texts(Outcomes):
    """Written texts."""

    def read(self, folder: str | Path, record: Record) -> tuple[list[str], np.ndarray, list[str]]:
        """Read the reference texts, no scores, and the texts that the model wrote."""
        gold, written = read_texts(folder)
        return gold, np.empty((0, 0)), written

    def linearise(self, metric: str, answers: list[str], gold: list[str]) -> Linearised:
        """Find what every text adds."""
        return linearise_texts(metric, answers, gold)

    def agreement(self, mine: list[str], theirs: list[str]) -> float | None:
        """Return the share of texts that are equal."""
        return float(np.mean([a.strip() == b.strip() for a, b in zip(mine, theirs, strict=True)]))


class TokenCosts(Outcomes):
    """What blocks of a text cost language models."""

    def read(self, folder: str | Path, record: Record) -> tuple[np.ndarray, np.ndarray, Blocks]:
        """Read the characters of each block, no scores, and the losses of the blocks."""
        blocks = read_costs(folder)
        return blocks.characters, np.empty((0, 0)), blocks

    def linearise(self, metric: str, answers: Blocks, gold: np.ndarray) -> Linearised:
        """Find what every block adds; a masked language model is scored by its tokens."""
        return linearise_blocks(answers, "nats_per_token" if metric == "nats_per_masked_token" else metric)

    def same(self, gold: np.ndarray, other: np.ndarray) -> bool:
        """Check whether there are as many blocks: with other tokens the edges of a block differ by some characters."""
        return len(gold) == len(other)


class ForecastErrors(Outcomes):
    """What blocks of windows add to the errors of models that forecast."""

    def read(self, folder: str | Path, record: Record) -> tuple[np.ndarray, np.ndarray, ErrorBlocks]:
        """Read how many values each block has, no scores, and the errors of the blocks."""
        blocks = read_blocks(folder)
        return blocks.weights["mse"], np.empty((0, 0)), blocks

    def linearise(self, metric: str, answers: ErrorBlocks, gold: np.ndarray) -> Linearised:
        """Find what every block adds."""
        return linearise_errors(answers, metric)

    def same(self, gold: np.ndarray, other: np.ndarray) -> bool:
        """Check whether two runs were scored on the same number of values in each block."""
        return np.array_equal(gold, other)


KINDS: dict[str, Callable[[Record], Outcomes]] = {
    "single_label_classification": lambda record: Labels(record.label_names),
    "multi_label_classification": lambda record: Labels(record.label_names),
    "regression": lambda record: Labels(record.label_names),
    "token_classification": lambda record: Tags(record.label_names),
    "sequence_to_sequence": lambda _: Texts(),
    "language_modeling": lambda _: TokenCosts(),
    "forecasting": lambda _: ForecastErrors(),
}
"""By what is predicted, `Record.problem_type`: tasks that predict the same share a kind, outside ones too."""


def outcomes_of(record: Record) -> Outcomes:
    """Choose the kind of outcome of a record's predictions."""
    return KINDS[record.problem_type](record)
