# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Files as they are, or compressed (reviews.csv.gz, .bz2, .xz, .zst, .zip): the suffix before tells the kind."""

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from hf_seq.errors import InputError

MAX_RATIO = 200
"""How many times larger than the packed file its content may be. Text packs 3 to 30 times, a bomb 1,000 and more."""
ALWAYS = 256 * 2**20
"""Bytes that any file may unpack to: a table of equal rows packs as well as a bomb does."""
_BLOCK = 1 << 24


def most_unpacked(packed: int) -> int:
    """Return how many bytes may come out of so many packed ones."""
    return max(ALWAYS, MAX_RATIO * packed)


def _unzstd(file: IO[bytes]) -> Any:
    import pyarrow as pa  # heavy, and rarely needed

    return io.BufferedReader(pa.CompressedInputStream(pa.PythonFile(file, "r"), "zstd"))


def _unzip(file: IO[bytes]) -> IO[bytes]:
    archive = zipfile.ZipFile(file)
    names = [name for name in archive.namelist() if not name.startswith("__MACOSX") and not name.endswith("/")]
    if len(names) != 1:
        raise zipfile.BadZipFile(f"it holds {len(names)} files; unpack it")
    try:
        return archive.open(names[0])
    except RuntimeError as error:  # it has a password, or is packed in a way that Python lacks
        raise zipfile.BadZipFile(str(error)) from error


UNPACK: dict[str, Callable[[IO[bytes]], Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
    ".zst": _unzstd,
    ".zip": _unzip,
}


def suffix_of(path: Path) -> str:
    """Return the suffix that tells the kind of a file, in small letters: `.csv` for reviews.CSV and reviews.csv.gz."""
    return (path.with_suffix("") if path.suffix.lower() in UNPACK else path).suffix.lower()


def stem_of(path: Path) -> str:
    """Return the name of a file without the suffix of its kind and that of its compression."""
    return (path.with_suffix("") if path.suffix.lower() in UNPACK else path).stem


def read_bytes(path: Path) -> bytes:
    """Read a file whole, decompressed.

    Raises:
        InputError: it ends too early, is not compressed as its suffix says, or holds far more than data do.
    """
    raw = path.read_bytes()
    unpack = UNPACK.get(path.suffix.lower())
    if unpack is None:
        return raw
    try:
        return _all_of(unpack(io.BytesIO(raw)), path, most_unpacked(len(raw)))
    except (OSError, EOFError, lzma.LZMAError, zipfile.BadZipFile, zlib.error, RuntimeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{path} cannot be decompressed ({' '.join(str(error).split()) or type(error).__name__}); the download may "
            f"have stopped, or it is no {path.suffix} file. Get it again."
        ) from None


def _all_of(file: IO[bytes], path: Path, most: int) -> bytes:
    blocks, size = [], 0
    while block := file.read(_BLOCK):
        blocks.append(block)
        size += len(block)
        check_unpacked(path, size, most)
    return b"".join(blocks)


def check_unpacked(path: Path, size: int, most: int) -> None:
    """Refuse what unpacks to more than `most_unpacked` says.

    Raises:
        InputError: it does.
    """
    if size > most:
        raise InputError(
            f"{path} has {path.stat().st_size:,} bytes and unpacks to more than {most:,}, as no data do; if these are "
            "sound, unpack it yourself and name what comes out."
        )
