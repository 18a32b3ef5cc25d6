# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq find-threshold`."""

from typing import Annotated, Any

import typer

from hf_seq.commands.options import BatchSize, DataOfModel, Model, TaskOfModel
from hf_seq.errors import InputError


def find_threshold(
    model: Model,
    data: DataOfModel = None,
    precision: Annotated[
        float | None,
        typer.Option(help="Find the most positives, or answer most rows, at this precision or better, such as 0.95."),
    ] = None,
    best: Annotated[str | None, typer.Option(help="f1: the best F1, which is the default.")] = None,
    positive: Annotated[
        str | None, typer.Option(help="Which of two labels counts as positive; absent: as in training.")
    ] = None,
    per_label: Annotated[
        bool, typer.Option("--per_label", help="Where rows have several labels, choose a threshold for each.")
    ] = False,
    split: Annotated[str, typer.Option(help="Rows to choose on: validation or train.")] = "validation",
    task: TaskOfModel = None,
    batch_size: BatchSize = 64,
    **columns: Any,
) -> None:
    """Choose the score above which a classifier of two labels, or of several a row, says yes.

    A classifier of many labels gets the score above which it answers by
    itself: with --precision 0.95 so that 95 % of these answers are right.
    It hands the rest over, and the command prints the share of these.

    It is chosen on validation rows and saved with the model, so that
    predict, evaluate and compare answer by it.

    Examples:
    hf-seq find-threshold runs/spam --precision 0.95

    hf-seq find-threshold runs/topics --data more.csv --best f1
    """
    if precision is not None and best is not None:
        raise InputError(f"--precision {precision} and --best {best} contradict each other; give one of them.")
    if best not in (None, "f1"):
        raise InputError(f"--best {best} is not known; it can be f1, or give --precision.")
    if split not in ("validation", "train"):
        raise InputError(f"--split {split} is none of validation, train: the test rows must choose nothing.")
    from transformers.utils.logging import disable_progress_bar

    from hf_seq.train.find_threshold import ThresholdGoal, describe
    from hf_seq.train.find_threshold import find_threshold as run

    disable_progress_bar()
    found = run(
        model,
        data,
        goal=ThresholdGoal(precision, positive, per_label),
        split=split,
        task=task,
        batch_size=batch_size,
        **columns,
    )
    print("\n".join(describe(found)))
    print(f"Saved in {model}; `hf-seq predict {model}` answers by it.")
