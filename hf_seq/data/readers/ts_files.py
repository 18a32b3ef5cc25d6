# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Files of the UEA & UCR archives, `.ts`: a header of `@` lines, then a series a line.

    @classLabel true Standing Running
    @data
    0.1,0.2,0.3:1.0,?,1.2:Standing        2 channels, 3 steps, a missing value, the label

    (2004-10-01,1.5),(2004-10-02,?)       with @timeStamps true: the time of each step, sorted by it
Comments begin with # or %. Values are separated by commas, channels by colons, the label stands behind the last colon.
Format: aeon-toolkit.org/en/stable/api_reference/data_format.html. Archive: Bagnall et al. 2018, arXiv:1811.00075.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.data.readers.files import read_text
from hf_seq.data.readers.tables import Table
from hf_seq.data.series.times import read_times
from hf_seq.errors import InputError

_PARTS = re.compile(r":(?![^(]*\))")  # colons, but not those of the times of day inside brackets
_STAMPED = re.compile(r"\(([^(),]*),([^()]*)\)")


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
    columns: dict[str, list[Any]] = {"series": [series for series, _, _ in rows]}
    notes: list[str] = []
    if stamped:
        _add_times(columns, [stamps for _, _, stamps in rows], notes)
    if not labelled:
        return Table(columns, notes=notes)
    columns["label"] = [label for _, label, _ in rows]
    if target[0].lower() == "true":
        columns["label"] = [_number(path, at, label) for (at, _), label in zip(body, columns["label"], strict=True)]
        return Table(columns, notes=notes)
    return Table(columns, {"label": classes[1:]} if classes[1:] else {}, all_strings=not classes[1:], notes=notes)


def _row(
    path: Path, number: int, line: str, *, stamped: bool, labelled: bool
) -> tuple[np.ndarray, str, list[list[str]]]:
    """Parse one line: the series, the text of the label or nothing, and the time stamps of each channel."""
    channels = _PARTS.split(line)
    label = channels.pop().strip() if labelled else ""
    pairs = [_STAMPED.findall(channel) for channel in channels] if stamped else []
    texts = [[value for _, value in channel] for channel in pairs] or [channel.split(",") for channel in channels]
    stamps = [[stamp.strip() for stamp, _ in channel] for channel in pairs]
    lengths = [len(values) for values in texts]
    if not lengths or (len(set(lengths)) > 1 and not stamped):
        raise InputError(
            f"{path}: line {number} has channels of {', '.join(map(str, lengths)) or 'no'} steps; all must be as long, "
            "with ? where a value is missing."
        )
    try:
        values = [[float("nan") if text.strip() == "?" else float(text) for text in channel] for channel in texts]
    except ValueError as error:
        raise InputError(f"{path}: line {number} cannot be read ({error}); write ? for a missing value.") from None
    if len(set(map(tuple, stamps))) > 1:
        every = list(dict.fromkeys(stamp for channel in stamps for stamp in channel))
        by_stamp = [dict(zip(channel, row, strict=True)) for channel, row in zip(stamps, values, strict=True)]
        joined = [[known.get(stamp, float("nan")) for stamp in every] for known in by_stamp]
        return np.array(joined).T, label, [every]
    return np.array(values).T, label, stamps[:1]


def _add_times(columns: dict[str, list[Any]], stamps: list[list[list[str]]], notes: list[str]) -> None:
    """Add the times of the steps, and put these in their order; channels with stamps of their own have gaps (NaN)."""
    flat = [stamp for row in stamps for stamp in row[0]]
    owners = [number for number, row in enumerate(stamps) for _ in row[0]]
    times = read_times(flat, "time stamps", None, owners)
    if times is None:
        notes.append("time stamps cannot be read, so steps stay in the order of the file")
        return
    notes.append(f"time stamps are read as {times.how}, such as {flat[0]!r}")
    ends = np.cumsum([len(row[0]) for row in stamps])[:-1]
    by_row = np.split(times.seconds, ends)
    orders = [np.argsort(seconds, kind="stable") for seconds in by_row]
    columns["series"] = [series[order] for series, order in zip(columns["series"], orders, strict=True)]
    columns["times"] = [seconds[order] for seconds, order in zip(by_row, orders, strict=True)]


def _number(path: Path, number: int, label: str) -> float:
    try:
        return float(label)
    except ValueError:
        raise InputError(f"{path}: line {number} has the target {label!r}, not a number; correct it.") from None
