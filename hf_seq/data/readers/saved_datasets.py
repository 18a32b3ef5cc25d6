# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Folders that `save_to_disk` of the library `datasets` wrote: a split a folder of Arrow files, or one split alone."""

from pathlib import Path
from typing import Any

import datasets

from hf_seq.data.readers.tables import Table, table_from_arrow
from hf_seq.errors import InputError


def is_saved_dataset(folder: Path) -> bool:
    """Check whether `save_to_disk` wrote this folder."""
    return (folder / "dataset_dict.json").is_file() or (
        (folder / "dataset_info.json").is_file() and (folder / "state.json").is_file()
    )


def read_saved_dataset(folder: Path) -> dict[str, Table]:
    """Read all splits under the names they were saved with; a single one is train.

    Raises:
        InputError: a file is missing or broken.
    """
    try:
        loaded: Any = datasets.load_from_disk(str(folder))
        splits = loaded if isinstance(loaded, dict) else {"train": loaded}
        return {name: table_from_arrow(rows.with_format("arrow")[:], rows.features) for name, rows in splits.items()}
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            f"{folder} was written by save_to_disk, but cannot be read ({' '.join(str(error).split())[:300]}); save it "
            "again, or copy it with all its files."
        ) from None
