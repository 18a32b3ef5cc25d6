# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq evaluate`."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from hf_seq.commands.options import BatchSize, DataOfModel, Model, TaskOfModel


def evaluate(
    model: Model,
    data: DataOfModel = None,
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "test",
    task: TaskOfModel = None,
    batch_size: BatchSize = 64,
    output: Annotated[
        Path | None, typer.Option(help="Folder to write record.json and predictions.jsonl to; must not be in use.")
    ] = None,
    **columns: Any,
) -> None:
    """Score a trained model on labelled data, with a 95 % interval; the record is printed as JSON.

    Examples:
    hf-seq evaluate runs/reviews-bilstm

    hf-seq evaluate runs/reviews-bilstm --data new.csv --split test --output runs/on-new
    """
    from transformers.utils.logging import disable_progress_bar

    from hf_seq.train.evaluate_model import evaluate as run

    disable_progress_bar()
    record = run(model, data, split=split, task=task, batch_size=batch_size, output=output, **columns)
    scored = ("model", "data", "split", "metric", "score", "interval", "n", "positive")
    keep = (*scored, "metrics", "by_label", "confusion", "signature")
    print(json.dumps({key: value for key, value in vars(record).items() if key in keep}, indent=2, ensure_ascii=False))
