# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What models said about the same rows, read back for comparisons: one kind of outcome for each task.

N rows · L labels
"""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.metrics.classification import decide
from hf_seq.metrics.intervals import Paired, paired_difference
from hf_seq.metrics.language_modeling import Blocks, language_paired_difference
from hf_seq.metrics.tagging import tagging_paired_difference
from hf_seq.metrics.translation import translation_paired_difference
from hf_seq.reports.costs import read_costs
from hf_seq.reports.predictions import read_predictions, read_tags, read_texts
from hf_seq.reports.record import Record


class Outcomes(ABC):
    """How the predictions of a task are read and compared."""

    @abstractmethod
    def read(self, folder: str | Path, record: Record) -> tuple[Any, Any, Any]:
        """Gold, scores (empty where a task keeps none) and answers of a finished run, row for row.

        Raises:
            InputError: the predictions are missing or broken.
        """

    @abstractmethod
    def paired(self, metric: str, mine: Any, theirs: Any, gold: Any) -> Paired:
        """Score of one model less that of another on the same rows."""

    def same(self, gold: Any, other: Any) -> bool:
        """Whether two runs were scored on the same gold."""
        return gold == other


class Labels(Outcomes):
    """Labels, several labels or values: (N,) or (N, L) arrays."""

    def read(self, folder: str | Path, record: Record) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Gold (N,) or (N, L), scores (N, L), and what they decide."""
        gold, scores = read_predictions(folder)
        return gold, scores, decide(scores, record.problem_type)

    def paired(self, metric: str, mine: np.ndarray, theirs: np.ndarray, gold: np.ndarray) -> Paired:
        """McNemar's test for accuracy, a paired bootstrap for other metrics."""
        return paired_difference(metric, mine, theirs, gold)

    def same(self, gold: np.ndarray, other: np.ndarray) -> bool:
        """Whether two runs were scored on the same gold."""
        return np.array_equal(gold, other)


class Tags(Outcomes):
    """Names of tags: N lists."""

    def read(self, folder: str | Path, record: Record) -> tuple[list[list[str | None]], np.ndarray, list[list[str]]]:
        """Gold tags, None where a word is not to be tagged, and predicted ones; no scores."""
        gold, answers = read_tags(folder)
        return gold, np.empty((0, 0)), answers

    def paired(
        self, metric: str, mine: list[list[str]], theirs: list[list[str]], gold: list[list[str | None]]
    ) -> Paired:
        """A paired bootstrap over sentences."""
        return tagging_paired_difference(metric, mine, theirs, gold)


class Texts(Outcomes):
    """Written texts."""

    def read(self, folder: str | Path, record: Record) -> tuple[list[str], np.ndarray, list[str]]:
        """Texts as they should be, no scores, and as they were written."""
        gold, written = read_texts(folder)
        return gold, np.empty((0, 0)), written

    def paired(self, metric: str, mine: list[str], theirs: list[str], gold: list[str]) -> Paired:
        """A paired bootstrap over texts."""
        return translation_paired_difference(metric, mine, theirs, gold)


class TokenCosts(Outcomes):
    """What blocks of a text cost language models."""

    def read(self, folder: str | Path, record: Record) -> tuple[np.ndarray, np.ndarray, Blocks]:
        """Characters of each block, no scores, and the costs."""
        blocks = read_costs(folder)
        return blocks.characters, np.empty((0, 0)), blocks

    def paired(self, metric: str, mine: Blocks, theirs: Blocks, gold: np.ndarray) -> Paired:
        """A paired bootstrap over blocks."""
        return Paired(*language_paired_difference(mine, theirs), "paired bootstrap")

    def same(self, gold: np.ndarray, other: np.ndarray) -> bool:
        """Whether there are as many blocks: with other tokens their edges lie some characters apart."""
        return len(gold) == len(other)


KINDS: dict[str, Outcomes] = {
    "text-classification": Labels(),
    "sequence-feature-classification": Labels(),
    "token-classification": Tags(),
    "sequence-feature-tagging": Tags(),
    "translation": Texts(),
    "text-generation": TokenCosts(),
    "fill-mask": TokenCosts(),
}
"""By the Hub's name of a task, `Record.task`."""


def outcomes_of(record: Record) -> Outcomes:
    """The kind of outcome that a record's predictions are."""
    return KINDS[record.task]
