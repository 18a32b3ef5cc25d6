# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a recipe of tagging can say. Imports nothing heavy."""

from dataclasses import dataclass, field
from typing import Literal

from hf_seq.errors import InputError
from hf_seq.tasks.distillation import DistilledRecipe
from hf_seq.tasks.recipe import WordRecipe, configures, setting
from hf_seq.tasks.registry import task_names

TAG_SCHEME_HELP = "Which tag may follow which: auto (as the train tags are written), bio, iob1, bioes, bilou, none."


@dataclass
class TaggingRecipe(WordRecipe):
    """A tag for every word of a sentence."""

    task: str = setting("tagging", f"What to learn: {', '.join(task_names())}.", "Data")
    tokens_column: str | None = setting(
        None, "Column of the words; absent: the only column that can be it.", "Data", ("text_column",)
    )
    tags_column: str | None = setting(
        None, "Column of their tags; absent: the only column that can be it.", "Data", ("label_column",)
    )
    tokenizer_kind: Literal["word", "char", "bpe", "wordpiece", "unigram"] = setting(
        "wordpiece", "Tokenizer trained on the train split (word, char, bpe, wordpiece, unigram).", "Text"
    )
    lowercase: bool = setting(False, "Lower-case before tokenizing; case tells names apart.", "Text")
    model: str = setting(
        "bilstm-crf",
        "rnn, gru, lstm, bilstm, bilstm-crf, transformer, transformer-crf; most-frequent; distilbert, a Hub id or a "
        "folder.",
        "Model",
    )
    tag_scheme: Literal["auto", "bio", "iob1", "bioes", "bilou", "none"] = setting("auto", TAG_SCHEME_HELP, "Data")
    use_crf: bool | None = configures(None, "A conditional random field over the tags.")
    character_encoder: Literal["none", "cnn", "lstm"] | None = configures(
        None, "How the recurrent tagger sees the letters of a word (none, cnn, lstm)."
    )
    character_embedding_size: int | None = configures(None, "Width of the embedding of a character.")
    character_hidden_size: int | None = configures(None, "Width of the vector that the letters of a word become.")
    classifier_dropout: float | None = configures(None, "Dropout before the tag scores.")
    mention_copies: int = setting(
        0, "Copies of each train sentence with spans, with their mentions replaced by others of the same type.", "Data"
    )
    mention_lists: list[str] | None = field(
        default=None,
        metadata={
            "help": "More mentions for the copies: TYPE=FILE, such as person=people.txt, one a line.",
            "panel": "Data",
        },
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.mention_copies < 0:
            raise InputError(f"mention_copies={self.mention_copies} must be 0 or more.")
        if self.mention_lists and not self.mention_copies:
            raise InputError(f"mention_lists={self.mention_lists} are for copies; give --mention_copies, e.g. 2.")


@dataclass
class DistilledTaggingRecipe(TaggingRecipe, DistilledRecipe):
    """A tagger that learns from another."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.soft_loss == "mse" and (self.use_crf or (self.use_crf is None and "crf" in self.model)):
            raise InputError(
                "soft_loss=mse would match single scores of a CRF, which mean nothing without its transitions; use kl, "
                "which matches what both expect of whole sentences."
            )
