# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Arguments and options that several verbs take, with their help."""

from typing import Annotated

import typer

Data = Annotated[
    str, typer.Argument(help="Hub id, file, folder of splits, or a built-in such as builtin:reviews or builtin:orders.")
]
Model = Annotated[str, typer.Argument(help="Folder that `hf-seq train` wrote, or a Hub id.")]
Task = Annotated[str, typer.Option("--task", help="What is learned, as for train.")]
TextColumn = Annotated[str | None, typer.Option("--text_column", help="Column of the text, if it is not plain.")]
LabelColumn = Annotated[str | None, typer.Option("--label_column", help="Column of the label, if it is not plain.")]
TokensColumn = Annotated[str | None, typer.Option("--tokens_column", help="Column of the words (tagging).")]
TagsColumn = Annotated[str | None, typer.Option("--tags_column", help="Column of their tags (tagging).")]
SeriesColumn = Annotated[str | None, typer.Option("--series_column", help="Column of the series of numbers.")]
Config = Annotated[str | None, typer.Option("--config", help="Configuration of a Hub data set.")]
Revision = Annotated[str | None, typer.Option("--revision", help="Revision of a Hub data set.")]
BatchSize = Annotated[int, typer.Option("--batch_size", min=1, help="Inputs that share a batch.")]
