# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Archives of files, .zip and .tar (.tar.gz, .tgz, ...): unpacked into a folder that is gone when they are read."""

import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hf_seq.data.readers.packed import check_unpacked, most_unpacked
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
        InputError: it is none, is broken, or holds far more than data do.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / path.name.split(".")[0]
        folder.mkdir()
        try:
            if path.suffix.lower() == ".zip":
                with zipfile.ZipFile(path) as archive:
                    _check_size(path, (member.file_size for member in archive.infolist()))
                    archive.extractall(folder)
            else:
                with tarfile.open(path) as archive:
                    _check_size(path, (member.size for member in archive))
                    archive.extractall(folder, filter="data")
        except (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError, zlib.error, RuntimeError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(
                f"{path} cannot be unpacked ({' '.join(str(error).split())}); the download may have stopped, or it has "
                "a password. Unpack it, and name the folder."
            ) from None
        inside = [each for each in sorted(folder.iterdir()) if each.name != JUNK and not each.name.startswith(".")]
        yield inside[0] if len(inside) == 1 else folder


def _check_size(path: Path, sizes: Iterable[int]) -> None:
    """Add sizes up before anything is unpacked; a packed tar is read through for them, to where they are too many."""
    whole, most = 0, most_unpacked(path.stat().st_size)
    for size in sizes:
        whole += size
        check_unpacked(path, whole, most)
