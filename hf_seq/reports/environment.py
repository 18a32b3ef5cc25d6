# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Where a result came from: versions, machine, commit, command line."""

import importlib.metadata
import os
import platform
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

PACKAGES = ("torch", "transformers", "tokenizers", "datasets", "accelerate", "scikit-learn", "numpy")


def describe_versions() -> dict[str, str]:
    """List versions of Python, hf_seq and the libraries that decide a result."""
    versions = {"python": platform.python_version()}
    for package in ("hf_seq", *PACKAGES):
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            versions[package] = "not installed"
    return versions


def describe_machine() -> dict[str, Any]:
    """Describe the processor (model, cores, AMX and AVX-512 or not), the memory, the system and the accelerator."""
    import torch

    model, flags = _processor()
    return {
        "processor": model,
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "amx": "amx_bf16" in flags,
        "avx512": "avx512f" in flags,
        "memory_gb": _memory_gb(),
        "system": f"{platform.system()} {platform.machine()}",
        "accelerator": torch.cuda.get_device_name(0) if torch.cuda.is_available() else None,
    }


def processor_flags() -> set[str]:
    """Return the instruction sets that the processor names; none where the system does not say."""
    return _processor()[1]


def current_commit() -> str | None:
    """Return the git commit of the hf_seq checkout in use, `+` appended if changed; None when there is none."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():  # never the commit of a repository that merely contains our virtual environment
        return None
    commit = _git(root, "rev-parse", "HEAD")
    changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    return f"{commit}+" if commit and changed else commit


def current_command() -> str:
    """Return the command line of this process, quoted so that it can be pasted."""
    program = Path(sys.argv[0])
    if program.parts[-2:] == ("hf_seq", "cli.py"):  # python -m hf_seq.cli
        program = Path("hf-seq")
    shown = program.name if program.suffix != ".py" else os.path.relpath(program)
    start = [shown] if program.suffix != ".py" else ["python", shown]
    return shlex.join([*start, *sys.argv[1:]])


def _git(root: Path, *arguments: str) -> str | None:
    command = ["git", "-C", str(root), *arguments]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() or None if answer.returncode == 0 else None


def _processor() -> tuple[str, set[str]]:
    """Read model name and flags of the first processor; flags are empty where /proc/cpuinfo does not exist."""
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.exists():
        return platform.processor() or platform.machine(), set()
    lines = (line.partition(":") for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines())
    values = {key.strip(): value.strip() for key, _, value in lines if key.strip()}
    return values.get("model name", platform.machine()), set(values.get("flags", "").split())


def _memory_gb() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (ValueError, OSError, AttributeError):  # not a POSIX system
        return None
