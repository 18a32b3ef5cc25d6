# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A Hub for the tests of a module, and a tiny finished run of every family and head."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .server import serve


@pytest.fixture(scope="module")
def hub():
    with serve(lfs_from=3_000) as running:
        yield running


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """A folder per kind in `tiny.KINDS`."""
    folder = tmp_path_factory.mktemp("runs")
    command = [sys.executable, str(Path(__file__).with_name("tiny.py")), str(folder)]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=200, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder
