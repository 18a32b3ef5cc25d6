# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""One label, several labels or a number for a sequence of events."""
