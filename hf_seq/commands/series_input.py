# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series of numbers for `hf-seq predict`: JSON on the command line or on stdin, or a file."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from hf_seq.commands.options import stdin_bytes
from hf_seq.errors import InputError


def read_series_inputs(arguments: Sequence[str] | None, file: Path | None) -> Iterable[Any]:
    """Yield series as a predictor takes them.

    Args:
        arguments: each a series as JSON, `[[0.1, 2.0], [0.3, 1.5]]`, or `{"series": ..., "times": ...}`.
        file: jsonl with a series a line, alone or in a field `series`, or any file that `load_series_splits` reads.

    Raises:
        InputError: text, or no series.
    """
    if arguments:
        return [_parsed(text, f"argument {number}") for number, text in enumerate(arguments, 1)]
    if file is None:
        return _lines(stdin_bytes(), "stdin")
    if file.suffix.lower() in (".jsonl", ".txt"):
        return _of_file(file)
    from hf_seq.data.series import read_series_file

    return read_series_file(file)


def _of_file(file: Path) -> Iterator[Any]:
    with file.open("rb") as lines:
        yield from _lines(lines, str(file))


def _lines(lines: Iterable[bytes], name: str) -> Iterator[Any]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _parsed(line, f"{name}, line {number}")


def _parsed(text: str | bytes, where: str) -> Any:
    """Parse a series from one JSON text."""
    try:
        found = json.loads(text)
        series = found["series"] if isinstance(found, dict) else found
        if isinstance(found, dict) and found.get("times") is not None and isinstance(series, list):
            return {"series": series, "times": found["times"]}
    except (ValueError, KeyError) as error:
        shown = text[:40].decode(errors="replace") if isinstance(text, bytes) else text[:40]
        raise InputError(
            f"{where} is {shown!r}, no series of numbers; this model was trained on series, so write one as JSON, "
            '[[0.1, 2.0], [0.3, 1.5]] (steps of channels) or {"series": ...}.'
        ) from error
    if not isinstance(series, list):
        raise InputError(
            f"{where} is {series!r:.40}, no series of numbers; write a list of steps, each a list of numbers."
        )
    return series
