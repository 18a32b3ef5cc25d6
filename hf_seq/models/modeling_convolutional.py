# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Convolutional encoders, alone or beside an LSTM, and the classifier of whole sequences.

B batch · T steps, padding included · E embedding_size · H hidden_size · C width of the convolutions · L labels
F features
FCN and ResNet: Wang et al. 2017, arXiv:1611.06455. InceptionTime: Fawaz et al. 2020, arXiv:1909.04939.
LSTM-FCN: Karim et al. 2018, arXiv:1709.05206.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers.modeling_layers import GradientCheckpointingLayer
from transformers.modeling_outputs import BaseModelOutput
from transformers.processing_utils import Unpack
from transformers.utils import TransformersKwargs
from transformers.utils.generic import can_return_tuple
from transformers.utils.output_capturing import capture_outputs

from .configuration_convolutional import ConvolutionalConfig
from .convolutions import NORMS, Convolution, ConvolutionUnit, put_back, steps_in_front, without_padding
from .dropout import Dropout
from .keywords import PASSED_ON, refuse_unknown
from .losses import classification_loss, warn_of_unused_weights
from .mixing import Mixed
from .modeling_sequence import InputEmbedding, PooledClassifierOutput, SequencePreTrainedModel
from .padding import Padding, find_padding
from .pooling import Pooling
from .recurrence import RecurrentLayer
from .shipping import sibling

UNITS = 3
"""Convolutions, or inception modules, between two residual connections."""


class InceptionModule(nn.Module):
    """Three lengths of convolutions over a narrow projection, and the maximum of three neighbours, side by side."""

    def __init__(self, input_size: int, hidden_size: int, config: ConvolutionalConfig, activate: bool = True) -> None:
        super().__init__()
        part, longest, causal = hidden_size // 4, config.kernel_size, config.causal
        self.narrow = Convolution(input_size, part, 1)
        lengths = (longest, max(longest // 2, 1), max(longest // 4, 1))
        self.branches = nn.ModuleList(Convolution(part, part, length, causal=causal) for length in lengths)
        self.pooled = Convolution(input_size, part, 1)
        self.norm = NORMS[config.norm](hidden_size)
        self.around = (2, 0) if causal else (1, 1)
        self.activate = activate

    def forward(self, states: Tensor, mask: Tensor | None = None) -> Tensor:
        """(B, T, E) to (B, T, C), zero at padding, which a mask (B, T) tells."""
        narrow = without_padding(self.narrow(states), mask)  # a bias makes padding non-zero
        parts = [branch(narrow) for branch in self.branches]
        joined = torch.cat([*parts, self.pooled(self.highest(states, mask))], dim=-1)  # (B, T, C)
        states = self.norm(joined, mask)
        return without_padding(torch.relu(states) if self.activate else states, mask)

    def highest(self, states: Tensor, mask: Tensor | None) -> Tensor:
        """Take the maximum of each step and its real neighbours: (B, T, E) to (B, T, E)."""
        lowest = torch.finfo(states.dtype).min
        if mask is not None:
            states = states.masked_fill(~mask.unsqueeze(-1), lowest)
        padded = F.pad(states.transpose(1, 2), self.around, value=lowest)
        highest = F.max_pool1d(padded, kernel_size=3, stride=1).transpose(1, 2)
        return without_padding(highest, mask)


class ConvolutionalLayer(GradientCheckpointingLayer):
    """One convolution, or several units with a residual connection around them."""

    def __init__(self, config: ConvolutionalConfig, input_size: int, hidden_size: int) -> None:
        super().__init__()
        if config.block == "fcn":
            self.units = nn.ModuleList([_unit(config, input_size, hidden_size)])
            self.shortcut = None
            return
        widths = [input_size] + [hidden_size] * (UNITS - 1)
        last = UNITS - 1
        units = (_unit(config, width, hidden_size, position != last) for position, width in enumerate(widths))
        self.units = nn.ModuleList(units)
        self.shortcut = ConvolutionUnit(input_size, hidden_size, config.norm, activate=False, kernel_size=1)

    def forward(self, states: Tensor, mask: Tensor | None = None) -> Tensor:
        """(B, T, E) to (B, T, C), zero at padding; the real steps stand in front."""
        given = states
        for unit in self.units:
            states = unit(states, mask)
        return states if self.shortcut is None else torch.relu(states + self.shortcut(given, mask))


def _unit(config: ConvolutionalConfig, input_size: int, hidden_size: int, activate: bool = True) -> nn.Module:
    if config.block == "inception":
        return InceptionModule(input_size, hidden_size, config, activate)
    shape: Any = {"kernel_size": config.kernel_size, "causal": config.causal}
    return ConvolutionUnit(input_size, hidden_size, config.norm, activate, **shape)


class ConvolutionalPreTrainedModel(SequencePreTrainedModel):
    """Base of the convolutional models."""

    config: ConvolutionalConfig
    _no_split_modules = ["ConvolutionalLayer"]
    _can_record_outputs = {"hidden_states": ConvolutionalLayer}


class ConvolutionalModel(ConvolutionalPreTrainedModel):
    """Embedding and convolutional layers, an LSTM beside them where the configuration asks: a state for every step."""

    def __init__(self, config: ConvolutionalConfig) -> None:
        super().__init__(config)
        width, joined = config.embedding_size, config.recurrent_size
        self.embeddings = InputEmbedding(config, width)
        self.front = None if config.front == "none" else sibling("convolutions").Front(config, width)
        size = config.hidden_size - joined
        widths = [width] + [size] * (config.num_hidden_layers - 1)
        self.layers = nn.ModuleList(ConvolutionalLayer(config, each, size) for each in widths)
        self.recurrent = RecurrentLayer("lstm", width, joined, config.bidirectional) if joined else None
        self.dropout = Dropout(config.hidden_dropout)
        self.gradient_checkpointing = False
        self.post_init()

    @capture_outputs
    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | Padding | None = None,
        inputs_embeds: Tensor | None = None,
        input_values: Tensor | None = None,
        **kwargs: Unpack[TransformersKwargs],
    ) -> BaseModelOutput:
        """Encode.

        Args:
            input_ids: (B, T) token ids.
            attention_mask: (B, T) 1 on real steps, 0 on padding, which may stand anywhere; all ones if absent. A
                head gives the padding that it has read itself.
            inputs_embeds: (B, T, E) in place of `input_ids`.
            input_values: (B, T, F) in place of `input_ids`, for models made with `num_features`.
            kwargs: `output_hidden_states` (of the convolutions), `return_dict`.

        Returns:
            last_hidden_state (B, T, H), zero at padding; fewer steps where a front shortens.

        Raises:
            ValueError: inputs or mask of the wrong kind or shape.
            TypeError: an unknown keyword that carries a tensor or a state.
        """
        refuse_unknown(kwargs, self.forward)
        inputs = self.check_inputs(input_ids, inputs_embeds, input_values)
        if inputs.shape[1] == 0:
            return BaseModelOutput(last_hidden_state=self.no_states(inputs))
        padding = find_padding(attention_mask, inputs)
        states = self.embeddings(input_ids, inputs_embeds, input_values, padding)  # (B, T, E)
        return BaseModelOutput(last_hidden_state=self._run_layers(states, padding))

    def read_tokens(self, input_ids: Tensor, padding: Padding | None) -> Tensor:
        """Encode token ids (B, T) as `forward` does, without its checks and output objects: (B, T, H)."""
        return self._run_layers(self.embeddings(input_ids, None, None, padding), padding)

    def _run_layers(self, states: Tensor, padding: Padding | None) -> Tensor:
        padding = None if padding is None else padding.ordered()
        if self.front is not None:
            states, padding = self.front(states, padding)
        read = None if self.recurrent is None else self.recurrent(states, padding)
        states, mask = steps_in_front(states, padding)
        for depth, layer in enumerate(self.layers):
            if depth:
                states = self.dropout(states)
            states = layer(states, mask)  # (B, T, C)
        states = put_back(states, padding)
        return states if read is None else torch.cat([states, read], dim=-1)


class ConvolutionalForSequenceClassification(Mixed, ConvolutionalPreTrainedModel):
    """A convolutional encoder, pooled, with one score for every label.

    `problem_type` of the configuration chooses the loss: `single_label_classification`, `multi_label_classification` or
    `regression`. With `statistics`, a linear classifier stands beside it: in training the scores are those of the
    convolutions alone, in evaluation both are mixed by `deep_share` of the configuration.
    """

    def __init__(self, config: ConvolutionalConfig) -> None:
        super().__init__(config)
        self.num_labels = config.num_labels
        self.model = ConvolutionalModel(config)
        self.pooling = Pooling(config.pooling, config.hidden_size)
        self.dropout = Dropout(config.classifier_dropout)
        self.classifier = nn.Linear(config.hidden_size, self.num_labels)
        if config.statistics:
            self.wide = sibling("channel_statistics").ChannelStatistics(config)
        self.post_init()

    @can_return_tuple
    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        input_values: Tensor | None = None,
        labels: Tensor | None = None,
        num_items_in_batch: Tensor | int | None = None,
        **kwargs: Any,
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
        if self.config.statistics and not self.training and input_values is not None:
            logits = self.mixed(logits, input_values, padding)
        if self.config.statistics:
            self.warn_of_fitted_part()
        warn_of_unused_weights(self, labels)
        loss = None if labels is None else classification_loss(logits, labels, self.config, num_items_in_batch)
        wants_weights = kwargs.get("output_attentions", self.config.output_attentions)
        return PooledClassifierOutput(
            loss=loss,
            logits=logits,
            hidden_states=outputs.hidden_states,
            pooling_weights=weights if wants_weights else None,
        )

    def mixed(self, deep: Tensor, input_values: Tensor, padding: Padding | None) -> Tensor:
        """Mix scores (B, L) with those of the statistics of series (B, T, F)."""
        share = float(self.config.deep_share)
        return deep if share == 1 else share * deep + (1 - share) * self.wide(input_values, padding).to(deep)

    def score_tokens(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
        """Give the logits (B, L) of token ids (B, T), in evaluation; as `forward`, without its checks."""
        padding = find_padding(attention_mask, input_ids)
        states = self.model.read_tokens(input_ids, padding)
        return self.classifier(self.pooling(states, self.padding_of_states(padding))[0])


__all__ = ["ConvolutionalForSequenceClassification", "ConvolutionalModel", "ConvolutionalPreTrainedModel"]
