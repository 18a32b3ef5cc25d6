# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq predict`."""

import sys
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from hf_seq.commands import own_process
from hf_seq.commands.answers import FORMATS, OF_WORDS, TABLES, format_of, write_answers
from hf_seq.commands.bulk import BULK, Bulk, run_bulk
from hf_seq.commands.inputs import Reader, ReadInputs, TypedInputs, read_inputs
from hf_seq.commands.options import (
    Backend,
    BatchSize,
    Inputs,
    Model,
    Overwrite,
    Split,
    TaskOfModel,
    stdin_bytes,
)
from hf_seq.commands.rows import OutputColumns, answer_rows, take_output_columns
from hf_seq.errors import InputError
from hf_seq.flags.spelling import as_typed

TAGGED_FORMATS = ("csv", "tsv", "parquet", "conll", "conllu")
"""Formats in which a tagger says a tag for each word, not its spans."""
HAND_OVER, TRUNCATED = "hand_over", "truncated"


def predict(
    model: Model,
    texts: Annotated[
        list[str] | None, typer.Argument(help="Texts, or series as JSON; absent: one per line from --data or stdin.")
    ] = None,
    data: Inputs = None,
    split: Split = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="Write there instead of stdout: jsonl, json, csv, tsv, parquet, conll or conllu by its name."
        ),
    ] = None,
    format: Annotated[str | None, typer.Option(help=f"Format, whatever the name: {', '.join(FORMATS)}.")] = None,
    probabilities: Annotated[
        bool, typer.Option("--probabilities", help="Give the probability of every label, too (classifiers).")
    ] = False,
    overwrite: Overwrite = False,
    task: TaskOfModel = None,
    batch_size: BatchSize = 64,
    bf16: Annotated[
        bool, typer.Option("--bf16", help="Compute in bfloat16 (fast where the processor has AMX or AVX512_BF16).")
    ] = False,
    backend: Backend = None,
    serve_stdin: Annotated[
        bool,
        typer.Option(
            "--serve_stdin", help="Stay, and answer each line of stdin at once by a line of JSON, for other programs."
        ),
    ] = False,
    input: Annotated[
        str | None,
        typer.Option(
            help="Shards to answer in bulk: 'in/*.parquet', jsonl, csv, txt, packed or not, here or where fsspec "
            "reaches; --output is then a folder.",
            rich_help_panel=BULK,
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes of one thread each; absent: one a core.", rich_help_panel=BULK),
    ] = None,
    executor: Annotated[str, typer.Option(help="local, slurm or ray.", rich_help_panel=BULK)] = "local",
    executor_options: Annotated[
        str | None,
        typer.Option(
            "--executor_options",
            help="Options of datatrove's executor: partition=cpu,time=04:00:00,mem_per_cpu_gb=4.",
            rich_help_panel=BULK,
        ),
    ] = None,
    skip_broken: Annotated[
        bool,
        typer.Option(
            "--skip_broken", help="Leave shards out that cannot be read, and count them.", rich_help_panel=BULK
        ),
    ] = False,
    **columns: Any,
) -> None:
    """Label texts or series, given as arguments, on stdin, or in any file that train reads; labels need not be there.

    Without --output, one JSON object per input on a line, in their order.
    The columns that training read come first; ids of the input come through.

    Examples:
    hf-seq predict runs/reviews-bilstm "not bad at all"

    cat reviews.txt | hf-seq predict runs/reviews-bilstm > labels.jsonl

    hf-seq predict runs/tweets --data test.csv --output submission.csv --output_columns id,target

    hf-seq predict runs/ner --data test.conll --output tagged.conll

    hf-seq predict runs/reviews-bilstm --serve_stdin < requests > answers

    hf-seq predict runs/filter --input 'shards/*.parquet' --output labelled --workers 8
    """
    if input is not None:
        refused = {"texts": texts, "--data": data, "--split": split, "--format": format, "--overwrite": overwrite}
        refused["--serve_stdin"] = serve_stdin
        shared = {"backend": backend, "batch_size": batch_size, "bf16": bf16 or None}
        bulk = Bulk(model, input, output, workers, executor, executor_options, skip_broken, task, shared, probabilities)
        run_bulk(bulk, columns, refused)
        return
    engine = None if executor == "local" else executor
    of_shards = as_typed(workers=workers, executor=engine, executor_options=executor_options, skip_broken=skip_broken)
    if of_shards:
        raise InputError(f"{of_shards}: such options are for shards; give --input, or leave them out.")
    if serve_stdin:
        _check_nothing_else(texts=texts, data=data, split=split, output=output, format=format, **columns)
    kind = format_of(output, format, overwrite=overwrite)
    output_columns = take_output_columns(columns)
    if output_columns.columns and kind in OF_WORDS:
        raise InputError(f"--output_columns is for tables, and {kind} has columns of its own; leave it out.")
    predictor = _load_predictor(model, batch_size=batch_size, bf16=bf16, backend=backend)
    events, clips = (getattr(predictor, what, False) for what in ("reads_events", "reads_clips"))
    if output_columns.ids and (events or (predictor.reads_numbers and not clips)):  # whose steps they are is read, too
        columns["id_column"] = ",".join(output_columns.ids)
        output_columns = OutputColumns([columns["id_column"]], output_columns.columns)
    given = TypedInputs(texts, data, split, task, columns)
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        reader = Reader.of(model, predictor)
        read = ReadInputs(()) if serve_stdin else read_inputs(given, reader)
        _choose_answers(predictor, model, output_columns, kind, probabilities)
        if serve_stdin:
            from hf_seq.commands.serve_stdin import serve_stdin as serve

            serve(stdin_bytes(), predictor, reader, sys.stdout)
            return
        answers = _answers(predictor, read, kind, batch_size if given.waits else None)
        flags = _flags(predictor, kind, output_columns)
        write_answers(answer_rows(answers, read, output_columns, flags), output, kind)


def _choose_answers(predictor: Any, model: str, output_columns: OutputColumns, kind: str, probabilities: bool) -> None:
    """Have a predictor answer with the probabilities and the targets that the output names.

    Raises:
        InputError: probabilities are asked for, and the model has none.
    """
    if hasattr(predictor, "with_probabilities"):
        named = {old for _, old in output_columns.columns} & set(predictor.label_names)
        predictor.with_probabilities = probabilities or bool(named)
        predictor.targets_by_name = kind in TABLES or bool(named)
    elif probabilities:
        raise InputError(f"--probabilities is for classifiers, and {model} is none; leave it out.")


def _flags(predictor: Any, kind: str, output: OutputColumns) -> list[str]:
    """Name what an answer says only where it is so, and that the output has a column for."""
    named = {old for _, old in output.columns}
    hands_over = getattr(predictor, "answer_threshold", None) is not None
    shown = {HAND_OVER: hands_over and (kind in TABLES or HAND_OVER in named), TRUNCATED: TRUNCATED in named}
    return [name for name, is_shown in shown.items() if is_shown]


def _check_nothing_else(**given: Any) -> None:
    """Refuse what says where inputs come from, or where answers go, beside --serve_stdin."""
    for name, value in given.items():
        if value:
            what = "texts were given" if name == "texts" else f"--{name} was given"
            raise InputError(f"--serve_stdin answers lines of stdin on stdout, and {what}; leave one of them out.")


def _answers(predictor: Any, read: ReadInputs, kind: str, window: int | None) -> Iterable[dict[str, Any]]:
    """Answer for what was read; word by word where the format asks for it.

    Raises:
        InputError: a format for words, and a model of something else.
    """
    if not hasattr(predictor, "tag_words"):
        if kind in OF_WORDS:
            raise InputError(f"{kind} is for taggers of words; this model answers otherwise: use jsonl or csv.")
        return predictor.predict(read.values, window=window)
    if kind not in TAGGED_FORMATS:
        return predictor.predict(read.values, window=window)
    tagged = predictor.tag_words(read.values, window=window)
    return tagged if kind != "conllu" or read.inputs is None else _with_columns(tagged, read)


def _with_columns(tagged: Iterable[dict[str, Any]], read: ReadInputs) -> Iterator[dict[str, Any]]:
    """Add for each sentence what was read of its words, its text, and the name of the column that the tags are of."""
    table = read.inputs.table if read.inputs else None
    assert table is not None  # the caller has looked
    named = [name for name in table.names if name != "text"]
    texts = table.values("text") if "text" in table.names else [None] * len(table)
    for answer, text, *values in zip(tagged, texts, *map(table.values, named), strict=True):
        lists = {name: value for name, value in zip(named, values, strict=True) if isinstance(value, list)}
        yield {**answer, "columns": lists, "text": text, "column": (read.trained_on or {}).get("tags_column")}


def _load_predictor(model: str, **settings: Any) -> Any:
    """Load in a process that answers and ends."""
    from hf_seq.predictors.door import load

    own_process.start(model)
    return load(model, **settings)


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    """Print a warning in a sentence, without the line of code that it came from."""
    print(f"hf-seq: {message}", file=sys.stderr)
