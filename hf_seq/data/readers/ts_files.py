# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Files of the UEA & UCR archives, `.ts`: a header of `@` lines, then a series a line.

    @classLabel true Standing Running
    @data
    0.1,0.2,0.3:1.0,?,1.2:Standing        2 channels, 3 steps, a missing value, the label

Comments begin with # or %. Values are parted by commas, channels by colons, the label stands behind the last colon.
Format: aeon-toolkit.org/en/stable/api_reference/data_format.html. Archive: Bagnall et al. 2018, arXiv:1811.00075.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.data.readers.files import read_text
from hf_seq.data.readers.tables import Table
from hf_seq.errors import InputError

_PARTS = re.compile(r":(?![^(]*\))")  # colons, but not those of the times of day inside brackets
_STAMPED = re.compile(r"\([^(),]*,([^()]*)\)")


def read_ts(path: Path) -> Table:
    """Read a `.ts` file: `series`, arrays (T, C), and `label`, where the header says that there is one.

    Raises:
        InputError: no `@data` line, no label announced, channels of different lengths, or values that are no numbers;
            with the line.
    """
    lines = read_text(path).split("\n")
    header: dict[str, list[str]] = {}
    for number, line in enumerate(lines):
        words = line.split()
        if words and words[0].lower() == "@data":
            break
        if words and words[0].startswith("@"):
            header[words[0][1:].lower()] = words[1:]
        elif words and not words[0].startswith(("#", "%")):
            raise InputError(f"{path}: line {number + 1} is {line[:40]!r}, but the data begin behind a line `@data`.")
    else:
        raise InputError(f"{path} has no line `@data`; series stand behind it, one a line.")
    classes, target = header.get("classlabel", ["false"]), header.get("targetlabel", ["false"])
    labelled = "true" in (classes[0].lower(), target[0].lower())
    stamped = header.get("timestamps", ["false"])[0].lower() == "true"
    body = [(at, line.strip()) for at, line in enumerate(lines[number + 1 :], number + 2)]
    body = [(at, line) for at, line in body if line and line[0] not in "#%"]
    rows = [_row(path, at, line, stamped=stamped, labelled=labelled) for at, line in body]
    columns: dict[str, list[Any]] = {"series": [series for series, _ in rows]}
    notes = ["time stamps left out"] if stamped else []
    if not labelled:
        return Table(columns, notes=notes)
    columns["label"] = [label for _, label in rows]
    if target[0].lower() == "true":
        columns["label"] = [_number(path, at, label) for (at, _), label in zip(body, columns["label"], strict=True)]
        return Table(columns, notes=notes)
    return Table(columns, {"label": classes[1:]} if classes[1:] else {}, all_strings=not classes[1:], notes=notes)


def _row(path: Path, number: int, line: str, *, stamped: bool, labelled: bool) -> tuple[np.ndarray, str]:
    """Parse one line: the series, and the text of the label or nothing."""
    channels = _PARTS.split(line)
    label = channels.pop().strip() if labelled else ""
    texts = [_STAMPED.findall(channel) if stamped else channel.split(",") for channel in channels]
    lengths = [len(values) for values in texts]
    if not lengths or len(set(lengths)) > 1:
        raise InputError(
            f"{path}: line {number} has channels of {', '.join(map(str, lengths)) or 'no'} steps; all must be as long, "
            "with ? where a value is missing."
        )
    try:
        values = [[float("nan") if text.strip() == "?" else float(text) for text in channel] for channel in texts]
    except ValueError as error:
        raise InputError(f"{path}: line {number} cannot be read ({error}); write ? for a missing value.") from None
    return np.array(values).T, label


def _number(path: Path, number: int, label: str) -> float:
    try:
        return float(label)
    except ValueError:
        raise InputError(f"{path}: line {number} has the target {label!r}, which is no number; correct it.") from None
