# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Labels: the cells, columns and names they are written in."""
