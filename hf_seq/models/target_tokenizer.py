# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The tokenizer that a model writes with, where source and target have one each: `target_tokenizer.json` beside it."""

from typing import Any

from transformers import PreTrainedTokenizerFast
from transformers.utils import cached_file

TARGET_FILE = "target_tokenizer.json"


def tokenizer_from_file(path: str, like: Any) -> PreTrainedTokenizerFast:
    """Read a tokenizer whose special tokens are named as those of `like`."""
    return PreTrainedTokenizerFast(
        tokenizer_file=path, model_max_length=like.model_max_length, **like.special_tokens_map
    )


def target_tokenizer(model: Any, tokenizer: Any) -> Any:
    """Return the tokenizer of the target: `tokenizer`, unless the model has a vocabulary for each side.

    Args:
        model: with a configuration, loaded from a folder or the Hub.
        tokenizer: of the source.

    Raises:
        OSError: the file is not beside the model.
    """
    if getattr(model.config, "source_vocab_size", None) is None:
        return tokenizer
    revision = getattr(model.config, "_commit_hash", None)
    return tokenizer_from_file(cached_file(model.name_or_path, TARGET_FILE, revision=revision), tokenizer)  # type: ignore[arg-type]


__all__ = ["TARGET_FILE", "target_tokenizer", "tokenizer_from_file"]
