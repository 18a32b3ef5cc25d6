# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Configuration of the small transformer encoders."""

import math
from typing import Literal

from huggingface_hub.dataclasses import strict

from .configuration_sequence import SequenceConfig


@strict
class TransformerEncoderConfig(SequenceConfig):
    """Configuration of `TransformerEncoderModel` and its heads; the fields of `SequenceConfig` and these.

    Args:
        num_attention_heads: heads; each is hidden_size / num_attention_heads wide.
        intermediate_size: width of the feed-forward layer.
        hidden_act: activation of the feed-forward layer, any name that transformers knows.
        position_embedding: `sinusoidal` (Vaswani et al. 2017, arXiv:1706.03762), `learned`, `rotary` (Su et al. 2021,
            arXiv:2104.09864) or `none`. Positions count real steps, so padding never moves them.
        max_position_embeddings: longest sequence that `learned` positions can take; the others have no limit.
        norm_first: normalise before each sub-layer (Xiong et al. 2020, arXiv:2002.04745), which trains without warm-up;
            False normalises after it, as Vaswani et al. did.
        attention_dropout: dropout on the attention weights.
        layer_norm_eps: added to the variance.

    Example:
        >>> TransformerEncoderConfig(position_embedding="rotary").position_embedding
        'rotary'
    """

    model_type = "transformer_encoder"

    hidden_size: int = 128
    num_hidden_layers: int = 2
    num_attention_heads: int = 4
    intermediate_size: int = 512
    hidden_act: str = "gelu"
    position_embedding: Literal["sinusoidal", "learned", "rotary", "none"] = "sinusoidal"
    max_position_embeddings: int = 512
    norm_first: bool = True
    attention_dropout: float | int = 0.1
    layer_norm_eps: float = 1e-5

    def validate_architecture(self) -> None:
        """Check that the width splits evenly between the heads, and the names are known."""
        for name in ("num_attention_heads", "intermediate_size", "max_position_embeddings"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)} must be 1 or more.")
        heads = self.num_attention_heads
        pairs = {"rotary": 2 * heads, "sinusoidal": math.lcm(2, heads)}  # rotations pair the places within a head
        divisor = pairs.get(self.position_embedding, heads)
        if self.hidden_size % divisor:
            raise ValueError(
                f"hidden_size={self.hidden_size} does not fit num_attention_heads={heads} and "
                f"position_embedding={self.position_embedding!r}; use a multiple of {divisor}, "
                f"such as {divisor * (self.hidden_size // divisor + 1)}."
            )
        from transformers.activations import ACT2FN  # brings torch, which reading a configuration need not

        if self.hidden_act not in ACT2FN:
            raise ValueError(f"hidden_act={self.hidden_act!r} is not known; use one of {', '.join(sorted(ACT2FN))}.")


__all__ = ["TransformerEncoderConfig"]
