# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Sequences of named events with times and values: logs, clicks, visits, transactions."""
