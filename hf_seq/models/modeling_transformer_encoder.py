# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Small transformer encoders, and the classifier of whole sequences.

B batch · T steps, padding included · H hidden_size · N heads · D width of a head · L labels · F features
Encoder: Vaswani et al. 2017, arXiv:1706.03762; normalisation first: Xiong et al. 2020, arXiv:2002.04745.
"""

import math
from collections.abc import Callable
from typing import Any

from torch import Tensor, nn
from transformers.activations import ACT2FN
from transformers.masking_utils import create_bidirectional_mask
from transformers.modeling_layers import GradientCheckpointingLayer
from transformers.modeling_outputs import BaseModelOutput
from transformers.processing_utils import Unpack
from transformers.utils import TransformersKwargs
from transformers.utils.generic import can_return_tuple, merge_with_config_defaults
from transformers.utils.output_capturing import capture_outputs

from .attention import SelfAttention
from .configuration_transformer_encoder import TransformerEncoderConfig
from .dropout import Dropout
from .keywords import PASSED_ON, refuse_unknown
from .losses import classification_loss, warn_of_unused_weights
from .modeling_sequence import InputEmbedding, PooledClassifierOutput, SequencePreTrainedModel
from .padding import Padding, find_padding, is_tracing, zero_padding
from .pooling import Pooling
from .positions import Positions, count_positions
from .shipping import sibling


class TransformerEncoderLayer(GradientCheckpointingLayer):
    """Self-attention and a feed-forward network, each with a residual connection and a normalisation."""

    def __init__(self, config: Any, attention: SelfAttention | None = None) -> None:
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
    """Embedding, positions and encoder layers: a state for every step.

    Args:
        config: of this family, or of the encoder-decoders, whose encoder this is, too.
        vocab_size: rows of the embedding; None is the configuration's.
    """

    def __init__(self, config: Any, vocab_size: int | None = None) -> None:
        super().__init__(config)
        self.embeddings = InputEmbedding(config, config.hidden_size, vocab_size)
        front = config.front != "none"
        self.front = sibling("convolutions").Front(config, config.hidden_size) if front else None
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
        attention_mask: Tensor | Padding | None = None,
        position_ids: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        input_values: Tensor | None = None,
        **kwargs: Unpack[TransformersKwargs],
    ) -> BaseModelOutput:
        """Encode.

        Args:
            input_ids: (B, T) token ids.
            attention_mask: (B, T) 1 on real steps, 0 on padding, which may stand anywhere; all ones if absent. A
                head gives the padding that it has read itself.
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
        if inputs.shape[1] == 0:
            return BaseModelOutput(last_hidden_state=self.no_states(inputs))
        padding = find_padding(attention_mask, inputs)
        states = self.embeddings(input_ids, inputs_embeds, input_values, padding)  # (B, T, H)
        return BaseModelOutput(last_hidden_state=self._run_layers(states, padding, position_ids, **kwargs))

    def read_tokens(self, input_ids: Tensor, padding: Padding | None) -> Tensor:
        """Encode token ids (B, T) as `forward` does, without its checks and output objects: (B, T, H)."""
        return self._run_layers(self.embeddings(input_ids, None, None, padding), padding)

    def _run_layers(
        self, states: Tensor, padding: Padding | None, position_ids: Tensor | None = None, **kwargs: Any
    ) -> Tensor:
        """Place embedded inputs and run the layers over them: (B, T, H) to (B, T, H)."""
        if self.config.num_features is None:
            states = states * math.sqrt(self.config.hidden_size)  # Vaswani et al., section 3.4
        if self.front is not None:
            states, padding = self._run_front(states, padding, position_ids)
        if position_ids is None:
            position_ids = count_positions(padding, states)
        states, cosine, sine = self.positions(states, position_ids)
        mask = None if padding is None else self._make_mask(states, padding)
        for layer in self.layers:
            states = layer(states, mask, cosine, sine, **kwargs)
        return zero_padding(self.norm(states), padding)

    def _make_mask(self, states: Tensor, padding: Padding) -> Any:
        """Say which steps are seen, as the attention implementation wants it.

        (B, 1, 1, T) where that suffices: a long text's (B, 1, T, T), whose rows are alike, would fill the memory.
        """
        if self.config._attn_implementation in ("eager", "sdpa") and not is_tracing():
            return padding.mask[:, None, None]
        return create_bidirectional_mask(self.config, states, padding.mask)

    def _run_front(
        self, states: Tensor, padding: Padding | None, position_ids: Tensor | None
    ) -> tuple[Tensor, Padding | None]:
        """Run the convolutions in front, which count positions anew where they shorten."""
        if position_ids is not None and self.config.front_stride > 1:
            raise ValueError(
                f"position_ids are of the inputs, which front_stride={self.config.front_stride} shortens; leave them "
                "out."
            )
        assert self.front is not None
        return self.front(states, padding)


class TransformerEncoderForSequenceClassification(TransformerEncoderPreTrainedModel):
    """A transformer encoder, pooled, with one score for every label.

    `problem_type` of the configuration chooses the loss: `single_label_classification`, `multi_label_classification` or
    `regression`.
    """

    def __init__(self, config: TransformerEncoderConfig) -> None:
        super().__init__(config)
        self.num_labels = config.num_labels
        self.model = TransformerEncoderModel(config)
        self.pooling = Pooling(config.pooling, config.hidden_size)
        self.dropout = Dropout(config.classifier_dropout)
        self.classifier = nn.Linear(config.hidden_size, self.num_labels)
        self.post_init()

    @can_return_tuple
    def forward(  # type: ignore[misc]  # TransformersKwargs names num_items_in_batch, too
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        input_values: Tensor | None = None,
        labels: Tensor | None = None,
        num_items_in_batch: Tensor | int | None = None,
        **kwargs: Unpack[TransformersKwargs],
    ) -> PooledClassifierOutput:
        """Score every label for every sequence.

        Args:
            input_ids: (B, T) token ids.
            attention_mask: (B, T) 1 on real steps, 0 on padding, which may stand anywhere; all ones if absent.
            inputs_embeds: (B, T, E) in place of `input_ids`.
            input_values: (B, T, F) in place of `input_ids`, for models made with `num_features`.
            labels: (B,) ids, or (B, L) for multi-label and (B,) or (B, L) numbers for regression.
            num_items_in_batch: what the summed loss is divided by; `Trainer` gives it. Without it, the loss is a mean.
            kwargs: `output_hidden_states`, `output_attentions` (which also asks for `pooling_weights`), `return_dict`.

        Returns:
            logits (B, L); loss () when labels were given.

        Raises:
            ValueError: inputs, mask or labels of the wrong kind or shape.
            TypeError: an unknown keyword that carries a tensor or a state.
        """
        refuse_unknown(kwargs, self.forward, PASSED_ON)
        padding = find_padding(attention_mask, self.model.check_inputs(input_ids, inputs_embeds, input_values))
        outputs = self.model(
            input_ids=input_ids,
            attention_mask=padding,
            inputs_embeds=inputs_embeds,
            input_values=input_values,
            return_dict=True,
            **kwargs,
        )
        summary, weights = self.pooling(outputs.last_hidden_state, self.padding_of_states(padding))  # (B, H), (B, T)
        logits = self.classifier(self.dropout(summary))  # (B, L)
        warn_of_unused_weights(self, labels)
        loss = None if labels is None else classification_loss(logits, labels, self.config, num_items_in_batch)
        wants_weights = kwargs.get("output_attentions", self.config.output_attentions)
        return PooledClassifierOutput(
            loss=loss,
            logits=logits,
            hidden_states=outputs.hidden_states,
            attentions=outputs.attentions,
            pooling_weights=weights if wants_weights else None,
        )

    def score_tokens(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
        """Give the logits (B, L) of token ids (B, T), in evaluation.

        As `forward`, without its checks and output objects, which cost a small model a sixth of its time at batch 1.
        """
        padding = find_padding(attention_mask, input_ids)
        states = self.model.read_tokens(input_ids, padding)
        return self.classifier(self.pooling(states, self.padding_of_states(padding))[0])


__all__ = [
    "TransformerEncoderForSequenceClassification",
    "TransformerEncoderModel",
    "TransformerEncoderPreTrainedModel",
]
