# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Dropout for recurrent models: one mask for all steps of a sequence, or for all places of a word.

B batch · T steps · H width · V vocabulary
"""

import torch
from torch import Tensor, nn


class LockedDropout(nn.Dropout):
    """Dropout that blanks the same units at every step of a sequence (Gal & Ghahramani 2016, arXiv:1512.05287)."""

    def forward(self, input: Tensor) -> Tensor:
        """(B, T, H) to (B, T, H)."""
        if not self.training or self.p == 0:
            return input
        keep = input.new_empty(input.shape[0], 1, input.shape[2]).bernoulli_(1 - self.p)
        return input * keep.div_(1 - self.p)


def make_dropout(p: float, locked: bool) -> nn.Dropout:
    """Dropout with one mask a sequence (`locked`), or with one a step."""
    return LockedDropout(p) if locked else nn.Dropout(p)


def keep_words(input_ids: Tensor, vocab_size: int, p: float) -> Tensor:
    """Draw which words are read: with probability p 0 at every place of a word, else 1 / (1 - p).

    Args:
        input_ids: (B, T).
        vocab_size: V.
        p: share of the vocabulary that is blanked.

    Returns:
        (B, T, 1), to multiply embeddings with.
    """
    keep = torch.empty(vocab_size, device=input_ids.device).bernoulli_(1 - p).div_(1 - p)
    return keep[input_ids].unsqueeze(-1)
