# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The event that comes next, after each event of a sequence."""
