# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""One reader a format: files to tables of columns."""
