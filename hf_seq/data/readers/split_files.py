# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which files of a folder hold which split: one a split, or all the shards of one.

train.csv test.csv                        a file a split, also dev, valid, eval, testing
reviews_train.csv eng.testa train.de.csv  a split in the name (`split_names.py`), where no file is called train
train-00000-of-00002.parquet ...          shards; one that is missing is refused, since the rest would pass for all
"""

import re
from collections.abc import Sequence
from pathlib import Path

from hf_seq.data.readers.files import Readers, is_readable
from hf_seq.data.readers.packed import stem_of, suffix_of
from hf_seq.data.readers.split_names import WAYS, canonical_split
from hf_seq.data.readers.unread import TAGGED_SUFFIXES
from hf_seq.errors import InputError

SHARD = re.compile(r"(?P<name>.+?)-(?P<index>\d+)-of-(?P<count>\d+)(?P<hash>-[0-9a-f]{8,})?")
NO_DATA = ("labels.json", "dataset_info.json", "dataset_infos.json", "state.json", "requirements.txt")
_NO_DATA = re.compile(r"(readme|licen[sc]e|changelog|citation|copying)\b.*", re.IGNORECASE)


def readable_files(folder: Path, readers: Readers) -> list[Path]:
    """List the files of a folder that readers can read and that may be data, sorted.

    A .txt beside a tagged file of the same name is its raw text, as in releases of Universal Dependencies.
    """
    paths = [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".") and is_readable(path, readers)
    ]
    tagged = {stem_of(path) for path in paths if suffix_of(path) in TAGGED_SUFFIXES}
    return [
        path
        for path in paths
        if path.name not in NO_DATA
        and not _NO_DATA.fullmatch(path.name)
        and not (suffix_of(path) == ".txt" and stem_of(path) in tagged)
    ]


def files_by_split(folder: Path, readers: Readers) -> dict[str, list[Path]]:
    """Return the files of each split, shards in their order; empty where none is for train.

    Raises:
        InputError: several files for one split, or a shard that is missing.
    """
    found = by_split(readable_files(folder, readers), [_name(path) for path in readable_files(folder, readers)])
    return {split: whole(folder, split, files) for split, files in found.items()}


def folders_by_split(folder: Path) -> dict[str, Path]:
    """Return the folder of each split: `train/` and `test/`, also 20news-bydate-train/; empty where none is for train.

    Raises:
        InputError: several for one split.
    """
    inside = [path for path in sorted(folder.iterdir()) if path.is_dir() and not path.name.startswith(".")]
    found = by_split(inside, [path.name for path in inside])
    double = next((split for split, paths in found.items() if len(paths) > 1), None)
    if double is not None:
        names = ", ".join(path.name for path in found[double])
        raise InputError(
            f"{folder} has {len(found[double])} folders for {double}: {names}; name one with --{double}_file."
        )
    return {split: paths[0] for split, paths in found.items()}


def by_split(paths: Sequence[Path], names: Sequence[str]) -> dict[str, list[Path]]:
    """Group paths by the splits that their names say, in the surest way that finds one for train; else nothing."""
    for split_of in WAYS:
        found: dict[str, list[Path]] = {}
        for path, name in zip(paths, names, strict=True):
            split = split_of(name)
            if split is not None:
                found.setdefault(split, []).append(path)
        if "train" in found:
            return found
    return {}


def _name(path: Path) -> str:
    """Return the part of a file's name that may say the split: all of eng.testa, else what stands before the suffix."""
    if canonical_split(suffix_of(path)[1:]):
        return path.name
    shard = SHARD.fullmatch(stem_of(path))
    return shard["name"] if shard else stem_of(path)


def whole(folder: Path, split: str, paths: list[Path]) -> list[Path]:
    """Return the files of a split in their order, if they are all of it.

    Raises:
        InputError: they are several that are no shards, shards of several sets, or some are missing.
    """
    shards = {path: match for path in paths if (match := SHARD.fullmatch(stem_of(path)))}
    names = ", ".join(path.name for path in paths)
    sets = {(match["name"], match["count"], suffix_of(path)) for path, match in shards.items()}
    if len(paths) > 1 and (len(shards) < len(paths) or len({name for name, _, _ in sets}) > 1):
        raise InputError(
            f"{folder} has {len(paths)} files for {split}: {names}; keep one, or name it with --{split}_file."
        )
    if not shards:
        return paths
    if len(sets) > 1:
        raise InputError(
            f"{folder} has shards of two sets for {split}: {names}; they say that there are "
            f"{' and '.join(sorted({count.lstrip('0') or '0' for _, count, _ in sets}))}. Keep those of one set."
        )
    by_index = {int(match["index"]): path for path, match in shards.items()}
    first = next(iter(shards.values()))
    count = int(first["count"])
    missing = [index for index in range(count) if index not in by_index]
    if missing or len(by_index) < len(shards) or max(by_index) >= count:
        width = len(first["index"])
        lost = [f"{first['name']}-{index:0{width}}-of-{first['count']}{paths[0].suffix}" for index in missing[:4]]
        more = f" and {len(missing) - 4} more" if len(missing) > 4 else ""
        what = f"without {', '.join(lost)}{more}" if missing else "more than once, or beyond that number"
        raise InputError(
            f"{folder} has {len(shards)} of the {count} shards of {split}, {what}; the download may have stopped. Get "
            "the missing files, or rename the others if they are all there is."
        )
    return [by_index[index] for index in sorted(by_index)]


__all__ = ["SHARD", "by_split", "canonical_split", "files_by_split", "folders_by_split", "readable_files", "whole"]
