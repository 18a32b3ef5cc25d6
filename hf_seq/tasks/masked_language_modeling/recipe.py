# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a recipe of masked language modeling can say. Imports nothing heavy."""

from dataclasses import dataclass

from hf_seq.errors import InputError
from hf_seq.tasks.recipe import TextRecipe, configures, setting
from hf_seq.tasks.registry import task_names


@dataclass
class MaskedLanguageModelingRecipe(TextRecipe):
    """Words that are hidden in a text."""

    task: str = setting("masked-language-modeling", f"What to learn: {', '.join(task_names())}.", "Data")
    text_column: str | None = setting(None, "Column of the text; absent: the only column that can be it.", "Data")
    masked_share: float = setting(0.15, "Share of the tokens hidden in training.", "Text")
    model: str = setting("transformer", "transformer; distilbert, a Hub id or a folder.", "Model")
    tie_word_embeddings: bool | None = configures(None, "Score with the token embedding.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.masked_share < 1:
            raise InputError(f"masked_share={self.masked_share} must lie between 0 and 1; 0.15 is usual.")
