# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Measures a deployed model in a process of its own: `python -m hf_seq.search.remeasure FOLDER FORM INPUTS`.

A search that has trained for twenty minutes has warm caches and a large heap; whoever deploys the model has neither. So
what the limits are held against in the end is measured here, by a process that has done nothing else.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hf_seq.errors import InputError
from hf_seq.files.writing import write_json
from hf_seq.search.forms import TEXTS, bytes_of, load_form, median_latency

PAIR = "pair"
"""Marks two texts that are read as one, which JSON cannot tell from a list of words."""
ROUNDS = 3
"""Medians taken, of which the middle one counts."""


def measure_afresh(place: Path, form: str, inputs: Sequence[Any], notes: Path) -> tuple[int, float]:
    """Measure bytes and median latency in a fresh process.

    Args:
        place: folder of what is deployed.
        form: what is there.
        inputs: what it is asked.
        notes: where the inputs are put down for that process.

    Raises:
        InputError: the process ended with an error, which is said.
    """
    write_json(notes, [{PAIR: each} if isinstance(each, tuple) else each for each in list(inputs)[:TEXTS]])
    command = [sys.executable, "-m", "hf_seq.search.remeasure", str(place), form, str(notes)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["without a word"])[-1]
        raise InputError(f"{place} could not be measured in a process of its own: {last}")
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return int(found["bytes"]), float(found["milliseconds"])


def main(place: str, form: str, notes: str) -> None:
    """Print the figures as JSON."""
    from hf_seq.predictors.door import load

    read = json.loads(Path(notes).read_text(encoding="utf-8"))
    inputs = [tuple(each[PAIR]) if isinstance(each, dict) else each for each in read]
    predictor = load_form(Path(place), form, load)
    medians = sorted(median_latency(predictor, inputs) for _ in range(ROUNDS))
    print(json.dumps({"bytes": bytes_of(Path(place), form), "milliseconds": medians[ROUNDS // 2]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
