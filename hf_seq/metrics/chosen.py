# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The metric that matters to a user, by name: what fits the labels, what it is on some rows, what every row adds to it.

N rows · L labels

A name is that of a score (`f1_macro`, `roc_auc`, `mean_absolute_error`), or of a score of one label behind a colon
(`f1:spam`, `recall:spam`, `average_precision:spam`). Short names that people write are understood: `mcc`, `auc`, `ap`,
`mae`, `mse`, `macro_f1`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from hf_seq.errors import InputError
from hf_seq.metrics.classification import headline_metric
from hf_seq.metrics.label_scores import linearise_labels
from hf_seq.metrics.linearised import Linearised
from hf_seq.metrics.ranking import RANKINGS, linearise_ranking
from hf_seq.metrics.scores import VALUE_SCORES, score

ALIASES = {
    **{"mcc": "matthews_correlation", "matthews": "matthews_correlation", "auc": "roc_auc", "auroc": "roc_auc"},
    **{"ap": "average_precision", "auprc": "average_precision", "mae": "mean_absolute_error"},
    **{"mse": "mean_squared_error", "macro_f1": "f1_macro", "micro_f1": "f1_micro", "weighted_f1": "f1_weighted"},
    **{"acc": "accuracy"},
}
OF_A_LABEL = ("f1", "precision", "recall")
_AVERAGED = [f"{name}_{average}" for name in OF_A_LABEL for average in ("macro", "micro", "weighted")]


def known_metrics(problem_type: str, num_labels: int) -> list[str]:
    """List the metrics that fit labels of a kind, without those of single labels."""
    if problem_type == "regression":
        return list(VALUE_SCORES)
    several = problem_type == "multi_label_classification"
    plain = list(OF_A_LABEL) if several or num_labels == 2 else []
    single = [] if several else ["balanced_accuracy", "matthews_correlation"]
    return ["accuracy", *plain, *_AVERAGED, *single, *RANKINGS]


def resolve_metric(
    wanted: str | None, problem_type: str, label_names: Sequence[str], positive: str | None = None
) -> str:
    """Find the metric that decides.

    Args:
        wanted: as the user wrote it; None is the usual one.
        problem_type: of the labels.
        label_names: of the data.
        positive: the label that is a yes, where the user or the data say so.

    Returns:
        Its full name, `f1:spam` for one of a label.

    Raises:
        InputError: no such metric, or it does not fit the labels.
    """
    if wanted is None:
        return headline_metric(problem_type)
    written, colon, label = wanted.partition(":")
    name = ALIASES.get(written.lower().replace("-", "_"), written.lower().replace("-", "_"))
    known = known_metrics(problem_type, len(label_names))
    if colon:
        if problem_type == "regression" or name not in (*OF_A_LABEL, *RANKINGS):
            raise InputError(f"--metric {wanted}: only {', '.join((*OF_A_LABEL, *RANKINGS))} are of a label.")
        if label not in label_names:
            raise InputError(f"--metric {wanted}: there is no label {label!r}; the data have {_some(label_names)}.")
        return f"{name}:{label}"
    if name not in known:
        more = f"; {name}_macro is the mean over labels" if name in OF_A_LABEL else ""
        of_label = "" if problem_type == "regression" else f", or of one label, such as f1:{label_names[0]}"
        choices = f"{', '.join(known)}{of_label}"
        raise InputError(f"--metric {wanted} does not fit these labels{more}; choose one of {choices}.")
    single = problem_type == "single_label_classification" and len(label_names) == 2
    if positive in label_names and single and name in (*OF_A_LABEL, "average_precision"):
        return f"{name}:{positive}"
    return name


def linearise_chosen(
    metric: str, scores: ArrayLike, predicted: ArrayLike, gold: ArrayLike, label_names: Sequence[str] = ()
) -> Linearised:
    """Find out what every row adds to a metric.

    Args:
        metric: as `resolve_metric` gives it.
        scores: (N, L) of the model; only rankings look at them.
        predicted: decided labels, or values.
        gold: as `predicted`.
        label_names: in the order of their ids.
    """
    name, _, label = metric.partition(":")
    index = list(label_names).index(label) if label else None
    if name in RANKINGS:
        return linearise_ranking(name, scores, gold, index)
    if index is None:
        return linearise_labels(name, predicted, gold)
    return linearise_labels(name, *(_of_label(each, index) for each in (predicted, gold)))


def chosen_score(
    metric: str, scores: ArrayLike, predicted: ArrayLike, gold: ArrayLike, label_names: Sequence[str] = ()
) -> float:
    """Compute a metric as `linearise_chosen` does, without what every row adds; a ranking of one kind of rows is 0."""
    name, _, label = metric.partition(":")
    if name in RANKINGS:
        try:
            return linearise_chosen(metric, scores, predicted, gold, label_names).score
        except InputError:
            return 0.0  # a validation split without the label can choose nothing by it
    if not label:
        return score(name, predicted, gold)
    index = list(label_names).index(label)
    return score(name, _of_label(predicted, index), _of_label(gold, index))


def _of_label(labels: ArrayLike, index: int) -> np.ndarray:
    """Mark the rows of a label, (N,) zeros and ones."""
    values = np.asarray(labels)
    return (values[:, index] > 0 if values.ndim == 2 else values == index).astype(np.int64)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:10]) + (" ..." if len(names) > 10 else "")
