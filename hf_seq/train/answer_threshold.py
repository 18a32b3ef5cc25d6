# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""For classifiers of many labels: how sure a model must be to answer by itself; what is less sure is handed over.

The threshold is chosen on validation rows: of all at which answers are right as often as is wished, the one that
answers most rows. It is saved as `answer_threshold` beside the model's other settings; `predict` then marks what it
hands over, and the run's record tells the share on the test rows, which chose nothing.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.baselines.baseline import DESCRIPTION_NAME
from hf_seq.errors import InputError
from hf_seq.files.model_folders import DEPLOY
from hf_seq.files.pretrained import is_export
from hf_seq.files.reading import read_object
from hf_seq.files.writing import write_json
from hf_seq.metrics.intervals import wilson
from hf_seq.metrics.thresholds import Threshold, for_precision
from hf_seq.reports.predictions import PREDICTIONS_NAME, read_predictions
from hf_seq.reports.record import RECORD_NAME, Record
from hf_seq.runtime.runtime import FACTS

NOTE = "answers by itself"


@dataclass(frozen=True)
class AnswerCounts:
    """What a model answers by itself on some rows.

    Attributes:
        rows: all of them.
        answered: those it is sure enough of.
        right: those of them that it answers rightly.
    """

    rows: int
    answered: int
    right: int

    def __str__(self) -> str:
        share = 100 * self.answered / self.rows
        if not self.answered:
            return f"none of {self.rows:,} rows is answered, all are handed over"
        low, high = wilson(self.right, self.answered)
        right = (
            f"{100 * self.right / self.answered:.1f} % of them right (95 % interval {100 * low:.1f}–{100 * high:.1f})"
        )
        answered = f"{self.answered:,} of {self.rows:,} rows answered ({share:.1f} %)"
        return f"{answered}, {right}; {100 - share:.1f} % handed over"


def count_answered(scores: np.ndarray, gold: np.ndarray, threshold: float) -> AnswerCounts:
    """Count what is answered where a model must be surer than a threshold: scores (N, L), gold (N,)."""
    sure = scores.max(axis=1) > threshold
    return AnswerCounts(len(gold), int(sure.sum()), int((sure & (scores.argmax(axis=1) == gold)).sum()))


def choose_answers(scores: np.ndarray, gold: np.ndarray, precision: float) -> Threshold:
    """Choose how sure a model must be, on rows with scores (N, L) and gold labels (N,).

    Raises:
        InputError: it is right that often at no threshold.
    """
    right = scores.argmax(axis=1) == gold
    if not right.any():
        raise InputError(f"None of {len(gold)} rows is answered rightly, so no threshold can be chosen on them.")
    return for_precision(scores.max(axis=1), right, precision, recall="share of its right answers")


def save_decision(folder: Path, name: str, value: Any) -> None:
    """Write what was chosen for a model into its configuration, or into the description of a baseline.

    Where `hf-seq fit` chose a graph of the model, which lies in its folder, that answers by it, too.
    """
    path = folder / (DESCRIPTION_NAME if (folder / DESCRIPTION_NAME).is_file() else "config.json")
    write_json(path, read_object(path) | {name: value})
    graph = folder / DEPLOY
    if is_export(graph):
        write_json(graph / FACTS, read_object(graph / FACTS) | {name.removeprefix("decision_"): value})
        write_json(graph / "config.json", read_object(graph / "config.json") | {name: value})


def record_answers(folder: Path, threshold: float) -> str | None:
    """Tell the run's record what is answered on its test rows; None where there is no finished run."""
    if not (folder / RECORD_NAME).is_file() or not (folder / PREDICTIONS_NAME).is_file():
        return None
    record = Record.read(folder)
    gold, scores = read_predictions(folder)
    found = count_answered(scores, gold, threshold)
    record.metrics |= {"answered_share": found.answered / found.rows}
    record.metrics |= {"answered_precision": found.right / found.answered if found.answered else 0.0}
    note = f"{NOTE} where it is surer than {threshold:.4g}: {found}"
    record.notes = [*(each for each in record.notes if not each.startswith(NOTE)), note]
    record.write(folder)
    return f"On the {record.scored_rows}, which chose nothing: {found}"
