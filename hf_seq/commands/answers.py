# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Answers on their way out: lines of JSON as they come, or a whole file in the format that its name says.

jsonl, json       what the predictor says, the ids of the input before it
csv, tsv, parquet a row an input; of a tagger csv and tsv have a row a word (or a step)
conll, conllu     a word and its tag a line
"""

import csv
import json
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from hf_seq.errors import InputError
from hf_seq.files.cells import cell_of
from hf_seq.files.writing import check_output, whole_file

Row = dict[str, Any]
FORMATS = ("jsonl", "json", "csv", "tsv", "parquet", "conll", "conllu")
TABLES = ("csv", "tsv", "parquet")
"""Those of rows that have the same columns, each of several targets one."""
OF_WORDS = ("conll", "conllu")
"""Those of words and their tags, which only a tagger writes."""
_TAGGED = ("words", "tags", "scores")
_FLUSHED = 64  # rows


def format_of(output: Path | None, given: str | None, *, overwrite: bool) -> str:
    """Tell the format of an output file by its name, or that of stdout, which is jsonl unless another is asked for.

    Raises:
        InputError: a format that is not written, or a file that exists or has no folder.
    """
    if given is not None and given not in FORMATS:
        raise InputError(f"--format {given} is none of {', '.join(FORMATS)}.")
    if output is None:
        if given == "parquet":
            raise InputError("--format parquet is for files; give --output FILE.parquet.")
        return given or "jsonl"
    check_output(output, overwrite=overwrite)
    name = given or output.suffix.lower().removeprefix(".") or "jsonl"
    if name not in FORMATS:
        raise InputError(
            f"--output {output}: files ending in {output.suffix!r} are not written; use one of "
            f"{' '.join(f'.{each}' for each in FORMATS)}, or say --format jsonl."
        )
    return name


def write_answers(rows: Iterable[Row], output: Path | None, kind: str) -> None:
    """Write rows: to stdout as they come, to a file that is there when it is whole.

    Args:
        rows: an input each.
        output: the file; None for stdout.
        kind: one of `FORMATS`.
    """
    if output is not None and kind in TABLES:
        rows = _with_columns_of_all(rows)
    if kind == "parquet":
        assert output is not None  # stdout takes none
        _write_parquet(rows, output)
        return
    write = _WRITERS[kind]
    if output is None:
        write(rows, sys.stdout)
        return
    with whole_file(output, encoding="utf-8", newline="") as sink:
        write(rows, sink)


def _with_columns_of_all(rows: Iterable[Row]) -> Iterator[Row]:
    """Give every row the columns of all: what is said of some only, such as `truncated`, is False of the others.

    Rows wait for the last one in a file of this process, since millions of them have no room in memory.
    """
    absent: Row = {}
    count = 0
    with TemporaryFile() as waiting:
        for row in rows:
            absent |= {name: False if value is True else None for name, value in row.items()}
            pickle.dump(row, waiting)
            count += 1
        waiting.seek(0)
        for _ in range(count):
            yield absent | pickle.load(waiting)


def _write_jsonl(rows: Iterable[Row], sink: IO[str]) -> None:
    for row in rows:
        sink.write(json.dumps(row, ensure_ascii=False) + "\n")
        sink.flush()


def _write_json(rows: Iterable[Row], sink: IO[str]) -> None:
    json.dump(list(rows), sink, ensure_ascii=False, indent=1)
    sink.write("\n")


def _write_csv(rows: Iterable[Row], sink: IO[str]) -> None:
    _write_delimited(rows, sink, ",")


def _write_tsv(rows: Iterable[Row], sink: IO[str]) -> None:
    _write_delimited(rows, sink, "\t")


def _write_delimited(rows: Iterable[Row], sink: IO[str], delimiter: str) -> None:
    """Write a header and rows with quotes where they are needed; every row has the columns of the first.

    What only a later row has cannot be written any more; the first such is told.
    """
    flat = chain.from_iterable(map(_a_row_a_word, rows, range(1, sys.maxsize)))
    first = next(flat, None)
    if first is None:
        return
    writer = csv.DictWriter(sink, list(first), delimiter=delimiter, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    known = set(first)
    for row in chain([first], flat):
        if lost := row.keys() - known:
            known |= lost
            print(f"hf-seq: {', '.join(lost)} came too late for a column; give --output FILE", file=sys.stderr)
        writer.writerow({name: cell_of(value) for name, value in row.items()})


def _a_row_a_word(row: Row, number: int) -> Iterator[Row]:
    """Turn the tags of a sentence or a series into a row for each; any other answer is a row itself."""
    if not isinstance(row.get("tags"), list):
        probabilities = row.get("probabilities")
        named = probabilities if isinstance(probabilities, dict) else {}
        yield {**{name: value for name, value in row.items() if name != "probabilities"}, **named}
        return
    kept = {name: value for name, value in row.items() if name not in _TAGGED}
    lists = [(name.removesuffix("s"), row[name]) for name in _TAGGED if name in row]
    for step, values in enumerate(zip(*(values for _, values in lists), strict=True), 1):
        named = dict(zip((name for name, _ in lists), values, strict=True))
        yield {**kept, **({"sentence": number} if "words" in row else {"series": number, "step": step}), **named}


def _write_parquet(rows: Iterable[Row], output: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pylist(list(rows))
    with whole_file(output, "wb") as sink:
        pq.write_table(table, sink)


def _write_conll(rows: Iterable[Row], sink: IO[str]) -> None:
    for row in rows:
        lines = [f"{_field(word)}\t{tag}\n" for word, tag in zip(row["words"], row["tags"], strict=True)]
        sink.write("".join(lines) + "\n")
        sink.flush()


def _write_conllu(rows: Iterable[Row], sink: IO[str]) -> None:
    """Write ten columns, the tags in that which the model was trained on (`column`), all others as they were read."""
    from hf_seq.data.readers.conll import CONLLU_COLUMNS

    for row in rows:
        known = row.get("columns") or {}
        columns = {"id": map(str, range(1, len(row["words"]) + 1)), "form": row["words"]}
        columns |= {name: values for name, values in known.items() if len(values) == len(row["words"])}
        column = row.get("column")
        columns[column if column in CONLLU_COLUMNS else "upos"] = row["tags"]
        filled = [list(columns.get(name, "_" * len(row["words"]))) for name in CONLLU_COLUMNS]
        if row.get("text"):
            sink.write(f"# text = {row['text']}\n")
        sink.write("".join("\t".join(map(_field, line)) + "\n" for line in zip(*filled, strict=True)) + "\n")
        sink.flush()


def _field(word: Any) -> str:
    """Write a word so that it stays one: a tab or the end of a line in it becomes a blank, nothing becomes `_`."""
    return " ".join(str(word).splitlines()).replace("\t", " ") or "_"


_WRITERS: dict[str, Callable[[Iterable[Row], IO[str]], None]] = {
    "jsonl": _write_jsonl,
    "json": _write_json,
    "csv": _write_csv,
    "tsv": _write_tsv,
    "conll": _write_conll,
    "conllu": _write_conllu,
}
