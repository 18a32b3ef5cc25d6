# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Train a language model with `transformers.Trainer`, its state carried from batch to batch.

    python training/train_language_model.py --data play.txt --tokenizer_kind char --model lstm-lm
    python training/train_language_model.py --recipe tiny_shakespeare-lstm --data path/to/tiny_shakespeare

`hf-seq train --task language-modeling` is the same thing.
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
    return train(*parse_recipe(sys.argv[1:] if argv is None else argv, task="language-modeling"))


if __name__ == "__main__":
    from hf_seq.cli import run_script

    run_script(main)
