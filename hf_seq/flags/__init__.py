# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Command-line flags made from the fields of dataclasses: their help, their parser and their completion are one."""
