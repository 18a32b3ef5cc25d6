# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a recipe of classification can say. Imports nothing heavy."""

from dataclasses import dataclass, field
from typing import Literal

from hf_seq.tasks.distillation import DistilledRecipe
from hf_seq.tasks.recipe import LabelledRecipe, WordRecipe, configures, setting
from hf_seq.tasks.registry import task_names

MODELS = (
    "rnn, gru, lstm, bilstm, bilstm-attention, bilstm-wide, transformer; majority, tfidf, fasttext, model2vec; "
    "distilbert, a Hub id or a folder."
)


@dataclass
class ClassificationRecipe(WordRecipe, LabelledRecipe):
    """One label, several labels or a number for a text."""

    task: str = setting("classification", f"What to learn: {', '.join(task_names())}.", "Data")
    text_column: list[str] | str | None = field(
        default=None,
        metadata={
            "help": "Column of the text; absent: the only column that can be it. Several are joined.",
            "panel": "Data",
        },
    )
    text_pair_column: str | None = setting(None, "Column of a second text: two texts, one label.", "Data")
    label_column: str | None = setting(None, "Column of the label; absent: the only column that can be it.", "Data")
    label_columns: list[str] | None = field(
        default=None,
        metadata={"help": "Columns of 0 and 1, one a label; absent: those that can only be that.", "panel": "Data"},
    )
    model: str = setting("bilstm-wide", MODELS, "Model")
    static_model: str | None = setting(
        None, "For model2vec: a static model, or a sentence transformer to make one from (folder or Hub id).", "Model"
    )
    length_by_texts: bool = setting(
        False,
        "Read more tokens than max_length where more than one train text in a hundred is longer; models from scratch "
        "do, unless max_length is given.",
        "Text",
    )
    pooling: Literal["first", "last", "mean", "max", "attention"] | None = configures(
        None, "From all steps to one vector (first, last, mean, max, attention)."
    )
    classifier_dropout: float | None = configures(None, "Dropout before the classifier.")
    num_ngrams: int | None = configures(
        None, "Of bilstm-wide: n-grams kept at most, those that say most; absent: 100,000."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_at_least_one("num_ngrams")
        if isinstance(self.text_column, list) and len(self.text_column) == 1:
            self.text_column = self.text_column[0]


@dataclass
class DistilledClassificationRecipe(ClassificationRecipe, DistilledRecipe):
    """A classifier that learns from another; beside what it learns its n-grams learn from the labels, as in `train`."""
