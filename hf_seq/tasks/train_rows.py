# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The data that a run trains on: of the train rows as many as the recipe asks for, and what a task makes of them."""

import dataclasses
from typing import TYPE_CHECKING

from hf_seq.data.cutting import cut
from hf_seq.data.texts.loading import LANGUAGE_MODELING
from hf_seq.errors import InputError
from hf_seq.tasks.base import R, Task
from hf_seq.tasks.recipe import Recipe

if TYPE_CHECKING:
    from hf_seq.data import Splits


def load_for_training(task: Task[R], recipe: R) -> "Splits":
    """Load the splits of a recipe, with `train_rows` of the train rows.

    They are drawn when validation and test have been cut, so that all sizes are scored on the same rows (where
    `max_train_rows` limits what everything is cut from), in the proportions of the labels; a smaller draw is part of
    a larger one. What the task adds to them comes last. The fingerprint stays that of the data.

    Raises:
        InputError: the data cannot be read.
    """
    return task.data.augment(drawn(task.data.load(recipe), recipe), recipe)


def drawn(splits: "Splits", recipe: Recipe) -> "Splits":
    """Draw `train_rows` of the train rows.

    Raises:
        InputError: train is a single text, of which there are no rows to draw.
    """
    wanted, rows = recipe.train_rows, len(splits.train)
    if wanted is not None and rows == 1 and splits.problem_type == LANGUAGE_MODELING:
        raise InputError(
            f"train_rows={wanted} counts texts, and {splits.source} is one text; leave it out, or give a shorter one."
        )
    if wanted is None or wanted >= rows:
        return splits
    labels = splits.train["label"][:] if "label" in splits.train.column_names else [0] * rows
    _, chosen = cut([str(row) for row in range(rows)], labels, wanted / rows, recipe.data_split_seed)
    note = f"trained on {len(chosen):,} of {rows:,} train rows (train_rows), seed {recipe.data_split_seed}"
    return dataclasses.replace(splits, train=splits.train.select(chosen), notes=[*splits.notes, note])
