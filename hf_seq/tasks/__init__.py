# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What differs between tasks: recipe, data, encoding, scores. One folder a task."""
