# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Settings of the whole test run: nothing is fetched from the Hub."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
