# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How weights learn, whatever the task: the `Trainer`, its optimizer, averaging, and defaults of its flags."""
