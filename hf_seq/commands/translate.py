# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq translate`."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from hf_seq.commands import own_process
from hf_seq.commands.answers import FORMATS, OF_WORDS, write_answers
from hf_seq.commands.inputs import Reader, TypedInputs, read_inputs
from hf_seq.commands.options import Inputs, Model, Overwrite
from hf_seq.commands.rows import answer_rows, take_output_columns
from hf_seq.errors import InputError
from hf_seq.files.writing import check_output, whole_file


def translate(
    model: Model,
    texts: Annotated[list[str] | None, typer.Argument(help="Texts; absent: one per line from --data or stdin.")] = None,
    data: Inputs = None,
    output: Annotated[
        Path | None,
        typer.Option(help="Write there instead of stdout: a text a line, or as .jsonl, .json, .csv, .tsv or .parquet."),
    ] = None,
    overwrite: Overwrite = False,
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
        bool, typer.Option("--bf16", help="Compute in bfloat16 (fast where the processor has AMX or AVX512_BF16).")
    ] = False,
    **columns: Any,
) -> None:
    """Write a text for each text, in their order: a line out for a line in, or a table with the ids of the input.

    Sources are given as arguments, on stdin, or in any file that train reads,
    where targets need not be there.

    Examples:
    hf-seq translate runs/multi30k-transformer-seq2seq "Ein Hund rennt."

    cat german.txt | hf-seq translate runs/multi30k-transformer-seq2seq > english.txt

    hf-seq translate runs/multi30k-transformer-seq2seq --data test.csv --output english.csv
    """
    from hf_seq.files.pretrained import is_export
    from hf_seq.predictors.door import load

    kind = output.suffix.lower().removeprefix(".") if output else ""
    if output is not None:
        check_output(output, overwrite=overwrite)
    if kind in OF_WORDS:
        raise InputError(f"--output {output}: {kind} is for words and their tags; use .txt, .jsonl, .csv or .parquet.")
    asked = take_output_columns(columns)
    if asked.typed and kind not in FORMATS:
        raise InputError(
            f"Columns are of a table; give --output FILE.csv, .tsv, .jsonl or .parquet, or leave {asked.typed} out."
        )
    given = TypedInputs(texts, data, task="seq2seq", columns=columns)
    own_process.start(model)
    settings: dict[str, Any] = {"too_long": "split" if split else "error", "num_beams": num_beams}
    settings |= {"max_new_tokens": max_new_tokens, "length_penalty": length_penalty}
    if is_export(model):
        loaded = load(model, bf16=bf16, **settings)
    else:
        from hf_seq.predictors.writer import Translator

        loaded = Translator.from_pretrained(model, batch_size=batch_size, bf16=bf16, **settings)
    read = read_inputs(given, Reader.of(model, loaded))
    answers = _reported(loaded.predict(read.values, window=batch_size if given.waits else None))
    if kind in FORMATS:
        write_answers(answer_rows(answers, read, asked), output, kind)
    else:
        _write_lines(answers, output)


def _reported(answers: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Say of texts that the limit of new tokens ended that they are not finished."""
    for number, answer in enumerate(answers, 1):
        if not answer["finished"]:
            print(f"hf-seq: text {number} ends at the limit of new tokens; --max_new_tokens.", file=sys.stderr)
        yield answer


def _write_lines(answers: Iterable[dict[str, Any]], output: Path | None) -> None:
    with whole_file(output, encoding="utf-8") if output else nullcontext(sys.stdout) as sink:
        for answer in answers:
            sink.write(" ".join(answer["target"].splitlines()) + "\n")
            sink.flush()
