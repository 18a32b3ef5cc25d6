# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Files as they are, or compressed (reviews.csv.gz, .bz2, .xz, .zst, .zip): the suffix before tells the kind."""

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

from hf_seq.errors import InputError


def _unzstd(raw: bytes) -> bytes:
    import pyarrow as pa  # heavy, and rarely needed

    return pa.CompressedInputStream(pa.BufferReader(raw), "zstd").read()


def _unzip(raw: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        names = [name for name in archive.namelist() if not name.startswith("__MACOSX") and not name.endswith("/")]
        if len(names) != 1:
            raise ValueError(f"it holds {len(names)} files; unpack it")
        return archive.read(names[0])


UNPACK: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.decompress,
    ".bz2": bz2.decompress,
    ".xz": lzma.decompress,
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
        InputError: it ends too early, or is not compressed as its suffix says.
    """
    raw = path.read_bytes()
    unpack = UNPACK.get(path.suffix.lower())
    if unpack is None:
        return raw
    try:
        return unpack(raw)
    except (OSError, EOFError, lzma.LZMAError, zipfile.BadZipFile, ValueError) as error:
        raise InputError(
            f"{path} cannot be decompressed ({' '.join(str(error).split()) or type(error).__name__}); the download may "
            f"have stopped, or it is no {path.suffix} file. Get it again."
        ) from None
