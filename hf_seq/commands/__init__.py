# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The verbs of `hf-seq`, one module each; nothing heavy is imported before a verb runs."""
