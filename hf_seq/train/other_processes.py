# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A stream goes on with another number of processes: they share the same rows per update."""

from pathlib import Path

from hf_seq.errors import InputError
from hf_seq.files.reading import read_object
from hf_seq.loops.options import TrainingOptions
from hf_seq.loops.trainer import global_batch
from hf_seq.progress import logger
from hf_seq.tasks.recipe import Recipe
from hf_seq.train.run_folder import RUN_STATE, has_begun

UPDATE = "rows per update"
"""Key of `.run.json`: what a stream shares with the run that it goes on with, in place of the number of processes."""


def keep_update(recipe: Recipe, arguments: TrainingOptions, folder: Path) -> None:
    """Have the processes of a resumed stream share the rows per update of the run in `folder`.

    Raises:
        InputError: they cannot be shared evenly.
    """
    if not (recipe.streaming and recipe.resume and has_begun(folder)):
        return
    rows = read_object(folder / RUN_STATE, "train in a new folder").get(UPDATE)
    if rows is None or rows == global_batch(arguments):
        return
    steps = arguments.gradient_accumulation_steps * arguments.world_size
    if rows % steps:
        raise InputError(
            f"The run in {folder} makes updates of {rows} rows, which {steps} processes and accumulated steps cannot "
            "share evenly; go on with another --num_processes."
        )
    arguments.per_device_train_batch_size = rows // steps
    logger.info(f"updates of {rows} rows, as before: {rows // steps} a process")
