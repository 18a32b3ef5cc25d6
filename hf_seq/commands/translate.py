# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq translate`."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from hf_seq.commands.options import Model
from hf_seq.commands.predict import read_texts
from hf_seq.errors import InputError


def translate(
    model: Model,
    texts: Annotated[list[str] | None, typer.Argument(help="Texts; absent: one per line from --file or stdin.")] = None,
    file: Annotated[
        Path | None, typer.Option(help="Text file, one text a line, or .jsonl with a field `text`.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Write there instead of stdout; must not exist.")] = None,
    batch_size: Annotated[int, typer.Option("--batch_size", min=1, help="Texts that share a batch.")] = 32,
    num_beams: Annotated[int | None, typer.Option("--num_beams", help="Beams; absent: the model's own.")] = None,
    max_new_tokens: Annotated[
        int | None, typer.Option("--max_new_tokens", help="Tokens to write at most; absent: the model's own.")
    ] = None,
    length_penalty: Annotated[
        float | None, typer.Option("--length_penalty", help="Above 0 favours longer texts, when beams are ranked.")
    ] = None,
    split: Annotated[
        bool, typer.Option("--split", help="Split a text longer than the model reads between its sentences.")
    ] = False,
    bf16: Annotated[
        bool, typer.Option("--bf16", help="Compute in bfloat16 (fast where the processor has AMX).")
    ] = False,
) -> None:
    """Write a text for each text: a line out for a line in, in their order, while the input is being read.

    Examples:
    hf-seq translate runs/multi30k-transformer-seq2seq "Ein Hund rennt."

    cat german.txt | hf-seq translate runs/multi30k-transformer-seq2seq > english.txt
    """
    from transformers.utils.logging import disable_progress_bar

    from hf_seq.predictors.writer import Translator

    if texts and file:
        raise InputError("Texts were given both as arguments and with --file; give one of them.")
    if file is not None and not file.is_file():
        raise InputError(f"--file {file} does not exist.")
    if output is not None and (output.exists() or not output.parent.is_dir()):
        raise InputError(f"--output {output} exists, or its folder does not; choose another name.")
    disable_progress_bar()
    loaded = Translator.from_pretrained(
        model,
        batch_size=batch_size,
        bf16=bf16,
        too_long="split" if split else "error",
        num_beams=num_beams,
        max_new_tokens=max_new_tokens,
        length_penalty=length_penalty,
    )
    window = None if texts or file else batch_size  # whoever writes to stdin may be waiting for an answer
    with output.open("x", encoding="utf-8") if output else nullcontext(sys.stdout) as sink:
        for number, answer in enumerate(loaded.predict(texts or read_texts(file), window=window), 1):
            if not answer["finished"]:
                print(f"hf-seq: text {number} ends at the limit of new tokens; --max_new_tokens.", file=sys.stderr)
            sink.write(" ".join(answer["target"].splitlines()) + "\n")
            sink.flush()
