# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Texts in which words are hidden: how they are read and checked."""

from typing import TYPE_CHECKING, Any

from hf_seq.data import Splits
from hf_seq.data.classification.checks import CheckReport
from hf_seq.data.texts.checks import check_texts
from hf_seq.data.texts.loading import load_text_splits
from hf_seq.tasks.base import Data
from hf_seq.tasks.masked_language_modeling.recipe import MaskedLanguageModelingRecipe

if TYPE_CHECKING:
    from datasets import Dataset


class PlainTexts(Data[MaskedLanguageModelingRecipe]):
    """Texts without labels."""

    def load(self, recipe: MaskedLanguageModelingRecipe, **options: Any) -> Splits:
        """Read the splits that a recipe names; a line of a .txt file is a text."""
        return load_text_splits(text_column=recipe.text_column, lines=True, **recipe.source, **options)

    def check(self, splits: Splits, processor: Any = None, max_length: int | None = None) -> CheckReport:
        """Find what makes training on the splits impossible, and what makes it doubtful."""
        return check_texts(splits, processor)

    def inputs(self, rows: "Dataset") -> list[str]:
        """List the texts."""
        return rows["text"][:]
