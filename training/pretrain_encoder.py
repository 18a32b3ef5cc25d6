# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Pretrain a transformer encoder on unlabelled text, to fine-tune a classifier or tagger from it.

    python training/pretrain_encoder.py --data texts.csv --output_dir runs/encoder
    python training/train_classifier.py --data few-labels.csv --model runs/encoder

`hf-seq train --task masked-language-modeling` is the same thing as the first.
"""

import sys
from collections.abc import Sequence

from hf_seq.reports.record import Record
from hf_seq.train.parsing import parse_recipe
from hf_seq.train.running import train


def main(argv: Sequence[str] | None = None) -> Record | None:
    """Pretrain what the command line says.

    Args:
        argv: flags without the program's name; those of this process if None.
    """
    return train(*parse_recipe(sys.argv[1:] if argv is None else argv, task="masked-language-modeling"))


if __name__ == "__main__":
    from hf_seq.cli import run_script

    run_script(main)
