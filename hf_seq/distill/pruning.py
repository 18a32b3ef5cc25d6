# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A trained model with a smaller vocabulary: most of a small model's bytes are embeddings of words it never meets."""

import copy
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from hf_seq.errors import InputError
from hf_seq.text.borrowed_tokenizers import prune


def prune_model(
    model: Any, tokenizer: PreTrainedTokenizerBase, counts: NDArray[np.int64], vocab_size: int
) -> tuple[Any, PreTrainedTokenizerFast]:
    """Copy a model of ours with its commonest tokens only; on texts of these its outputs are the same to the bit.

    Args:
        model: a classifier or tagger of ours that reads tokens; it is left as it is.
        tokenizer: its own.
        counts: (V,) how often each token occurs in text like what it will read.
        vocab_size: tokens to keep.

    Returns:
        A new model and its tokenizer.

    Raises:
        InputError: the model reads letters, or the tokenizer cannot be pruned, or not so far.
    """
    if getattr(model.config, "character_encoder", "none") != "none":
        raise InputError(
            f"The model reads letters (character_encoder={model.config.character_encoder}), and knows them by their "
            "place in its vocabulary; train with --student_tokenizer pruned instead."
        )
    smaller = prune(tokenizer, counts, vocab_size, tokenizer.model_max_length)
    known, names = tokenizer.get_vocab(), smaller.get_vocab()
    rows = torch.tensor([known[name] for name, _ in sorted(names.items(), key=lambda item: item[1])])
    config = copy.deepcopy(model.config)
    config.vocab_size, config.pad_token_id = len(names), smaller.pad_token_id
    pruned = type(model)(config)
    tables = [name for name, values in pruned.state_dict().items() if values.shape[:1] == (len(names),)]
    weights = {
        name: values[rows] if name in tables and len(values) == model.config.vocab_size else values
        for name, values in model.state_dict().items()
    }
    pruned.load_state_dict(weights)
    return pruned.eval(), smaller
