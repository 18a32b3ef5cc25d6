# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a comparison measures when all models are there: speed in turns, and what typos and case cost them.

Figures go into the records, so that a comparison that is run again does not measure again.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hf_seq.compare.entries import Entry
from hf_seq.compare.robustness import measure_robustness
from hf_seq.progress import logger
from hf_seq.reports.record import Record
from hf_seq.reports.speed import measure_speed
from hf_seq.tasks.base import R, Task

if TYPE_CHECKING:
    from hf_seq.data import Splits


def measure_together(entries: Sequence[Entry], task: Task[Any], splits: "Splits", calls: int) -> None:
    """Time all models in one go and write it into their records, unless they were timed together before."""
    done = {entry.name: entry for entry in entries if entry.done}
    records = {name: Record.read(entry.records[0]) for name, entry in done.items()}
    names = sorted(records)
    if all(
        each.measurement.get("together") == names and each.measurement["calls"] == calls for each in records.values()
    ):
        return
    logger.info(f"\nTiming {len(names)} models in turns, one thread ...")
    predictors = {name: task.predictor(entry.models[0]) for name, entry in done.items()}
    for name, fields in measure_speed(predictors, task.data.inputs(splits.test), calls=calls).items():
        for field, value in fields.items():
            setattr(records[name], field, value)
        records[name].write(done[name].records[0])


def measure_disturbed(entries: Sequence[Entry], task: Task[R], recipe: R, splits: "Splits", rows: int) -> None:
    """Score every model, of several seeds the first, on disturbed test rows, unless that was done before."""
    if task.data.text_column is None or not rows:
        return
    wanted = min(rows, len(splits.test))
    missing = [
        entry for entry in entries if entry.done and Record.read(entry.records[0]).robustness.get("rows") != wanted
    ]
    if missing:
        logger.info(f"\nTypos and case on {wanted:,} test rows ...")
    for entry in missing:
        record = Record.read(entry.records[0])
        record.robustness = measure_robustness(task, recipe, task.predictor(entry.models[0]), splits, record, rows)
        record.write(entry.records[0])
