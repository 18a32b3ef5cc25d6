# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The models. Every file here ships to the Hub as it stands, so each imports siblings only."""
