# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The best model under a limit of size and latency: what `hf-seq fit` runs."""
