# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which files of a folder hold which split: one a split, or all the shards of one.

train.csv test.csv                        a file a split, also dev, valid, eval, testing
reviews_train.csv xx-ud-dev.conllu        the last word of the name, where no file is called train
train-00000-of-00002.parquet ...          shards; one that is missing is refused, since the rest would pass for all
"""

import re
from pathlib import Path

from hf_seq.data.readers.files import Readers
from hf_seq.errors import InputError

SPLIT_NAMES = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "dev", "val", "eval"),
    "test": ("test", "testing"),
}
SHARD = re.compile(r"(?P<name>.+?)-(?P<index>\d+)-of-(?P<count>\d+)(?P<hash>-[0-9a-f]{8,})?")
_LAST_WORD = re.compile(r".*[-_. ](?P<word>[^-_. ]+)")


def canonical_split(name: str) -> str | None:
    """Return `train`, `validation` or `test` for the usual names of these, else None."""
    return next((split for split, names in SPLIT_NAMES.items() if name.lower() in names), None)


def files_by_split(folder: Path, readers: Readers) -> dict[str, list[Path]]:
    """Return the files of each split, shards in their order; empty where none is for train.

    Raises:
        InputError: several files for one split, or a shard that is missing.
    """
    paths = [path for path in sorted(folder.iterdir()) if path.is_file() and path.suffix.lower() in readers]
    found = _grouped(paths, {path: canonical_split(_name(path)) for path in paths})
    if "train" not in found:
        found = _grouped(paths, {path: canonical_split(_last_word(_name(path))) for path in paths})
    if "train" not in found:
        return {}
    return {split: _whole(folder, split, files) for split, files in found.items()}


def _grouped(paths: list[Path], split_of: dict[Path, str | None]) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in paths:
        split = split_of[path]
        if split is not None:
            found.setdefault(split, []).append(path)
    return found


def _name(path: Path) -> str:
    shard = SHARD.fullmatch(path.stem)
    return shard["name"] if shard else path.stem


def _last_word(name: str) -> str:
    match = _LAST_WORD.fullmatch(name)
    return match["word"] if match else name


def _whole(folder: Path, split: str, paths: list[Path]) -> list[Path]:
    """Return the files of a split, if they are all of it."""
    shards = {path: match for path in paths if (match := SHARD.fullmatch(path.stem))}
    names = ", ".join(path.name for path in paths)
    sets = {(match["name"], match["count"], path.suffix.lower()) for path, match in shards.items()}
    if len(paths) > 1 and (len(shards) < len(paths) or len({name for name, _, _ in sets}) > 1):
        raise InputError(f"{folder} has {len(paths)} files for {split}: {names}; keep one, or move the others away.")
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
