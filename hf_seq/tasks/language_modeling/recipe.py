# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a recipe of language modeling can say. Imports nothing heavy."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from hf_seq.errors import InputError
from hf_seq.tasks.recipe import TextRecipe, configures, setting
from hf_seq.tasks.registry import task_names


@dataclass
class LanguageModelingRecipe(TextRecipe):
    """The next token of a text."""

    task: str = setting("language-modeling", f"What to learn: {', '.join(task_names())}.", "Data")
    text_column: str | None = setting(None, "Column of the text; absent: the only column that can be it.", "Data")
    score_on: Literal["test", "validation+test"] = setting(
        "test", "What is scored: test, or validation+test for sets whose published scores are on both.", "Data"
    )
    tokenizer_kind: Literal["word", "char", "bpe", "wordpiece", "unigram"] = setting(
        "bpe", "Tokenizer trained on the train split (word, char, bpe, wordpiece, unigram).", "Text"
    )
    vocab_size: int = setting(8_000, "Entries of that tokenizer at most.", "Text")
    lowercase: bool = setting(False, "Lower-case before tokenizing; the model then writes no capitals.", "Text")
    reading: Literal["stream", "texts"] = setting(
        "stream", "stream: all text in a row, the state carried on; texts: each text for itself.", "Text"
    )
    bptt_steps: int = setting(128, "Tokens that gradients flow back through on a stream.", "Text")
    random_bptt: bool = setting(False, "Draw the length of each chunk around bptt_steps (Merity 2018).", "Text")
    model: str = setting("lstm-lm", "lstm-lm, gru-lm, rnn-lm, a Hub id or a folder.", "Model")
    tie_word_embeddings: bool | None = configures(None, "Score with the token embedding.")
    adaptive_softmax: str = setting(
        "off",
        "Score rare words in clusters (Grave 2017): off, auto (from 5,000 words), or the ids where clusters begin, "
        "such as 2000,10000; without --tie_word_embeddings.",
        "Model",
    )
    word_dropout: float | None = configures(None, "Share of the vocabulary blanked in a batch.")
    output_dropout: float | None = configures(None, "Dropout on the states that the head reads.")
    activation_regularization: float | None = configures(None, "Penalty on large states.")
    temporal_activation_regularization: float | None = configures(
        None, "Penalty on large changes of the state from step to step."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_at_least_one("bptt_steps")
        self._check_softmax()

    @property
    def softmax_cutoffs(self) -> list[int] | None:
        """The ids at which clusters of rarer words begin, where they are said."""
        if self.adaptive_softmax in ("off", "auto"):
            return None
        return [int(part) for part in self.adaptive_softmax.split(",")]

    def _check_softmax(self) -> None:
        if self.adaptive_softmax == "false":  # what YAML makes of off
            self.adaptive_softmax = "off"
        written = self.adaptive_softmax
        try:
            cutoffs = [0, *(self.softmax_cutoffs or [])]
        except ValueError:
            cutoffs = [0, 0]
        if any(start >= end for start, end in pairwise(cutoffs)):
            raise InputError(
                f"adaptive_softmax={written} must be off, auto, or ids that grow, with commas between them, such as "
                "2000,10000."
            )
        if len(cutoffs) > 1 and self.tie_word_embeddings:
            raise InputError(
                f"adaptive_softmax={written} scores rare words from narrower states, which the embedding does not fit; "
                "leave --tie_word_embeddings or --adaptive_softmax out."
            )
