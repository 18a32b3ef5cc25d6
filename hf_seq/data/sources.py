# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Where data comes from: `builtin:NAME`, a file, a folder with a file per split, a Hub id; one table per split."""

import json
import re
from pathlib import Path

from hf_seq.data.builtin.grammar import read_builtin_grammar
from hf_seq.data.builtin.orders import read_builtin_orders
from hf_seq.data.builtin.pair_builtins import read_builtin_dates, read_builtin_reverse
from hf_seq.data.builtin.reviews import read_builtin_reviews
from hf_seq.data.builtin.waves import read_builtin_waves
from hf_seq.data.label_names import join_named
from hf_seq.data.readers.files import READERS, Readers, read_file
from hf_seq.data.readers.saved_datasets import is_saved_dataset, read_saved_dataset
from hf_seq.data.readers.split_files import canonical_split, files_by_split
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.errors import InputError

BUILTINS = {
    "reviews": read_builtin_reviews,
    "orders": read_builtin_orders,
    "grammar": read_builtin_grammar,
    "waves": read_builtin_waves,
    "dates": read_builtin_dates,
    "reverse": read_builtin_reverse,
}
_HUB_ID = re.compile(r"[\w.-]+(/[\w.-]+)?")


def read_source(
    source: str | Path, config: str | None = None, revision: str | None = None, readers: Readers = READERS
) -> RawData:
    """Read everything a source holds, uninterpreted.

    Args:
        source: `builtin:NAME`, a file, a folder with a file per split, or a Hub id.
        config: of a Hub data set.
        revision: of a Hub data set.
        readers: how local files are read, by suffix; tasks that read other files bring their own.

    Raises:
        InputError: not there, not readable, or no train split in it.
    """
    name = str(source)
    if name.startswith("builtin:"):
        return _read_builtin(name)
    path = Path(name).expanduser()
    if path.is_dir() or path.is_file():
        given = "config" if config is not None else "revision" if revision is not None else None
        if given:
            raise InputError(f"{name} is local, so {given}={config or revision!r} has no meaning; leave it out.")
        return _read_folder(path, readers) if path.is_dir() else _read_single_file(path, readers)
    if path.suffix.lower() in readers or name.startswith((".", "/", "~")) or not _HUB_ID.fullmatch(name):
        raise InputError(f"{name} does not exist; {_what_is_there(path)}")
    return _read_hub(name, config, revision)


def _read_builtin(name: str) -> RawData:
    key = name.removeprefix("builtin:")
    if key not in BUILTINS:
        raise InputError(f"{name} is not built in; there is {', '.join('builtin:' + known for known in BUILTINS)}.")
    tables, class_names = BUILTINS[key]()
    return RawData(tables, name, class_names, [f"{name} is synthetic"])


def _read_single_file(path: Path, readers: Readers) -> RawData:
    table = read_file(path, readers)
    return RawData({"train": table}, str(path), _label_names_beside(path.parent), list(table.notes))


def _read_folder(folder: Path, readers: Readers) -> RawData:
    """Read the files of each split, or what `save_to_disk` wrote; other files are noted and left.

    A folder without a train file of its own is read from its folder `data`, as clones of the Hub have it.
    """
    if is_saved_dataset(folder):
        return _chosen_splits(read_saved_dataset(folder), str(folder), f"{folder} has no train split")
    by_split = files_by_split(folder, readers)
    if not by_split:
        inside = folder / "data"
        if inside.is_dir() and files_by_split(inside, readers):
            return _read_folder(inside, readers)
        listing = ", ".join(sorted(path.name for path in folder.iterdir())[:12]) or "nothing"
        raise InputError(f"{folder} has no train file (train{' train'.join(readers)}); it holds {listing}.")
    tables = {split: _joined([read_file(path, readers) for path in paths], paths) for split, paths in by_split.items()}
    taken = {path for paths in by_split.values() for path in paths}
    left = [
        path.name
        for path in sorted(folder.iterdir())
        if path.is_file() and path.suffix.lower() in readers and path not in taken and path.name != "labels.json"
    ]
    notes = [f"files left unread: {', '.join(left)}"] if left else []
    odd = [
        path.name for paths in by_split.values() for path in paths if canonical_split(path.stem.split("-")[0]) is None
    ]
    notes += [f"splits told by the ends of names: {', '.join(odd)}"] if odd else []
    notes += [f"{split}: {note}" for split, table in tables.items() for note in table.notes]
    return RawData(tables, str(folder), _label_names_beside(folder), notes)


def _joined(tables: list[Table], paths: list[Path]) -> Table:
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
    return Table(columns, class_names, first.all_strings, [note for table in tables for note in table.notes])


def _label_names_beside(folder: Path) -> dict[str, list[str]]:
    """Read labels.json: names in id order, a list or an object with a list per column ("" is any column)."""
    path = folder / "labels.json"
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path} is not JSON ({error}); it should hold a list of label names in id order.") from None
    by_column = content if isinstance(content, dict) else {"": content}
    for names in by_column.values():
        if not (isinstance(names, list) and names and all(isinstance(name, str) for name in names)):
            raise InputError(f"{path} holds {names!r:.60}; it should hold a list of label names in id order.")
    return by_column


def _read_hub(name: str, config: str | None, revision: str | None) -> RawData:
    from hf_seq.data.readers.hub_datasets import read_hub

    found = read_hub(name, config, revision)
    description = name + (f" ({config})" if config else "") + (f" at {revision}" if revision else "")
    return _chosen_splits(found, description, f"data set {name!r} has no train split")


def _chosen_splits(found: dict[str, Table], description: str, without_train: str) -> RawData:
    """Choose among splits under names of their own those that stand for train, validation and test."""
    tables: dict[str, Table] = {}
    left = []
    for split, table in found.items():
        canonical = canonical_split(split)
        if canonical is None or canonical in tables:
            left.append(split)
        else:
            tables[canonical] = table
    if "train" not in tables:
        raise InputError(f"{without_train}; it has {', '.join(found)}. Save the one you mean as a local file.")
    notes = [f"splits left unread: {', '.join(left)}"] if left else []
    return RawData(tables, description, {}, notes)


def _what_is_there(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"neither does the folder {folder}. Check the path."
    listing = ", ".join(sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))[:12])
    return f"{folder} holds {listing or 'nothing'}. Check the path."
