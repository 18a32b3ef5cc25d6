# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Train a text classifier with `transformers.Trainer`.

    python training/train_classifier.py --data builtin:reviews --model bilstm
    python training/train_classifier.py --recipe sst2-bilstm --data path/to/sst2 --hidden_size 128

`hf-seq train` is the same thing. Two processes on a CPU: `accelerate launch --multi_gpu --num_processes 2
training/train_classifier.py ...` (with `--cpu`, accelerate would start one only).
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
    return train(*parse_recipe(sys.argv[1:] if argv is None else argv, task="classification"))


if __name__ == "__main__":
    from hf_seq.cli import run_script

    run_script(main)
