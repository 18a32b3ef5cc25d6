# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tokenizers for pairs of texts: one vocabulary for both or one for each, and an end token on every text."""

from pathlib import Path
from typing import Any

from tokenizers import processors
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from hf_seq.models.target_tokenizer import TARGET_FILE, tokenizer_from_file


class TwoTokenizers:
    """A tokenizer for the source and one for the target, whose special tokens have the same names and ids.

    The source's lies in a folder as any tokenizer does, the target's beside it. What is not said otherwise is asked of
    the target's, which the model writes with.

    Args:
        source: reads.
        target: writes.
    """

    def __init__(self, source: PreTrainedTokenizerFast, target: PreTrainedTokenizerFast) -> None:
        self.source, self.target = source, target

    @classmethod
    def from_pretrained(cls, folder: str | Path) -> "TwoTokenizers":
        """Read what `save_pretrained` wrote."""
        source: Any = AutoTokenizer.from_pretrained(folder)
        return cls(source, tokenizer_from_file(str(Path(folder) / TARGET_FILE), source))

    def save_pretrained(self, folder: str | Path) -> None:
        """Write both to a folder."""
        self.source.save_pretrained(folder)
        self.target.backend_tokenizer.save(str(Path(folder) / TARGET_FILE))

    def __len__(self) -> int:
        return len(self.target)

    def __getattr__(self, name: str) -> Any:
        if name in ("source", "target"):  # while being copied
            raise AttributeError(name)
        return getattr(self.target, name)


def holds_two_tokenizers(folder: str | Path) -> bool:
    """Check whether a folder has a tokenizer for each side."""
    return (Path(folder) / TARGET_FILE).is_file()


def end_texts(tokenizer: PreTrainedTokenizerFast) -> PreTrainedTokenizerFast:
    """Have a tokenizer put its end token after every text, so that sources and targets are what the model learnt on.

    It is saved with the tokenizer; decoding with `skip_special_tokens=True` takes it off again.
    """
    end = tokenizer.eos_token
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {end}", pair=f"$A {end} $B {end}", special_tokens=[(end, tokenizer.eos_token_id)]
    )
    return tokenizer
