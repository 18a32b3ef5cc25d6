# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tiny encoder-decoders whose every parameter is random, and pairs with padding where a test wants it."""

import torch
from torch import Tensor, nn

from hf_seq import (
    RecurrentSeq2SeqConfig,
    RecurrentSeq2SeqForConditionalGeneration,
    TransformerSeq2SeqConfig,
    TransformerSeq2SeqForConditionalGeneration,
)

from .factories import perturb

VOCABULARY, START, END = 13, 2, 3
LENGTHS = (4, 1, 6)
NO_DROPOUT = {"embedding_dropout": 0.0, "hidden_dropout": 0.0}

TRANSFORMERS = [
    {"position_embedding": "sinusoidal", "norm_first": True},
    {"position_embedding": "learned", "norm_first": False, "decoder_layers": 1},
    {"position_embedding": "rotary", "norm_first": True, "share_embeddings": False, "source_vocab_size": 17},
    {"position_embedding": "none", "norm_first": False, "tie_word_embeddings": False},
]
RECURRENT = [
    {"cell_type": "lstm", "attention": "general", "bidirectional": True},
    {"cell_type": "gru", "attention": "additive", "bidirectional": False, "decoder_layers": 1},
    {"cell_type": "lstm", "attention": "dot", "input_feeding": True, "tie_word_embeddings": False},
    {"cell_type": "gru", "attention": "general", "input_feeding": True, "share_embeddings": False},
    {"cell_type": "lstm", "attention": "none", "share_embeddings": False, "source_vocab_size": 17},
]
FAMILIES = TRANSFORMERS + RECURRENT


def name_of(settings: dict) -> str:
    """Name settings in a test's id."""
    return "-".join(str(value) for value in settings.values() if isinstance(value, str)) + (
        "-feeding" if settings.get("input_feeding") else ""
    )


def make_config(**settings) -> RecurrentSeq2SeqConfig | TransformerSeq2SeqConfig:
    """A two-layer configuration of the family that the settings belong to, without dropout."""
    common = {"vocab_size": VOCABULARY, "hidden_size": 8, "num_hidden_layers": 2} | NO_DROPOUT
    if "cell_type" in settings:
        return RecurrentSeq2SeqConfig(**common | {"embedding_size": 6} | settings)
    heads = {"num_attention_heads": 2, "intermediate_size": 12, "max_position_embeddings": 16, "attention_dropout": 0.0}
    return TransformerSeq2SeqConfig(**common | heads | settings)


def make_model(*, attention_kernel: str | None = None, seed: int = 0, **settings) -> nn.Module:
    """A head in evaluation mode, all of its parameters random, biases and padding vectors too."""
    config = make_config(**settings)
    if attention_kernel is not None:
        config._attn_implementation = attention_kernel
    recurrent = isinstance(config, RecurrentSeq2SeqConfig)
    head = RecurrentSeq2SeqForConditionalGeneration if recurrent else TransformerSeq2SeqForConditionalGeneration
    model = perturb(head(config), seed).eval()
    model.tie_weights()
    return model


def make_sources(lengths: tuple[int, ...] = LENGTHS, seed: int = 1) -> list[Tensor]:
    """Random source sentences, (S,) ids each."""
    draw = torch.Generator().manual_seed(seed)
    return [torch.randint(4, VOCABULARY, (length,), generator=draw) for length in lengths]


def pad(sequences: list[Tensor], layout: str = "right", extra: int = 2, seed: int = 2) -> tuple[Tensor, Tensor]:
    """Ids and mask, (B, T) each; padding, on the right, on the left or between the steps, holds junk."""
    draw = torch.Generator().manual_seed(seed)
    steps = max(map(len, sequences)) + extra
    ids = torch.randint(4, VOCABULARY, (len(sequences), steps), generator=draw)
    mask = torch.zeros(len(sequences), steps, dtype=torch.long)
    for row, sequence in enumerate(sequences):
        places = {
            "right": torch.arange(len(sequence)),
            "left": torch.arange(steps - len(sequence), steps),
            "holes": torch.randperm(steps, generator=draw)[: len(sequence)].sort().values,
        }[layout]
        ids[row, places] = sequence
        mask[row, places] = 1
    return ids, mask


def make_targets(rows: int = len(LENGTHS), steps: int = 5, seed: int = 3) -> Tensor:
    """Random decoder inputs, the start token first: (B, T)."""
    draw = torch.Generator().manual_seed(seed)
    targets = torch.randint(4, VOCABULARY, (rows, steps), generator=draw)
    targets[:, 0] = START
    return targets


def log_likelihood(model: nn.Module, source: Tensor, written: Tensor) -> float:
    """Sum of the log-probabilities of the tokens after the start token, from one forward pass without a cache."""
    with torch.no_grad():
        logits = model(input_ids=source.unsqueeze(0), decoder_input_ids=written[:-1].unsqueeze(0)).logits[0]
    return float(logits.log_softmax(-1).gather(1, written[1:, None]).sum())
