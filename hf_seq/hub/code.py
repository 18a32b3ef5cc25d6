# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The code that goes with a model: exactly the files it needs, each saying where it comes from."""

import importlib.metadata
from pathlib import Path
from typing import Any

from hf_seq.errors import InputError
from hf_seq.files.reading import read_object
from hf_seq.hub.pipelines import MODELS

CONFIGS = ("config.json", "tokenizer_config.json", "preprocessor_config.json", "processor_config.json")


def origin() -> str:
    """Return the line that tells a reader of the code where it comes from."""
    return f"# From hf_seq {importlib.metadata.version('hf_seq')}; with that package installed this copy is not used.\n"


def named_modules(folder: Path) -> set[str]:
    """Return modules that the configurations in a folder name, in `auto_map` or as a pipeline of their own."""
    names: set[str] = set()
    for each in CONFIGS:
        path = folder / each
        config = read_object(path) if path.is_file() else {}
        places = list(config.get("auto_map", {}).values())
        places += [pipeline.get("impl") for pipeline in config.get("custom_pipelines", {}).values()]
        names |= set(map(_module, _flat(places)))
    return names


def needed_code(folder: Path, config_folder: Path | None = None) -> list[Path]:
    """Return the Python files that a model needs: those its configurations name, and those they import.

    Args:
        folder: holds the code that was saved with the model; a pipeline of ours comes from hf_seq.
        config_folder: holds the configurations; `folder` if None.

    Raises:
        InputError: one of them is missing.
    """
    from transformers.dynamic_module_utils import get_relative_imports

    found: dict[str, Path] = {}
    waiting = sorted(named_modules(config_folder or folder))
    while waiting:
        name = waiting.pop()
        path = folder / f"{name}.py"
        if name.startswith("pipeline_") and not path.is_file():
            path = MODELS / path.name
        if not path.is_file():
            raise InputError(
                f"{folder} lacks {path.name}, which its config.json names, so nobody could load it without hf_seq; "
                "save the model again (model.save_pretrained), or push with --no-remote-code."
            )
        found[name] = path
        waiting += [each for each in get_relative_imports(path) if each not in found]
    return [found[name] for name in sorted(found)]


def with_origin(source: str) -> str:
    """Insert the line of `origin` behind the licence header of a file."""
    lines = source.splitlines(keepends=True)
    header = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    if any(line.startswith("# From hf_seq ") for line in lines[:header]):
        return source
    return "".join([*lines[:header], origin(), *lines[header:]])


def without_code(config: dict[str, Any]) -> dict[str, Any]:
    """Remove from a configuration what asks for code of the repository's own."""
    return {key: value for key, value in config.items() if key not in ("auto_map", "custom_pipelines")}


def _flat(values: list[Any]) -> list[str]:
    inner = [each for value in values for each in (value if isinstance(value, list | tuple) else [value])]
    return [each for each in inner if isinstance(each, str) and "--" not in each]  # `--`: code of another repository


def _module(place: str) -> str:
    return place.rpartition(".")[0]
