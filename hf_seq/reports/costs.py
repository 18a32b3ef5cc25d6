# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`predictions.jsonl` of a language model: what each block of the test text cost it, for comparisons in pairs."""

from pathlib import Path

import numpy as np

from hf_seq.errors import InputError
from hf_seq.files.reading import parse_json, read_text
from hf_seq.metrics.language_modeling import Blocks
from hf_seq.reports.predictions import predictions_in, write_rows

FIELDS = ("nats", "characters", "tokens")


def write_costs(folder: str | Path, blocks: Blocks) -> Path:
    """Write a line per block: `{"row": 0, "nats": 371.2, "characters": 256, "tokens": 61}`."""
    counts = (each.astype(int).tolist() for each in (blocks.characters, blocks.tokens))
    rows = zip(np.round(blocks.nats, 4).tolist(), *counts, strict=True)
    return write_rows(folder, (dict(zip(FIELDS, row, strict=True)) for row in rows))


def read_costs(folder: str | Path) -> Blocks:
    """Read what `write_costs` wrote.

    Raises:
        InputError: the file is missing or broken.
    """
    path = predictions_in(folder)
    try:
        rows = [parse_json(line) for line in read_text(path).splitlines()]
        columns = [np.array([row[name] for row in rows], dtype=float) for name in FIELDS]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is broken ({error}); train the model again.") from error
    return Blocks(*columns)
