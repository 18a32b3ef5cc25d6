# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What is written when a model is done: predictions on the test split, scores with intervals, costs, curves, record.

The saved folder is loaded again and scored as a user would load it, so a record tells about the files beside it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hf_seq.data import Splits
from hf_seq.metrics.classification import compute_classification_metrics, decide, headline_metric, metric_signature
from hf_seq.metrics.intervals import interval
from hf_seq.reports.curves import write_curves
from hf_seq.reports.measure import bytes_on_disk, count_parameters
from hf_seq.reports.predictions import write_predictions
from hf_seq.reports.record import Record, people_score
from hf_seq.reports.speed import measure_speed

if TYPE_CHECKING:
    from datasets import Dataset

    from hf_seq.predictor import Predictor

TASK = "text-classification"
LATENCY_CALLS = 100


def score_split(
    predictor: "Predictor", split: "Dataset", splits: Splits, seed: int
) -> tuple[dict[str, Any], np.ndarray]:
    """Score a saved model on a split.

    Returns:
        The fields of a record that a score fills, and the model's (N, L) scores, row for row.
    """
    scores = predictor.scores(split["text"][:])
    gold = np.asarray(split["label"][:])
    predicted = decide(scores, splits.problem_type)
    metric = headline_metric(splits.problem_type)
    metrics = compute_classification_metrics(
        predicted, gold, problem_type=splits.problem_type, num_labels=splits.num_labels
    )
    bounds = interval(metric, predicted, gold, seed=seed)
    fields = {
        "metric": metric,
        "score": people_score(metric, metrics[metric]),
        "interval": [people_score(metric, bound) for bound in bounds],
        "n": len(gold),
        "metrics": metrics,
        "signature": metric_signature(metric, splits.problem_type),
    }
    return fields, scores


def measure_costs(predictor: "Predictor", folder: Path, texts: Sequence[str]) -> dict[str, Any]:
    """Size (on disk where the model lies in a folder), and speed on one thread, as fields of a record."""
    parameters, without_embeddings = count_parameters(predictor.model)
    return {
        "parameters": parameters,
        "parameters_without_embeddings": without_embeddings,
        "bytes": bytes_on_disk(folder) if folder.is_dir() else None,
        **measure_speed({"it": predictor}, texts, calls=LATENCY_CALLS)["it"],
    }


def write_results(
    folder: Path,
    splits: Splits,
    *,
    model: str,
    label: str | None,
    recipe: dict[str, Any],
    seed: int,
    train_seconds: float,
    curve: list[dict[str, Any]],
    notes: list[str],
) -> Record:
    """Score what is saved in `folder` on the test split and write predictions, curves and, last of all, the record."""
    from hf_seq.predictor import Predictor

    predictor = Predictor.from_pretrained(folder)
    scored, scores = score_split(predictor, splits.test, splits, seed)
    write_predictions(folder, splits.test["label"][:], scores)
    if curve:
        write_curves(curve, folder / "curves.png", metric=scored["metric"], name=label or model)
    record = Record(
        task=TASK,
        model=model,
        label=label,
        data=splits.source,
        split=splits.test_split,
        seed=seed,
        train_seconds=round(train_seconds, 2),
        fingerprint=splits.fingerprint,
        problem_type=splits.problem_type,
        label_names=list(splits.label_names),
        recipe=recipe,
        curve=curve,
        notes=notes,
        **scored,
        **measure_costs(predictor, folder, splits.test["text"][:]),
    )
    record.write(folder)
    return record


def curve_of(log_history: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries of `Trainer`'s log that a learning curve is drawn from."""
    return [dict(entry) for entry in log_history if "loss" in entry or "eval_loss" in entry]


def describe(record: Record) -> str:
    """The outcome in one line."""
    unit = f"[{record.interval[0]:.2f}, {record.interval[1]:.2f}]" if record.interval else ""
    size = f"{(record.bytes or 0) / 1e6:.2g} MB"
    return (
        f"{record.name}: {record.metric} {record.score:.2f} {unit} on {record.n:,} {record.split} rows, "
        f"{record.parameters or 0:,} parameters, {size}, {(record.latency_ms or {}).get('p50', float('nan')):.2f} ms "
        "a text"
    )
