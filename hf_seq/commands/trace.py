# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq trace`."""

from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from hf_seq.commands.inputs import Reader, TypedInputs, read_inputs
from hf_seq.commands.options import Inputs, Model, Split
from hf_seq.errors import InputError

ENDINGS = (
    *(".txt", ".jsonl", ".json", ".csv", ".tsv", ".parquet", ".npy", ".npz", ".ts"),
    *(".conll", ".conllu", ".iob", ".iob2", ".bio", ".bioes"),
)
"""Of arguments that are names of files, not texts."""
MOST_ROWS = 8
"""Rows of a file that are traced together."""


def trace(
    model: Model,
    input: Annotated[
        str | None,
        typer.Argument(help="A text, a series as JSON ([[0.1, 2.0], [0.3, 1.5]]), or a file, as with --data."),
    ] = None,
    pair: Annotated[str | None, typer.Option(help="The second text, for a model that reads two.")] = None,
    data: Inputs = None,
    split: Split = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with heat maps there, too.")] = None,
    label: Annotated[
        str | None, typer.Option(help="Gold label to compare with; tags apart by spaces, several labels by commas.")
    ] = None,
    whole: Annotated[bool, typer.Option("--whole", help="Do not cut the text at what the model can read.")] = False,
    max_new_tokens: Annotated[
        int, typer.Option("--max_new_tokens", min=1, help="How much a model that writes may write.")
    ] = 20,
    depth: Annotated[int | None, typer.Option(min=0, help="Show modules called within this many others.")] = None,
    **columns: Any,
) -> None:
    """Show what happens to an input: tokens, every stage of the forward pass, the answer, and what looks suspicious.

    Works for every family and head, and for any other model of transformers.

    Examples:
    hf-seq trace runs/mine "not bad at all"

    hf-seq trace runs/mine "not bad at all" --label positive --html trace.html

    hf-seq trace runs/waves series.npy

    hf-seq trace runs/mine --data test.csv --text_column body
    """
    from rich.console import Console

    if html is not None and not html.parent.is_dir():
        raise InputError(f"--html {html}: there is no folder {html.parent}; make it, or choose another.")
    named = input is not None and is_file(input)
    if pair is not None and (input is None or named or data):
        raise InputError(f"--pair {pair} is the second text beside a first one; give that as the argument.")
    sides = [each for each in (input, pair) if each is not None]
    given = TypedInputs(
        sides if sides and not named else None, input if named and not data else data, split, None, columns
    )
    seen = _run(model, given, label=label, truncation=not whole, max_new_tokens=max_new_tokens)
    console = Console()
    seen.print(Console(width=160) if not console.is_terminal else console, depth=depth)
    if html is not None:
        seen.write_html(html)
        console.print(f"Written: {html}", style="dim", highlight=False)
    if seen.failure is not None:
        raise typer.Exit(2)


def _run(model: str, given: TypedInputs, **settings: Any) -> Any:
    from transformers.utils.logging import disable_progress_bar, set_verbosity_error

    from hf_seq.baselines.baseline import is_baseline
    from hf_seq.predictors.loading import load_any
    from hf_seq.text.two_texts import reads_pairs_only
    from hf_seq.tracing import trace as run

    if is_baseline(model):
        raise InputError(f"{model} is a baseline without layers, so there is nothing to trace; give a neural model.")
    disable_progress_bar()
    set_verbosity_error()  # what would be warned of is found, and said better
    loaded, processor = load_any(model)
    features = getattr(loaded.config, "num_features", None)
    channels = getattr(processor, "feature_size", features) if features is not None else None
    names = tuple((getattr(loaded.config, "id2label", None) or {}).values())
    pairs = features is None and reads_pairs_only(processor)
    clips, events = hasattr(processor, "to_frames"), hasattr(processor, "to_steps")
    numbers = features is not None and not clips and not events
    reader = Reader(model, numbers, names, reads_pairs=pairs, reads_clips=clips, reads_events=events)
    return run(loaded, processor, first_inputs(given, reader, channels), **settings)


def is_file(given: str) -> bool:
    """Check whether an argument is the name of a file.

    Raises:
        InputError: it looks like one, and there is none.
    """
    path = Path(given)
    try:
        if path.is_file():
            return True
    except OSError:  # longer than a path may be
        return False
    if path.suffix.lower() in ENDINGS and not any(each.isspace() for each in path.name):
        raise InputError(f"there is no file {given}; check its name.")
    return False


def first_inputs(given: TypedInputs, reader: Reader, channels: int | None = None) -> Any:
    """Read what is to be traced: a text or a series, or the first rows of data.

    Args:
        given: what the command line gave.
        reader: the model.
        channels: numbers in a step, where the model reads series.

    Raises:
        InputError: the data hold nothing, or cannot be read as what their name says.
    """
    if given.data is None and not given.arguments:
        raise InputError("There is nothing to trace; give a text, a file, or --data.")
    if reader.reads_clips or reader.reads_events:
        return list(islice(read_inputs(given, reader).values, MOST_ROWS))
    if given.arguments and not reader.reads_numbers:
        return given.arguments[0] if len(given.arguments) == 1 else [tuple(given.arguments)]
    if given.data is not None and channels is not None and channels > 1 and (one := _one_series(given.data, channels)):
        return one
    values = read_inputs(given, reader).values
    if reader.reads_numbers:
        return list(islice(values, MOST_ROWS))
    words = (" ".join(each) if isinstance(each, list) else each for each in values)
    texts = list(islice(filter(_is_filled, words), MOST_ROWS))
    if not texts:
        raise InputError(f"{given.data} holds no text.")
    return texts


def _is_filled(text: Any) -> bool:
    return bool(text.strip()) if isinstance(text, str) else True


def _one_series(data: str, channels: int) -> list[Any]:
    """Read a flat .npy as wide as a step as one series, not many of one channel; nothing where it is not that."""
    from hf_seq.files.arrays import read_array

    path = Path(data)
    if path.suffix.lower() != ".npy":
        return []
    try:
        array = read_array(path)
    except InputError:
        return []  # what is wrong with the file is said by who reads it
    return [array] if array.shape[1:] == (channels,) else []
