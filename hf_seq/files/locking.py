# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""One process at a time in an output folder, by a lock that goes with its process, however that ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hf_seq.errors import InputError


@contextmanager
def one_process(lock: Path, busy: str) -> Iterator[None]:
    """Hold a lock file, whose folder is made if it is not there.

    Raises:
        InputError: another process holds it, in the words of `busy`, or the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(lock).acquire(timeout=0):
            yield
    except Timeout as error:
        raise InputError(busy) from error
    except PermissionError as error:
        raise InputError(
            f"{error.filename or lock.parent} cannot be written ({error.strerror}); choose another --output."
        ) from error
