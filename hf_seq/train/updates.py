# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How long a run is where rows are few: five passes over 500 texts are 80 updates, which leave any model untrained.

A model for texts has a number of updates that it makes at least (`min_updates`), unless somebody says how long to
train. The number of rows decides the passes, so they are the same for every seed; the best of `EVALUATIONS` checkpoints
is kept as always, by validation.
"""

import math

from hf_seq.loops.options import TrainingOptions
from hf_seq.progress import logger
from hf_seq.tasks.recipe import Recipe

EVALUATIONS = 20
"""Times that a run is validated which makes more passes than that."""
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


def says_length(words: list[str]) -> bool:
    """Say whether a command line says how long to train, or how many updates to make at least."""
    names = {word.partition("=")[0].lstrip("-").replace("-", "_") for word in words if word.startswith("--")}
    return bool(names & {*LENGTHS, "min_updates", "max_minutes"})
