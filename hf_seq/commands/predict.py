# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq predict`."""

import json
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from hf_seq.commands.options import BatchSize, Model, stdin_bytes
from hf_seq.commands.series_input import read_series_inputs
from hf_seq.errors import InputError


def predict(
    model: Model,
    texts: Annotated[list[str] | None, typer.Argument(help="Texts; absent: one per line from --file or stdin.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            help="Text file, one text a line, or .jsonl with a field `text`; for series .jsonl with a field `series`, "
            "parquet, ts, csv, npz or npy."
        ),
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Write there instead of stdout; must not exist.")] = None,
    batch_size: BatchSize = 64,
    bf16: Annotated[
        bool, typer.Option("--bf16", help="Compute in bfloat16 (fast where the processor has AMX).")
    ] = False,
) -> None:
    """Label texts or series: one JSON object per input on a line, in their order, while the input is being read.

    Examples:
    hf-seq predict runs/reviews-bilstm "not bad at all"

    cat reviews.txt | hf-seq predict runs/reviews-bilstm > labels.jsonl

    hf-seq predict runs/reviews-bilstm --file reviews.jsonl --output labels.jsonl
    """
    if texts and file:
        raise InputError("Texts were given both as arguments and with --file; give one of them.")
    if output is not None and output.exists():
        raise InputError(f"--output {output} exists; choose another name, or delete it first.")
    if output is not None and not output.parent.is_dir():
        raise InputError(f"--output {output}: there is no folder {output.parent}; make it, or choose another.")
    if file is not None and not file.is_file():
        raise InputError(f"--file {file} does not exist.")
    predictor = _load_predictor(model, batch_size=batch_size, bf16=bf16)
    window = None if texts or file else batch_size  # whoever writes to stdin may be waiting for an answer
    opened = output.open("x", encoding="utf-8") if output else nullcontext(sys.stdout)
    with warnings.catch_warnings(), opened as sink:
        warnings.showwarning = _show_warning
        given = read_series_inputs(texts, file) if predictor.reads_numbers else texts or read_texts(file)
        _write_predictions(predictor.predict(given, window=window), sink)


def _write_predictions(answers: Iterable[dict[str, Any]], sink: IO[str]) -> None:
    for answer in answers:
        sink.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sink.flush()


def read_texts(file: Path | None) -> Iterator[str]:
    """Yield one text per line of a file or of stdin; of a .jsonl the field `text`.

    Raises:
        InputError: bytes that are not UTF-8, or a line of jsonl without a text.
    """
    is_jsonl = file is not None and file.suffix == ".jsonl"
    name = str(file) if file is not None else "stdin"
    with file.open("rb") if file is not None else nullcontext(stdin_bytes()) as lines:
        for number, line in enumerate(lines, start=1):
            try:
                text = line.decode("utf-8").rstrip("\r\n")
                yield json.loads(text)["text"] if is_jsonl else text
            except UnicodeDecodeError as error:
                raise InputError(
                    f"{name}, line {number} is not UTF-8 ({error}); convert it, e.g. with iconv."
                ) from error
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f'{name}, line {number} is no JSON object with a field "text" ({error}).') from error


def _load_predictor(model: str, **settings: Any) -> Any:
    """Load without the library's bar, which takes longer to read than the model to load."""
    from transformers.utils.logging import disable_progress_bar

    from hf_seq.predictors.door import load

    disable_progress_bar()
    return load(model, **settings)


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    """Print a warning in a sentence, without the line of code that it came from."""
    print(f"hf-seq: {message}", file=sys.stderr)
