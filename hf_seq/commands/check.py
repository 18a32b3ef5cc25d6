# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq check`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hf_seq.commands.options import Data, DataFlag, Task
from hf_seq.errors import InputError
from hf_seq.files.writing import check_output


def check(
    source: Data = None,
    data: DataFlag = None,
    task: Task = "classification",
    max_length: Annotated[
        int | None,
        typer.Option("--max_length", min=1, help="Tokens of a text (256 if absent) or steps of a series to be read."),
    ] = None,
    tokenizer: Annotated[
        str | None, typer.Option(help="Folder or Hub id of a tokenizer; absent: one is trained on the train split.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", help="File: write the findings as an HTML page, too, with rows, lengths and labels."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file that --html names.")] = False,
    **columns: Any,
) -> None:
    """Look a data set over before training: what makes training impossible, and what makes it doubtful.

    Ends with exit code 2 if training is impossible.

    Examples:
    hf-seq check builtin:reviews

    hf-seq check reviews.csv --text_column body --label_column stars

    hf-seq check reviews.csv --html reviews-checked.html

    hf-seq check path/to/conll --task tagging

    hf-seq check path/to/NAME_TRAIN.ts --task series

    hf-seq check path/to/multi30k --task seq2seq --source_column de --target_column en
    """
    from hf_seq.train.look_over import look_over

    if (source is None) == (data is None) and (source or not columns.get("train_file")):
        named = "no data" if source is None else f"both {source} and --data {data}"
        raise InputError(f"check got {named}; name the data once: `hf-seq check DATA` or `hf-seq check --data DATA`.")
    if html is not None:
        check_output(html, overwrite=overwrite, flag="--html")
    seen = look_over(source or data or "", task, columns, max_length, tokenizer)
    print(seen.report.render())
    if html is not None:
        print(f"written to {seen.write_page(html)}")
    if seen.report.errors:
        raise typer.Exit(2)
