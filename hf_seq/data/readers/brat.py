# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""brat's standoff: a text in NAME.txt, its spans in NAME.ann, a line each: `T1 TAB PER 0 10 TAB Oto Brandt`.

Format: brat.nlplab.org/standoff.html. Relations, events and attributes are left out, and spans of several pieces.
"""

from pathlib import Path
from typing import Any

from hf_seq.data.findings import counted
from hf_seq.data.readers.tables import Table
from hf_seq.data.readers.text_form import read_text
from hf_seq.errors import InputError
from hf_seq.files.reading import whole_number


def has_standoff(path: Path) -> bool:
    """Check whether the spans of a text lie beside it."""
    return path.with_suffix(".ann").is_file()


def read_brat(folder: Path) -> Table | None:
    """Read a folder of texts with spans, a row for each; None where there are no spans.

    Raises:
        InputError: a text that is missing, or a line of spans that is none.
    """
    paths = sorted(folder.glob("*.ann"))
    if not paths:
        return None
    _check_texts(paths)
    return _table([_document(path.with_suffix(".txt")) for path in paths])


def read_brat_file(path: Path) -> Table:
    """Read one text with spans.

    Raises:
        InputError: as `read_brat`.
    """
    _check_texts([path])
    return _table([_document(path.with_suffix(".txt"))])


def _check_texts(paths: list[Path]) -> None:
    missing = next((path for path in paths if not path.with_suffix(".txt").is_file()), None)
    if missing is not None:
        raise InputError(f"{missing} holds spans, but its text {missing.with_suffix('.txt').name} is not there.")


def _table(documents: list[tuple[str, list[dict[str, Any]], int]]) -> Table:
    pieces = sum(count for _, _, count in documents)
    notes = [f"{counted(len(documents), 'text')} with spans beside them (brat)"]
    notes += [f"{counted(pieces, 'span')} of several pieces left out"] if pieces else []
    return Table(
        {"text": [text for text, _, _ in documents], "spans": [spans for _, spans, _ in documents]}, notes=notes
    )


def _document(path: Path) -> tuple[str, list[dict[str, Any]], int]:
    """Return a text, its spans, and how many have several pieces."""
    spans, pieces = [], 0
    for number, line in enumerate(read_text(path.with_suffix(".ann")).split("\n"), 1):
        if not line.startswith("T"):
            continue
        fields = line.rstrip("\r").split("\t")
        facts = fields[1].split() if len(fields) >= 2 else []
        start, end = (whole_number(fact) for fact in (*facts, "", "", "")[1:3])
        if len(facts) < 3 or start is None or (end is None and ";" not in fields[1]):
            raise InputError(
                f"{path.with_suffix('.ann')}: line {number} is {line[:60]!r}; a span is `T1 TAB LABEL START END TAB "
                "text`."
            )
        if ";" in fields[1]:
            pieces += 1
            continue
        spans.append({"label": facts[0], "start": start, "end": end, "text": "\t".join(fields[2:]) or None})
    return read_text(path), spans, pieces
