# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Arguments and options that several verbs take, with their help."""

import errno
import os
import sys
from typing import Annotated, Any, BinaryIO

import typer

from hf_seq.errors import InputError

Data = Annotated[
    str | None,
    typer.Argument(help="Hub id, file, folder of splits, or a built-in such as builtin:reviews or builtin:orders."),
]
DataFlag = Annotated[
    str | None, typer.Option("--data", help="The data, named as for the other verbs, in place of SOURCE.")
]
Model = Annotated[str, typer.Argument(help="Folder that `hf-seq train` wrote, or a Hub id.")]
Task = Annotated[str, typer.Option("--task", help="What is learned, as for train.")]
DataOfModel = Annotated[
    str | None, typer.Option("--data", help="Data as for train; absent: those that the model's record names.")
]
TaskOfModel = Annotated[
    str | None, typer.Option("--task", help="What the model does, for a model whose folder does not say it.")
]
Inputs = Annotated[
    str | None,
    typer.Option(
        "--data",
        "--file",
        help="Data as for train, with or without labels; of a .txt file every line is an input.",
    ),
]
Split = Annotated[
    str | None, typer.Option(help="Rows of data that have splits: train, validation or test; absent: test.")
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the file that --output names.")]
Backend = Annotated[
    str | None,
    typer.Option("--backend", help="torch or onnx, for a folder that `hf-seq export` wrote; absent: what it holds."),
]
BatchSize = Annotated[int, typer.Option("--batch_size", min=1, help="Inputs that share a batch.")]


def stdin_bytes() -> BinaryIO:
    """Give the stdin of this process, as bytes.

    Raises:
        InputError: it is closed.
    """
    if sys.stdin is None or sys.stdin.closed or not _is_open(sys.stdin):
        raise InputError("There is nothing to read: stdin is closed; give texts as arguments, or --file.")
    return sys.stdin.buffer


def _is_open(stream: Any) -> bool:
    """Check whether anything stands behind a stream: `<&-` of a shell closes what Python still thinks is there."""
    try:
        os.fstat(stream.fileno())
    except OSError as error:
        return error.errno != errno.EBADF  # a stream in memory has no number
    return True
