# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq evaluate`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from hf_seq.commands.options import (
    BatchSize,
    Config,
    LabelColumn,
    Model,
    Revision,
    SeriesColumn,
    TagsColumn,
    TextColumn,
    TokensColumn,
)


def evaluate(
    model: Model,
    data: Annotated[
        str | None, typer.Option(help="As for train; absent: the data that the model's record names.")
    ] = None,
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "test",
    task: Annotated[str | None, typer.Option(help="What the model does, where its folder does not say.")] = None,
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    tokens_column: TokensColumn = None,
    tags_column: TagsColumn = None,
    series_column: SeriesColumn = None,
    config: Config = None,
    revision: Revision = None,
    batch_size: BatchSize = 64,
    output: Annotated[
        Path | None, typer.Option(help="Folder to write record.json and predictions.jsonl to; must not be in use.")
    ] = None,
) -> None:
    """Score a trained model on labelled data, with a 95 % interval; the record is printed as JSON.

    Examples:
    hf-seq evaluate runs/reviews-bilstm

    hf-seq evaluate runs/reviews-bilstm --data new.csv --split test --output runs/on-new
    """
    from transformers.utils.logging import disable_progress_bar

    from hf_seq.train.evaluate_model import evaluate as run

    disable_progress_bar()
    record = run(
        model,
        data,
        split=split,
        task=task,
        tokens_column=tokens_column,
        tags_column=tags_column,
        series_column=series_column,
        text_column=text_column,
        label_column=label_column,
        config=config,
        revision=revision,
        batch_size=batch_size,
        output=output,
    )
    keep = ("model", "data", "split", "metric", "score", "interval", "n", "metrics", "signature")
    print(json.dumps({key: value for key, value in vars(record).items() if key in keep}, indent=2, ensure_ascii=False))
