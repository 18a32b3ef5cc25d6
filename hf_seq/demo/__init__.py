# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A page to try a model on: `hf-seq demo`, and the app of a Space."""
