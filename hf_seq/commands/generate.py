# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq generate`."""

import sys
import warnings
from functools import partial
from typing import Annotated, Any

import typer

from hf_seq.commands import own_process
from hf_seq.commands.answers import write_answers
from hf_seq.commands.inputs import Reader, TypedInputs, read_inputs
from hf_seq.commands.options import Inputs, Model, Split
from hf_seq.commands.rows import OutputColumns, answer_rows
from hf_seq.errors import InputError


def generate(
    model: Model,
    prompt: Annotated[str, typer.Option(help="How the text begins; absent: a new text, or a new line.")] = "",
    max_new_tokens: Annotated[int, typer.Option("--max_new_tokens", help="Tokens to write at most.")] = 200,
    temperature: Annotated[
        float, typer.Option(help="0: always the likeliest token; below 1 more conservative, above 1 more random.")
    ] = 1.0,
    top_k: Annotated[int | None, typer.Option("--top_k", help="Draw among so many of the likeliest tokens.")] = None,
    top_p: Annotated[
        float | None, typer.Option("--top_p", help="Draw among the likeliest that together have this probability.")
    ] = None,
    num_beams: Annotated[
        int, typer.Option("--num_beams", help="Search for the likeliest text with so many beams; nothing is drawn.")
    ] = 1,
    seed: Annotated[int | None, typer.Option(help="The same seed writes the same text.")] = None,
    stream: Annotated[bool, typer.Option("--stream", help="Show the text while it is written.")] = False,
    data: Inputs = None,
    split: Split = None,
    **columns: Any,
) -> None:
    """Let a language model go on from a prompt, or from every text of data: then a line of JSON each.

    Examples:
    hf-seq generate runs/play-lstm-lm --prompt "ROMEO:" --temperature 0.8 --seed 1

    hf-seq generate runs/play-lstm-lm --prompt "To be, or" --max_new_tokens 500 --stream

    hf-seq generate runs/play-lstm-lm --data prompts.csv --text_column beginning
    """
    from hf_seq.files.pretrained import is_export

    if seed is not None and not 0 <= seed < 2**63:
        raise InputError(f"--seed {seed} must lie between 0 and 2**63.")
    if data is not None and (prompt or stream):
        raise InputError(f"--{'prompt' if prompt else 'stream'} is for one text, and --data gives many; leave it out.")
    given = TypedInputs(None, data, split, None, columns)
    own_process.start(model)
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *_, **__: print(f"hf-seq: {message}", file=sys.stderr)
        loaded = _load_exported(model, stream) if is_export(model) else _load(model)
        go_on = partial(
            loaded.generate,
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            num_beams=num_beams,
            seed=seed,
        )
        if data is not None:
            read = read_inputs(given, Reader.of(model, loaded))
            answers = ({"prompt": text, "text": go_on(text)} for text in read.values)
            write_answers(answer_rows(answers, read, OutputColumns()), None, "jsonl")
            return
        text = go_on(prompt, **({"streamer": _shown(loaded)} if stream else {}))
    if not stream:
        print(text)


def _load(model: str) -> Any:
    from hf_seq.predictors.language import LanguageModel

    return LanguageModel.from_pretrained(model)


def _shown(loaded: Any) -> Any:
    """Show a text while it is written."""
    from transformers import TextStreamer

    return TextStreamer(loaded.tokenizer, skip_special_tokens=True)


def _load_exported(model: str, stream: bool) -> Any:
    """Load an export that continues texts.

    Raises:
        InputError: it does something else, or its text was to be shown while it is written.
    """
    from hf_seq.predictors.door import load

    loaded = load(model)
    if stream or not hasattr(loaded, "generate"):
        reason = "shows no text while it is written; leave out --stream" if stream else "continues no texts"
        raise InputError(f"{model} is an export, which {reason}.")
    return loaded
