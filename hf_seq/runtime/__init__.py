# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What is shipped beside an exported model: files that answer by it without torch, and import nothing of hf_seq."""
