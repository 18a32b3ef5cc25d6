# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A run that is resumed to be longer than it was planned, also when it is finished and its checkpoints are gone."""

import dataclasses
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR

from hf_seq.errors import InputError
from hf_seq.files.writing import write_text
from hf_seq.loops.options import TrainingOptions
from hf_seq.loops.trainer import WEIGHTS_ONLY
from hf_seq.reports.record import RECORD_NAME, Record

SETTINGS = ("num_train_epochs", "max_steps")
"""The settings that say how long a run is."""


def is_longer(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Check whether one recipe differs from another in that it trains for more epochs or steps, and in nothing else.

    Args:
        before: what differs, with the values of the run that is there.
        now: the same settings, with the values asked for.
    """
    return bool(before) and before.keys() <= set(SETTINGS) and all(_more(before[key], now[key]) for key in before)


def lengths_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Pick from a resolved recipe what says how long the run is."""
    return {name: values[name] for name in SETTINGS if name in values}


def _more(before: Any, now: Any) -> bool:
    return isinstance(before, int | float) and isinstance(now, int | float) and 0 < before < now


def start_from_finished(folder: Path, arguments: TrainingOptions, callbacks: Sequence[TrainerCallback]) -> None:
    """Make a checkpoint of a finished run's weights, where training can go on; optimizer and schedule start anew.

    Args:
        folder: of the finished run, whose checkpoints are gone.
        arguments: of the longer run.
        callbacks: of the run, those that keep a state between checkpoints.

    Raises:
        InputError: the record does not say how far the run got.
    """
    record = Record.read(folder)
    last = record.curve[-1] if record.curve else {}
    if not {"step", "epoch"} <= last.keys() or not (folder / "model.safetensors").is_file():
        raise InputError(
            f"The run in {folder} is finished and cannot be made longer: {RECORD_NAME} does not say how far it got, or "
            f"the weights are gone; train the model further in a folder of its own: --model {folder} --output_dir NEW."
        )
    keeping_state: list[Any] = [TrainerControl(), *callbacks]
    state = TrainerState(
        global_step=last["step"],
        epoch=float(last["epoch"]),
        log_history=record.curve,
        train_batch_size=arguments.train_batch_size,
        stateful_callbacks=keeping_state,
    )
    name = arguments.metric_for_best_model
    scores = [entry[key] for entry in record.curve if (key := f"eval_{str(name).removeprefix('eval_')}") in entry]
    checkpoint = folder / f"{PREFIX_CHECKPOINT_DIR}-{state.global_step}"
    if scores:
        state.best_metric = max(scores) if arguments.greater_is_better else min(scores)
        state.best_model_checkpoint, state.best_global_step = str(checkpoint), state.global_step
    checkpoint.mkdir(exist_ok=True)
    _link(folder / "model.safetensors", checkpoint / "model.safetensors")
    shutil.copy(folder / "config.json", checkpoint / "config.json")
    write_text(checkpoint / WEIGHTS_ONLY, "")
    write_text(checkpoint / "trainer_state.json", json.dumps(dataclasses.asdict(state)))


def _link(source: Path, target: Path) -> None:
    """Give a file a second name; the run's end writes a new file in place of the first, and never changes this one."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copy(source, target)


def describe_longer(lengths: list[dict[str, Any]]) -> str:
    """Say in the record how the run came to its length.

    Args:
        lengths: the settings that say how long, as they were planned, one after the other.
    """
    steps = ", then ".join(" and ".join(f"{name}={value:g}" for name, value in each.items()) for each in lengths)
    return f"resumed to be longer: planned for {steps}; a run of that length from the start may end otherwise"
