# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Fit a baseline and leave the same folder behind as a trained model does."""

import time
from typing import Any

from hf_seq.errors import InputError
from hf_seq.loops.options import TrainingOptions
from hf_seq.progress import logger
from hf_seq.reports.environment import current_command
from hf_seq.reports.record import Record
from hf_seq.tasks.base import R
from hf_seq.tasks.registry import task_of
from hf_seq.tasks.train_rows import load_for_training
from hf_seq.train import run_folder
from hf_seq.train.calibrate import calibrate_baseline
from hf_seq.train.disk import disk_errors_explained
from hf_seq.train.opening import check_data
from hf_seq.train.recipe_files import write_recipe
from hf_seq.train.results import Run, describe, write_results


def fit_baseline(recipe: R, arguments: TrainingOptions, values: dict[str, Any], part: str = "test") -> Record:
    """Fit a baseline on the rows a model would train on, save it, and score it on a split.

    Raises:
        InputError: the data make training impossible.
    """
    task = task_of(recipe)
    task.encoding.check_recipe(recipe, task.models)
    splits = load_for_training(task, recipe)
    task.scoring.main_metric(recipe, splits)  # does it fit?
    if task.parts.fit_baseline is None:
        raise InputError(f"{recipe.model} is not a baseline of {task.name}.")
    data_notes = check_data(task, recipe, splits)
    start = time.perf_counter()
    baseline, notes = task.parts.fit_baseline(recipe, splits)
    calibration = calibrate_baseline(baseline, task, splits, notes) if recipe.calibrate else {}
    seconds = time.perf_counter() - start

    folder = arguments.folder
    with disk_errors_explained(folder):
        run_folder.begin(
            folder,
            "new",
            {"the data": splits.fingerprint},
            values,
            lambda: write_recipe(folder / run_folder.RECIPE_NAME, values, current_command()),
        )
        baseline.save(folder)
        run = Run(recipe.model, None, values, arguments.seed, seconds, notes=[*data_notes, *notes])
        run.calibration = calibration
        record = write_results(folder, task, recipe, splits, run, part)
    logger.info(describe(record))
    return record
