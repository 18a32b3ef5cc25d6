# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series of numbers and sequences of events as JSON: on the command line, on stdin, or one a line in a file."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from hf_seq.data.lines import read_lines
from hf_seq.errors import InputError
from hf_seq.files.reading import parse_json


def read_series_lines(lines: Iterable[str], name: str, first: int = 1) -> Iterator[Any]:
    """Yield the series of lines that hold one: alone, `[[0.1, 2.0], [0.3, 1.5]]`, or as the field `series`.

    Args:
        lines: of JSON: series, or objects with a `series` and maybe its `times`; blank ones are left out.
        name: what stands before their number in an error: `argument`, or `x.jsonl, line`.
        first: number of the first.

    Raises:
        InputError: text, or no series.
    """
    for number, line in enumerate(lines, start=first):
        if line.strip():
            yield _parsed(line, f"{name} {number}")


def read_event_lines(lines: Iterable[str], name: str, first: int = 1) -> Iterator[Any]:
    """Yield the sequences of lines that hold one: `{"events": ["open", "buy"], ...}`, or names alone, `["open"]`.

    Args:
        lines: of JSON; blank ones are left out.
        name: what stands before their number in an error.
        first: number of the first.

    Raises:
        InputError: a line holds something else.
    """
    for number, line in enumerate(lines, start=first):
        if not line.strip():
            continue
        try:
            found = parse_json(line)
        except ValueError:
            found = None
        if not isinstance(found, list) and not (isinstance(found, dict) and "events" in found):
            raise InputError(
                f"{name} {number} is {line.strip()[:40]!r}, no sequence of events; write one as JSON, "
                '{"events": ["open", "buy"], "times": [...]}, or read a table of events with --data.'
            )
        yield found


def is_bare_series(path: Path) -> bool:
    """Check whether the lines of a file are series alone, not objects."""
    first = next((line.strip() for line in islice(read_lines(path), 100) if line.strip()), "")
    return first.startswith("[") and not first[1:].lstrip().startswith("{")


def _parsed(text: str, where: str) -> Any:
    """Parse a series from one JSON text."""
    try:
        found = parse_json(text)
        series = found["series"] if isinstance(found, dict) else found
        if isinstance(found, dict) and found.get("times") is not None and isinstance(series, list):
            return {"series": series, "times": found["times"]}
    except (ValueError, KeyError) as error:
        raise InputError(
            f"{where} is {text[:40]!r}, no series of numbers; this model was trained on series, so write one as JSON, "
            '[[0.1, 2.0], [0.3, 1.5]] (steps of channels) or {"series": ...}.'
        ) from error
    if not isinstance(series, list):
        raise InputError(
            f"{where} is {series!r:.40}, no series of numbers; write a list of steps, each a list of numbers."
        )
    return series
