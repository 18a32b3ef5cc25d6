# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Many models on the same rows: which to run, what they predicted, and which difference is more than chance."""

from hf_seq.lazy_names import callable_package

callable_package(__name__, "hf_seq.api.verbs", "compare")
