# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series of numbers: layouts, times, loading, checks, batches."""
