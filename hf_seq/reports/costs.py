# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`predictions.jsonl` of a language model: what each block of the test text cost it, for comparisons in pairs."""

import json
from pathlib import Path

import numpy as np

from hf_seq.errors import InputError
from hf_seq.files.reading import parse_json, read_text
from hf_seq.files.writing import write_text
from hf_seq.metrics.language_modeling import Blocks
from hf_seq.reports.predictions import PREDICTIONS_NAME, predictions_in


def write_costs(folder: str | Path, blocks: Blocks) -> Path:
    """Write a line per block: `{"row": 0, "nats": 371.2, "characters": 256, "tokens": 61}`."""
    path = Path(folder) / PREDICTIONS_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = (
        np.round(blocks.nats, 4).tolist(),
        blocks.characters.astype(int).tolist(),
        blocks.tokens.astype(int).tolist(),
    )
    lines = (
        json.dumps({"row": row, "nats": nats, "characters": characters, "tokens": tokens})
        for row, (nats, characters, tokens) in enumerate(zip(*columns, strict=True))
    )
    write_text(path, "".join(f"{line}\n" for line in lines))
    return path


def read_costs(folder: str | Path) -> Blocks:
    """Read what `write_costs` wrote.

    Raises:
        InputError: the file is missing or broken.
    """
    path = predictions_in(folder)
    try:
        rows = [parse_json(line) for line in read_text(path).splitlines()]
        columns = [np.array([row[name] for row in rows], dtype=float) for name in ("nats", "characters", "tokens")]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is broken ({error}); train the model again.") from error
    return Blocks(*columns)
