# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Archives of files, .zip and .tar (.tar.gz, .tgz, ...): unpacked into a folder that is gone when they are read."""

import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hf_seq.errors import InputError

_TARS = (".tar", ".tgz", ".tbz2", ".txz")
JUNK = "__MACOSX"


def is_archive(path: Path) -> bool:
    """Check by its name whether a file holds files."""
    return path.suffix.lower() in (".zip", *_TARS) or Path(path.stem).suffix.lower() == ".tar"


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Unpack an archive, and give the only file or folder in it, or the folder that holds all.

    Raises:
        InputError: it is none, or broken.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / path.name.split(".")[0]
        folder.mkdir()
        try:
            if path.suffix.lower() == ".zip":
                with zipfile.ZipFile(path) as archive:
                    archive.extractall(folder)
            else:
                with tarfile.open(path) as archive:
                    archive.extractall(folder, filter="data")
        except (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError, RuntimeError) as error:
            raise InputError(
                f"{path} cannot be unpacked ({' '.join(str(error).split())}); the download may have stopped, or it has "
                "a password. Unpack it, and name the folder."
            ) from None
        inside = [each for each in sorted(folder.iterdir()) if each.name != JUNK and not each.name.startswith(".")]
        yield inside[0] if len(inside) == 1 else folder
