# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Train a classifier of series of numbers with `transformers.Trainer`.

    python training/train_series.py --data builtin:waves --model bilstm-attention
    python training/train_series.py --recipe japanese_vowels-bilstm --data path/to/japanese_vowels

`hf-seq train --task series` is the same thing; `--task series-tagging` learns a tag for every step.
"""

import sys
from collections.abc import Sequence

from hf_seq.reports.record import Record
from hf_seq.train.parsing import parse_recipe
from hf_seq.train.running import train


def main(argv: Sequence[str] | None = None) -> Record | None:
    """Train what the command line says.

    Args:
        argv: flags without the program's name; those of this process if None.
    """
    return train(*parse_recipe(sys.argv[1:] if argv is None else argv, task="series"))


if __name__ == "__main__":
    from hf_seq.cli import run_script

    run_script(main)
