# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq check`."""

from typing import Annotated, Any

import typer

from hf_seq.commands.options import (
    Config,
    Data,
    LabelColumn,
    Revision,
    SeriesColumn,
    TagsColumn,
    Task,
    TextColumn,
    TokensColumn,
)
from hf_seq.errors import InputError

LENGTH = 256


def check(
    data: Data,
    task: Task = "classification",
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    tokens_column: TokensColumn = None,
    tags_column: TagsColumn = None,
    series_column: SeriesColumn = None,
    config: Config = None,
    revision: Revision = None,
    max_length: Annotated[
        int | None,
        typer.Option("--max_length", min=1, help="Tokens of a text (256 if absent) or steps of a series to be read."),
    ] = None,
    tokenizer: Annotated[
        str | None, typer.Option(help="Folder or Hub id of a tokenizer; absent: one is trained on the train split.")
    ] = None,
) -> None:
    """Look a data set over before training: what makes training impossible, and what makes it doubtful.

    Ends with exit code 2 if training is impossible.

    Examples:
    hf-seq check builtin:reviews

    hf-seq check reviews.csv --text_column body --label_column stars

    hf-seq check path/to/conll --task tagging

    hf-seq check path/to/NAME_TRAIN.ts --task series
    """
    from hf_seq.tasks.registry import reading_recipe, task_named

    chosen = task_named(task)
    columns = {"text_column": text_column, "label_column": label_column, "tokens_column": tokens_column}
    columns |= {"tags_column": tags_column, "series_column": series_column, "config": config, "revision": revision}
    recipe = reading_recipe(task, data, columns)
    splits = chosen.data.load(recipe, strict=False)
    processor: Any = _load_processor(chosen.encoding, tokenizer) if tokenizer else None
    if processor is None and not chosen.reads_numbers:
        try:
            processor = chosen.encoding.make_processor(recipe, splits)
        except InputError as error:
            print(f"lengths are counted in words: {error}")
    report = chosen.data.check(splits, processor, max_length or (None if chosen.reads_numbers else LENGTH))
    print(report.render())
    if report.errors:
        raise typer.Exit(2)


def _load_processor(encoding: Any, path: str) -> Any:
    from hf_seq.tasks.architectures import hub_errors_explained

    return hub_errors_explained(path, encoding.load_processor, path)
