# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How a run begins: the data are checked, and said to whoever watches, as the model will see them."""

from typing import TYPE_CHECKING, Any

from hf_seq.data import Splits
from hf_seq.data.examples import first_rows
from hf_seq.data.findings import counted
from hf_seq.progress import logger
from hf_seq.tasks.base import R, Task

if TYPE_CHECKING:
    from datasets import Dataset

MOST_NAMES = 6


def check_data(task: Task[R], recipe: R, splits: Splits, processor: Any = None) -> list[str]:
    """Check the splits before any training: errors stop it, warnings and decisions are logged and recorded.

    Rows, labels, columns and what was guessed are logged, each guess with the flag that says otherwise, and the first
    rows as the model reads them.

    Raises:
        InputError: training on these data is impossible.
    """
    report = task.data.check(splits, processor, None if processor is None else recipe.max_length)
    report.raise_for_errors()
    rows = ", ".join(f"{len(part):,} {name}" for name, part in _parts(splits))
    logger.info(f"{splits.source}: {rows} rows, {_labels(splits)}")
    for note in splits.notes:
        logger.info(f"  note: {note}")
    for row in first_rows(splits, processor):
        logger.info(f"  {row}")
    for warning in report.warnings:
        logger.info(f"  warning: {warning.message}")
    return [*splits.notes, *(warning.message for warning in report.warnings)]


def _parts(splits: Splits) -> list[tuple[str, "Dataset"]]:
    scored = splits.test_split
    in_words = scored if scored.startswith("test") else f"test ({scored})"
    return [("train", splits.train), ("validation", splits.validation), (in_words, splits.test)]


def _labels(splits: Splits) -> str:
    """Say how many labels there are, and the first of them."""
    names = splits.label_names
    shown = ", ".join(names[:MOST_NAMES]) + (", ..." if len(names) > MOST_NAMES else "")
    return f"{counted(len(names), 'label')}: {shown}" if names else "no labels"
