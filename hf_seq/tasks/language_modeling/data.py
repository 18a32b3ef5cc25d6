# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Texts for language models: how they are read and checked."""

import dataclasses
from typing import Any

from datasets import Dataset

from hf_seq.data import Splits
from hf_seq.data.classification.checks import CheckReport
from hf_seq.data.texts.checks import check_texts
from hf_seq.data.texts.loading import load_text_splits
from hf_seq.tasks.base import Data
from hf_seq.tasks.language_modeling.recipe import LanguageModelingRecipe

JOINED = "validation+test"
PIECE = 256  # characters of the pieces whose scoring is timed


class ContinuousTexts(Data[LanguageModelingRecipe]):
    """Texts that are read whole."""

    uncut = "texts are read one after the other"

    def load(self, recipe: LanguageModelingRecipe, **options: Any) -> Splits:
        """Read the splits that a recipe names; with `score_on`, validation and test as one text."""
        splits = load_text_splits(text_column=recipe.text_column, **recipe.source, **options)
        return _joined(splits) if recipe.score_on == JOINED and splits.test_split != "all" else splits

    def check(self, splits: Splits, processor: Any = None, max_length: int | None = None) -> CheckReport:
        """Find what makes training on the splits impossible, and what makes it doubtful."""
        del max_length  # texts are read whole
        return check_texts(splits, processor)

    def inputs(self, rows: Dataset) -> list[str]:
        """List the texts, in pieces of 256 characters."""
        return [text[start : start + PIECE] for text in rows["text"] for start in range(0, len(text), PIECE)]


def _joined(splits: Splits) -> Splits:
    """Join validation and test as the test: of single texts one text, or all rows of both."""
    texts = [*splits.validation["text"], *splits.test["text"]]
    if len(splits.validation) == len(splits.test) == 1:
        texts = ["".join(texts)]
    numbers = list(range(1, len(texts) + 1))
    return dataclasses.replace(
        splits,
        test=Dataset.from_dict({"text": texts, "row": numbers}, features=splits.test.features),
        test_split=JOINED + "".join(splits.test_split.partition(" (")[1:]),  # with where the test was cut from
        notes=[*splits.notes, "scored on validation and test together"],
    )
