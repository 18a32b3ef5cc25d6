# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Labelled texts: how they are read and checked, and how their labels are numbered as a saved model does."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hf_seq.data import Splits, check_splits, load_splits
from hf_seq.data.classification.checks import CheckReport, Columns
from hf_seq.data.classification.loading import texts_of
from hf_seq.data.closer_look import look_closer_at_texts
from hf_seq.errors import InputError
from hf_seq.tasks.base import Data, R
from hf_seq.tasks.classification.recipe import ClassificationRecipe

if TYPE_CHECKING:
    from datasets import Dataset

PARTS = ("train", "validation", "test")


class Labelled(Data[R]):
    """Rows with one label, several labels or a number each, whatever is labelled."""

    label_column = "label"

    def align_labels(self, splits: Splits, predictor: Any, label_names: Sequence[str]) -> Splits:
        """Renumber the labels of the data as the model does.

        Raises:
            InputError: the labels are of another kind, or the model does not know them.
        """
        check_problem_type(splits, predictor.problem_type)
        config = getattr(predictor.model, "config", None)
        id2label = getattr(config, "id2label", None) or {}
        return match_labels(splits, list(label_names) or [id2label[index] for index in sorted(id2label)])


class LabelledTexts(Labelled[ClassificationRecipe]):
    """Texts with labels."""

    text_column = "text"

    def load(self, recipe: ClassificationRecipe, **options: Any) -> Splits:
        """Read the splits that a recipe names."""
        return load_splits(
            text_column=recipe.text_column,
            text_pair_column=recipe.text_pair_column,
            label_column=recipe.label_column,
            label_columns=recipe.label_columns,
            label_separator=recipe.label_separator,
            problem_type=recipe.problem_type,
            **recipe.source,
            **options,
        )

    def check(self, splits: Splits, processor: Any = None, max_length: int | None = None) -> CheckReport:
        """Find what makes training on the splits impossible, and what makes it doubtful."""
        return check_splits(splits, tokenizer=processor, max_length=max_length)

    def look_closer(self, report: CheckReport, splits: Splits) -> None:
        """Add leaks, and labels and texts that are off."""
        look_closer_at_texts(report, splits, {name: Columns.of(splits, name) for name in PARTS})

    def inputs(self, rows: "Dataset") -> list[Any]:
        """List the texts, or pairs of texts."""
        return texts_of(rows[:])


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
    """Renumber the labels of the data as the model does.

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

    parts = {part: splits[part].map(renumber) for part in PARTS}
    return dataclasses.replace(splits, label_names=names, **parts)
