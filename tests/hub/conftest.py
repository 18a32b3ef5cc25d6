# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A Hub for the tests of a module."""

import pytest

from .server import serve


@pytest.fixture(scope="module")
def hub():
    with serve() as running:
        yield running
