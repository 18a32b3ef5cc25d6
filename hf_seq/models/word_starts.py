# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which tokens begin a word, which go on with one, and which are none: read off a tokenizer's vocabulary once.

tokenizer               a piece that goes on   a piece that begins
wordpiece               ##ing                  walk
byte-level BPE          ing                    Ġwalk, and the first of a text
unigram, metaspace      ing                    ▁walk, and the first of a text
words, characters                              all

B batch · T steps, padding included · V vocabulary
"""

import json
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from transformers import initialization as init

from .padding import Padding

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

GOES_ON, BEGINS, NO_WORD = 0, 1, 2


class WordStarts(nn.Module):
    """The table of a vocabulary, saved with the model; until one is read, every token begins a word.

    Args:
        vocab_size: V.
    """

    kinds: Tensor

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.register_buffer("kinds", torch.full((vocab_size,), BEGINS, dtype=torch.uint8))

    def start_weights(self) -> None:
        """Let every token begin a word, unless a table was loaded."""
        init.ones_(self.kinds)

    def read_vocabulary(self, tokenizer: "PreTrainedTokenizerBase") -> None:
        """Fill the table from a tokenizer.

        Raises:
            ValueError: the tokenizer has more tokens than the table, or marks words in a way that is not known.
        """
        table = torch.full_like(self.kinds, BEGINS)
        for token, (begins, _) in split_tokens(tokenizer, len(table)).items():
            table[token] = BEGINS if begins else GOES_ON
        table[list(unspoken_ids(tokenizer))] = NO_WORD
        self.kinds.copy_(table)

    def resize_vocabulary(self, vocab_size: int) -> None:
        """Follow a vocabulary that grew or shrank; new tokens begin words until they are read."""
        self.kinds = resized_rows(self.kinds, vocab_size, BEGINS)

    def forward(self, input_ids: Tensor, padding: Padding | None = None) -> tuple[Tensor, Tensor]:
        """Look up.

        Args:
            input_ids: (B, T).
            padding: None where nothing is padded.

        Returns:
            Which steps begin a word and which are part of one, both (B, T) bool.
        """
        kinds = self.kinds[input_ids]
        part = kinds != NO_WORD
        if padding is not None:
            part = part & padding.mask
        first = part & (part.long().cumsum(1) == 1)  # written without the mark of a beginning
        return ((kinds == BEGINS) & part) | first, part


def split_tokens(tokenizer: "PreTrainedTokenizerBase", limit: int) -> dict[int, tuple[bool, str]]:
    """Say for each token whether it begins a word, and its letters without the mark that says so.

    The letters of a byte-level tokenizer are its signs for bytes.

    Args:
        tokenizer: a fast one.
        limit: V, ids must lie below.

    Raises:
        ValueError: there are more tokens than `limit`, or words are marked at their end.
    """
    vocabulary = tokenizer.get_vocab()
    if vocabulary and max(vocabulary.values()) >= limit:
        raise ValueError(
            f"the tokenizer has ids up to {max(vocabulary.values())}, but the model has vocab_size={limit}; "
            "give the model's own tokenizer, or resize the embedding first."
        )
    inner, outer = _marks(tokenizer)
    tokens = {}
    for text, token in vocabulary.items():
        if inner:
            tokens[token] = (not text.startswith(inner), text.removeprefix(inner))
        else:
            tokens[token] = (text.startswith(outer), text.removeprefix(outer))
    return tokens


def unspoken_ids(tokenizer: "PreTrainedTokenizerBase") -> set[int]:
    """Ids of special tokens, which stand for no word; the unknown token does."""
    return set(tokenizer.all_special_ids) - {tokenizer.unk_token_id}


def resized_rows(table: Tensor, rows: int, fill: int) -> Tensor:
    """Return a table (V, ...) with as many rows as asked, new ones filled."""
    wider = table.new_full((rows, *table.shape[1:]), fill)
    kept = min(rows, len(table))
    wider[:kept] = table[:kept]
    return wider


def _marks(tokenizer: "PreTrainedTokenizerBase") -> tuple[str, str]:
    """Return what a piece inside a word starts with, and what one at its beginning does; at most one is not empty."""
    backend: Any = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise ValueError(f"{type(tokenizer).__name__} is not a fast tokenizer; only those say how they mark words.")
    state = json.loads(backend.to_str())
    model = state["model"]
    if model.get("end_of_word_suffix"):
        raise ValueError(
            f"the tokenizer marks the end of words with {model['end_of_word_suffix']!r}; use one that marks their "
            "beginning (byte-level BPE, unigram) or what goes on (wordpiece)."
        )
    if model.get("continuing_subword_prefix"):
        return model["continuing_subword_prefix"], ""
    steps = json.dumps([state["pre_tokenizer"], state["normalizer"]], ensure_ascii=False)
    if "ByteLevel" in steps:
        return "", "Ġ"
    return "", "▁" if "Metaspace" in steps or "▁" in steps else ""


__all__ = ["WordStarts"]
