# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What is measured: speed against peers (`speed.py`), scores on public sets (`quality.py`), the tables of both.

Each file with a command in its first lines runs from any folder: `python path/to/benchmarks/speed.py`.
"""
