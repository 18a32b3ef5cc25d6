# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Unlabelled text as train, validation and test, for language models.

A .txt file is one text, line feeds and blanks included; every other source has a row per text. The rules for missing
splits are those of all tasks (`hf_seq.data.completing`), but a single text is cut where it stands: its last tenth is
the test, the tenth before it the validation, so that both go on where train ends.
"""

from pathlib import Path

from datasets import Value

from hf_seq.data.classification import Splits, require_column
from hf_seq.data.columns import find_text_column
from hf_seq.data.completing import Cutting, SplitRows, complete_splits, fingerprint
from hf_seq.data.cutting import text_key
from hf_seq.data.readers.files import READERS, read_text
from hf_seq.data.readers.tables import Table
from hf_seq.data.sources import SPLIT_NAMES, read_source
from hf_seq.errors import InputError

LANGUAGE_MODELING = "language_modeling"


def load_text_splits(
    source: str | Path,
    *,
    text_column: str | None = None,
    config: str | None = None,
    revision: str | None = None,
    validation_fraction: float = 0.1,
    seed: int = 0,
    max_train_rows: int | None = None,
    train_on_validation: bool = False,
    strict: bool = True,
    whole: bool = False,
) -> Splits:
    """Read text from anywhere.

    Args:
        source: Hub id; txt, csv, tsv, jsonl or parquet file; folder with a file per split; or `builtin:grammar`.
        text_column: name of the text column, where there is more than one way to read the table.
        config: of a Hub data set.
        revision: of a Hub data set.
        validation_fraction: share of train for each split that has to be cut from it.
        seed: of that cut where train has several texts, and of the choice of `max_train_rows`.
        max_train_rows: use no more train texts than this; a single text is one row.
        train_on_validation: the source's own validation rows join train, and a new validation is cut from both; for
            the last training, when everything is chosen.
        strict: refuse a split without a single character; otherwise leave it to `check_texts`.
        whole: cut nothing off a source that has no splits; all of it is then in each.

    Returns:
        Splits with `problem_type="language_modeling"`, without labels, whose rows have `text` and `row`. No character
        is changed or dropped.

    Raises:
        InputError: cannot be read; column not found; no text; a text too short to be cut.
    """
    raw = read_source(source, config, revision, TEXT_READERS)
    column = find_text_column(raw.tables["train"], text_column)
    notes = [f"text column {column!r}", *raw.notes]
    rows = {}
    for split in sorted(raw.tables, key=list(SPLIT_NAMES).index):
        require_column(raw.tables[split], split, column, raw)
        rows[split] = _rows(split, raw.tables[split], column)
        if strict and not any(rows[split].columns["text"]):
            raise InputError(f"{raw.description}: {split} has no text, all its rows are empty; give some.")
    one_text = len(rows["train"]) == 1
    cutting = Cutting(validation_fraction, seed, max_train_rows, whole, train_on_validation)
    if one_text:
        cutting.cut_off, cutting.how = _cut_end, f"the end of the text ({validation_fraction:.0%})"
    parts, test_split = complete_splits(rows, cutting, notes)
    return Splits(
        **{name: part.dataset(text=Value("string")) for name, part in parts.items()},
        label_names=[],
        problem_type=LANGUAGE_MODELING,
        source=raw.description,
        fingerprint=fingerprint(parts, []),
        test_split=test_split,
        notes=notes,
        origins={name: part.origin for name, part in parts.items()},
    )


def _rows(split: str, table: Table, column: str) -> SplitRows:
    texts = ["" if value is None else str(value) for value in table.values(column)]
    return SplitRows(split, {"text": texts}, range(1, len(texts) + 1), [text_key(text) for text in texts])


def _cut_end(rows: SplitRows, fraction: float, seed: int) -> tuple[SplitRows, SplitRows]:
    """Cut the end off a single text, or off one and its continuation."""
    del seed  # nothing is drawn
    text = "".join(rows.columns["text"])
    if not 0.0 < fraction < 1.0:
        raise InputError(f"validation_fraction={fraction} is no share of the text; use one between 0 and 1, e.g. 0.1.")
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
    """The file as one text, nothing changed."""
    text = read_text(path)
    if not text.strip():
        raise InputError(f"{path} holds only blanks; give a file with text.")
    return Table({"text": [text]}, all_strings=True)


TEXT_READERS = {**READERS, ".txt": _read_whole_txt}
