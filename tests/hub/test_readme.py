# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The lines of the README that push a model and load it, run as they stand against the Hub of our tests."""

import re
import shlex
from pathlib import Path

import pytest

from . import client
from .server import WRITE

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = re.search(r"<!-- share -->(.*?)<!-- /share -->", README, re.DOTALL)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(SECTION is None, reason="the README has no section on sharing"),
]


def block(language):
    return re.search(rf"```{language}\n(.*?)```", SECTION[1], re.DOTALL)[1]


def test_push_and_load_take_six_lines():
    lines = [line for language in ("bash", "python") for line in block(language).splitlines() if line.strip()]
    assert len(lines) <= 6


def test_they_run(hub, runs, tmp_path):
    [command] = [line for line in block("bash").splitlines() if line.startswith("hf-seq push")]
    words = shlex.split(command, comments=True)[1:]
    words[1] = str(runs / "bilstm")
    done = client.hf_seq(*words, endpoint=hub.url, home=tmp_path / "home", token=WRITE)
    assert done.returncode == 0, done.stderr
    code = block("python") + "\nreport = str(classify('not bad at all'))"
    answer = client.run(code, endpoint=hub.url, home=tmp_path / "other", hf_seq=False)
    assert "score" in answer
