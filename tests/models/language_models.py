# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tiny language models whose every parameter is random, and what tests of their states and generation share."""

import torch
from torch import Tensor

from hf_seq import RecurrentConfig, RecurrentForCausalLM

from .factories import CELLS, VOCABULARY, make_sequences, perturb

LANGUAGE_MODELS = [
    {"cell_type": cell, "tie_word_embeddings": tied, "num_hidden_layers": layers}
    for cell, tied, layers in zip((*CELLS, "lstm"), (True, False, True, False), (2, 1, 2, 1), strict=True)
] + [{"cell_type": "lstm", "adaptive_softmax_cutoffs": [4, 11]}]


def make_language_model(
    *, seed: int = 1, scale: float = 1.0, recurrence: float = 1.0, **settings
) -> RecurrentForCausalLM:
    """A language model in evaluation mode, without dropout unless asked for, every parameter drawn at random.

    With a `recurrence` of 2 the layers outweigh the head's bias, and what is generated varies.
    """
    tiny = {"vocab_size": VOCABULARY, "embedding_size": 6, "hidden_size": 8, "num_hidden_layers": 2}
    still = {"bidirectional": False, "embedding_dropout": 0.0, "hidden_dropout": 0.0}
    model = perturb(RecurrentForCausalLM(RecurrentConfig(**tiny | still | settings)), seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(scale)
        for name, parameter in model.named_parameters():
            parameter.mul_(recurrence if "weight_" in name else 1 / recurrence if name == "lm_head.bias" else 1.0)
    return model.eval()


def make_ids(rows: int = 3, steps: int = 9, seed: int = 1) -> Tensor:
    """Random token ids (rows, steps), none of them padding."""
    return torch.stack(make_sequences("input_ids", (steps,) * rows, seed=seed))


def log_likelihood(model: RecurrentForCausalLM, prompt: Tensor, continuation: Tensor) -> float:
    """Nats that the model gives a continuation (N,) of a prompt (T,), read whole, without a state."""
    text = torch.cat([prompt, continuation]).unsqueeze(0)
    with torch.no_grad():
        scores = model(text, use_cache=False).logits[0].float().log_softmax(-1)
    steps = torch.arange(len(prompt) - 1, len(prompt) - 1 + len(continuation))
    return scores[steps, continuation].sum().item()


def states_of(cache) -> list[Tensor]:
    """Every state tensor of a cache, layer by layer."""
    return [state for layer in cache.layers for state in layer.states]
