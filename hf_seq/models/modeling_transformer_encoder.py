# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Small transformer encoders, and their heads.

B batch · T steps, padding included · H hidden_size · N heads · D width of a head · L labels · F features
V vocabulary
Encoder: Vaswani et al. 2017, arXiv:1706.03762; normalisation first: Xiong et al. 2020, arXiv:2002.04745.
"""

import math
from collections.abc import Callable
from typing import Any

from torch import Tensor, nn
from transformers.activations import ACT2FN
from transformers.masking_utils import create_bidirectional_mask
from transformers.modeling_layers import GradientCheckpointingLayer
from transformers.modeling_outputs import BaseModelOutput, MaskedLMOutput
from transformers.processing_utils import Unpack
from transformers.utils import TransformersKwargs
from transformers.utils.generic import can_return_tuple, merge_with_config_defaults
from transformers.utils.output_capturing import capture_outputs

from .attention import SelfAttention
from .configuration_transformer_encoder import TransformerEncoderConfig
from .dropout import Dropout
from .head_loss import head_loss
from .keywords import PASSED_ON, refuse_unknown
from .losses import token_loss
from .modeling_sequence import InputEmbedding, SequenceClassifier, SequencePreTrainedModel
from .modeling_tagging import TokenClassifier
from .padding import real_steps
from .positions import Positions, count_positions


class TransformerEncoderLayer(GradientCheckpointingLayer):
    """Self-attention and a feed-forward network, each with a residual connection and a normalisation."""

    def __init__(self, config: TransformerEncoderConfig, attention: SelfAttention | None = None) -> None:
        super().__init__()
        self.norm_first = config.norm_first
        self.attention = SelfAttention(config) if attention is None else attention
        self.attention_norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.widen = nn.Linear(config.hidden_size, config.intermediate_size)
        self.activation = ACT2FN[config.hidden_act]
        self.narrow = nn.Linear(config.intermediate_size, config.hidden_size)
        self.feed_forward_norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.dropout = Dropout(config.hidden_dropout)

    def forward(
        self,
        states: Tensor,
        attention_mask: Tensor | None = None,
        cosine: Tensor | None = None,
        sine: Tensor | None = None,
        **kwargs: Any,
    ) -> Tensor:
        """(B, T, H) to (B, T, H); mask and rotation as `SelfAttention` takes them."""
        states = self.add_to(
            states, self.attention_norm, lambda own: self.attention(own, attention_mask, cosine, sine, **kwargs)[0]
        )
        return self.add_to(states, self.feed_forward_norm, self.feed_forward)

    def add_to(self, states: Tensor, norm: nn.Module, sublayer: Callable[[Tensor], Tensor]) -> Tensor:
        """Add to the states what a sub-layer makes of them, normalised before it or after the sum: (B, T, H)."""
        added = sublayer(norm(states) if self.norm_first else states)
        states = states + (self.dropout(added) if self.training else added)
        return states if self.norm_first else norm(states)

    def feed_forward(self, states: Tensor) -> Tensor:
        """Each step by itself: (B, T, H) to (B, T, H)."""
        return self.narrow(self.activation(self.widen(states)))


class TransformerEncoderPreTrainedModel(SequencePreTrainedModel):
    """Base of the transformer encoders."""

    config: TransformerEncoderConfig
    _no_split_modules = ["TransformerEncoderLayer"]
    _can_record_outputs = {"hidden_states": TransformerEncoderLayer, "attentions": SelfAttention}
    _supports_sdpa = True
    _supports_flash_attn = True
    _supports_flex_attn = True
    _supports_attention_backend = True


class TransformerEncoderModel(TransformerEncoderPreTrainedModel):
    """Embedding, positions and encoder layers: a state for every step."""

    def __init__(self, config: TransformerEncoderConfig) -> None:
        super().__init__(config)
        self.embeddings = InputEmbedding(config, config.hidden_size)
        self.positions = Positions(config)
        self.layers = nn.ModuleList(TransformerEncoderLayer(config) for _ in range(config.num_hidden_layers))
        self.norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps) if config.norm_first else nn.Identity()
        self.gradient_checkpointing = False
        self.post_init()

    @merge_with_config_defaults
    @capture_outputs
    def forward(  # type: ignore[misc]  # TransformersKwargs names position_ids, too
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        position_ids: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        input_values: Tensor | None = None,
        **kwargs: Unpack[TransformersKwargs],
    ) -> BaseModelOutput:
        """Encode.

        Args:
            input_ids: (B, T) token ids.
            attention_mask: (B, T) 1 on real steps, 0 on padding, which may stand anywhere; all ones if absent.
            position_ids: (B, T); by default real steps are counted from 0.
            inputs_embeds: (B, T, H) in place of `input_ids`.
            input_values: (B, T, F) in place of `input_ids`, for models made with `num_features`.
            kwargs: `output_hidden_states`, `output_attentions`, `return_dict`.

        Returns:
            last_hidden_state (B, T, H), zero at padding.

        Raises:
            ValueError: inputs or mask of the wrong kind or shape, or more steps than `learned` positions take.
            TypeError: an unknown keyword that carries a tensor or a state.
        """
        refuse_unknown(kwargs, self.forward, PASSED_ON)
        inputs = self.check_inputs(input_ids, inputs_embeds, input_values)
        real = real_steps(attention_mask, inputs)
        states = self.embeddings(input_ids, inputs_embeds, input_values, real)  # (B, T, H)
        return BaseModelOutput(last_hidden_state=self.read(states, real, position_ids, **kwargs))

    def read(self, states: Tensor, real: Tensor | None, position_ids: Tensor | None = None, **kwargs: Any) -> Tensor:
        """Place embedded inputs and run the layers over them: (B, T, H) to (B, T, H)."""
        if position_ids is None:
            position_ids = count_positions(real, states)
        if self.config.num_features is None:
            states = states * math.sqrt(self.config.hidden_size)  # Vaswani et al., section 3.4
        states, cosine, sine = self.positions(states, position_ids)
        mask = None if real is None else create_bidirectional_mask(self.config, states, real)
        for layer in self.layers:
            states = layer(states, mask, cosine, sine, **kwargs)
        states = self.norm(states)
        return states if real is None else states.masked_fill(~real.unsqueeze(-1), 0.0)


class TransformerEncoderForSequenceClassification(SequenceClassifier, TransformerEncoderPreTrainedModel):
    """A transformer encoder, pooled, with one score for every label."""

    config: TransformerEncoderConfig
    encoder_class = TransformerEncoderModel


class TransformerEncoderForTokenClassification(TokenClassifier, TransformerEncoderPreTrainedModel):
    """A transformer encoder with one label for every step; with `use_crf`, a CRF on top."""

    config: TransformerEncoderConfig
    encoder_class = TransformerEncoderModel


class TransformerEncoderForMaskedLM(TransformerEncoderPreTrainedModel):
    """A transformer encoder that tells which tokens were masked, to pretrain it on text (Devlin et al. 2019).

    The head is BERT's (arXiv:1810.04805): a layer of its own, then a score for every token of the vocabulary, from the
    token embedding itself with `tie_word_embeddings`. Classifiers and taggers load the encoder by `from_pretrained`.

    Raises:
        ValueError: when built with `num_features`.
    """

    config: TransformerEncoderConfig
    _tied_weights_keys = {"lm_head.weight": "model.embeddings.tokens.weight"}

    def __init__(self, config: TransformerEncoderConfig) -> None:
        if config.num_features is not None:
            raise ValueError(
                f"num_features={config.num_features}: masked language modelling reads tokens, not numbers; "
                "leave it out."
            )
        super().__init__(config)
        self.model = TransformerEncoderModel(config)
        # no name of the encoder's own: loading would take the one `norm` for the other
        self.head_dense = nn.Linear(config.hidden_size, config.hidden_size)
        self.head_activation = ACT2FN[config.hidden_act]
        self.head_norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size)
        self.post_init()

    @can_return_tuple
    def forward(  # type: ignore[misc]  # TransformersKwargs names num_items_in_batch, too
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        position_ids: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        labels: Tensor | None = None,
        num_items_in_batch: Tensor | int | None = None,
        **kwargs: Unpack[TransformersKwargs],
    ) -> MaskedLMOutput:
        """Score every token of the vocabulary for every step.

        Args:
            input_ids: (B, T) token ids, some of them masked.
            attention_mask: (B, T) 1 on real steps, 0 on padding, which may stand anywhere; all ones if absent.
            position_ids: (B, T); by default real steps are counted from 0.
            inputs_embeds: (B, T, H) in place of `input_ids`.
            labels: (B, T) the true ids where one is to be told, -100 elsewhere.
            num_items_in_batch: what the summed loss is divided by; `Trainer` gives it. Without it, the loss is a mean.
            kwargs: `output_hidden_states`, `output_attentions`, `return_dict`.

        Returns:
            logits (B, T, V), but None when training on labels: only their steps are scored, and the head is most of the
            work; loss () in nats when labels were given.

        Raises:
            ValueError: inputs, mask or labels of the wrong kind or shape.
            TypeError: an unknown keyword that carries a tensor or a state.
        """
        refuse_unknown(kwargs, self.forward, PASSED_ON)
        outputs = self.model(
            input_ids=input_ids,
            attention_mask=attention_mask,
            position_ids=position_ids,
            inputs_embeds=inputs_embeds,
            **kwargs,
        )
        states = outputs.last_hidden_state  # (B, T, H)
        if labels is not None and labels.shape != states.shape[:2]:
            raise ValueError(
                f"labels have shape {tuple(labels.shape)}, the inputs {tuple(states.shape[:2])}; both must be "
                "(batch, steps)."
            )
        loss = logits = None
        if labels is not None and self.training:
            asked = labels != -100  # (B, T)
            loss = head_loss(self.lm_head, self.transform(states[asked]), labels[asked], num_items_in_batch)
        else:
            logits = self.score(states)  # (B, T, V)
            loss = None if labels is None else token_loss(logits, labels, num_items_in_batch)
        return MaskedLMOutput(
            loss=loss, logits=logits, hidden_states=outputs.hidden_states, attentions=outputs.attentions
        )

    def score(self, states: Tensor) -> Tensor:
        """Logits (..., V) of states (..., H)."""
        return self.lm_head(self.transform(states))

    def transform(self, states: Tensor) -> Tensor:
        """What the last layer of the head reads, (..., H)."""
        return self.head_norm(self.head_activation(self.head_dense(states)))


__all__ = [
    "TransformerEncoderForMaskedLM",
    "TransformerEncoderForSequenceClassification",
    "TransformerEncoderForTokenClassification",
    "TransformerEncoderModel",
    "TransformerEncoderPreTrainedModel",
]
