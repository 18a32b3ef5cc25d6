# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Score a saved model on labelled data; what `hf-seq evaluate` runs."""

import dataclasses
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from hf_seq.data import Splits, load_splits
from hf_seq.errors import InputError
from hf_seq.predictor import Predictor
from hf_seq.reports.predictions import write_predictions
from hf_seq.reports.record import RECORD_NAME, Record
from hf_seq.training.results import TASK, measure_costs, score_split

Split = Literal["train", "validation", "test"]


def evaluate(
    model: str,
    data: str | None = None,
    *,
    split: str = "test",
    text_column: str | None = None,
    label_column: str | None = None,
    config: str | None = None,
    revision: str | None = None,
    batch_size: int = 64,
    output: Path | None = None,
) -> Record:
    """Score a model on a split.

    Args:
        model: folder or Hub id.
        data: as for training, but a source without splits is scored whole; None takes the data, cut the same way, that
            the model's record names.
        split: `train`, `validation` or `test`.
        text_column: column of the text.
        label_column: column of the label.
        config: configuration of a Hub data set.
        revision: revision of a Hub data set.
        batch_size: texts that share a batch.
        output: folder for `record.json` and `predictions.jsonl`.

    Raises:
        InputError: no such split, labels that the model does not know or of another kind, or an output folder in use.
    """
    if split not in get_args(Split):
        raise InputError(f"--split {split} is none of {', '.join(get_args(Split))}.")
    if output is not None and output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise InputError(f"--output {output} is in use; choose another folder.")
    known = Record.read(model) if (Path(model) / RECORD_NAME).is_file() else None
    settings = _data_settings(data, known) | {
        key: value
        for key, value in (
            ("text_column", text_column),
            ("label_column", label_column),
            ("config", config),
            ("revision", revision),
        )
        if value is not None
    }
    splits = load_splits(**settings)
    predictor = Predictor.from_pretrained(model, batch_size=batch_size)
    check_problem_type(splits, predictor.problem_type)
    splits = match_labels(splits, known.label_names if known else _label_names(predictor))
    rows = splits[split]
    fields, scores = score_split(predictor, rows, splits, seed=0)
    record = Record(
        task=TASK,
        model=known.model if known else model,
        label=known.label if known else None,
        data=splits.source,
        split=splits.test_split if split == "test" else split,
        fingerprint=splits.fingerprint,
        problem_type=splits.problem_type,
        label_names=list(splits.label_names),
        recipe=known.recipe if known else {},
        seed=known.seed if known else 0,
        **fields,
        **measure_costs(predictor, Path(model), rows["text"][:]),
    )
    if output is not None:
        write_predictions(output, rows["label"][:], scores)
        record.write(output)
    return record


def _data_settings(data: str | None, known: Record | None) -> dict[str, Any]:
    """What to hand to `load_splits`: the data given, or those of training, cut the same way."""
    if data is not None:
        return {"source": data, "whole": True}
    if known is None:
        raise InputError("There is no record beside the model that names its data; give --data.")
    recipe = known.recipe
    names = ("text_column", "label_column", "config", "revision", "validation_fraction", "max_train_rows")
    settings = {name: recipe[name] for name in names if recipe.get(name) is not None}
    return {"source": recipe.get("data", known.data), "seed": recipe.get("data_split_seed", 0), **settings}


def _label_names(predictor: Predictor) -> list[str]:
    config = getattr(predictor.model, "config", None)
    id2label = getattr(config, "id2label", None) or {}
    return [id2label[index] for index in sorted(id2label)]


def check_problem_type(splits: Splits, problem_type: str) -> None:
    """Refuse labels of another kind than the model's answers; a score over them would mean nothing.

    Raises:
        InputError: they are.
    """
    if splits.problem_type != problem_type:
        raise InputError(
            f"The model was trained for {problem_type}, but the labels of {splits.source} are read as "
            f"{splits.problem_type}. Write whole numbers or names for one label a row, lists for several, numbers with "
            "a decimal point for regression; or name another --label_column."
        )


def match_labels(splits: Splits, names: list[str]) -> Splits:
    """Number the labels of the data as the model does.

    Args:
        splits: data with label names of their own.
        names: the model's, in the order of its ids; empty when unknown.

    Raises:
        InputError: the data have labels that the model does not know.
    """
    if not names or splits.problem_type == "regression" or list(splits.label_names) == names:
        return splits
    unknown = [name for name in splits.label_names if name not in names]
    if unknown:
        raise InputError(
            f"The data have labels that the model does not know: {', '.join(unknown[:5])}; it knows "
            f"{', '.join(names[:10])}. Evaluate on data with the same labels."
        )
    order = np.array([names.index(name) for name in splits.label_names])
    several = splits.problem_type == "multi_label_classification"

    def renumber(row: dict[str, Any]) -> dict[str, Any]:
        if not several:
            return {"label": int(order[row["label"]])}
        spread = np.zeros(len(names))
        spread[order] = row["label"]
        return {"label": spread.tolist()}

    parts = {part: splits[part].map(renumber) for part in get_args(Split)}
    return dataclasses.replace(splits, label_names=names, **parts)
