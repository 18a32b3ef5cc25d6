# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A folder as a table per split, whatever its layout; what was taken for what is noted.

train.csv test.csv  data/train-*.parquet      files, here or in data/ or in the only folder that has some
train/0000.parquet  test/0000.parquet         a folder a split
README.md with `configs`                      a cloned repository of the Hub that says itself which files are which
dataset_dict.json                             what `save_to_disk` wrote
train/pos/1.txt  names/Arabic.txt  doc1.ann   layouts of one task, which it brings as folder readers
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from hf_seq.data.labels.names import join_named, label_names_beside
from hf_seq.data.readers.archives import is_archive, unpacked
from hf_seq.data.readers.class_folders import read_documents
from hf_seq.data.readers.files import Readers, read_file
from hf_seq.data.readers.packed import stem_of, suffix_of
from hf_seq.data.readers.repositories import files_of_readme
from hf_seq.data.readers.saved_datasets import is_saved_dataset, read_saved_dataset
from hf_seq.data.readers.split_files import SHARD, files_by_split, folders_by_split, readable_files, whole
from hf_seq.data.readers.split_names import canonical_split, split_in_name
from hf_seq.data.readers.tables import RawData, Table, choose_splits
from hf_seq.errors import InputError

FolderReaders: TypeAlias = Sequence[Callable[[Path], Table | None]]
"""What read a folder that holds one split in a layout of its own; None from one that does not know the layout."""
SHOWN = 12


def read_folder(folder: Path, readers: Readers, own: FolderReaders = (), config: str | None = None) -> RawData:
    """Read the splits of a folder.

    Args:
        folder: there.
        readers: of files, by suffix.
        own: layouts of the task.
        config: name of a configuration in the README of a cloned repository.

    Raises:
        InputError: no train split is found, or what is found can be read in two ways.
    """
    if is_saved_dataset(folder):
        return choose_splits(read_saved_dataset(folder), str(folder), f"{folder} has no train split")
    declared = files_of_readme(folder, config)
    if declared is not None:
        return _by_readme(folder, declared, readers)
    if config is not None:
        raise InputError(f"{folder} is local, so config={config!r} has no meaning; leave it out.")
    found = _by_files(folder, readers) or _by_folders(folder, readers, own)
    if found is None:
        table = _whole(folder, own)
        found = RawData({"train": table}, str(folder), notes=list(table.notes)) if table is not None else None
    found = found or _below(folder, readers, own) or _only_file(folder, readers)
    if found is None:
        raise InputError(_nothing_found(folder, readers))
    found.class_names = found.class_names or label_names_beside(folder)
    return found


def read_split(path: Path, readers: Readers, own: FolderReaders = ()) -> Table:
    """Read a file, or a folder that is one split.

    Raises:
        InputError: it cannot be read.
    """
    if is_archive(path):
        with unpacked(path) as inside:
            return read_split(inside, readers, own)
    if not path.is_dir():
        return read_file(path, readers)
    if is_saved_dataset(path):
        return read_saved_dataset(path)["train"]
    table = _whole(path, own)
    if table is not None:
        return table
    paths = readable_files(path, readers)
    if not paths:
        raise InputError(f"{path} holds no file that is read ({' '.join(readers)}); it holds {_names(path)}.")
    kinds = {suffix_of(each) for each in paths}
    if len(kinds) > 1:
        raise InputError(f"{path} holds files of several kinds: {_few(paths)}; keep those of one.")
    return _read_files(_complete(path, path.name, paths), readers)


def _complete(folder: Path, split: str, paths: list[Path]) -> list[Path]:
    """Return files in their order; where they are shards, they must all be there."""
    return whole(folder, split, paths) if all(SHARD.fullmatch(stem_of(path)) for path in paths) else paths


def _by_readme(folder: Path, declared: dict[str, list[Path]], readers: Readers) -> RawData:
    """Read the files that the README.md of a clone names, and beside them those of splits that it does not name."""
    by_split = {split: _complete(folder, split, paths) for split, paths in declared.items()}
    beside = {} if "train" not in by_split else files_by_split(by_split["train"][0].parent, readers)
    more = {split: paths for split, paths in beside.items() if beside["train"] == by_split["train"]}
    more = {split: paths for split, paths in more.items() if split not in map(canonical_split, by_split)}
    by_split |= more
    tables = {split: _read_files(paths, readers) for split, paths in by_split.items()}
    raw = choose_splits(tables, str(folder), f"{folder} has no train split by its README.md")
    note = f"README.md does not name {' and '.join(more)}, found by the names of files"
    raw.notes[:0] = [_listing(folder, by_split), *([note] if more else [])]
    return raw


def _by_files(folder: Path, readers: Readers) -> RawData | None:
    """Read the files of each split; other files are noted and left."""
    by_split = files_by_split(folder, readers)
    if not by_split:
        return None
    tables = {split: _read_files(paths, readers) for split, paths in by_split.items()}
    taken = {path for paths in by_split.values() for path in paths}
    left = [path.name for path in readable_files(folder, readers) if path not in taken]
    notes = [_listing(folder, by_split), *([f"files left unread: {', '.join(left)}"] if left else [])]
    notes += [f"{split}: {note}" for split, table in tables.items() for note in table.notes]
    return RawData(tables, str(folder), label_names_beside(folder), notes)


def _by_folders(folder: Path, readers: Readers, own: FolderReaders) -> RawData | None:
    """Read a folder for each split."""
    found = folders_by_split(folder)
    if not found:
        return None
    tables = {split: read_split(path, readers, own) for split, path in found.items()}
    tables = {split: _of_classes(table, tables.get("train"), found[split]) for split, table in tables.items()}
    notes = [_listing(folder, {split: [path] for split, path in found.items()})]
    notes += [f"{split}: {note}" for split, table in tables.items() for note in table.notes]
    return RawData(tables, str(folder), label_names_beside(folder), notes)


def _of_classes(table: Table, train: Table | None, path: Path) -> Table:
    """Read a text a file, without labels, where no file is called like a class of train, which has a folder a class."""
    if train is None or table is train or not train.names == table.names == ["text", "label"]:
        return table
    labels = set(table.values("label"))
    if any(inside.is_dir() for inside in path.iterdir()) or labels & set(train.values("label")):
        return table
    return read_documents(path)


def _whole(folder: Path, own: FolderReaders) -> Table | None:
    return next((table for read in own if (table := read(folder)) is not None), None)


def _below(folder: Path, readers: Readers, own: FolderReaders) -> RawData | None:
    """Read `data/`, or the only folder inside that has splits.

    Raises:
        InputError: several have.
    """
    inside = [path for path in sorted(folder.iterdir()) if path.is_dir() and not path.name.startswith((".", "__"))]
    with_splits = [path for path in inside if files_by_split(path, readers) or folders_by_split(path)]
    named = [path for path in with_splits if path.name == "data"]
    if len(with_splits) > 1 and not named:
        listed = ", ".join(path.name for path in with_splits[:SHOWN])
        raise InputError(f"{folder} holds several data sets: {listed}; name one, such as --data {with_splits[0]}.")
    if not with_splits:
        return None
    return read_folder((named or with_splits)[0], readers, own)


def _only_file(folder: Path, readers: Readers) -> RawData | None:
    """Read the only file of a folder, if it is not called a test."""
    paths = readable_files(folder, readers)
    if len(paths) != 1 or split_in_name(paths[0].stem) not in (None, "train"):
        return None
    table = read_file(paths[0], readers)
    return RawData({"train": table}, str(folder), notes=[_listing(folder, {"train": paths}), *table.notes])


def _read_files(paths: Sequence[Path], readers: Readers) -> Table:
    return joined([read_file(path, readers) for path in paths], paths)


def joined(tables: Sequence[Table], paths: Sequence[Path]) -> Table:
    """Join the tables of the files of one split.

    Raises:
        InputError: their columns differ.
    """
    first = tables[0]
    for table, path in zip(tables, paths, strict=True):
        if set(table.names) != set(first.names):
            raise InputError(
                f"{path} has columns {table.names}, but {paths[0].name} has {first.names}; make them the same."
            )
    if len(tables) == 1:
        return first
    columns = {name: [value for table in tables for value in table.values(name)] for name in first.names}
    columns, class_names = join_named(tables, columns)
    return Table(
        columns, class_names, first.all_strings, list(dict.fromkeys(n for table in tables for n in table.notes))
    )


def _listing(folder: Path, by_split: Mapping[str, Sequence[Path]]) -> str:
    """Say which files or folders are which split."""
    order = [split for split in ("train", "validation", "test") if split in by_split]
    return "; ".join(f"{split}: {_few(by_split[split], folder)}" for split in order or by_split)


def _few(paths: Sequence[Path], folder: Path | None = None) -> str:
    names = [path.name if folder is None else str(path.relative_to(folder)) for path in paths]
    return ", ".join(names[:4]) + (f", ... ({len(names)} files)" if len(names) > 4 else "")


def _names(folder: Path) -> str:
    return ", ".join(sorted(path.name for path in folder.iterdir())[:SHOWN]) or "nothing"


def _nothing_found(folder: Path, readers: Readers) -> str:
    return (
        f"{folder} has no train file (train{' train'.join(readers)}); it holds {_names(folder)}. Say which files are "
        "which with --train_file, --validation_file and --test_file."
    )
