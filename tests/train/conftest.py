# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Every test here is in a hurry: few timed calls."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def _in_a_hurry(in_a_hurry):
    """Take the fixture of all tests of training."""
