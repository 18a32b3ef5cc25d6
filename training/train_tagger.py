# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Train a tagger with `transformers.Trainer`.

    python training/train_tagger.py --data builtin:orders --model bilstm-crf
    python training/train_tagger.py --recipe ud_ewt-bilstm-crf --data path/to/ud_ewt

`hf-seq train --task tagging` is the same thing.
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
    return train(*parse_recipe(sys.argv[1:] if argv is None else argv, task="tagging"))


if __name__ == "__main__":
    from hf_seq.cli import run_script

    run_script(main)
