# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Small transformer encoder-decoders.

B batch · S source steps · T target steps, padding included · P target steps read before · H hidden_size
Vaswani et al. 2017, arXiv:1706.03762; normalisation first: Xiong et al. 2020, arXiv:2002.04745.
"""

import math
from typing import Any

import torch
from torch import Tensor, nn
from transformers import DynamicCache, EncoderDecoderCache, GenerationMixin
from transformers.masking_utils import create_bidirectional_mask, create_causal_mask
from transformers.processing_utils import Unpack
from transformers.utils import TransformersKwargs
from transformers.utils.generic import merge_with_config_defaults
from transformers.utils.output_capturing import capture_outputs

from .attention import CrossAttention, SelfAttention
from .configuration_transformer_seq2seq import TransformerSeq2SeqConfig
from .keywords import PASSED_ON, given_state, refuse_unknown, state_field
from .modeling_seq2seq import ConditionalGeneration, DecoderOutput, EncoderDecoder, Seq2SeqPreTrainedModel
from .modeling_sequence import InputEmbedding
from .modeling_transformer_encoder import TransformerEncoderLayer, TransformerEncoderModel
from .padding import Padding, find_padding
from .positions import Positions, count_positions
from .transformer_steps import TransformerSteps


class TransformerDecoderLayer(TransformerEncoderLayer):
    """Causal self-attention, attention over the source, and a feed-forward network."""

    def __init__(self, config: TransformerSeq2SeqConfig, layer_idx: int) -> None:
        super().__init__(config, SelfAttention(config, is_causal=True, layer_idx=layer_idx))
        self.cross_attention = CrossAttention(config, layer_idx)
        self.cross_attention_norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)

    def forward(  # type: ignore[override]
        self,
        states: Tensor,
        attention_mask: Tensor | None,
        cosine: Tensor | None,
        sine: Tensor | None,
        encoder_states: Tensor,
        encoder_attention_mask: Tensor | None,
        cache: EncoderDecoderCache | None = None,
        **kwargs: Any,
    ) -> Tensor:
        """(B, T, H) and the source's (B, S, H) to (B, T, H); masks and rotation as the attentions take them."""
        past = None if cache is None else cache.self_attention_cache
        states = self.add_to(
            states,
            self.attention_norm,
            lambda own: self.attention(own, attention_mask, cosine, sine, past, **kwargs)[0],
        )
        states = self.add_to(
            states,
            self.cross_attention_norm,
            lambda own: self.cross_attention(own, encoder_states, encoder_attention_mask, cache, **kwargs)[0],
        )
        return self.add_to(states, self.feed_forward_norm, self.feed_forward)


class TransformerSeq2SeqPreTrainedModel(Seq2SeqPreTrainedModel):
    """Base of the transformer encoder-decoders."""

    config: TransformerSeq2SeqConfig
    _no_split_modules = ["TransformerEncoderLayer", "TransformerDecoderLayer"]
    _supports_sdpa = True
    _supports_flash_attn = True
    _supports_flex_attn = True
    _supports_attention_backend = True


class TransformerSeq2SeqDecoder(TransformerSeq2SeqPreTrainedModel):
    """Embedding, positions and decoder layers: a state for every target step, from what stands before it."""

    _can_record_outputs = {
        "hidden_states": TransformerDecoderLayer,
        "attentions": SelfAttention,
        "cross_attentions": CrossAttention,
    }

    def __init__(self, config: TransformerSeq2SeqConfig) -> None:
        super().__init__(config)
        self.embeddings = InputEmbedding(config, config.hidden_size)
        self.positions = Positions(config)
        layers = config.decoder_layers or config.num_hidden_layers
        self.layers = nn.ModuleList(TransformerDecoderLayer(config, depth) for depth in range(layers))
        self.norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps) if config.norm_first else nn.Identity()
        self.gradient_checkpointing = False
        self.post_init()

    @merge_with_config_defaults
    @capture_outputs
    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        encoder_hidden_states: Tensor | None = None,
        encoder_attention_mask: Tensor | None = None,
        past_key_values: EncoderDecoderCache | None = None,
        inputs_embeds: Tensor | None = None,
        use_cache: bool | None = None,
        cache: EncoderDecoderCache | None = None,
        **kwargs: Unpack[TransformersKwargs],
    ) -> DecoderOutput:
        """Read the target so far.

        Args:
            input_ids: (B, T) target ids, the start token first.
            attention_mask: (B, P + T) 1 on real target steps, 0 on padding; all ones if absent.
            encoder_hidden_states: (B, S, H).
            encoder_attention_mask: (B, S) likewise for the source.
            past_key_values: keys and values of P earlier steps and of the source.
            inputs_embeds: (B, T, H) in place of `input_ids`.
            use_cache: give `past_key_values`, made here where there is none yet.
            cache: the name of `past_key_values` since transformers 5.24.
            kwargs: `output_hidden_states`, `output_attentions`, `return_dict`.

        Returns:
            last_hidden_state (B, T, H).

        Raises:
            ValueError: inputs or masks of the wrong kind or shape, or more steps than `learned` positions take.
            TypeError: an unknown keyword that carries a tensor or a state.
        """
        refuse_unknown(kwargs, self.forward, PASSED_ON)
        past_key_values = given_state(past_key_values, cache)
        inputs = self.check_inputs(input_ids, inputs_embeds)
        assert encoder_hidden_states is not None  # the model around gives it
        if use_cache and past_key_values is None:
            past_key_values = EncoderDecoderCache(DynamicCache(), DynamicCache())
        seen = 0 if past_key_values is None else past_key_values.get_seq_length()
        padding = find_padding(attention_mask, inputs, seen)
        source: Any = find_padding(encoder_attention_mask, encoder_hidden_states)

        states = self.embeddings(input_ids, inputs_embeds) * math.sqrt(self.config.hidden_size)  # (B, T, H)
        states, cosine, sine = self.positions(states, _positions(padding, inputs, seen))
        mask = self._causal_mask(states, padding, past_key_values)
        if source is not None:
            source = self._source_mask(states, source.mask, encoder_hidden_states)
        kept = None if self.gradient_checkpointing and self.training else past_key_values  # a layer is run twice then
        for layer in self.layers:
            states = layer(states, mask, cosine, sine, encoder_hidden_states, source, kept, **kwargs)
        return DecoderOutput(last_hidden_state=self.norm(states), **state_field(past_key_values if use_cache else None))

    def _source_mask(self, states: Tensor, mask: Tensor, source: Tensor) -> Any:
        if states.shape[1] == 1 and self.config._attn_implementation in ("eager", "sdpa"):
            return mask[:, None, None]  # (B, 1, 1, S), what the library makes in ten steps
        return create_bidirectional_mask(self.config, states, mask, encoder_hidden_states=source)

    def _causal_mask(self, states: Tensor, padding: Padding | None, past: EncoderDecoderCache | None) -> Any:
        if padding is None and states.shape[1] == 1:
            return None  # a single step sees all that stands before it
        earlier = None if past is None else past.self_attention_cache
        return create_causal_mask(self.config, states, None if padding is None else padding.mask, earlier)


def _positions(padding: Padding | None, inputs: Tensor, seen: int) -> Tensor:
    """Count the real steps, those seen before counted: (B or 1, T)."""
    steps = inputs.shape[1]
    if padding is None:
        return torch.arange(seen, seen + steps, device=inputs.device).unsqueeze(0)
    return count_positions(padding, inputs)[:, -steps:]


class TransformerSeq2SeqModel(TransformerSeq2SeqPreTrainedModel, EncoderDecoder):
    """A transformer encoder, and a transformer decoder that looks at it."""

    def __init__(self, config: TransformerSeq2SeqConfig) -> None:
        super().__init__(config)
        self.encoder = TransformerEncoderModel(config, vocab_size=config.source_vocab_size)
        self.decoder = TransformerSeq2SeqDecoder(config)
        self.tie_parts(config)


class TransformerSeq2SeqForConditionalGeneration(
    TransformerSeq2SeqPreTrainedModel, ConditionalGeneration, GenerationMixin
):
    """A transformer encoder-decoder that writes: translation, summaries, any text from a text.

    `GenerationMixin` is named again since transformers makes another class, which no pickle finds, of code from a repo
    whose class does not name it.
    """

    def __init__(self, config: TransformerSeq2SeqConfig) -> None:
        super().__init__(config)
        self.model = TransformerSeq2SeqModel(config)
        self.make_head(config, config.hidden_size)

    def knows_steps(self) -> bool:
        """Tell whether the decoder's layers are ours, and their attention one that can be asked step by step."""
        asks = self.config._attn_implementation in ("eager", "sdpa")
        return asks and all(
            type(layer) is TransformerDecoderLayer and type(layer.attention) is SelfAttention
            for layer in self.model.decoder.layers
        )

    def make_steps(self, state: Any, keywords: dict[str, Any], rows: int, room: int) -> TransformerSteps:
        """Read on over keys and values that have their room already."""
        padding = find_padding(keywords.get("attention_mask"), keywords["encoder_outputs"][0])
        return TransformerSteps(self, state, None if padding is None else padding.mask, rows, room)


__all__ = ["TransformerSeq2SeqForConditionalGeneration", "TransformerSeq2SeqModel", "TransformerSeq2SeqPreTrainedModel"]
