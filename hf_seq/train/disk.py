# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Disks that are full or cannot be written to: seen before training where possible, and explained where not."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hf_seq.errors import InputError


def check_free_space(folder: Path, parameters: int, checkpoints_kept: int) -> None:
    """Refuse to begin what cannot be saved: a checkpoint holds each parameter three times, four bytes each.

    Raises:
        InputError: there is less room than that.
    """
    needed = 4 * parameters * (3 * (checkpoints_kept + 1) + 1)
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise InputError(
            f"The disk of {folder} is nearly full: checkpoints need about {needed / 1e6:,.0f} MB, {free / 1e6:,.0f} "
            "MB are free; free some space, or choose another --output_dir."
        )


@contextmanager
def disk_errors_explained(folder: Path) -> Iterator[None]:
    """Turn a full or read-only disk, in whichever library it shows, into a message.

    Raises:
        InputError: writing failed for want of space or of permission.
    """
    try:
        yield
    except Exception as error:
        if is_disk_full(error):
            raise InputError(
                f"The disk is full: {folder} could not be written. Free some space, then add --resume to go on from "
                "the last complete checkpoint."
            ) from error
        if isinstance(error, PermissionError) or (isinstance(error, OSError) and error.errno == errno.EROFS):
            raise InputError(
                f"{error.filename or folder} cannot be written ({os.strerror(error.errno or 0)}); choose another "
                "--output_dir."
            ) from error
        raise


def is_disk_full(error: BaseException) -> bool:
    """Check whether an error, or what caused it, means that the disk is full; libraries wrap it in their own."""
    texts = (
        "No space left on device",
        "StorageFull",
        "Disk quota exceeded",
        "PytorchStreamWriter failed",
        "file write failed",
        "iostream error",
        "unexpected pos",  # torch, where the last bytes of an archive found no room
    )
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if any(text in str(cause) for text in texts):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
