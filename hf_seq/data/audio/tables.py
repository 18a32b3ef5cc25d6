# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Where clips of sound stand: in a folder a class, in a table by their paths, or as bytes and samples in a column.

yes/a1.flac  no/b2.wav             a folder a class, also below train/ and test/
metadata.csv (file_name, label)    beside the clips or above them, as `datasets` reads an AudioFolder
train.csv (path, label)            any table with a column of paths, beside it or in clips/, audio/, wav/
parquet, save_to_disk, Hub         a column of `datasets.Audio`: dicts of bytes and path
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from hf_seq.data.readers.class_folders import SOUND, listed_classes
from hf_seq.data.readers.files import READERS, Readers, read_file
from hf_seq.data.readers.split_names import split_in_name
from hf_seq.data.readers.tables import Column, Table
from hf_seq.errors import InputError

NAMES = ("audio", "clip", "sound", "speech", "wav", "waveform", "recording", "file", "path", "file_name", "filename")
BESIDE = (".", "clips", "audio", "wav", "wavs", "recordings", "..", "../clips", "../audio", "../wav", "../wavs")
"""Folders that paths of a table may be relative to, as seen from the table."""
METADATA = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
SAMPLE = 50


def is_sound(path: Path) -> bool:
    """Check whether a file is sound, by its suffix."""
    return path.suffix.lower() in SOUND


def one_clip(path: Path) -> Table:
    """Read a file of sound as a table of one row."""
    return Table({"audio": [_loaded(path)]}, path=path)


def find_audio(table: Table, given: str | None) -> str:
    """Name the column of the clips; `given` by the user is checked only.

    Raises:
        InputError: none holds clips, or several do.
    """
    if given is not None:
        if given not in table.names:
            raise InputError(f"--audio_column {given} is not there; the columns are {', '.join(table.names)}.")
        return given
    holding = [name for name in table.names if any(is_clip(each) for each in table.values(name, SAMPLE))]
    named = [name for name in holding if name.lower() in NAMES]
    for candidates in (named[:1] if "audio" in named[:1] else named, holding):
        if len(candidates) == 1:
            return candidates[0]
    if holding:
        raise InputError(f"{len(holding)} columns hold clips: {', '.join(holding)}; name one with --audio_column.")
    raise InputError(
        f"no column holds clips, that is paths of {' '.join(SOUND[:3])} files, bytes, or samples; the columns are "
        f"{', '.join(table.names)}. Give a folder of clips a class, or a table with a column `audio` of paths; for "
        "series of numbers use --task series."
    )


def is_clip(value: Any) -> bool:
    """Check whether a cell may be a clip."""
    if isinstance(value, Mapping):
        return any(value.get(name) is not None for name in ("bytes", "array", "raw", "path"))
    if isinstance(value, str):
        return is_sound(Path(value.strip()))
    if isinstance(value, list):
        return len(value) > 1 and all(isinstance(each, int | float) for each in value[:SAMPLE])
    return isinstance(value, bytes | np.ndarray) or hasattr(value, "get_all_samples")


def read_folder_of_clips(folder: Path) -> Table | None:
    """Read a folder that holds a folder for each class, clips alone, or clips with their metadata; else None.

    Raises:
        InputError: the metadata cannot be read.
    """
    metadata = next((folder / name for name in METADATA if (folder / name).is_file()), None)
    if metadata is not None:
        return read_file(metadata, AUDIO_READERS)
    inside = [path for path in sorted(folder.iterdir()) if path.is_dir() and not path.name.startswith((".", "_"))]
    clips = {path.name: _clips_below(path) for path in inside}
    found = {name: paths for name, paths in clips.items() if paths}
    if len(found) >= 2 and not any(split_in_name(name) for name in found):
        labels = [name for name, paths in found.items() for _ in paths]
        notes = [f"a folder a class, a file a clip: {listed_classes(found)}"]
        return Table(
            {"audio": [_loaded(path) for paths in found.values() for path in paths], "label": labels}, notes=notes
        )
    alone = [path for path in sorted(folder.iterdir()) if path.is_file() and is_sound(path)]
    if len(found) == 1 and not alone and not split_in_name(only := next(iter(found))):
        return read_folder_of_clips(folder / only)
    return Table({"audio": [_loaded(path) for path in alone]}) if alone and not found else None


def _clips_below(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and is_sound(path) and path.name[0] != "."]


def _loaded(path: Path) -> dict[str, Any]:
    """Read the bytes of a file, which may be in an archive that is unpacked only for now."""
    return {"path": str(path), "bytes": path.read_bytes() if path.is_file() else None}


def _with_clips(read: Callable[[Path], Table]) -> Callable[[Path], Table]:
    """Read a table as `read` does, and the clips whose paths it holds."""

    def reader(path: Path) -> Table:
        table = read(path)
        columns: dict[str, Column] = dict(table.columns)
        for name in table.names:
            column = table.columns[name]
            if isinstance(column, pa.ChunkedArray) and not pa.types.is_string(column.type):
                continue
            seen = [value for value in table.values(name, SAMPLE) if value not in (None, "")]
            if seen and all(isinstance(value, str) and is_clip(value) for value in seen):
                columns[name] = [None if value in (None, "") else _beside(path, value) for value in table.values(name)]
        table.columns = columns
        return table

    return reader


def _beside(table: Path, name: str) -> dict[str, Any]:
    """Find the clip that a table calls by a path, absolute or seen from the table."""
    wanted = Path(name.strip()).expanduser()
    places = [wanted] if wanted.is_absolute() else [table.parent / folder / wanted for folder in BESIDE] + [wanted]
    return _loaded(next((place for place in places if place.is_file()), places[0]))


AUDIO_READERS: Readers = {suffix: _with_clips(read) for suffix, read in READERS.items()}
"""Readers of tables that read the clips, too."""
AUDIO_FOLDERS = (read_folder_of_clips,)
"""Layouts of folders of clips."""

__all__ = ["AUDIO_FOLDERS", "AUDIO_READERS", "find_audio", "is_clip", "is_sound", "one_clip"]
