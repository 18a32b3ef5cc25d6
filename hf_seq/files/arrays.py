# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Reads arrays from outside: `.npy` and `.npz`, never unpickled, and only where the file is as large as it says.

A header of 100 bytes may claim a shape of TiB, and numpy asks for the memory before it looks.
"""

import math
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np

from hf_seq.errors import InputError

MAX_PACKING = 1_100
"""How many times smaller than its content a packed file may be; deflate reaches 1,032 with zeros."""
MAX_UNPACKED = 16 * 2**30
"""Bytes of all arrays of a file. Whoever has more keeps it in several files."""


def read_array(path: Path) -> np.ndarray:
    """Read a `.npy` file.

    Raises:
        InputError: it is none, holds Python objects, or is smaller than its header says.
    """
    found = _guarded(path, lambda: _one(path))
    if found is None:
        raise InputError(f"{path} holds several arrays, so it is a .npz file; rename it.")
    return found


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read the arrays of a `.npz` file.

    Raises:
        InputError: it is none, is damaged, holds Python objects, or is smaller than its headers say.
    """
    found: dict[str, np.ndarray] | None = _guarded(path, lambda: _several(path))
    if found is None:
        raise InputError(f"{path} holds one array, so it is a .npy file; rename it.")
    return found


def _guarded(path: Path, read: Any) -> Any:
    try:
        return read()
    except InputError:
        raise
    except Exception as error:  # numpy, zipfile and zlib: bad headers, CRCs, names, dtypes, no memory
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            f"{path} cannot be read as arrays of numbers ({reason}); Python objects are refused. For series of "
            "different lengths save all steps one after the other, with an array `lengths`."
        ) from None


def _one(path: Path) -> np.ndarray | None:
    with path.open("rb") as file:
        if zipfile.is_zipfile(file):
            return None
        file.seek(0)
        _check_header(file, path.stat().st_size, str(path))
        file.seek(0)
        return np.lib.format.read_array(file, allow_pickle=False)


def _several(path: Path) -> dict[str, np.ndarray] | None:
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            np.lib.format.read_magic(file)  # says what is wrong where it is no .npy, either
        return None
    arrays: dict[str, np.ndarray] = {}
    with zipfile.ZipFile(path) as archive:
        _check_packing(path, archive)
        for member in archive.infolist():
            if not member.filename.endswith(".npy"):
                continue
            with archive.open(member) as file:
                _check_header(file, member.file_size, f"{path}, {member.filename}")
            with archive.open(member) as file:
                arrays[member.filename.removesuffix(".npy")] = np.lib.format.read_array(file, allow_pickle=False)
    return arrays


def _check_packing(path: Path, archive: zipfile.ZipFile) -> None:
    whole, packed = sum(member.file_size for member in archive.infolist()), path.stat().st_size
    if whole > min(MAX_UNPACKED, MAX_PACKING * packed):
        raise InputError(
            f"{path} has {packed:,} bytes and would unpack to {whole:,}; save its arrays in several files."
        )


def _check_header(file: IO[bytes], size: int, name: str) -> None:
    """Refuse a shape that does not fit into the file, before any memory is asked for."""
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(file)
    wanted = math.prod(shape) * dtype.itemsize
    if not dtype.hasobject and wanted > size:
        raise InputError(
            f"{name} says that it holds {shape} numbers, {wanted:,} bytes, but has {size:,}; get it again."
        )
