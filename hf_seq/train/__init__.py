# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The engine: from a recipe to a trained, scored and recorded model in a folder."""

from hf_seq.lazy_names import callable_package

callable_package(__name__, "hf_seq.api.verbs", "train")
