# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The way of a newcomer: docs/newcomer.md is walked as it is written, and `hf` finds `hf-seq` as an extension."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import newcomer

ROOT = Path(__file__).parents[2]
PAGE = newcomer.PAGE.read_text(encoding="utf-8")


def test_every_code_block_of_the_page_is_a_step():
    steps = list(newcomer.steps_of(PAGE))
    assert sum(step.kind == "python" for step in steps) == PAGE.count("```python\n")
    lines = [line for block in re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL) for line in block.strip().split("\n")]
    assert [step.code for step in steps if step.kind == "bash"] == lines
    assert len({step.name for step in steps}) == len(steps)


def test_hf_finds_the_script_as_the_page_says(tmp_path):
    """`hf seq` starts what the manifest names; a script stands in for hf-seq, whose own start takes long."""
    script = tmp_path / "bin" / "hf-seq"
    script.parent.mkdir()
    script.write_text('#!/bin/sh\necho "called with $*"\n', encoding="utf-8")
    script.chmod(0o755)
    [code] = [step.code for step in newcomer.steps_of(PAGE) if "extensions" in step.code and step.kind == "python"]
    home = os.environ | {"HOME": str(tmp_path), "PATH": f"{script.parent}{os.pathsep}{os.environ['PATH']}"}
    home |= {"HF_HUB_DISABLE_UPDATE_CHECK": "1"}
    subprocess.run([sys.executable, "-c", code], env=home, check=True)
    hf = [sys.executable, "-c", "import sys; from huggingface_hub.cli.hf import main; sys.exit(main())"]
    done = subprocess.run([*hf, "seq", "predict", "x"], env=home, capture_output=True, text=True, check=False)
    assert done.stdout == "called with predict x\n", done.stderr


@pytest.mark.slow
def test_the_page_is_walked_with_tiny_models(tmp_path):
    newcomer.main(["--folder", str(tmp_path / "walk"), "--small"])
    assert (tmp_path / "walk/runs/reviews/report.html").is_file()
