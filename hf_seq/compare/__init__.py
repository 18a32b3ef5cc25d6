# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Many models on the same rows: which to run, what they said, and which difference is one."""

from hf_seq.lazy_names import callable_package

callable_package(__name__, "hf_seq.api.verbs", "compare")
