# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Multi-head attention through transformers' interface: eager, sdpa, flex or flash, whichever the configuration names.

B batch · T steps · N heads · D width of a head · H = N x D
"""

from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedConfig
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from .positions import rotate


def eager_attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float,
    dropout: float = 0.0,
    **kwargs: Any,
) -> tuple[Tensor, Tensor]:
    """Scaled dot-product attention (Vaswani et al. 2017, arXiv:1706.03762, section 3.2.1), written out.

    Args:
        module: the layer that asks; says whether it is training.
        query: (B, N, T, D).
        key: (B, N, S, D).
        value: (B, N, S, D).
        attention_mask: added to the scores, broadcast to (B, N, T, S); None where every step is seen.
        scaling: the scores are multiplied by it.
        dropout: on the weights.
        kwargs: what other interfaces take.

    Returns:
        (B, T, N, D), and the weights (B, N, T, S).
    """
    scores = torch.matmul(query, key.transpose(2, 3)) * scaling  # (B, N, T, S)
    if attention_mask is not None:
        scores = scores + attention_mask
    weights = scores.softmax(dim=-1, dtype=torch.float32).to(query.dtype)
    weights = nn.functional.dropout(weights, p=dropout, training=module.training)
    return torch.matmul(weights, value).transpose(1, 2).contiguous(), weights


class SelfAttention(nn.Module):
    """Every step looks at every real step of its sequence."""

    def __init__(self, config: PreTrainedConfig) -> None:
        super().__init__()
        self.config = config
        self.head_width = config.hidden_size // config.num_attention_heads
        self.scaling = self.head_width**-0.5
        self.is_causal = False
        self.dropout = config.attention_dropout
        self.qkv = nn.Linear(config.hidden_size, 3 * config.hidden_size)
        self.output = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(
        self,
        states: Tensor,
        attention_mask: Tensor | None = None,
        cosine: Tensor | None = None,
        sine: Tensor | None = None,
        **kwargs: Any,
    ) -> tuple[Tensor, Tensor | None]:
        """Attend.

        Args:
            states: (B, T, H).
            attention_mask: as the attention implementation wants it; None where nothing is padded.
            cosine: (B or 1, 1, T, D), with `sine`, for rotary positions.
            sine: as `cosine`.
            kwargs: passed on to the attention implementation.

        Returns:
            (B, T, H), and the weights (B, N, T, T) where the implementation gives them.
        """
        rows, steps, width = states.shape
        heads = self.qkv(states).view(rows, steps, 3, -1, self.head_width)  # (B, T, 3, N, D)
        query, key, value = (part.transpose(1, 2) for part in heads.unbind(2))  # (B, N, T, D) each
        if cosine is not None and sine is not None:
            query, key = rotate(query, cosine, sine), rotate(key, cosine, sine)
        attend = ALL_ATTENTION_FUNCTIONS.get_interface(self.config._attn_implementation, eager_attention)
        dropout = self.dropout if self.training else 0.0
        context, weights = attend(
            self, query, key, value, attention_mask, dropout=dropout, scaling=self.scaling, **kwargs
        )
        return self.output(context.reshape(rows, steps, width)), weights
