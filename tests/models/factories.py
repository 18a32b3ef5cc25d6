# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tiny models whose every parameter is random, and batches of them with padding where a test wants it.

With the library's zero biases and zero padding vector a wrong model passes a test of padding; with these it does not.
"""

from itertools import product

import torch
from torch import Tensor, nn

from hf_seq import (
    RecurrentConfig,
    RecurrentForSequenceClassification,
    TransformerEncoderConfig,
    TransformerEncoderForSequenceClassification,
)

VOCABULARY, WIDTH, FEATURES, LABELS = 23, 8, 3, 3
POOLINGS = ("first", "last", "mean", "max", "attention")
CELLS = ("lstm", "gru", "rnn")
POSITIONS = ("sinusoidal", "learned", "rotary", "none")
LAYOUTS = ("right", "left", "holes")
NO_DROPOUT = {"embedding_dropout": 0.0, "hidden_dropout": 0.0, "classifier_dropout": 0.0}

RECURRENT = [
    {"cell_type": cell, "bidirectional": both, "pooling": pooling}
    for cell, both, pooling in product(CELLS, (True, False), POOLINGS)
]
TRANSFORMER = [
    {"position_embedding": position, "norm_first": first, "pooling": pooling}
    for position, first, pooling in product(POSITIONS, (True, False), POOLINGS)
]
ONE_OF_EACH = [
    {"cell_type": "lstm", "bidirectional": True, "pooling": "attention"},
    {"cell_type": "gru", "bidirectional": False, "pooling": "last"},
    {"cell_type": "rnn", "bidirectional": True, "pooling": "max"},
    {"position_embedding": "learned", "norm_first": True, "pooling": "mean"},
    {"position_embedding": "rotary", "norm_first": False, "pooling": "attention"},
]


def name_of(settings: dict) -> str:
    """Name settings in a test's id."""
    words = {True: "yes", False: "no"}
    return "-".join(
        str(words.get(value, value)) if isinstance(value, bool) else str(value) for value in settings.values()
    )


def make_config(**settings) -> RecurrentConfig | TransformerEncoderConfig:
    """A two-layer configuration of the family that the settings belong to, without dropout."""
    common = {"vocab_size": VOCABULARY, "hidden_size": WIDTH, "num_hidden_layers": 2} | NO_DROPOUT
    if "labels" in settings:
        common["num_labels"] = settings.pop("labels")
    elif "id2label" not in settings:
        common["num_labels"] = LABELS
    if "cell_type" in settings:
        return RecurrentConfig(**common | {"embedding_size": 6} | settings)
    heads = {"num_attention_heads": 2, "intermediate_size": 12, "max_position_embeddings": 16, "attention_dropout": 0.0}
    return TransformerEncoderConfig(**common | heads | settings)


def make_model(*, attention: str | None = None, seed: int = 0, **settings) -> nn.Module:
    """A classifier in evaluation mode, all of its parameters random, biases and padding vector too."""
    config = make_config(**settings)
    if attention is not None:
        config._attn_implementation = attention
    recurrent = isinstance(config, RecurrentConfig)
    head = RecurrentForSequenceClassification if recurrent else TransformerEncoderForSequenceClassification
    return perturb(head(config), seed).eval()


def perturb(model: nn.Module, seed: int = 0) -> nn.Module:
    """Draw every parameter anew from the standard normal distribution."""
    draw = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=draw))
    return model


def make_sequences(
    kind: str, lengths: tuple[int, ...] = (1, 5, 3, 7), width: int = FEATURES, seed: int = 1
) -> list[Tensor]:
    """Random sequences: token ids (T,) for `input_ids`, else vectors (T, width)."""
    draw = torch.Generator().manual_seed(seed)
    if kind == "input_ids":
        return [torch.randint(1, VOCABULARY, (length,), generator=draw) for length in lengths]
    return [torch.randn(length, width, generator=draw) for length in lengths]


def make_batch(
    kind: str, sequences: list[Tensor], layout: str = "right", extra: int = 2, seed: int = 2
) -> dict[str, Tensor]:
    """Put sequences into one batch; padding, on the right, on the left or between the steps, holds junk."""
    draw = torch.Generator().manual_seed(seed)
    steps = max(map(len, sequences)) + extra
    junk = make_sequences(kind, (steps,) * len(sequences), sequences[0].shape[-1], seed)
    mask = torch.zeros(len(sequences), steps, dtype=torch.long)
    for row, sequence in enumerate(sequences):
        places = {
            "right": torch.arange(len(sequence)),
            "left": torch.arange(steps - len(sequence), steps),
            "holes": torch.randperm(steps, generator=draw)[: len(sequence)].sort().values,
        }[layout]
        junk[row][places] = sequence
        mask[row, places] = 1
    return {kind: torch.stack(junk), "attention_mask": mask}


def gradients(model: nn.Module, loss: Tensor) -> dict[str, Tensor]:
    """Gradients of a loss by parameter name."""
    model.zero_grad()
    loss.backward()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}
