# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From a big teacher to a small student: what the teacher says, about which texts, and the losses between them."""

from hf_seq.lazy_names import callable_package

callable_package(__name__, "hf_seq.api.verbs", "distill")
