# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Answers for more rows than one process should read: shards in, shards out, each whole or not there."""
