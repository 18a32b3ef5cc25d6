# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Hidden words, to pretrain an encoder."""
