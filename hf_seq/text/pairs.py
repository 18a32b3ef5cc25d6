# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tokenizers for pairs of texts: one vocabulary for both, and an end token on every text."""

from tokenizers import processors
from transformers import PreTrainedTokenizerFast


def end_texts(tokenizer: PreTrainedTokenizerFast) -> PreTrainedTokenizerFast:
    """Have a tokenizer put its end token after every text, so that sources and targets are what the model learnt on.

    It is saved with the tokenizer; decoding with `skip_special_tokens=True` takes it off again.
    """
    end = tokenizer.eos_token
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {end}", pair=f"$A {end} $B {end}", special_tokens=[(end, tokenizer.eos_token_id)]
    )
    return tokenizer
