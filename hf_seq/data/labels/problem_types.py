# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What labels can be, by the names of `config.problem_type`, and of tags."""

from typing import Final

SINGLE: Final = "single_label_classification"
MULTI: Final = "multi_label_classification"
REGRESSION: Final = "regression"
TAGGING: Final = "token_classification"
