# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Configuration of the small transformer encoder-decoders."""

from typing import Literal

from huggingface_hub.dataclasses import strict

from .configuration_seq2seq import Seq2SeqConfig
from .configuration_transformer_encoder import TransformerEncoderConfig


@strict
class TransformerSeq2SeqConfig(Seq2SeqConfig):
    """Configuration of `TransformerSeq2SeqModel` and its head; the fields of `Seq2SeqConfig` and these.

    Args:
        num_attention_heads: heads; each is hidden_size / num_attention_heads wide.
        intermediate_size: width of the feed-forward layers.
        hidden_act: activation of the feed-forward layers, any name that transformers knows.
        position_embedding: `sinusoidal` (Vaswani et al. 2017, arXiv:1706.03762), `learned`, `rotary` (Su et al. 2021,
            arXiv:2104.09864; in self-attention only) or `none`. Positions count real steps.
        max_position_embeddings: longest source and target that `learned` positions can take; the others have no limit.
        norm_first: normalise before each sub-layer (Xiong et al. 2020, arXiv:2002.04745), which trains without warm-up;
            False normalises after it, as Vaswani et al. did.
        attention_dropout: dropout on the attention weights.
        layer_norm_eps: added to the variance.

    Example:
        >>> TransformerSeq2SeqConfig(num_hidden_layers=2).decoder_layers
        2
    """

    model_type = "transformer_seq2seq"

    num_attention_heads: int = 4
    intermediate_size: int = 1024
    hidden_act: str = "relu"
    position_embedding: Literal["sinusoidal", "learned", "rotary", "none"] = "sinusoidal"
    max_position_embeddings: int = 512
    norm_first: bool = True
    attention_dropout: float | int = 0.1
    layer_norm_eps: float = 1e-5

    validate_architecture = TransformerEncoderConfig.validate_architecture


__all__ = ["TransformerSeq2SeqConfig"]
