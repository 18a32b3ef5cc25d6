# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How long and how fast a run learns where nobody said: five passes over 500 texts are 80 updates, too few to learn.

A model for texts has a number of updates that it makes at least (`min_updates`), unless somebody says how long to
train. The number of rows decides the passes, so they are the same for every seed; the best of `EVALUATIONS` checkpoints
is kept as always, by validation.
"""

import math

from transformers import PreTrainedModel

from hf_seq.loops.options import TrainingOptions
from hf_seq.loops.trainer import global_batch
from hf_seq.progress import logger
from hf_seq.tasks.recipe import Recipe

EVALUATIONS = 20
"""Times that a run is validated which makes more passes than that."""
ENOUGH_ROWS = 2_000
"""Rows of each label, repeats counted, from which a pretrained model is fine-tuned at its usual rate."""
FASTEST, NARROW, USUAL_WIDTH = 6.0, 384, 768
"""How many times its usual rate a narrow one is fine-tuned at most; one twice as wide a third of it."""
LENGTHS = ("num_train_epochs", "max_steps")
"""Flags that say how long to train."""


def reach_updates(recipe: Recipe, arguments: TrainingOptions, rows: int) -> list[str]:
    """Make a run long enough, before its trainer is made.

    Args:
        recipe: may ask for a number of updates.
        arguments: how long it would be; changed in place.
        rows: to train on.

    Returns:
        A note for the record, where passes were added.
    """
    usual = arguments.num_train_epochs
    batch = arguments.train_batch_size * arguments.gradient_accumulation_steps * arguments.world_size
    updates = math.ceil(rows / batch)
    if recipe.min_updates is None or arguments.max_steps > 0 or usual * updates >= recipe.min_updates:
        return []
    arguments.num_train_epochs = float(math.ceil(recipe.min_updates / updates))
    by_epoch = arguments.eval_strategy == arguments.save_strategy == arguments.logging_strategy == "epoch"
    if by_epoch and arguments.num_train_epochs > EVALUATIONS:
        for what in ("eval", "save", "logging"):
            kind = type(getattr(arguments, f"{what}_strategy"))
            setattr(arguments, f"{what}_strategy", kind("steps"))
            setattr(arguments, f"{what}_steps", 1 / EVALUATIONS)
    note = (
        f"{arguments.num_train_epochs:g} passes over {rows:,} rows: {usual:g} would be {usual * updates:,.0f} updates, "
        f"at least {recipe.min_updates:,} are made (--num_train_epochs says otherwise)"
    )
    logger.info(f"  {note}")
    return [note]


def reach_labels(
    recipe: Recipe, arguments: TrainingOptions, model: PreTrainedModel, rows: int, labels: int
) -> list[str]:
    """Fine-tune faster where a run shows each of many labels few rows, before its trainer is made.

    At 5e-5 a new head of 77 labels is hardly moved in 300 updates: of 500 texts of banking77 MiniLM-L6 learnt to get
    35 % of held-out rows right, at 2e-4 62 %, at 3e-4 71 %. Of SST-2, whose two labels it sees 4,800 times each, 83.9
    at 5e-5 and 80.5 at 2e-4. A wide model bears less (Turc et al. 2019, arXiv:1908.08962, searched up to 3e-4 for
    compact ones).

    Args:
        recipe: says whether to.
        arguments: the rate, and how long the run will be; changed in place.
        model: the pretrained one.
        rows: to train on.
        labels: how many there are.

    Returns:
        A note for the record, where the rate is another.
    """
    if not recipe.rate_by_labels:
        return []
    seen = max(arguments.num_train_epochs * rows, arguments.max_steps * global_batch(arguments)) / max(1, labels)
    most = max(1.0, FASTEST * (NARROW / getattr(model.config, "hidden_size", USUAL_WIDTH)) ** 1.5)
    factor = min(ENOUGH_ROWS / max(1.0, seen), most)
    if factor <= 1:
        return []
    arguments.learning_rate = float(f"{arguments.learning_rate * factor:.1e}")
    note = (
        f"learning rate {arguments.learning_rate:g}: each of {labels} labels is seen {seen:,.0f} times "
        "(--learning_rate says otherwise)"
    )
    logger.info(f"  {note}")
    return [note]
