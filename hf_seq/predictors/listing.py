# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Keeps transformers' list of the names in its files from one process to the next.

`import transformers` reads the 2,000 files of its models to learn which names they export, and reads them once more for
`transformers.models`: half a second and more of a processor. The list is a function of the installed version, so it is
kept in hf_seq's cache, by version and folder. Where it cannot be read or written, the files are read as usual.
"""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from hf_seq.files.writing import write_text

LISTING = "transformers.utils.import_utils"
Structure = dict[frozenset[str], dict[str, set[str]]]
"""Of what an import needs, the modules that need it, and the names that each exports."""


@contextmanager
def names_kept() -> Iterator[None]:
    """Have the list taken from the cache while transformers is imported, and leave its function as it was."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        if finder.loader and LISTING in sys.modules:
            vars(sys.modules[LISTING])["define_import_structure"] = finder.loader.original


class _Finder(MetaPathFinder):
    """Finds the module that makes the list as usual, and has the list kept."""

    loader: "_Loader | None" = None

    def find_spec(self, name: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path) if name == LISTING else None
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = self.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


class _Loader(SourceFileLoader):
    original: Any = None

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        self.original = module.define_import_structure
        version = str(getattr(sys.modules.get("transformers"), "__version__", "dev"))
        if "dev" not in version:  # whoever writes transformers changes its files
            vars(module)["define_import_structure"] = kept(self.original, version)


def kept(read_files: Callable[..., Structure], version: str) -> Callable[..., Structure]:
    """Make the function that lists names by the cache, of the one that lists them by reading files."""

    @cache
    def listed(folder: Path) -> Structure:
        known = f"{version} {folder} {folder.stat().st_mtime_ns}"
        home = Path(os.environ.get("HF_SEQ_CACHE", "~/.cache/hf_seq")).expanduser()
        file = home / f"names-{hashlib.sha256(known.encode()).hexdigest()[:16]}.json"
        with suppress(OSError, ValueError, TypeError):
            return parse(file.read_text(encoding="utf-8"))
        found = read_files(str(folder))
        with suppress(OSError):  # a cache that cannot be written is done without
            home.mkdir(parents=True, exist_ok=True)
            rows = [
                [sorted(needs), {name: sorted(names) for name, names in each.items()}] for needs, each in found.items()
            ]
            write_text(file, json.dumps(rows))
        return found

    def structure(path: str | Path, prefix: str | None = None) -> Structure:
        path = Path(path)
        before = f"{prefix}." if prefix else ""
        names = listed(path.parent if path.is_file() else path)
        return {needs: {f"{before}{name}": set(each) for name, each in of.items()} for needs, of in names.items()}

    return structure


def parse(text: str) -> Structure:
    """Read what was kept.

    Raises:
        ValueError: it is no list of names.
    """
    rows = json.loads(text)
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == 2 for row in rows):
        raise ValueError("no list of names")
    found = {frozenset(needs): {str(name): set(names) for name, names in dict(each).items()} for needs, each in rows}
    if frozenset() not in found:
        raise ValueError("a list without what needs nothing")
    return found
