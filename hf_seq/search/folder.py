# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The folder of a search: whose it is, what of it is ours, and that one process writes to it at a time."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hf_seq.errors import InputError
from hf_seq.files.locking import one_process
from hf_seq.files.model_folders import DEPLOY
from hf_seq.files.reading import read_json
from hf_seq.search.options import FitOptions
from hf_seq.train.recipe_files import RECIPE_NAME
from hf_seq.train.run_folder import OUTPUTS

FIT_NAME, LOCK, RUNS = "fit.json", ".lock", ".search"
SPEED = "speed"
"""Key of fit.json: how fast the machine trains, the first thing that a search finds out."""
SAME = ("data", "task", "max_size", "max_latency", "minutes", "trials", "teacher", "seed", "extra")
"""What a search that is gone on with must share."""
OURS = (*OUTPUTS, RECIPE_NAME, FIT_NAME, "report.html", "table.md", DEPLOY, RUNS)
"""What a search writes; the only things that --redo deletes."""


def asked(options: FitOptions) -> dict[str, Any]:
    """Return what was asked, as fit.json keeps it."""
    return {name: getattr(options, name) for name in SAME}


def claim(output: Path, options: FitOptions) -> dict[str, Any]:
    """Read what is known of the search in a folder; empty for a new one, and for one that is to be done otherwise.

    Raises:
        InputError: the folder is a file, or holds something else, or another search.
    """
    path = output / FIT_NAME
    if output.exists() and not output.is_dir():
        raise InputError(f"--output {output} is a file; name a folder.")
    if not path.is_file():
        if output.is_dir() and any(each.name not in (LOCK, RUNS) for each in output.iterdir()):
            raise InputError(f"--output {output} is in use: it holds files, but no search of ours; choose another.")
        return {}
    try:
        before = read_json(path)
        known, now = dict(before["asked"]), asked(options)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} was not written by hf-seq fit; choose another --output.") from error
    if options.redo:
        return {}
    changed = [f"{name} was {known.get(name)}, now {now[name]}" for name in SAME if known.get(name) != now[name]]
    if changed and SPEED not in before:
        return {}  # it ended before anything was tried, for a reason that the other settings may mend
    if changed:
        raise InputError(
            f"{output} holds another search ({', '.join(changed[:3])}); choose another --output, or add --redo."
        )
    return before


def clear(output: Path) -> None:
    """Delete what an earlier search of ours left; nothing else."""
    for name in OURS:
        path = output / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


@contextmanager
def locked(output: Path) -> Iterator[None]:
    """Hold the output folder for this process.

    Raises:
        InputError: another search is running there, or it cannot be written.
    """
    with one_process(output / LOCK, f"Another search is running in {output}; wait for it, or choose another --output."):
        yield
