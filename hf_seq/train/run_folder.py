# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The folder a run writes to: who may use it, what is in it, and how a killed run goes on.

recipe.yaml .run.json tokenizer files    from the start of training
checkpoint-N/                            while it lasts
model files predictions.jsonl curves.png when it is done
record.json                              last of all: a folder with a record is finished
"""

import json
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal

from hf_seq.errors import InputError
from hf_seq.files.reading import read_json, read_object
from hf_seq.files.writing import write_text
from hf_seq.loops.trainer import WEIGHTS_ONLY
from hf_seq.reports.record import RECORD_NAME
from hf_seq.tasks.registry import recipe_class
from hf_seq.train.longer import is_longer, lengths_of
from hf_seq.train.recipe_files import RECIPE_NAME, read_recipe

RUN_STATE = ".run.json"
HALF_WRITTEN = re.compile(r"\..+\.\d+\.part")
"""Names of files that `write_text` had not finished."""
LENGTHS = "lengths"
"""Key of `.run.json`: how long the run was to be, first and after each time it was made longer."""
OUTPUTS = (
    *(RECORD_NAME, RUN_STATE, "predictions.jsonl", "curves.png", "config.json", "model.safetensors"),
    *(
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "vocab.txt",
        "target_tokenizer.json",
        "baseline.json",
    ),
    "preprocessor_config.json",
)
"""What a run of ours writes beside checkpoints; the only files that --overwrite deletes."""

HARMLESS = frozenset(
    {"dataloader_num_workers", "per_device_eval_batch_size", "save_total_limit", "report_to", "run_name", "log_level"}
    | {"teacher_cache"}
)
"""Settings that may change when a run is resumed, since they change no result."""

State = Literal["new", "resume", "longer", "finished"]


def claim_folder(folder: Path, values: dict[str, Any], *, resume: bool, overwrite: bool) -> State:
    """Decide whether this run may write to `folder`. Nothing is written or deleted.

    Args:
        folder: the output folder.
        values: the resolved recipe.
        resume: go on with the run that is there.
        overwrite: replace the run that is there.

    Returns:
        "new", "resume", "longer" when the run that is there is to go on for more epochs or steps than it was planned
        for, or "finished" when the same run is there, complete.

    Raises:
        InputError: the folder is in use, is no run of ours, or holds a run of another recipe.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"--output_dir {folder} is a file; name a folder.")
    if not folder.exists() or all(HALF_WRITTEN.fullmatch(path.name) for path in folder.iterdir()):
        return "new"  # what a run left that was killed before its recipe was written
    if not resume and not overwrite:
        raise InputError(
            f"--output_dir {folder} is in use; choose another, or add --resume to go on with that run, --overwrite "
            "to replace it."
        )
    if not (folder / RECIPE_NAME).is_file():
        raise InputError(
            f"--output_dir {folder} holds files but no run ({RECIPE_NAME} is missing); choose another folder."
        )
    if overwrite:
        return "new"
    before, now = changed_settings(read_recipe(folder / RECIPE_NAME), values)
    if is_longer(before, now) and not (folder / "baseline.json").is_file():
        return "longer"
    if before:
        changed = recipe_changes(read_recipe(folder / RECIPE_NAME), values)
        raise InputError(
            f"The run in {folder} followed another recipe ({changed}); --resume needs the same one, or more epochs: "
            f"give `--resume --output_dir {folder}` alone, or choose another folder."
        )
    return "finished" if (folder / RECORD_NAME).is_file() else "resume"


def recipe_changes(before: dict[str, Any], now: dict[str, Any]) -> str:
    """Say what differs between two recipes and may change a result; empty if nothing does."""
    before, now = changed_settings(before, now)
    return ", ".join(f"{key} was {before[key]}, now {now[key]}" for key in sorted(before)[:3])


def changed_settings(before: dict[str, Any], now: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the settings that differ between two recipes and may change a result, as they were and as they are.

    A field that one of them does not have, since an earlier version wrote it, has its default.
    """
    known = fields(recipe_class(str(now.get("task", "classification"))))
    defaults = {each.name: each.default for each in known}
    before, now = defaults | before, defaults | now
    changed = [key for key in (before.keys() | now.keys()) - HARMLESS if before.get(key) != now.get(key)]
    return {key: before.get(key) for key in changed}, {key: now.get(key) for key in changed}


def begin(
    folder: Path, state: State, run: dict[str, Any], values: dict[str, Any], write_start: Callable[[], None]
) -> None:
    """Prepare the folder for training, now that every check has passed.

    Args:
        folder: the output folder.
        state: what `claim_folder` said.
        run: facts that a resumed run must share, such as the data's fingerprint.
        values: the resolved recipe.
        write_start: writes the recipe and the tokenizer.

    Raises:
        InputError: a resumed run finds other data or another number of processes.
    """
    if has_begun(folder) and state in ("resume", "longer"):
        before = read_object(folder / RUN_STATE, "train in a new folder")
        for key, value in run.items():
            if before.get(key, value) != value:  # earlier versions wrote fewer of them
                raise InputError(
                    f"{key} changed since the run in {folder} began: {before.get(key)} then, {value} now; train in a "
                    "new folder."
                )
        if state == "longer":
            planned = before.get(LENGTHS) or [lengths_of(read_recipe(folder / RECIPE_NAME))]
            write_start()
            write_text(folder / RUN_STATE, json.dumps({**before, LENGTHS: [*planned, lengths_of(values)]}))
        return
    if folder.exists():
        _delete_run(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_start()
    write_text(folder / RUN_STATE, json.dumps(run))


def planned_lengths(folder: Path) -> list[dict[str, Any]]:
    """Return how long a run was to be, first and after each time it was made longer; empty where it never was."""
    return read_object(folder / RUN_STATE, "train in a new folder").get(LENGTHS, [])


def has_begun(folder: Path) -> bool:
    """Check whether a run got as far as training: its recipe and tokenizer are whole."""
    return (folder / RUN_STATE).is_file()


def _delete_run(folder: Path) -> None:
    """Delete what a run of ours wrote, nothing else; first what says that it is finished, or that it has begun.

    The recipe stays until a new one takes its place: it marks the folder as ours.
    """
    for name in OUTPUTS:
        (folder / name).unlink(missing_ok=True)
    delete_checkpoints(folder)


def delete_checkpoints(folder: Path) -> None:
    """Delete the checkpoints of a finished run: they hold optimizer state that nobody needs to load the model."""
    for path in checkpoints(folder):
        shutil.rmtree(path)


def checkpoints(folder: Path) -> list[Path]:
    """List the checkpoint folders, oldest first, complete or not."""
    found = [path for path in folder.glob("checkpoint-*") if path.is_dir() and path.name.partition("-")[2].isdigit()]
    return sorted(found, key=lambda path: int(path.name.partition("-")[2]))


def last_complete_checkpoint(folder: Path, processes: int | None = 1) -> Path | None:
    """Find the newest checkpoint that was written to its end; half-written newer ones are skipped."""
    return next((path for path in reversed(checkpoints(folder)) if is_complete(path, processes)), None)


def is_complete(checkpoint: Path, processes: int | None = 1) -> bool:
    """Check whether every file of a checkpoint is there and whole, as so many processes wrote it; None is any number.

    `Trainer` writes `trainer_state.json` last, so a run killed in between lacks it or has half of it. The weights
    carry their size in their header; the other files are zip archives, whose directory stands at the end.
    """
    if processes is None:
        processes = len([*checkpoint.glob("rng_state_*.pth")]) or 1
    names = ["rng_state.pth"] if processes == 1 else [f"rng_state_{rank}.pth" for rank in range(processes)]
    archives = [checkpoint / name for name in ("optimizer.pt", "scheduler.pt", *names)]
    if (checkpoint / WEIGHTS_ONLY).is_file():
        archives = []
    return (
        _is_json(checkpoint / "trainer_state.json")
        and _is_safetensors(checkpoint / "model.safetensors")
        and all(zipfile.is_zipfile(path) for path in archives)
    )


def _is_json(path: Path) -> bool:
    try:
        read_json(path)
    except InputError:
        return False
    return True


def _is_safetensors(path: Path) -> bool:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt"):
            return True
    except (OSError, SafetensorError):
        return False
