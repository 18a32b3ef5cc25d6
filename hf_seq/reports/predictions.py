# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`predictions.jsonl`: what a model said about every row of the test split, so that models can be compared in pairs.

One line per row, in the order of the split: `{"row": 0, "gold": 2, "scores": [0.1, 0.2, 0.7]}`.
N rows · L labels
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.errors import InputError
from hf_seq.reports.record import write_text

PREDICTIONS_NAME = "predictions.jsonl"


def write_predictions(folder: str | Path, gold: Sequence[Any] | np.ndarray, scores: np.ndarray) -> Path:
    """Write `folder/predictions.jsonl`.

    Args:
        folder: where; made if it does not exist.
        gold: (N,) label ids or values, or (N, L) for multi-label.
        scores: (N, L) probabilities, or values for regression; six decimals are kept.
    """
    path = Path(folder) / PREDICTIONS_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    golds = np.asarray(gold).tolist()
    rows = np.round(np.asarray(scores, dtype=float).reshape(len(golds), -1), 6).tolist()
    lines = (
        json.dumps({"row": row, "gold": each, "scores": values})
        for row, (each, values) in enumerate(zip(golds, rows, strict=True))
    )
    write_text(path, "".join(f"{line}\n" for line in lines))
    return path


def read_predictions(folder: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Read `folder/predictions.jsonl`.

    Returns:
        (gold, scores): (N,) or (N, L), and (N, L).

    Raises:
        InputError: the file is missing, or its rows are broken or out of order.
    """
    path = Path(folder) / PREDICTIONS_NAME
    if not path.is_file():
        raise InputError(f"{path} does not exist; train the model again to have its predictions.")
    gold, scores = [], []
    with path.open(encoding="utf-8") as lines:
        for row, line in enumerate(lines):
            try:
                values = json.loads(line)
                if values["row"] != row:
                    raise ValueError(f"row {values['row']} stands where row {row} should")
                gold.append(values["gold"])
                scores.append(values["scores"])
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f"{path}, line {row + 1} is broken ({error}); train the model again.") from error
    return np.asarray(gold), np.asarray(scores, dtype=float)
