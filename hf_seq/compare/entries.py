# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Who is compared: models that the comparison trains, and finished runs that it only scores (`--scored`).

    hf-seq compare --data DATA --models tfidf --output runs/proof
        --scored teacher=runs/teacher,student=runs/s0+runs/s1+runs/s2,alone=runs/a0+runs/a1+runs/a2

A name and `=` may stand before a folder; folders joined by `+` are the seeds of one model. A finished run stays as it
is: its record and predictions are copied to `scored/NAME`, and what is measured here is written into the copy.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hf_seq.compare.options import CompareOptions, Run
from hf_seq.errors import InputError
from hf_seq.reports.predictions import PREDICTIONS_NAME
from hf_seq.reports.record import RECORD_NAME, Record, folder_name, split_in_words
from hf_seq.tasks.architectures import ModelChoice

if TYPE_CHECKING:
    from hf_seq.data import Splits


@dataclass
class Entry:
    """One model of a comparison.

    Attributes:
        name: what the table calls it.
        records: folders of its records and predictions, one per seed.
        models: folders that it is loaded from, one per seed.
        small: trained from scratch: neither a baseline nor pretrained.
    """

    name: str
    records: list[Path]
    models: list[Path]
    small: bool = False

    @property
    def done(self) -> bool:
        """Whether the model was run."""
        return Record.read(self.records[0]).status == "done"

    @classmethod
    def of_runs(cls, name: str, runs: Sequence[Run], *, small: bool) -> "Entry":
        """Make the entry of what was trained here."""
        folders = [run.folder for run in runs]
        return cls(name, folders, folders, small)


def named_folders(scored: str | None, taken: Sequence[str] = ()) -> dict[str, list[Path]]:
    """Read `--scored`: per name the folders of its seeds.

    Args:
        scored: as typed.
        taken: names of the models that are trained.

    Raises:
        InputError: a name twice, or no folder.

    Example:
        >>> named_folders("runs/a,b=x+y")
        {'a': [PosixPath('runs/a')], 'b': [PosixPath('x'), PosixPath('y')]}
    """
    found: dict[str, list[Path]] = {}
    for part in filter(None, (each.strip() for each in (scored or "").split(","))):
        given, equals, folders = part.partition("=")
        paths = [Path(each) for each in (folders if equals else given).split("+") if each]
        if not paths or not given:
            raise InputError(f"--scored {part!r} names no run; write FOLDER or NAME=FOLDER, seeds joined by +.")
        name = given if equals else paths[0].resolve().name
        if name in found or name in taken:
            raise InputError(f"--scored names {name} a second time; write NAME=FOLDER with a name of its own.")
        found[name] = paths
    return found


def check_scored(options: CompareOptions, metric: str, hub_name: str, splits: "Splits") -> dict[str, list[Path]]:
    """Read `--scored` and refuse, before any work, what is no finished run on these test rows.

    Args:
        options: of the comparison.
        metric: that it is about.
        hub_name: of its task.
        splits: its data.

    Raises:
        InputError: so it is.
    """
    found = named_folders(options.scored, options.model_names)
    for name, folders in found.items():
        for folder in folders:
            _check_run(name, folder, metric, hub_name, splits)
    return found


def _check_run(name: str, folder: Path, metric: str, hub_name: str, splits: "Splits") -> None:
    record = Record.read(folder)
    if record.status != "done" or not (folder / PREDICTIONS_NAME).is_file():
        raise InputError(f"--scored {folder}: the run of {name} has no predictions; train it to its end first.")
    if record.task != hub_name:
        raise InputError(f"--scored {folder}: {name} is made for {record.task}, this comparison for {hub_name}.")
    same = (record.n, record.split, record.metric) == (len(splits.test), splits.test_split, metric)
    if not same:
        wanted = split_in_words(len(splits.test), splits.test_split)
        raise InputError(
            f"--scored {folder}: {name} has {record.metric} on {record.scored_rows}, this comparison "
            f"{metric} on {wanted} of {splits.source}; score it on "
            f"those (hf-seq evaluate {folder} --data {splits.source} --output NEW)."
        )


def copy_scored(found: dict[str, list[Path]], models: ModelChoice, output: Path) -> list[Entry]:
    """Copy records and predictions of finished runs into `output/scored`, unless they are there as they were left."""
    entries = []
    for name, folders in found.items():
        copies = [output / "scored" / folder_name(name)]
        copies += [copies[0].with_name(f"{copies[0].name}.run{number}") for number in range(1, len(folders))]
        for folder, copy in zip(folders, copies, strict=True):
            _copy_run(name, folder, copy)
        kind = str(Record.read(copies[0]).recipe.get("model", name))
        entries.append(Entry(name, copies, folders, models.is_from_scratch(kind)))
    return entries


def _copy_run(name: str, folder: Path, copy: Path) -> None:
    """Copy a run's record and predictions under the name of this comparison, unless the copies are newer."""
    here, there = copy / RECORD_NAME, folder / RECORD_NAME
    if here.is_file() and here.stat().st_mtime_ns > there.stat().st_mtime_ns and Record.read(copy).model == name:
        return
    record = Record.read(folder)
    record.recipe = {"model": record.model, **record.recipe}
    record.model, record.label, record.robustness, record.measurement = name, None, {}, {}
    copy.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / PREDICTIONS_NAME, copy / PREDICTIONS_NAME)
    record.write(copy)
