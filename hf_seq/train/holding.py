# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Holds the folder of a run while it is written to: a second run that was started into it by mistake is refused."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hf_seq.errors import InputError

try:
    import fcntl
except ImportError:  # Windows has none, and is not guarded
    fcntl = None  # type: ignore[assignment]


@contextmanager
def held(folder: Path, check: Callable[[], object]) -> Iterator[None]:
    """Hold a folder for this process, without a file in it; the lock goes with the process, however it ends.

    Args:
        folder: is made if it is not there, and taken away again if nothing was written into it.
        check: looks once more who may write there, for another run may have come and gone since.

    Raises:
        InputError: another run is writing there, or whatever `check` raises.
    """
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with _locked(folder):
            check()
            yield
    finally:
        if is_new and not any(folder.iterdir()):
            folder.rmdir()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Lock a folder, where the system can."""
    if fcntl is None:
        yield
        return
    place = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(
                f"Another run is writing to {folder}; wait for it, or choose another --output_dir."
            ) from error
        except OSError:  # a file system without locks
            pass
        yield
    finally:
        os.close(place)
