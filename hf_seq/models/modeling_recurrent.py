# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Recurrent encoder of Elman RNN, GRU or LSTM layers, and the classifier of whole sequences.

B batch · T steps, padding included · E embedding_size · H hidden_size, both directions · L labels · F features
LSTM: Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735. GRU: Cho et al. 2014, arXiv:1406.1078.
"""

from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from transformers.cache_utils import Cache
from transformers.modeling_outputs import BaseModelOutputWithPast
from transformers.processing_utils import Unpack
from transformers.utils import TransformersKwargs
from transformers.utils.generic import can_return_tuple
from transformers.utils.output_capturing import capture_outputs

from .configuration_recurrent import RecurrentConfig
from .dropout import Dropout, make_dropout
from .keywords import PASSED_ON, StateOutput, given_state, refuse_unknown, state_field
from .losses import classification_loss, warn_of_unused_weights
from .modeling_sequence import InputEmbedding, PooledClassifierOutput, SequencePreTrainedModel
from .padding import Padding, find_padding
from .pooling import Pooling
from .recurrence import RecurrentLayer
from .shipping import sibling


class RecurrentPreTrainedModel(SequencePreTrainedModel):
    """Base of the recurrent models."""

    config: RecurrentConfig
    _no_split_modules = ["RecurrentLayer"]
    _can_record_outputs = {"hidden_states": RecurrentLayer}


@dataclass
class RecurrentModelOutput(StateOutput, BaseModelOutputWithPast):
    """`BaseModelOutputWithPast` whose state answers to both of its names."""


class RecurrentModel(RecurrentPreTrainedModel):
    """Embedding and recurrent layers: a state for every step.

    Args:
        config: of this family, or of the encoder-decoders, whose encoder this is, too.
        embedding_std: standard deviation of the token embedding at the start; None is 1 / sqrt(its width).
        vocab_size: rows of the embedding; None is the configuration's.
    """

    def __init__(self, config: Any, embedding_std: float | None = None, vocab_size: int | None = None) -> None:
        super().__init__(config)
        self.embedding_std = embedding_std
        width, dropout = config.embedding_size, make_dropout(config.embedding_dropout, config.variational_dropout)
        letters = None if config.character_encoder == "none" else sibling("characters").CharacterEncoder(config)
        self.embeddings = InputEmbedding(config, width, vocab_size, dropout, letters)
        if letters is not None:
            width += config.character_hidden_size
        self.front = None if config.front == "none" else sibling("convolutions").Front(config, width)
        widths = [width] + [config.hidden_size] * (config.num_hidden_layers - 1)
        shape = (config.hidden_size, config.bidirectional, config.weight_dropout)
        self.layers = nn.ModuleList(RecurrentLayer(config.cell_type, width, *shape) for width in widths)
        self.dropout = make_dropout(config.hidden_dropout, config.variational_dropout)
        self.gradient_checkpointing = False
        self.post_init()

    @capture_outputs
    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | Padding | None = None,
        inputs_embeds: Tensor | None = None,
        input_values: Tensor | None = None,
        past_key_values: Cache | None = None,
        use_cache: bool | None = None,
        cache: Cache | None = None,
        **kwargs: Unpack[TransformersKwargs],
    ) -> RecurrentModelOutput:
        """Encode.

        Args:
            input_ids: (B, T) token ids.
            attention_mask: (B, T) 1 on real steps, 0 on padding, which may stand anywhere; all ones if absent. Columns
                of what `past_key_values` has read may stand in front. A head gives the padding that it has read itself.
            inputs_embeds: (B, T, E) in place of `input_ids`.
            input_values: (B, T, F) in place of `input_ids`, for models made with `num_features`.
            past_key_values: the `RecurrentCache` to read on from; it is moved on in place.
            use_cache: give the state after the last real step; models of one direction only.
            cache: the name of `past_key_values` since transformers 5.24.
            kwargs: `output_hidden_states`, `return_dict`.

        Returns:
            last_hidden_state (B, T, H), zero at padding; past_key_values where a state was given or asked for.

        Raises:
            ValueError: inputs, mask or state of the wrong kind or shape.
            TypeError: an unknown keyword that carries a tensor or a state.
        """
        refuse_unknown(kwargs, self.forward)
        inputs = self.check_inputs(input_ids, inputs_embeds, input_values)
        state = given_state(past_key_values, cache)
        if state is not None or use_cache:
            state = sibling("recurrent_cache").open_state(self, state, inputs)
            if isinstance(attention_mask, Tensor):
                attention_mask = state.new_columns(attention_mask, inputs)
        if inputs.shape[1] == 0:
            return RecurrentModelOutput(last_hidden_state=self.no_states(inputs), **state_field(state))
        padding = find_padding(attention_mask, inputs)
        states = self.embeddings(input_ids, inputs_embeds, input_values, padding)  # (B, T, E), then (B, T, H)
        read_on: Any = None if state is None else sibling("recurrent_cache").read_on
        states = self._read_all(states, padding, input_ids) if state is None else read_on(self, states, padding, state)
        return RecurrentModelOutput(last_hidden_state=states, **state_field(state))

    def read_tokens(self, input_ids: Tensor, padding: Padding | None) -> Tensor:
        """Encode token ids (B, T) as `forward` does, without its checks and output objects: (B, T, H)."""
        return self._read_all(self.embeddings(input_ids, None, None, padding), padding, input_ids)

    def _read_all(self, embedded: Tensor, padding: Padding | None, input_ids: Tensor | None) -> Tensor:
        """Run the layers over whole sequences, (B, T, E) to (B, T, H); where letters are read a word is one step."""
        if self.embeddings.characters is not None and input_ids is not None:
            return self.embeddings.characters.read_by_word(self._run_layers, embedded, input_ids, padding)
        return self._run_layers(embedded, padding)

    def _run_layers(self, states: Tensor, padding: Padding | None) -> Tensor:
        padding = None if padding is None else padding.ordered()
        if self.front is not None:
            states, padding = self.front(states, padding)
        for depth, layer in enumerate(self.layers):
            if depth:
                states = self.dropout(states)
            states = layer(states, padding)  # (B, T, H)
        return states


class RecurrentForSequenceClassification(RecurrentPreTrainedModel):
    """A recurrent encoder, pooled, with one score for every label.

    `problem_type` chooses the loss: `single_label_classification`, `multi_label_classification` or `regression`.
    """

    encoder_class = RecurrentModel

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__(config)
        self.num_labels = config.num_labels
        self.model = self.encoder_class(config)
        self.pooling = Pooling(config.pooling, config.hidden_size, config.bidirectional)
        self.dropout = Dropout(config.classifier_dropout)
        self.classifier = nn.Linear(config.hidden_size, self.num_labels)
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
        numbers = {"inputs_embeds": inputs_embeds, "input_values": input_values}
        outputs = self.model(input_ids, attention_mask=padding, return_dict=True, **numbers, **kwargs)
        summary, weights = self.pooling(outputs.last_hidden_state, self.padding_of_states(padding))  # (B, H), (B, T)
        logits = self.score_summary(self.dropout(summary), input_ids, padding)  # (B, L)
        warn_of_unused_weights(self, labels)
        loss = None if labels is None else classification_loss(logits, labels, self.config, num_items_in_batch)
        wants_weights = kwargs.get("output_attentions", self.config.output_attentions)
        return PooledClassifierOutput(
            loss=loss,
            logits=logits,
            hidden_states=outputs.hidden_states,
            pooling_weights=weights if wants_weights else None,
        )

    def score_tokens(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
        """Give the logits (B, L) of token ids (B, T), in evaluation: `forward` without checks and output objects."""
        padding = find_padding(attention_mask, input_ids)
        states = self.model.read_tokens(input_ids, padding)
        return self.score_summary(self.pooling(states, self.padding_of_states(padding))[0], input_ids, padding)

    def score_summary(self, summary: Tensor, input_ids: Tensor | None, padding: Padding | None) -> Tensor:
        """Score what was pooled, (B, H) to (B, L); the wide and deep classifier reads the tokens here once more."""
        return self.classifier(summary)


__all__ = ["RecurrentForSequenceClassification", "RecurrentModel", "RecurrentModelOutput", "RecurrentPreTrainedModel"]
