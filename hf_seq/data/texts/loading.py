# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Unlabelled text as train, validation and test, for language models.

A .txt file is one text, line feeds and blanks included, or a text a line; every other source has a row per text. The
rules for missing splits are those of all tasks (`hf_seq.data.split_completion`), but a single text is cut where it
stands: its last tenth is the test, the tenth before it the validation, so that both go on where train ends.
"""

from pathlib import Path
from typing import Unpack

from datasets import Value

from hf_seq.data.columns import find_text_column
from hf_seq.data.cutting import text_key
from hf_seq.data.readers.class_folders import read_class_folders
from hf_seq.data.readers.files import READERS, read_text
from hf_seq.data.readers.tables import Table
from hf_seq.data.reading import LabelledRows, ReadingArguments, ReadingOptions
from hf_seq.data.split_completion import SplitRows
from hf_seq.data.splits import Splits
from hf_seq.errors import InputError

LANGUAGE_MODELING = "language_modeling"


def load_text_splits(
    source: str | Path, *, text_column: str | None = None, lines: bool = False, **options: Unpack[ReadingArguments]
) -> Splits:
    """Read text from anywhere.

    Args:
        source: Hub id; txt, csv, tsv, jsonl or parquet file; folder with a file per split; or `builtin:grammar`.
        text_column: name of the text column, where there is more than one way to read the table.
        lines: read a .txt file as a text a line, without empty lines.
        **options: which data, and how they are cut: the fields of `ReadingOptions`. `strict` refuses a split without a
            single character, which is otherwise left to `check_texts`.

    Returns:
        Splits with `problem_type="language_modeling"`, without labels, whose rows have `text` and `row`. No character
        is changed or dropped.

    Raises:
        InputError: cannot be read; column not found; no text; a text too short to be cut; rows of a single text to be
            limited.
    """
    reading = ReadingOptions(source, **options)
    raw = reading.read({**READERS, ".txt": _read_lines if lines else _read_whole_txt}, (read_class_folders,))
    column = find_text_column(raw.tables["train"], **reading.known(raw.tables["train"], text_column=text_column))
    rows = {}
    for split, table in raw.ordered:
        raw.require_column(split, column)
        rows[split] = _rows(split, table, column)
        if reading.strict and not any(rows[split].columns["text"]):
            raise InputError(f"{raw.description}: {split} has no text, all its rows are empty; give some.")
    cutting = reading.cutting()
    if len(rows["train"]) == 1:
        if reading.max_train_rows is not None:
            raise InputError(
                f"max_train_rows={reading.max_train_rows} limits the number of texts, and {raw.description} is one "
                "text; leave it out, or give a shorter one."
            )
        cutting.cut_off, cutting.how = _cut_end, f"the end of the text ({reading.validation_fraction:.0%})"
    notes = [f"text column {column!r}", *raw.notes]
    features = {"text": Value("string")}
    found = LabelledRows(raw, rows, features, LANGUAGE_MODELING, notes=notes, columns={"text_column": column})
    return found.completed(reading, cutting)


def _rows(split: str, table: Table, column: str) -> SplitRows:
    texts = ["" if value is None else str(value) for value in table.values(column)]
    return SplitRows(split, {"text": texts}, range(1, len(texts) + 1), [text_key(text) for text in texts])


def _cut_end(rows: SplitRows, fraction: float, seed: int) -> tuple[SplitRows, SplitRows]:
    """Cut the end off a single text, or off one and its continuation."""
    del seed  # nothing is drawn
    text = "".join(rows.columns["text"])
    if not 0.0 < fraction < 1.0:
        raise InputError(f"validation_fraction={fraction} is not a share of the text; use 0.1, for example.")
    kept = round(len(text) * (1 - fraction))
    if not 0 < kept < len(text):
        raise InputError(
            f"a text of {len(text)} characters is too short to cut {fraction:.0%} off; give more text, or a file for "
            "each split."
        )
    parts = text[:kept], text[kept:]
    before, after = (SplitRows(rows.origin, {"text": [part]}, rows.numbers[:1], [text_key(part)]) for part in parts)
    return before, after


def _read_whole_txt(path: Path) -> Table:
    """Read the file as one text, nothing changed."""
    text = read_text(path)
    if not text.strip():
        raise InputError(f"{path} holds only blanks; give a file with text.")
    return Table({"text": [text]}, all_strings=True)


def _read_lines(path: Path) -> Table:
    """Read each line that is not empty as a text."""
    (text,) = _read_whole_txt(path).values("text")
    lines = [line.removesuffix("\r") for line in text.split("\n") if line.strip()]
    return Table({"text": lines}, all_strings=True, notes=["a text a line"])
