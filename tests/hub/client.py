# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The real client against the Hub of `server.py`, each time in a process and with a cache of its own.

The test process itself is offline (`tests/conftest.py`), as huggingface_hub decides when it is imported.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

WITHOUT_HF_SEQ = """
class NoHfSeq:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "hf_seq":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, NoHfSeq())
"""
PRELUDE = """
import json, sys
"""


def environment(endpoint: str, home: Path, token: str | None = None, offline: bool = False) -> dict[str, str]:
    """What a process needs to meet this Hub and no other."""
    settings = {
        "HF_ENDPOINT": endpoint,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_OFFLINE": "1" if offline else "0",
        "NO_PROXY": "127.0.0.1,localhost",
        "OMP_NUM_THREADS": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "HOME": str(home),
    }
    return settings | ({"HF_TOKEN": token} if token else {})


def start(
    command: list[str], endpoint: str, home: Path, *, token: str | None = None, offline: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=300,
        env=environment(endpoint, home, token, offline),
        check=False,
    )


def run(
    code: str,
    *arguments: object,
    endpoint: str,
    home: Path,
    token: str | None = None,
    offline: bool = False,
    hf_seq: bool = True,
) -> Any:
    """Run Python code and give what it puts into `report`."""
    whole = PRELUDE + ("" if hf_seq else WITHOUT_HF_SEQ) + code + "\nprint('REPORT' + json.dumps(report))\n"
    command = [sys.executable, "-c", whole, *map(str, arguments)]
    done = start(command, endpoint, home, token=token, offline=offline)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.split("REPORT")[-1])


def hf_seq(
    *arguments: object, endpoint: str, home: Path, token: str | None = None, offline: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run `hf-seq` with arguments."""
    command = [sys.executable, "-m", "hf_seq.cli", *map(str, arguments)]
    return start(command, endpoint, home, token=token, offline=offline)
