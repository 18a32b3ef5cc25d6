# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Train a writer of texts from texts with `transformers.Trainer`: translation, summaries, dialogue, code.

    python training/train_seq2seq.py --data builtin:dates --tokenizer_kind char --model lstm-seq2seq
    python training/train_seq2seq.py --recipe multi30k-transformer --data path/to/multi30k

`hf-seq train --task seq2seq` is the same thing.
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
    return train(*parse_recipe(sys.argv[1:] if argv is None else argv, task="seq2seq"))


if __name__ == "__main__":
    from hf_seq.cli import run_script

    run_script(main)
