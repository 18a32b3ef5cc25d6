# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""One script a task, from data to a saved model; recipes/ has the settings of our results."""
