# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Multi-head attention through transformers' interface: eager, sdpa, flex or flash, whichever the configuration names.

B batch · T steps · S steps looked at · N heads · D width of a head · H = N x D
"""

from typing import Any

import torch
from torch import Tensor, nn
from transformers import Cache, EncoderDecoderCache, PreTrainedConfig
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from .dropout import dropout as drop
from .padding import is_tracing
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
        attention_mask: added to the scores, broadcast to (B, N, T, S), or bool, true where a step is seen; None where
            every step is.
        scaling: the scores are multiplied by it.
        dropout: on the weights.
        kwargs: what other interfaces take.

    Returns:
        (B, T, N, D), and the weights (B, N, T, S).
    """
    scores = torch.matmul(query, key.transpose(2, 3)) * scaling  # (B, N, T, S)
    if attention_mask is not None and attention_mask.dtype == torch.bool:
        scores = scores.masked_fill(~attention_mask, torch.finfo(scores.dtype).min)
    elif attention_mask is not None:
        scores = scores + attention_mask
    weights = scores.softmax(dim=-1, dtype=torch.float32).to(query.dtype)
    weights = drop(weights, dropout, module.training)
    return torch.matmul(weights, value).transpose(1, 2).contiguous(), weights


class Attention(nn.Module):
    """What self- and cross-attention have in common: heads, and the way out (`output`, which they make themselves).

    Args:
        config: says `hidden_size`, `num_attention_heads`, `attention_dropout` and the attention implementation.
        is_causal: a step sees itself and those before it only.
    """

    output: nn.Linear

    def __init__(self, config: PreTrainedConfig, is_causal: bool = False) -> None:
        super().__init__()
        self.config = config
        self.head_width = config.hidden_size // config.num_attention_heads
        self.scaling = self.head_width**-0.5
        self.is_causal = is_causal
        self.dropout = config.attention_dropout

    def split_heads(self, projected: Tensor, parts: int) -> tuple[Tensor, ...]:
        """(B, T, parts x H) to one (B, N, T, D) a part."""
        rows, steps, _ = projected.shape
        heads = projected.view(rows, steps, parts, -1, self.head_width)  # (B, T, parts, N, D)
        return tuple(part.transpose(1, 2) for part in heads.unbind(2))

    def attend(
        self, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **kwargs: Any
    ) -> tuple[Tensor, Tensor | None]:
        """Attend by the implementation that the configuration names.

        Args:
            query: (B, N, T, D).
            key: (B, N, S, D).
            value: (B, N, S, D).
            attention_mask: as the attention implementation wants it; None where everything may be seen.
            kwargs: passed on to it.

        Returns:
            (B, T, H), and the weights (B, N, T, S) where the implementation gives them.
        """
        name, dropout = self.config._attn_implementation, self.dropout if self.training else 0.0
        if name == "sdpa" and query.shape[2] == 1 and not (self.training or is_tracing()):
            step = nn.functional.scaled_dot_product_attention(query, key, value, attention_mask, scale=self.scaling)
            return self.output(step.reshape(step.shape[0], 1, -1)), None  # a step of generate(), without all the rest
        interface = ALL_ATTENTION_FUNCTIONS.get_interface(name, eager_attention)
        context, weights = interface(
            self, query, key, value, attention_mask, dropout=dropout, scaling=self.scaling, **kwargs
        )
        return self.output(context.reshape(*context.shape[:2], -1)), weights


class SelfAttention(Attention):
    """Every step looks at the real steps of its own sequence, or, where causal, at those up to itself.

    Args:
        config: as for `Attention`.
        is_causal: as for `Attention`.
        layer_idx: the layer's place in a cache.
    """

    def __init__(self, config: PreTrainedConfig, is_causal: bool = False, layer_idx: int = 0) -> None:
        super().__init__(config, is_causal)
        self.layer_idx = layer_idx
        self.qkv = nn.Linear(config.hidden_size, 3 * config.hidden_size)
        self.output = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(
        self,
        states: Tensor,
        attention_mask: Tensor | None = None,
        cosine: Tensor | None = None,
        sine: Tensor | None = None,
        past: Cache | None = None,
        **kwargs: Any,
    ) -> tuple[Tensor, Tensor | None]:
        """Attend.

        Args:
            states: (B, T, H).
            attention_mask: as the attention implementation wants it; None where nothing is padded.
            cosine: (B or 1, 1, T, D), with `sine`, for rotary positions.
            sine: as `cosine`.
            past: keys and values of earlier steps; those of these steps are added.
            kwargs: passed on to the attention implementation.

        Returns:
            (B, T, H), and the weights (B, N, T, S) where the implementation gives them; S is T without a past.
        """
        query, key, value = self.split_heads(self.qkv(states), 3)
        if cosine is not None and sine is not None:
            query, key = rotate(query, cosine, sine), rotate(key, cosine, sine)
        if past is not None:
            key, value = past.update(key, value, self.layer_idx)
        return self.attend(query, key, value, attention_mask, **kwargs)


class CrossAttention(Attention):
    """Every step looks at the real steps of another sequence, whose keys and values are computed once.

    Args:
        config: as for `Attention`.
        layer_idx: the layer's place in a cache.
    """

    def __init__(self, config: PreTrainedConfig, layer_idx: int = 0) -> None:
        super().__init__(config)
        self.layer_idx = layer_idx
        self.query = nn.Linear(config.hidden_size, config.hidden_size)
        self.key_value = nn.Linear(config.hidden_size, 2 * config.hidden_size)
        self.output = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(
        self,
        states: Tensor,
        encoder_states: Tensor,
        attention_mask: Tensor | None = None,
        past: EncoderDecoderCache | None = None,
        **kwargs: Any,
    ) -> tuple[Tensor, Tensor | None]:
        """Attend.

        Args:
            states: (B, T, H).
            encoder_states: (B, S, H), the other sequence; not read where `past` holds its keys and values.
            attention_mask: as the attention implementation wants it; None where nothing is padded.
            past: where keys and values are kept.
            kwargs: passed on to the attention implementation.

        Returns:
            (B, T, H), and the weights (B, N, T, S) where the implementation gives them.
        """
        (query,) = self.split_heads(self.query(states), 1)
        key, value = self._keys_and_values(encoder_states, past)
        return self.attend(query, key, value, attention_mask, **kwargs)

    def _keys_and_values(self, encoder_states: Tensor, past: EncoderDecoderCache | None) -> tuple[Tensor, ...]:
        if past is not None and past.is_updated.get(self.layer_idx):
            kept: Any = past.cross_attention_cache.layers[self.layer_idx]
            return kept.keys, kept.values
        key, value = self.split_heads(self.key_value(encoder_states), 2)
        if past is not None:
            key, value = past.cross_attention_cache.update(key, value, self.layer_idx)
            past.is_updated[self.layer_idx] = True
        return key, value
