# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Score a saved model on labelled data; what `hf-seq evaluate` runs."""

from pathlib import Path
from typing import Any, Literal, get_args

from hf_seq.errors import InputError
from hf_seq.files.writing import check_new_folder
from hf_seq.reports.record import Record
from hf_seq.tasks.registry import task_named, task_of_saved
from hf_seq.tasks.trained import columns_of, reading, record_of
from hf_seq.train.results import Run, score_saved

Split = Literal["train", "validation", "test"]


def evaluate(
    model: str,
    data: str | None = None,
    *,
    split: str = "test",
    task: str | None = None,
    batch_size: int = 64,
    output: Path | None = None,
    **columns: Any,
) -> Record:
    """Score a model on a split.

    Args:
        model: folder or Hub id.
        data: as for training, but a source without splits is scored whole; None takes the data, cut the same way, that
            the model's record names.
        split: `train`, `validation` or `test`.
        task: what the model does; found from its folder where it is absent.
        batch_size: inputs that share a batch.
        output: folder for `record.json` and `predictions.jsonl`.
        **columns: what else says how the data are read: `text_column`, `label_column`, `config` and so on, as for
            training; None leaves the default.

    Raises:
        InputError: no such split, labels that the model does not know or of another kind, or an output folder in use.
    """
    if split not in get_args(Split):
        raise InputError(f"--split {split} is none of {', '.join(get_args(Split))}.")
    if output is not None:
        check_new_folder(output)
    known = record_of(model)
    chosen = task_named(task) if task else task_of_saved(model)
    recipe = reading(chosen.name, data, known, columns)
    predictor = chosen.predictor(model, batch_size=batch_size)
    recipe = chosen.data.as_trained(recipe, predictor)
    splits = chosen.data.load(recipe, whole=data is not None, **columns_of(known))
    splits = chosen.data.align_labels(splits, predictor, known.label_names if known else [])
    run = Run(known.model, known.label, known.recipe, known.seed) if known else Run(model, None, {}, 0)
    record, predictions = score_saved(model, chosen, recipe, splits, split, run, predictor)
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        chosen.scoring.write_predictions(output, splits[split], splits, predictions)
        record.write(output)
    return record
