# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Cloned repositories of data sets: their README.md says in its YAML head which files are which split.

    configs:
    - config_name: default
      data_files:
      - split: train
        path: data/train-*

Format: huggingface.co/docs/hub/datasets-manual-configuration.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hf_seq.errors import InputError
from hf_seq.files.reading import parse_yaml

_HEAD = re.compile(r"\A\s*---\r?\n(.*?)\r?\n---", re.DOTALL)


def files_of_readme(folder: Path, config: str | None = None) -> dict[str, list[Path]] | None:
    """Return the files of each split as the README.md says; None where it says nothing of them.

    Args:
        folder: the clone.
        config: which configuration; None takes the only one, or the default.

    Raises:
        InputError: several configurations and no default, none of that name, or a file that is not there.
    """
    configs = [each for each in _head(folder).get("configs") or [] if isinstance(each, dict) and each.get("data_files")]
    if not configs:
        return None
    chosen = _chosen(folder, configs, config)
    base = folder / str(chosen.get("data_dir") or "")
    found = {split: _files(base, patterns) for split, patterns in _patterns(chosen["data_files"]).items()}
    missing = next((split for split, paths in found.items() if not paths), None)
    if missing is not None:
        wanted = ", ".join(_patterns(chosen["data_files"])[missing])
        raise InputError(
            f"{folder}: its README.md says that {missing} is {wanted}, but there is no such file; the download "
            "may have stopped, or `git lfs pull` is due."
        )
    return found


def _head(folder: Path) -> dict[str, Any]:
    """Read the YAML head of the README.md; nothing where there is none, or it is not YAML."""
    path = folder / "README.md"
    match = _HEAD.match(path.read_text(encoding="utf-8", errors="replace")) if path.is_file() else None
    try:
        head = parse_yaml(match[1], str(path)) if match else {}
    except InputError:
        return {}
    return head if isinstance(head, dict) else {}


def _chosen(folder: Path, configs: list[dict[str, Any]], name: str | None) -> dict[str, Any]:
    names = [str(each.get("config_name", "default")) for each in configs]
    if name is not None:
        if name not in names:
            raise InputError(f"{folder} has no configuration {name!r}; its README.md has {', '.join(names)}.")
        return configs[names.index(name)]
    default = next((each for each in configs if each.get("default")), None)
    if default is None and "default" in names:
        default = configs[names.index("default")]
    if default is None and len(configs) > 1:
        raise InputError(f"{folder} has several configurations; choose one with --config: {', '.join(names)}.")
    return default or configs[0]


def _patterns(data_files: Any) -> dict[str, list[str]]:
    """Return the patterns of each split; what names no split is train."""
    if isinstance(data_files, Mapping):
        return {str(split): _listed(paths) for split, paths in data_files.items()}
    found: dict[str, list[str]] = {}
    for each in _listed(data_files):
        split, paths = (each.get("split", "train"), each.get("path")) if isinstance(each, dict) else ("train", each)
        found.setdefault(str(split), []).extend(_listed(paths))
    return found


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _files(base: Path, patterns: list[str]) -> list[Path]:
    """List the files in the clone that patterns match; a URL matches none."""
    local = [str(pattern) for pattern in patterns if "://" not in str(pattern) and not str(pattern).startswith("/")]
    return sorted({path for pattern in local for path in base.glob(pattern) if path.is_file()})
