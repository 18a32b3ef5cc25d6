# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What the report shows beside scores: confusion matrices, and test rows on which models disagree.

N rows · L labels. Everything here is plain data for the template; nothing is escaped yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hf_seq.metrics.classification import confusion_matrix
from hf_seq.reports.comparison import Comparison
from hf_seq.reports.rows import Row

LARGEST_MATRIX = 12
"""Labels up to which a matrix is drawn; above, the commonest confusions are listed."""
SHOWN = 6
"""Examples of each kind."""
LONGEST_TEXT = 400


@dataclass(frozen=True)
class Answer:
    """What one model predicted for a row; `right` is None where there is no right or wrong (regression)."""

    model: str
    label: str
    right: bool | None


@dataclass(frozen=True)
class Example:
    """A test row, its number in the source, and what every model predicted for it."""

    row: int
    text: str
    gold: str
    answers: list[Answer]


@dataclass(frozen=True)
class Group:
    """Examples of one kind of disagreement, and how many rows there are of it."""

    title: str
    count: int
    examples: list[Example]


def disagreements(comparison: Comparison, texts: Sequence[str], rows: Sequence[int]) -> list[Group]:
    """Pick test rows on which the best small model and the reference differ.

    Args:
        comparison: the rows.
        texts: (N,) the test texts.
        rows: (N,) their numbers, for people.

    Returns:
        Groups in the order to show; none when fewer than two models were run.
    """
    best, reference = comparison.best, comparison.reference
    if best is None or reference is None:
        return []
    if comparison.first.problem_type == "regression":
        apart = np.abs(best.answers[0] - reference.answers[0])
        gap = apart.reshape(len(apart), -1).mean(axis=1)  # (N,)
        title = f"{best.record.name} and {reference.record.name} are furthest apart"
        return [_group(comparison, texts, rows, title=title, chosen=gap > 0, order=gap)]
    mine, theirs = _right(best), _right(reference)
    surprise = _margin(best) + _margin(reference)
    others = np.zeros(len(mine), dtype=bool)
    for row in comparison.done:
        others |= _differs(row.answers[0], best.answers[0])
    kinds = [
        (f"{best.record.name} is right, {reference.record.name} wrong", mine & ~theirs),
        (f"{reference.record.name} is right, {best.record.name} wrong", theirs & ~mine),
        ("Both are wrong, and some model disagrees", ~mine & ~theirs & others),
    ]
    groups = [_group(comparison, texts, rows, title=title, chosen=chosen, order=surprise) for title, chosen in kinds]
    return [group for group in groups if group.count]


def confusions(comparison: Comparison) -> list[dict[str, Any]]:
    """List per model its confusion matrix; for many labels its commonest confusions; for multi-label counts per label.

    Returns:
        One dict per model, none for regression: `name`, and one of `matrix` (rows of `{"count", "share"}`),
        `pairs` (list of `(gold, predicted, count)`), `labels` (list of `(label, found, missed, false alarms)`).
    """
    kind, names = comparison.first.problem_type, comparison.first.label_names
    if kind == "regression":
        return []
    if kind == "multi_label_classification":
        return [{"name": row.record.name, "labels": _label_counts(row, names)} for row in comparison.done]
    found = []
    for row in comparison.done:
        matrix = confusion_matrix(row.answers[0], row.gold, len(names))
        shown = {"matrix": _shares(matrix)} if len(names) <= LARGEST_MATRIX else {"pairs": _pairs(matrix, names)}
        found.append({"name": row.record.name, **shown})
    return found


LABELS_SHOWN = 20
"""Labels whose scores are shown; of more, those with the lowest F1."""


def scores_of_labels(comparison: Comparison) -> list[tuple[str, dict[str, dict[str, float]]]]:
    """List per model precision, recall, F1 and support of its labels, the commonest first; nothing for regression."""
    found = []
    for row in comparison.done:
        scores = row.record.by_label
        if len(scores) > LABELS_SHOWN:
            worst = sorted(scores, key=lambda name: scores[name]["f1"])[:LABELS_SHOWN]
            scores = {name: scores[name] for name in worst}
        if scores:
            found.append((row.record.name, dict(sorted(scores.items(), key=lambda item: -item[1]["support"]))))
    return found


def _group(
    comparison: Comparison,
    texts: Sequence[str],
    rows: Sequence[int],
    *,
    title: str,
    chosen: np.ndarray,
    order: np.ndarray,
) -> Group:
    """Pick the `SHOWN` rows with the highest `order` among those `chosen`, each text once."""
    indices = np.flatnonzero(chosen)
    indices = indices[np.argsort(-order[indices], kind="stable")]
    shown = list({texts[index]: int(index) for index in reversed(indices)}.values())[::-1][:SHOWN]
    return Group(title, len(indices), [_example(comparison, texts[index], index, rows[index]) for index in shown])


def _example(comparison: Comparison, text: str, index: int, row_number: int) -> Example:
    names = comparison.first.label_names
    scored = comparison.first.problem_type != "regression"
    answers = [
        Answer(
            row.record.name, _say(row.answers[0][index], names, scored), bool(_right(row)[index]) if scored else None
        )
        for row in comparison.done
    ]
    return Example(row_number, shorten(text), _say(comparison.done[0].gold[index], names, scored), answers)


def shorten(text: str) -> str:
    """Shorten a long text to its beginning."""
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT].rstrip() + " …"


def _say(answer: Any, names: Sequence[str], labels: bool) -> str:
    """Write a label's name, the names of several labels, or values."""
    if not labels:
        values = np.atleast_1d(answer)
        return ", ".join(map("{} {:.3g}".format, names, values)) if len(names) == len(values) else f"{values[0]:.3g}"
    if np.ndim(answer):
        return ", ".join(name for name, yes in zip(names, answer, strict=True) if yes) or "none"
    return names[int(answer)]


def _right(row: Row) -> np.ndarray:
    return ~_differs(row.answers[0], row.gold)


def _differs(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    different = one != two
    return different.any(axis=1) if different.ndim == 2 else different


def _margin(row: Row) -> np.ndarray:
    """Return (N,) how sure the model was of its answer."""
    return np.abs(row.scores - 0.5).mean(axis=1) if row.gold.ndim == 2 else row.scores.max(axis=1)


def _shares(matrix: np.ndarray) -> list[list[dict[str, float]]]:
    totals = np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    return [
        [{"count": int(count), "share": float(share)} for count, share in zip(counts, shares, strict=True)]
        for counts, shares in zip(matrix, matrix / totals, strict=True)
    ]


def _pairs(matrix: np.ndarray, names: Sequence[str], most: int = 10) -> list[tuple[str, str, int]]:
    wrong = matrix.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    found = ((int(flat) // len(names), int(flat) % len(names)) for flat in order)
    errors = ((gold, predicted, int(wrong[gold, predicted])) for gold, predicted in found)
    return [(names[gold], names[predicted], count) for gold, predicted, count in errors if count]


def _label_counts(row: Row, names: Sequence[str]) -> list[tuple[str, int, int, int]]:
    predicted, gold = row.answers[0].astype(bool), row.gold.astype(bool)
    counts = zip(names, (predicted & gold).sum(0), (~predicted & gold).sum(0), (predicted & ~gold).sum(0), strict=True)
    return [(name, int(found), int(missed), int(false)) for name, found, missed, false in counts]
