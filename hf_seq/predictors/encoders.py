# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From texts to token ids as a tokenizer would, without its overhead, and the most that a model can read of a text."""

import copy
import logging
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from hf_seq.errors import InputError

logger = logging.getLogger(__name__)


def lean_encoder(tokenizer: Any, limit: int | None) -> Any:
    """Make a function from a text to ids, as `tokenizer(text, truncation=True)` gives them, without its overhead."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        return _PythonEncoder(tokenizer, limit)
    try:
        backend = copy.deepcopy(backend)  # so that calls of the tokenizer itself change nothing here
    except Exception as error:  # `tokenizers` cannot copy parts written in Python, and says so by a bare exception
        logger.info("%s shares its settings with the predictor: %s", type(tokenizer).__name__, error)
    backend.no_padding()
    backend.no_truncation()
    if limit is not None:
        backend.enable_truncation(limit, direction=tokenizer.truncation_side)
    backend.encode_special_tokens = tokenizer.split_special_tokens
    return backend


def token_limit(model: Any, tokenizer: Any) -> int | None:
    """Find how many tokens of a text the model can read, special tokens included; None where there is no limit."""
    limit = min(tokenizer.model_max_length, position_limit(model))
    if limit < 1:
        raise InputError(
            f"the model reads {limit} tokens of a text (model_max_length); get it again, or save it again."
        )
    return int(limit) if limit < 1_000_000_000 else None


def position_limit(model: Any) -> float:
    """Find how many positions a model has for tokens; infinity where it needs none."""
    limits = [math.inf]
    if getattr(model.config, "position_embedding", "learned") == "learned":
        limits.append(getattr(model.config, "max_position_embeddings", None) or math.inf)
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and getattr(module, "padding_idx", None) is not None:
            limits.append(module.num_embeddings - module.padding_idx - 1)  # RoBERTa counts from behind the padding
    return min(limits)


class _PythonEncoder:
    """Gives a tokenizer that is written in Python the face of a `tokenizers.Tokenizer`."""

    def __init__(self, tokenizer: Any, limit: int | None) -> None:
        self.tokenizer = tokenizer
        self.limit = limit

    def encode(self, text: str, pair: str | None = None) -> "_Encoding":
        whole = self.tokenizer(text, pair, truncation=False, verbose=False)
        cut = self.limit is not None and len(whole["input_ids"]) > self.limit
        kept = self.tokenizer(text, pair, truncation=True, max_length=self.limit) if cut else whole
        return _Encoding(kept["input_ids"], kept.get("token_type_ids", []), [whole] if cut else [])

    def encode_batch_fast(self, texts: Sequence[Any]) -> list["_Encoding"]:
        return [self.encode(*text) if isinstance(text, tuple) else self.encode(text) for text in texts]


class _Encoding(NamedTuple):
    """The part of `tokenizers.Encoding` that is used here."""

    ids: list[int]
    type_ids: list[int]
    overflowing: list[Any]
