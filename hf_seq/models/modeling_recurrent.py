# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Recurrent models: one encoder of Elman RNN, GRU or LSTM layers, and its heads.

B batch · T steps, padding included · E embedding_size · H hidden_size, both directions · L labels · F features
LSTM: Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735. GRU: Cho et al. 2014, arXiv:1406.1078.
"""

import torch
from torch import Tensor, nn
from transformers.modeling_outputs import BaseModelOutput
from transformers.processing_utils import Unpack
from transformers.utils import TransformersKwargs
from transformers.utils.generic import merge_with_config_defaults
from transformers.utils.output_capturing import capture_outputs

from .configuration_recurrent import RecurrentConfig
from .modeling_sequence import InputEmbedding, SequenceClassifier, SequencePreTrainedModel
from .padding import inverse_order, reading_orders, real_steps
from .recurrence import RecurrentLayer


class RecurrentPreTrainedModel(SequencePreTrainedModel):
    """Base of the recurrent models."""

    config: RecurrentConfig
    _no_split_modules = ["RecurrentLayer"]
    _can_record_outputs = {"hidden_states": RecurrentLayer}


class RecurrentModel(RecurrentPreTrainedModel):
    """Embedding and recurrent layers: a state for every step."""

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__(config)
        self.embeddings = InputEmbedding(config, config.embedding_size)
        widths = [config.embedding_size] + [config.hidden_size] * (config.num_hidden_layers - 1)
        self.layers = nn.ModuleList(
            RecurrentLayer(config.cell_type, width, config.hidden_size, config.bidirectional) for width in widths
        )
        self.dropout = nn.Dropout(config.hidden_dropout)
        self.gradient_checkpointing = False
        self.post_init()

    @merge_with_config_defaults
    @capture_outputs
    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        input_values: Tensor | None = None,
        **kwargs: Unpack[TransformersKwargs],
    ) -> BaseModelOutput:
        """Encode.

        Args:
            input_ids: (B, T) token ids.
            attention_mask: (B, T) 1 on real steps, 0 on padding, which may stand anywhere; all ones if absent.
            inputs_embeds: (B, T, E) in place of `input_ids`.
            input_values: (B, T, F) in place of `input_ids`, for models made with `num_features`.
            kwargs: `output_hidden_states`, `return_dict`.

        Returns:
            last_hidden_state (B, T, H), zero at padding.

        Raises:
            ValueError: inputs or mask of the wrong kind or shape.
        """
        inputs = self.check_inputs(input_ids, inputs_embeds, input_values)
        real = real_steps(attention_mask, inputs)
        states = self.embeddings(input_ids, inputs_embeds, input_values, real)  # (B, T, E)
        return BaseModelOutput(last_hidden_state=self.read(states, real))

    def read(self, states: Tensor, real: Tensor | None) -> Tensor:
        """Run the layers over embedded inputs: (B, T, E) to (B, T, H)."""
        orders = () if real is None else _orders(real)
        for depth, layer in enumerate(self.layers):
            if depth:
                states = self.dropout(states)
            states = layer(states, real, *orders)  # (B, T, H)
        return states


class RecurrentForSequenceClassification(SequenceClassifier, RecurrentPreTrainedModel):
    """A recurrent encoder, pooled, with one score for every label."""

    config: RecurrentConfig
    encoder_class = RecurrentModel


def _orders(real: Tensor) -> tuple[Tensor | None, ...]:
    """Both reading orders with their inverses; no forward order where the real steps stand in front already."""
    forwards, backwards = reading_orders(real)
    pair: tuple[Tensor | None, Tensor | None] = (forwards, inverse_order(forwards))
    if not torch.compiler.is_compiling() and bool((real[:, 1:] <= real[:, :-1]).all()):
        pair = (None, None)
    return (*pair, backwards, inverse_order(backwards))


__all__ = ["RecurrentForSequenceClassification", "RecurrentModel", "RecurrentPreTrainedModel"]
