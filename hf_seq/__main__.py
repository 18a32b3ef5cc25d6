# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`python -m hf_seq VERB` is `hf-seq VERB`, where the script is not on the path."""

import sys

from hf_seq.cli import main

if __name__ == "__main__":
    sys.exit(main())
