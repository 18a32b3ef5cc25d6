# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Where data comes from: built in, in memory, a file, a folder with a file per split, a Hub id; one table per split."""

import re
from collections.abc import Mapping
from pathlib import Path

from hf_seq.data.builtin.grammar import read_builtin_grammar
from hf_seq.data.builtin.orders import read_builtin_orders
from hf_seq.data.builtin.pair_builtins import read_builtin_dates, read_builtin_reverse
from hf_seq.data.builtin.reviews import read_builtin_reviews
from hf_seq.data.builtin.seasons import read_builtin_seasons
from hf_seq.data.builtin.tones import read_builtin_tones
from hf_seq.data.builtin.visits import read_builtin_visits
from hf_seq.data.builtin.waves import read_builtin_waves
from hf_seq.data.labels.names import label_names_beside
from hf_seq.data.memory import PREFIX, read_memory
from hf_seq.data.readers.archives import is_archive, unpacked
from hf_seq.data.readers.files import READERS, Readers, read_file
from hf_seq.data.readers.folders import FolderReaders, read_folder, read_split
from hf_seq.data.readers.json_files import json_values, splits_of_json
from hf_seq.data.readers.packed import suffix_of
from hf_seq.data.readers.tables import RawData, Table, choose_splits
from hf_seq.data.readers.workbooks import splits_of_workbook
from hf_seq.errors import InputError

BUILTINS = {
    "reviews": read_builtin_reviews,
    "orders": read_builtin_orders,
    "grammar": read_builtin_grammar,
    "waves": read_builtin_waves,
    "seasons": read_builtin_seasons,
    "tones": read_builtin_tones,
    "visits": read_builtin_visits,
    "dates": read_builtin_dates,
    "reverse": read_builtin_reverse,
}
SPLITS_IN_FILES = {
    ".json": lambda path: splits_of_json(path, json_values(path)),
    ".xlsx": splits_of_workbook,
}
"""Readers of files that may hold all splits; they give None where a file holds one."""
_HUB_ID = re.compile(r"[\w.-]+(/[\w.-]+)?")


def read_source(
    source: str | Path,
    config: str | None = None,
    revision: str | None = None,
    readers: Readers = READERS,
    folders: FolderReaders = (),
) -> RawData:
    """Read everything a source holds, uninterpreted.

    Args:
        source: `builtin:NAME`, a file, a folder with a file per split, or a Hub id; of data in memory their name.
        config: of a Hub data set, or of a clone of one.
        revision: of a Hub data set.
        readers: how local files are read, by suffix; tasks that read other files bring their own.
        folders: layouts of folders that the task brings.

    Raises:
        InputError: not there, not readable, or no train split in it.
    """
    name = str(source)
    if name.startswith("builtin:"):
        return _read_builtin(name)
    if name.startswith(PREFIX):
        return read_memory(name)
    path = Path(name).expanduser()
    if path.is_dir() or path.is_file():
        if revision is not None:
            raise InputError(f"{name} is local, so revision={revision!r} has no meaning; leave it out.")
        if path.is_dir():
            return read_folder(path, readers, folders, config)
        if config is not None:
            raise InputError(f"{name} is local, so config={config!r} has no meaning; leave it out.")
        return _read_archive(path, readers, folders) if is_archive(path) else _read_single_file(path, readers)
    if suffix_of(path) in readers or name.startswith((".", "/", "~")) or not _HUB_ID.fullmatch(name):
        raise InputError(f"{name} does not exist; {_what_is_there(path)}")
    return _read_hub(name, config, revision)


def with_split_files(
    raw: RawData, files: Mapping[str, str], readers: Readers = READERS, folders: FolderReaders = ()
) -> RawData:
    """Put files that were named for a split in the place of what the source has for it.

    Args:
        raw: what the source holds.
        files: a path by split.
        readers: as for `read_source`.
        folders: likewise.

    Raises:
        InputError: one is not there, or cannot be read.
    """
    tables, notes = dict(raw.tables), []
    for split, name in files.items():
        path = Path(name).expanduser()
        if not path.exists():
            raise InputError(f"--{split}_file {name} does not exist; {_what_is_there(path)}")
        tables[split] = read_split(path, readers, folders)
        notes += [f"{split}: {name}", *(f"{split}: {note}" for note in tables[split].notes)]
    return RawData(tables, raw.description, raw.class_names, [*raw.notes, *notes])


def _read_builtin(name: str) -> RawData:
    key = name.removeprefix("builtin:")
    if key not in BUILTINS:
        raise InputError(f"{name} is not built in; there is {', '.join('builtin:' + known for known in BUILTINS)}.")
    tables, class_names = BUILTINS[key]()
    return RawData(tables, name, class_names, [f"{name} is synthetic"])


def splits_in_file(path: Path, readers: Readers) -> dict[str, Table] | None:
    """Read all splits of a file that holds several; None where it holds one, or is of a kind that holds one.

    Raises:
        InputError: it cannot be read.
    """
    read = SPLITS_IN_FILES.get(suffix_of(path)) if suffix_of(path) in readers else None
    return read(path) if read else None


def _read_single_file(path: Path, readers: Readers) -> RawData:
    tables = splits_in_file(path, readers)
    if tables is not None:
        raw = choose_splits(tables, str(path), f"{path} has no train split")
        raw.notes += [f"{each}: {note}" for each, table in raw.ordered for note in table.notes]
        return raw
    table = read_file(path, readers)
    return RawData({"train": table}, str(path), label_names_beside(path.parent), list(table.notes))


def _read_archive(path: Path, readers: Readers, folders: FolderReaders) -> RawData:
    with unpacked(path) as inside:
        raw = read_source(inside, readers=readers, folders=folders)
    raw.description = str(path)
    return raw


def _read_hub(name: str, config: str | None, revision: str | None) -> RawData:
    from hf_seq.data.readers.hub_datasets import read_hub

    found = read_hub(name, config, revision)
    description = name + (f" ({config})" if config else "") + (f" at {revision}" if revision else "")
    return choose_splits(found, description, f"data set {name!r} has no train split")


def _what_is_there(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"neither does the folder {folder}. Check the path."
    listing = ", ".join(sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))[:12])
    return f"{folder} holds {listing or 'nothing'}. Check the path."
