# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Fit a baseline (majority, tfidf) and leave the same folder behind as a trained model does."""

import time
from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.baselines import MajorityBaseline, TfidfBaseline
from hf_seq.data import Splits, check_splits
from hf_seq.metrics.classification import compute_classification_metrics, decide, headline_metric
from hf_seq.reports.environment import current_command
from hf_seq.reports.record import Record, people_score
from hf_seq.training import run_folder
from hf_seq.training.options import TrainingOptions
from hf_seq.training.parsing import write_recipe
from hf_seq.training.preparation import Say, load_data
from hf_seq.training.recipe import Recipe
from hf_seq.training.results import describe, write_results

STRENGTHS = (1.0, 10.0)
"""Values of C that `tfidf` chooses from."""


def fit_baseline(recipe: Recipe, arguments: TrainingOptions, values: dict[str, Any], say: Say) -> Record:
    """Fit, save and score a baseline on the rows a model would train on.

    Raises:
        InputError: the data make training impossible.
    """
    splits = load_data(recipe)
    check_splits(splits).raise_for_errors()
    start = time.perf_counter()
    baseline, note = fit_tfidf(splits) if recipe.model == "tfidf" else fit_majority(splits)
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
            notes=[*splits.notes, *note],
        )
    say(describe(record))
    return record


def fit_majority(splits: Splits) -> tuple[MajorityBaseline, list[str]]:
    """Fit the label that train has most of."""
    baseline = MajorityBaseline(splits.problem_type, splits.label_names)
    return baseline.fit(splits.train["text"][:], splits.train["label"][:]), []


def fit_tfidf(splits: Splits) -> tuple[TfidfBaseline, list[str]]:
    """Fit TF-IDF with each strength, and keep what does best on validation: a rival gets its chance, too."""
    metric, gold = headline_metric(splits.problem_type), np.asarray(splits.validation["label"][:])
    texts, labels = splits.train["text"][:], splits.train["label"][:]
    tried = {}
    for strength in STRENGTHS:
        baseline = TfidfBaseline(splits.problem_type, splits.label_names, C=strength).fit(texts, labels)
        predicted = decide(baseline.predict_scores(splits.validation["text"][:]), splits.problem_type)
        scores = compute_classification_metrics(
            predicted, gold, problem_type=splits.problem_type, num_labels=splits.num_labels
        )
        tried[strength] = (scores[metric], baseline)
    best = max(tried, key=lambda strength: tried[strength][0])
    shown = ", ".join(f"C={strength:g}: {people_score(metric, score):.2f}" for strength, (score, _) in tried.items())
    return tried[best][1], [f"regularisation chosen by {metric} on validation ({shown})"]
