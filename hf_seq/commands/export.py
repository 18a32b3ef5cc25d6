# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq export`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hf_seq.commands.options import DataOfModel, Model


def export(
    model: Model,
    output: Annotated[Path, typer.Option(help="New folder for the ONNX files, the runtime and the certificate.")],
    quantize: Annotated[str | None, typer.Option(help="int8: write a smaller and faster file, too.")] = None,
    to: Annotated[
        str, typer.Option(help="onnx, or page: a page beside the files that answers in the browser.")
    ] = "onnx",
    example: Annotated[list[str] | None, typer.Option(help="Input to click on in the page; may be repeated.")] = None,
    node_modules: Annotated[
        Path | None, typer.Option("--node_modules", help="Where the page's libraries are; absent: npm installs them.")
    ] = None,
    opset: Annotated[int, typer.Option(help="Version of ONNX's operators, 17 to 21.")] = 17,
    data: DataOfModel = None,
    **columns: Any,
) -> None:
    """Write a trained model as ONNX files that need no torch, held against torch before anything is written.

    certificate.json says what was compared, the score of each file on the test split, size and speed.
    runtime.py beside them answers as hf_seq.load does, by numpy, onnxruntime and tokenizers alone.

    Examples:
    hf-seq export runs/reviews-bilstm --output exported

    hf-seq export runs/reviews-bilstm --output exported --quantize int8

    hf-seq export runs/reviews-bilstm --output page --to page && python -m http.server -d page
    """
    from transformers.utils.logging import disable_progress_bar

    from hf_seq.exporting.running import describe
    from hf_seq.exporting.running import export as run

    disable_progress_bar()
    found = run(
        model,
        output,
        quantize=quantize,
        opset=opset,
        to=to,
        examples=example or (),
        node_modules=node_modules,
        data=data,
        **columns,
    )
    print("\n".join(describe(found)))
