# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Take from a finished run the tokens that its data need least.

python training/prune_vocabulary.py runs/student --vocab_size 9500 --output runs/student-small
"""

from hf_seq.distill.prune_vocabulary import main

if __name__ == "__main__":
    from hf_seq.cli import run_script

    run_script(main)
