# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What is written when a model is done: predictions on the test split, scores with intervals, costs, curves, record.

The saved folder is loaded again and scored as a user would load it, so a record tells about the files beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hf_seq.data import Splits
from hf_seq.reports.curves import write_curves
from hf_seq.reports.measure import bytes_on_disk, count_parameters
from hf_seq.reports.record import LOWER_IS_BETTER, RAW_TEXT, Record
from hf_seq.reports.speed import measure_speed
from hf_seq.tasks.base import R, Task

LATENCY_CALLS = 100


@dataclass
class Run:
    """What a record tells of how a model came about.

    Attributes:
        model: short name the user gave.
        label: what people should see, where a model stands in for another.
        recipe: resolved.
        seed: of weights, order and dropout.
        train_seconds: of fitting, evaluation during training included.
        curve: one entry per evaluation.
        notes: decisions a reader should know of.
        distillation: who taught it, and about what; empty where nobody did.
        calibration: see `train/calibrate.py`.
    """

    model: str
    label: str | None
    recipe: dict[str, Any]
    seed: int
    train_seconds: float | None = None
    curve: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    distillation: dict[str, Any] = field(default_factory=dict)
    calibration: dict[str, Any] = field(default_factory=dict)


def measure_costs(predictor: Any, folder: Path, inputs: Sequence[Any]) -> dict[str, Any]:
    """Measure size (on disk where the model is in a folder) and speed on one thread, as fields of a record."""
    parameters, without_embeddings = count_parameters(predictor.model)
    return {
        "parameters": parameters,
        "parameters_without_embeddings": without_embeddings,
        "bytes": bytes_on_disk(folder) if folder.is_dir() else None,
        **measure_speed({"it": predictor}, inputs, calls=LATENCY_CALLS)["it"],
    }


def score_saved(
    folder: str | Path, task: Task[R], recipe: R, splits: Splits, part: str, run: Run, predictor: Any
) -> tuple[Record, Any]:
    """Score a saved model on a split, and measure what it costs.

    Returns:
        The record, not yet written, and the predictions, row for row.
    """
    rows = splits[part]
    inputs = task.data.inputs(rows)
    scored, predictions = task.scoring.score(predictor, inputs, rows, splits, recipe, run.seed)
    record = Record(
        task=task.hub_name,
        model=run.model,
        label=run.label,
        data=splits.source,
        split=splits.described(part),
        seed=run.seed,
        train_seconds=None if run.train_seconds is None else round(run.train_seconds, 2),
        fingerprint=splits.fingerprint,
        problem_type=splits.problem_type,
        label_names=list(splits.label_names),
        columns=splits.columns,
        positive=splits.positive,
        unbalanced=splits.unbalanced,
        recipe=run.recipe,
        curve=run.curve,
        notes=run.notes,
        calibration=run.calibration,
        distillation=run.distillation,
        **scored,
        **measure_costs(predictor, Path(folder), inputs),
    )
    return record, predictions


def write_results(folder: Path, task: Task[R], recipe: R, splits: Splits, run: Run, part: str = "test") -> Record:
    """Score what is saved in `folder` on a split and write predictions, curves and, last of all, the record."""
    record, predictions = score_saved(folder, task, recipe, splits, part, run, task.predictor(folder))
    task.scoring.write_predictions(folder, splits[part], splits, predictions)
    if run.curve:
        write_curves(run.curve, folder / "curves.png", metric=record.metric, name=record.name)
    record.write(folder)
    return record


def curve_of(log_history: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Pick the entries of `Trainer`'s log that a learning curve is drawn from."""
    return [dict(entry) for entry in log_history if "loss" in entry or "eval_loss" in entry]


def beside_accuracy(record: Record) -> str:
    """Give the scores that do not hide a rare class, where the classes are unbalanced."""
    macro = record.metrics.get("f1_macro")
    if not record.unbalanced or record.metric != "accuracy" or macro is None:
        return ""
    f1 = record.metrics.get("f1") if record.positive else None
    return f", macro F1 {100 * macro:.2f}" + ("" if f1 is None else f", F1 of {record.positive!r} {100 * f1:.2f}")


def describe(record: Record) -> str:
    """Describe the outcome in one line."""
    digits = 4 if record.metric in LOWER_IS_BETTER else 2  # nats, or points of a hundred
    unit = f"[{record.interval[0]:.{digits}f}, {record.interval[1]:.{digits}f}]" if record.interval else ""
    size = f"{(record.bytes or 0) / 1e6:.2g} MB"
    raw = record.metrics.get(RAW_TEXT)
    on_raw = "" if raw is None else f" (from raw text F1 {100 * raw:.{digits}f})"
    return (
        f"{record.name}: {record.metric} {record.score:.{digits}f} {unit}{beside_accuracy(record)} on "
        f"{record.scored_rows}{on_raw}, "
        f"{record.parameters or 0:,} parameters, {size}, {(record.latency_ms or {}).get('p50', float('nan')):.2f} ms "
        f"a {record.input_names[0]}"
    )
