# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq demo`."""

import os
from typing import Annotated

import typer

from hf_seq.commands.options import Model


def demo(
    model: Model,
    port: Annotated[int | None, typer.Option("--port", help="Port; the first free one from 7860 on if absent.")] = None,
    baseline: Annotated[
        str | None, typer.Option("--baseline", help="Folder of a baseline to show; absent: one beside the model.")
    ] = None,
    example: Annotated[
        list[str] | None, typer.Option("--example", help="Text, or series as JSON, to offer; may be repeated.")
    ] = None,
) -> None:
    """Serve a page on this machine on which one can try a model: its answer, what it looked at, how long it took.

    Beside a classifier stands the answer of the baseline, when one was fitted on the same data.

    Examples:
    hf-seq demo runs/sst2

    hf-seq demo runs/sst2 --port 8000 --example "not bad at all"
    """
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    from transformers.utils.logging import disable_progress_bar

    from hf_seq.demo.serve import make_page, serve

    disable_progress_bar()
    serve(make_page(model, examples=example or [], baseline=baseline), port)
