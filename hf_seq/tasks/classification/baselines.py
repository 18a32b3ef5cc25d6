# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The baselines of classification, each with its settings chosen on validation."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from hf_seq.baselines import Baseline, MajorityBaseline, TfidfBaseline
from hf_seq.data import Splits
from hf_seq.data.classification.loading import texts_of
from hf_seq.metrics.chosen import chosen_score
from hf_seq.metrics.classification import decide
from hf_seq.reports.record import LOWER_IS_BETTER, quoted_score
from hf_seq.tasks.classification.metric import deciding_metric
from hf_seq.tasks.classification.recipe import ClassificationRecipe
from hf_seq.text.scripts import why_characters
from hf_seq.text.two_texts import joined

STRENGTHS = (1.0, 10.0)
"""Values of C that `tfidf` chooses from; `model2vec` has one more."""


def fit_baseline(recipe: ClassificationRecipe, splits: Splits) -> tuple[Any, list[str]]:
    """Fit `majority`, `tfidf`, `fasttext` or `model2vec` on the rows a model would train on."""
    if recipe.model == "majority":
        return fit_majority(splits, splits.train["text"][:])
    return fit_best(splits, *candidates_of(recipe, splits), metric=deciding_metric(recipe, splits))


def fit_majority(splits: Splits, inputs: Sequence[Any]) -> tuple[MajorityBaseline, list[str]]:
    """Fit the label that train has most of; `inputs` are its rows, which nobody looks at."""
    baseline = MajorityBaseline(splits.problem_type, splits.label_names)
    return baseline.fit(inputs, splits.train["label"][:]), []


def candidates_of(recipe: ClassificationRecipe, splits: Splits) -> tuple[list[tuple[str, Baseline]], list[str]]:
    """List the settings of a baseline that validation chooses from, each with its name, and notes.

    Raises:
        PretrainedUnavailable: a package is not installed, or static vectors cannot be had.
    """
    about: dict[str, Any] = {"problem_type": splits.problem_type, "label_names": splits.label_names}
    why = why_characters(splits.train["text"][:])
    notes = [f"characters in place of words, since {why}"] if why else []
    if recipe.model == "fasttext":
        from hf_seq.baselines.fast_text import SETTINGS, FastTextBaseline

        return [
            (f"lr={each['lr']:g} epoch={each['epoch']}", FastTextBaseline(**about, **each)) for each in SETTINGS
        ], notes
    if recipe.model == "model2vec":
        from hf_seq.baselines.static_embeddings import StaticEmbeddingBaseline
        from hf_seq.baselines.static_vectors import find_static_vectors

        vectors = find_static_vectors(recipe.static_model)
        made = [(f"C={C:g}", StaticEmbeddingBaseline(**about, vectors=vectors, C=C)) for C in (*STRENGTHS, 100.0)]
        return list(made), [f"static vectors of {vectors.source}, {vectors.vectors.shape[1]} wide"]
    return [(f"C={C:g}", TfidfBaseline(**about, C=C)) for C in STRENGTHS], notes


def fit_best(
    splits: Splits, candidates: Sequence[tuple[str, Baseline]], notes: Sequence[str] = (), *, metric: str
) -> tuple[Baseline, list[str]]:
    """Fit a baseline with each of its settings, and keep what does best on validation: a rival gets its chance, too."""
    gold = np.asarray(splits.validation["label"][:])
    texts, held_out = ([joined(each) for each in texts_of(rows[:])] for rows in (splits.train, splits.validation))
    labels = splits.train["label"][:]
    tried = []
    for setting, baseline in candidates:
        baseline.fit(texts, labels)
        sure = baseline.predict_scores(held_out)
        predicted = decide(sure, splits.problem_type)
        tried.append((chosen_score(metric, sure, predicted, gold, splits.label_names), setting, baseline))
    sign = -1 if metric in LOWER_IS_BETTER else 1
    best = max(tried, key=lambda each: sign * each[0])
    shown = ", ".join(f"{setting}: {quoted_score(metric, score):.2f}" for score, setting, _ in tried)
    return best[2], [*notes, f"settings chosen by {metric} on validation ({shown})"]
