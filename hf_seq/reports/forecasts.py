# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What is kept of forecasts: `predictions.jsonl`, the errors of every block, and `forecasts.json`, windows to be shown.

K blocks · F horizon · C channels
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.errors import InputError
from hf_seq.files.reading import parse_json, read_json, read_text
from hf_seq.files.writing import write_json
from hf_seq.metrics.forecasting import Blocks, Forecasts
from hf_seq.reports.predictions import predictions_in, write_rows

FORECASTS_NAME = "forecasts.json"
MOST_SHOWN, MOST_CHANNELS = 6, 4
PASTS = 3
"""Horizons of the past that are shown before a forecast."""
Array = np.ndarray


def write_forecasts(folder: str | Path, blocks: Blocks, shown: Sequence[dict[str, Any]]) -> None:
    """Write what is kept into a folder, which is made if it does not exist."""
    names = list(blocks.sums)
    columns = [np.stack([blocks.sums[name], blocks.weights[name]], axis=1).tolist() for name in names]
    write_rows(folder, (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)))
    write_json(Path(folder) / FORECASTS_NAME, list(shown))


def read_blocks(folder: str | Path) -> Blocks:
    """Read the errors of all blocks.

    Raises:
        InputError: the file is missing or broken.
    """
    path = predictions_in(folder)
    try:
        rows = [parse_json(line) for line in read_text(path).splitlines()]
        found = {name: np.array([row[name] for row in rows]) for name in rows[0] if name != "row"}
        return Blocks(
            {name: each[:, 0] for name, each in found.items()}, {name: each[:, 1] for name, each in found.items()}
        )
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise InputError(f"{path} is broken ({error}); train the model again.") from error


def read_shown(folder: str | Path) -> list[dict[str, Any]]:
    """Read the windows to be shown; none where the file is missing."""
    path = Path(folder) / FORECASTS_NAME
    return read_json(path) if path.is_file() else []


def shown_forecasts(
    found: Forecasts, pasts: Sequence[Array], channels: Sequence[str], levels: Sequence[float]
) -> list[dict[str, Any]]:
    """Choose windows that are spread over all, and of each the first channels."""
    count, horizon = found.points.shape[:2]
    windows = np.unique(np.linspace(0, count - 1, min(MOST_SHOWN, count)).round().astype(int)).tolist()
    shown = []
    for number, window in enumerate(windows):
        channel = number % min(MOST_CHANNELS, len(channels))
        entry = {
            "series": found.names[window],
            "origin": int(found.origins[window]),
            "channel": channels[channel],
            "past": _plain(pasts[window][-PASTS * horizon :, channel]),
            "gold": _plain(found.gold[window, :, channel]),
            "forecast": _plain(found.points[window, :, channel]),
        }
        if found.bands is not None:
            bands = found.bands[window, :, channel]
            entry["low"], entry["high"] = _plain(bands[:, 0]), _plain(bands[:, -1])
            entry["levels"] = [levels[0], levels[-1]]
        shown.append(entry)
    return shown


def _plain(values: Array) -> list[float | None]:
    return [None if np.isnan(value) else float(f"{value:.6g}") for value in values]
