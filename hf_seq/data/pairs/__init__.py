# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Pairs of texts: loading, checks and batches."""
