# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Data sets made by rule, so that everything can be tried with no download."""
