# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Arrays kept on disk in shards: written whole or not at all, read memory-mapped.

FOLDER/about.json            what the shards are of
FOLDER/00000-8192/NAME.npy   the arrays of shard 0, of 8,192 rows
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hf_seq.data.readers.shards import opened

SHARD_ROWS = 8_192
Arrays = Mapping[str, NDArray[Any]]


class ShardStore:
    """The shards of one pass over one source of texts.

    A shard appears under its name when all its arrays are written, by renaming a folder, so an interrupted pass leaves
    finished shards and nothing that looks like one.

    Args:
        folder: made when the first shard is written.
        about: facts for people, written beside the shards.
    """

    def __init__(self, folder: Path, about: Mapping[str, Any]) -> None:
        self.folder, self.about = folder, dict(about)

    def has(self, shard: int, rows: int) -> bool:
        """Check whether a shard is stored."""
        return self._path(shard, rows).is_dir()

    def write(self, shard: int, rows: int, arrays: Arrays) -> None:
        """Write a shard; where another process was faster, its arrays stay."""
        place = self._path(shard, rows)
        neighbour = place.with_name(f".{place.name}.{os.getpid()}.part")
        neighbour.mkdir(parents=True, exist_ok=True)
        for name, array in arrays.items():
            np.save(neighbour / f"{name}.npy", array)
        (self.folder / "about.json").write_text(json.dumps(self.about, indent=2), encoding="utf-8")
        try:
            os.replace(neighbour, place)
        except OSError:
            if not place.is_dir():
                raise
            shutil.rmtree(neighbour)

    def read(self, shard: int, rows: int) -> dict[str, NDArray[Any]]:
        """Read the arrays of a shard, memory-mapped."""
        paths = sorted(self._path(shard, rows).glob("*.npy"))
        return {path.stem: np.load(path, mmap_mode="r") for path in paths}

    def _path(self, shard: int, rows: int) -> Path:
        return self.folder / f"{shard:05d}-{rows}"


def shard_sizes(rows: int) -> list[int]:
    """List the rows of each shard of a source: all full but the last."""
    return [min(SHARD_ROWS, rows - start) for start in range(0, rows, SHARD_ROWS)]


def digest(*parts: Any) -> str:
    """Hash the parts to sixteen letters; parts are what JSON can write, or bytes."""
    hashed = hashlib.sha256()
    for part in parts:
        raw = part if isinstance(part, bytes) else json.dumps(part, sort_keys=True, ensure_ascii=False).encode()
        hashed.update(len(raw).to_bytes(8, "big") + raw)
    return hashed.hexdigest()[:16]


def digest_file(path: Path | str) -> str:
    """Compute the SHA-256 of a file, on disk or wherever fsspec reaches."""
    hashed = hashlib.sha256()
    with opened(str(path)) as file:
        while block := file.read(1 << 22):
            hashed.update(block)
    return hashed.hexdigest()
