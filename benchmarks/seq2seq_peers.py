# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What the encoder-decoders are measured against: a decoder written as tutorials write it, and MarianMT.

B batch · S source steps · T target steps · H width · V vocabulary
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import MarianConfig, MarianMTModel

PAD, START, END = 0, 2, 3


class StepByStep(nn.Module):
    """BiLSTM encoder, LSTM decoder with `general` attention (Luong et al. 2015): one Python step for each token.

    The shapes are those of our model: one embedding for source, target and scores.
    """

    def __init__(self, vocab_size: int, width: int, dropout: float) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, width, padding_idx=PAD)
        self.encoder = nn.LSTM(width, width // 2, batch_first=True, bidirectional=True)
        self.bridge = nn.Linear(width, 2 * width)
        self.cell = nn.LSTMCell(width, width)
        self.key = nn.Linear(width, width, bias=False)
        self.combine = nn.Linear(2 * width, width)
        self.dropout = nn.Dropout(dropout)

    def step(
        self, token: Tensor, state: tuple[Tensor, Tensor], keys: Tensor, source: Tensor, mask: Tensor
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Return scores (B, V) of the next token, and the state after this one (B,)."""
        hidden, cell = self.cell(self.dropout(self.embedding(token)), state)
        scores = torch.bmm(keys, hidden.unsqueeze(2)).squeeze(2).masked_fill(~mask, -1e9)  # (B, S)
        context = torch.bmm(scores.softmax(-1).unsqueeze(1), source).squeeze(1)  # (B, H)
        seen = self.dropout(torch.tanh(self.combine(torch.cat([context, hidden], dim=-1))))
        return F.linear(seen, self.embedding.weight), (hidden, cell)

    def loss(self, input_ids: Tensor, attention_mask: Tensor, labels: Tensor) -> Tensor:
        """Compute the mean cross-entropy of the labels (B, T)."""
        mask = attention_mask.bool()
        source, (ended, _) = self.encoder(self.dropout(self.embedding(input_ids)))
        hidden, cell = self.bridge(torch.cat([ended[0], ended[1]], dim=-1)).chunk(2, dim=-1)
        state, keys = (torch.tanh(hidden), cell), self.key(source)
        token, scores = torch.full_like(labels[:, 0], START), []
        for wanted in labels.unbind(1):
            logits, state = self.step(token, state, keys, source, mask)
            scores.append(logits)
            token = wanted.clamp(min=PAD)
        return F.cross_entropy(torch.stack(scores, dim=1).flatten(0, 1), labels.flatten(), ignore_index=-100)


def make_marian(vocab_size: int, width: int, layers: int, dropout: float) -> MarianMTModel:
    """Make MarianMT with random weights, of the shapes of our transformer."""
    sizes: dict[str, Any] = {
        f"{side}_{name}": value
        for side in ("encoder", "decoder")
        for name, value in {"layers": layers, "ffn_dim": 2 * width, "attention_heads": 4}.items()
    }
    config = MarianConfig(
        vocab_size=vocab_size,
        decoder_vocab_size=vocab_size,
        d_model=width,
        dropout=dropout,
        attention_dropout=dropout,
        activation_dropout=0.0,
        activation_function="relu",
        max_position_embeddings=512,
        pad_token_id=PAD,
        bos_token_id=START,
        eos_token_id=END,
        forced_eos_token_id=None,
        decoder_start_token_id=START,
        scale_embedding=True,
        **sizes,
    )
    return MarianMTModel(config)
