# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What typos and case cost a model: the same test rows, as they are and disturbed, by the same model."""

import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasets import Dataset

from hf_seq.data.disturbances import DISTURBANCES, SHARE, disturb
from hf_seq.reports.outcomes import outcomes_of
from hf_seq.reports.record import Record, quoted_score
from hf_seq.tasks.base import R, Task

if TYPE_CHECKING:
    from hf_seq.data import Splits

SEED = 0


def measure_robustness(
    task: Task[R], recipe: R, predictor: Any, splits: "Splits", record: Record, rows: int
) -> dict[str, Any]:
    """Score a model on test rows as they are, and on the same rows disturbed.

    Args:
        task: of the model; one that reads text.
        recipe: that reads its data.
        predictor: the loaded model.
        splits: its data.
        record: of the model, for the metric.
        rows: test rows to take, drawn by a fixed seed; all if there are fewer.

    Returns:
        `rows`, and under each kind of disturbance `difference` (disturbed less undisturbed, in people's unit) and
        `interval`, its 95 % interval by the paired test of `compare`.
    """
    column = task.data.text_column
    assert column is not None
    chosen = sorted(random.Random(SEED).sample(range(len(splits.test)), min(rows, len(splits.test))))
    test = splits.test.select(chosen)
    gold, _, undisturbed = predictions_of(task, recipe, predictor, splits, record, test)
    found: dict[str, Any] = {"rows": len(chosen), "seed": SEED, "typo_share": SHARE}
    for kind in DISTURBANCES:
        disturbed = disturb(task.data.inputs(test), kind, SEED)
        _, _, answers = predictions_of(task, recipe, predictor, splits, record, with_inputs(test, column, disturbed))
        paired = outcomes_of(record).paired(record.metric, answers, undisturbed, gold)
        found[kind] = {
            "difference": quoted_score(record.metric, paired.difference),
            "interval": [quoted_score(record.metric, bound) for bound in paired.interval],
        }
    return found


def predictions_of(
    task: Task[R], recipe: R, predictor: Any, splits: "Splits", record: Record, rows: Dataset
) -> tuple[Any, Any, Any]:
    """Give gold, scores and answers of a model on some rows, as a comparison reads them from its predictions."""
    _, predictions = task.scoring.score(predictor, task.data.inputs(rows), rows, splits, recipe, record.seed)
    with tempfile.TemporaryDirectory() as folder:
        task.scoring.write_predictions(Path(folder), rows, splits, predictions)
        return outcomes_of(record).read(folder, record)


def with_inputs(rows: Dataset, column: str, inputs: list[Any]) -> Dataset:
    """Copy rows with other inputs; of pairs of texts the second is in a column of its own."""
    if inputs and isinstance(inputs[0], tuple):
        pairs = {"text": [each[0] for each in inputs], "text_pair": [each[1] for each in inputs]}
        return Dataset.from_dict({**rows.to_dict(), **pairs}, features=rows.features)
    return Dataset.from_dict({**rows.to_dict(), column: inputs}, features=rows.features)
