# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq trace`."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from hf_seq.commands.options import Model
from hf_seq.commands.predict import read_texts
from hf_seq.commands.series_input import read_series_inputs
from hf_seq.errors import InputError

MOST_ROWS = 8
"""Rows of a file that are traced together."""
_TEXT_FILES = (".txt", ".jsonl")
_FILES = (*_TEXT_FILES, ".npy", ".npz", ".csv", ".tsv", ".ts", ".json", ".parquet")


def trace(
    model: Model,
    input: Annotated[
        str,
        typer.Argument(
            help="A text, or a file: .txt (a text a line) or .jsonl (field `text`). For a model of series JSON, "
            "[[0.1, 2.0], [0.3, 1.5]], or a file as for predict."
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

    if html is not None and not html.parent.is_dir():
        raise InputError(f"--html {html}: there is no folder {html.parent}; make it, or choose another.")
    seen = _run(model, input, label=label, truncation=not whole, max_new_tokens=max_new_tokens)
    console = Console()
    seen.print(Console(width=160) if not console.is_terminal else console, depth=depth)
    if html is not None:
        seen.write_html(html)
        console.print(f"Written: {html}", style="dim", highlight=False)
    if seen.failure is not None:
        raise typer.Exit(2)


def _run(model: str, given: str, **settings: Any) -> Any:
    from transformers.utils.logging import disable_progress_bar, set_verbosity_error

    from hf_seq.baselines.baseline import is_baseline
    from hf_seq.predictors.loading import load_any
    from hf_seq.tracing import trace as run

    if is_baseline(model):
        raise InputError(f"{model} is a baseline without layers, so there is nothing to trace; give a neural model.")
    disable_progress_bar()
    set_verbosity_error()  # what would be warned of is found, and said better
    loaded, processor = load_any(model)
    features = getattr(loaded.config, "num_features", None)
    channels = getattr(processor, "feature_size", features) if features is not None else None
    return run(loaded, processor, read_input(given, channels), **settings)


def read_input(given: str, channels: int | None) -> Any:
    """Read what the command line names: a text or a series, or the first rows of a file.

    Args:
        given: a text, a series as JSON, or the path of a file.
        channels: numbers in a step, where the model reads series.

    Raises:
        InputError: the file is missing, holds nothing, or cannot be read as what its name says.
    """
    path = Path(given)
    try:
        is_file = path.is_file()
    except OSError:  # longer than a path may be
        is_file = False
    if not is_file:
        if path.suffix.lower() in _FILES and not any(each.isspace() for each in path.name):
            raise InputError(f"there is no file {given}; check its name.")
        return given if channels is None else list(read_series_inputs([given], None))
    if channels is not None:
        return list(islice(_one_or_many(path, channels), MOST_ROWS))
    if path.suffix.lower() not in _TEXT_FILES:
        raise InputError(f"{given}: this model reads text; give a .txt file, a text a line, or a .jsonl one.")
    texts = list(islice(filter(str.strip, read_texts(path)), MOST_ROWS))
    if not texts:
        raise InputError(f"{given} holds no text.")
    return texts


def _one_or_many(path: Path, channels: int) -> Iterable[Any]:
    """Read the series of a file; a flat .npy as wide as a step is one series, not many of one channel."""
    import numpy as np

    if path.suffix.lower() == ".npy" and channels > 1:
        try:
            array = np.load(path, allow_pickle=False)
        except (ValueError, OSError, EOFError):
            array = np.zeros(0)  # what is wrong with the file is said below
        if array.shape[1:] == (channels,):
            return [array]
    return read_series_inputs(None, path)
