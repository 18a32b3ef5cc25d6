# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq trace`."""

from pathlib import Path
from typing import Annotated

import typer

from hf_seq.commands.options import Model
from hf_seq.errors import InputError


def trace(
    model: Model,
    input: Annotated[
        str,
        typer.Argument(
            help="A text, or a file: .txt (a text a line), .jsonl (field `text` or `series`), .npy, .csv or .tsv."
        ),
    ],
    html: Annotated[Path | None, typer.Option(help="Write a page with heat maps there, too.")] = None,
    label: Annotated[
        str | None, typer.Option(help="Gold label to compare with; tags apart by spaces, several labels by commas.")
    ] = None,
    whole: Annotated[bool, typer.Option("--whole", help="Do not cut the text at what the model can read.")] = False,
    max_new_tokens: Annotated[
        int, typer.Option("--max_new_tokens", min=1, help="How much a model that writes may write.")
    ] = 20,
    depth: Annotated[int | None, typer.Option(min=0, help="Show modules called within this many others.")] = None,
) -> None:
    """Show what happens to an input: tokens, every stage of the forward pass, the answer, and what looks suspicious.

    Works for every family and head, and for any other model of transformers.

    Examples:
    hf-seq trace runs/mine "not bad at all"

    hf-seq trace runs/mine "not bad at all" --label positive --html trace.html

    hf-seq trace runs/waves series.npy
    """
    from rich.console import Console
    from transformers.utils.logging import disable_progress_bar, set_verbosity_error

    from hf_seq.baselines.baseline import is_baseline
    from hf_seq.loading import load_any
    from hf_seq.tracing import trace as run
    from hf_seq.tracing.inputs import read_input

    if html is not None and not html.parent.is_dir():
        raise InputError(f"--html {html}: there is no folder {html.parent}; make it, or choose another.")
    if is_baseline(model):
        raise InputError(f"{model} is a baseline without layers, so there is nothing to trace; give a neural model.")
    disable_progress_bar()
    set_verbosity_error()  # what would be warned of is found, and said better
    loaded, processor = load_any(model)
    given = read_input(input, getattr(loaded.config, "num_features", None))
    seen = run(loaded, processor, given, label=label, truncation=not whole, max_new_tokens=max_new_tokens)
    console = Console()
    seen.print(Console(width=160) if not console.is_terminal else console, depth=depth)
    if html is not None:
        seen.write_html(html)
        console.print(f"Written: {html}", style="dim", highlight=False)
    if seen.failure is not None:
        raise typer.Exit(2)
