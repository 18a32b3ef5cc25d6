# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A tag for every step of a series of numbers."""
