# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which metric decides a run on some labelled data: what the recipe says, if it can be had there."""

import numpy as np

from hf_seq.data import Splits
from hf_seq.metrics.chosen import linearise_chosen, resolve_metric
from hf_seq.metrics.ranking import RANKINGS
from hf_seq.tasks.recipe import Recipe


def deciding_metric(recipe: Recipe, splits: Splits) -> str:
    """Find the metric that decides table, verdict, checkpoint and the settings of baselines.

    Args:
        recipe: may name a metric.
        splits: the data.

    Raises:
        InputError: the metric does not fit the labels, or the test rows are of one kind and have no ranking.
    """
    metric = resolve_metric(recipe.metric, splits.problem_type, splits.label_names, splits.positive)
    if metric.partition(":")[0] in RANKINGS:
        gold = np.asarray(splits.test["label"][:])
        right = gold if gold.ndim == 2 else np.eye(splits.num_labels)[gold]
        linearise_chosen(metric, right, gold, gold, splits.label_names)  # can it be had?
    return metric
