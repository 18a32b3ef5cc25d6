# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Writes files in one step: a reader sees the old file or the new one, never half of one."""

import json
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from hf_seq.errors import InputError


def write_json(path: Path, value: Any) -> None:
    """Write JSON atomically; NaN and infinities become null, since JSON has neither."""
    text = json.dumps(_finite(value), indent=2, ensure_ascii=False, allow_nan=False, default=_plain)
    write_text(path, text + "\n")


def check_output(output: Path, *, overwrite: bool, flag: str = "--output") -> None:
    """Refuse a file that exists, that has no folder, or whose folder takes no files.

    Raises:
        InputError: one of these.
    """
    if output.is_dir():
        raise InputError(f"{flag} {output} is a folder; name a file.")
    if output.exists() and not overwrite:
        raise InputError(f"{flag} {output} exists; choose another name, delete it first, or give --overwrite.")
    if not output.parent.is_dir():
        raise InputError(f"{flag} {output}: there is no folder {output.parent}; make it, or choose another.")
    try:
        TemporaryFile(dir=output.parent).close()
    except OSError as error:
        reason = f"{output.parent} cannot be written to ({error.strerror})"
        raise InputError(f"{flag} {output}: {reason}; choose another.") from error


def check_new_folder(folder: Path, flag: str = "--output") -> None:
    """Refuse a folder to write to that holds something, or that cannot be made.

    Raises:
        InputError: it is in use, or it or its parent is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{flag} {folder} is a file; name a folder.")
    if folder.is_dir() and any(folder.iterdir()):
        raise InputError(f"{flag} {folder} is in use; choose another folder, or delete it first.")
    if folder.parent.exists() and not folder.parent.is_dir():
        raise InputError(f"{flag} {folder} cannot be made: {folder.parent} is a file; choose another folder.")


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text atomically, through a neighbour that takes the place of `path`."""
    with whole_file(path, encoding="utf-8") as sink:
        sink.write(text)


@contextmanager
def whole_file(path: Path, mode: str = "w", **options: Any) -> Iterator[IO[Any]]:
    """Open a neighbour of a file that takes its place when all is written; after an error nothing has changed."""
    neighbour = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with neighbour.open(mode, **options) as sink:
            yield sink
        os.replace(neighbour, path)
    finally:
        neighbour.unlink(missing_ok=True)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _plain(value: Any) -> Any:
    """Convert numpy scalars and arrays, paths and enums to what JSON can hold."""
    if hasattr(value, "tolist"):
        return _finite(value.tolist())
    if hasattr(value, "value"):
        return value.value
    return str(value)
