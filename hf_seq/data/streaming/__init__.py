# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Training rows that stay on disk: looked over once, then read window by window."""
