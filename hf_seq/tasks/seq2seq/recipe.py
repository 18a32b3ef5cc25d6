# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a recipe of text from text can say. Imports nothing heavy."""

from dataclasses import dataclass
from typing import Literal

from hf_seq.errors import InputError
from hf_seq.tasks.recipe import SMALLEST_VOCABULARY, TextRecipe, configures, setting
from hf_seq.tasks.registry import task_names


@dataclass
class Seq2SeqRecipe(TextRecipe):
    """A text written from a text."""

    task: str = setting("seq2seq", f"What to learn: {', '.join(task_names())}.", "Data")
    source_column: str | None = setting(
        None, "Column of the source; a language of `translation`; or the suffix of its text file.", "Data"
    )
    target_column: str | None = setting(
        None, "Column of the target; a language of `translation`; or the suffix of its text file.", "Data"
    )
    metric: Literal["bleu", "chrf", "exact_match", "rouge", "rouge1", "rouge2", "rougeL"] = setting(
        "bleu",
        "The score that chooses a checkpoint and stands for the model: bleu, chrf, exact_match; for summaries rouge1, "
        "rouge2, rougeL (rouge for short).",
        "Data",
    )
    tokenizer_kind: Literal["word", "char", "bpe", "wordpiece", "unigram"] = setting(
        "bpe", "Tokenizer trained on both sides of the train split (word, char, bpe, wordpiece, unigram).", "Text"
    )
    vocab_size: int = setting(8_000, "Entries of that tokenizer at most.", "Text")
    source_vocab_size: int | None = setting(
        None, "Entries of a tokenizer for the source alone; absent: one tokenizer for both sides.", "Text"
    )
    lowercase: bool = setting(False, "Lower-case before tokenizing; the model then writes no capitals.", "Text")
    max_length: int = setting(
        128, "Tokens of a source or target that are read; the rest is cut off, and counted.", "Text"
    )
    model: str = setting(
        "transformer-seq2seq",
        "lstm-seq2seq, gru-seq2seq, transformer-seq2seq; copy, nearest; a Hub id or a folder.",
        "Model",
    )
    decoder_layers: int | None = configures(None, "Layers of the decoder; as the encoder by default.")
    share_embeddings: bool | None = configures(None, "One embedding for source and target.")
    tie_word_embeddings: bool | None = configures(None, "The target's embedding is the output matrix, too.")
    norm_first: bool | None = configures(None, "Normalise before each sub-layer (transformer).")
    attention: Literal["additive", "general", "dot", "none"] | None = configures(
        None, "How the decoder looks at the source (recurrent: additive, general, dot, none)."
    )
    input_feeding: bool | None = configures(
        None, "The decoder also reads what attention gave at the step before (recurrent)."
    )
    scheduled_sampling: float | None = configures(None, "Share of steps that read the model's own prediction.")
    batch_tokens: int | None = setting(
        None, "Tokens of a batch, source and target together, in place of per_device_train_batch_size.", "Run"
    )
    num_beams: int = setting(5, "Beams when the trained model writes; validation is greedy.", "Run")
    length_penalty: float = setting(1.0, "Above 0 favours longer texts, when beams are ranked.", "Run")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_at_least_one("batch_tokens", "num_beams")
        if self.source_vocab_size is not None and self.source_vocab_size < SMALLEST_VOCABULARY:
            raise InputError(
                f"source_vocab_size={self.source_vocab_size} is too few; use {SMALLEST_VOCABULARY} or more."
            )
        if self.source_vocab_size is not None and self.share_embeddings:
            raise InputError(
                f"source_vocab_size={self.source_vocab_size} makes two vocabularies, which cannot share_embeddings; "
                "leave one of the two out."
            )
        if self.metric == "rouge":
            self.metric = "rougeL"
