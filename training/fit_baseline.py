# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Fit a baseline (majority, tfidf) and leave the same folder behind as a trained model does."""

import time
from pathlib import Path
from typing import Any

from hf_seq.data import check_splits
from hf_seq.reports.environment import current_command
from hf_seq.reports.record import Record
from hf_seq.training import run_folder
from hf_seq.training.options import TrainingOptions
from hf_seq.training.parsing import write_recipe
from hf_seq.training.preparation import Say, load_data
from hf_seq.training.recipe import Recipe
from hf_seq.training.results import describe, write_results


def fit_baseline(recipe: Recipe, arguments: TrainingOptions, values: dict[str, Any], say: Say) -> Record:
    """Fit, save and score a baseline on the rows a model would train on.

    Raises:
        InputError: the data make training impossible.
    """
    from hf_seq.baselines import MajorityBaseline, TfidfBaseline

    splits = load_data(recipe)
    check_splits(splits).raise_for_errors()
    kind = {"majority": MajorityBaseline, "tfidf": TfidfBaseline}[recipe.model]
    baseline = kind(splits.problem_type, splits.label_names)
    start = time.perf_counter()
    baseline.fit(splits.train["text"][:], splits.train["label"][:])
    seconds = time.perf_counter() - start

    folder = Path(arguments.output_dir)
    with run_folder.disk_errors_explained(folder):
        run_folder.begin(
            folder,
            "new",
            {"the data": splits.fingerprint},
            lambda: write_recipe(folder / run_folder.RECIPE_NAME, values, current_command()),
        )
        baseline.save(folder)
        record = write_results(
            folder,
            splits,
            model=recipe.model,
            label=None,
            recipe=values,
            seed=arguments.seed,
            train_seconds=seconds,
            curve=[],
            notes=list(splits.notes),
        )
    say(describe(record))
    return record
