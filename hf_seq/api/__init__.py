# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The verbs of `hf-seq` as functions: data in memory or a path in, objects out."""
