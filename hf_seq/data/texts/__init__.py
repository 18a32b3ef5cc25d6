# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Running text: loading, checks, streams and masks for language models."""
