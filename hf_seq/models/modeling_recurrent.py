# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Recurrent models: one encoder of Elman RNN, GRU or LSTM layers, and its heads.

B batch · T steps, padding included · E embedding_size · H hidden_size, both directions · L labels · F features
V vocabulary
LSTM: Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735. GRU: Cho et al. 2014, arXiv:1406.1078.
Language model: Merity et al. 2018, arXiv:1708.02182.
"""

from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F
from transformers.cache_utils import Cache
from transformers.modeling_outputs import BaseModelOutputWithPast, CausalLMOutputWithPast
from transformers.processing_utils import Unpack
from transformers.utils import TransformersKwargs
from transformers.utils.generic import can_return_tuple
from transformers.utils.output_capturing import capture_outputs

from .characters import CharacterEncoder
from .configuration_recurrent import RecurrentConfig
from .dropout import make_dropout
from .head_loss import head_loss
from .keywords import StateOutput, given_state, refuse_unknown, state_field
from .losses import target_count, token_loss
from .modeling_sequence import InputEmbedding, SequenceClassifier, SequencePreTrainedModel
from .modeling_tagging import TokenClassifier
from .padding import all_orders, real_steps, take_steps
from .recurrence import RecurrentLayer
from .recurrent_cache import RecurrentCache
from .recurrent_generation import RecurrentGenerationMixin


class RecurrentPreTrainedModel(SequencePreTrainedModel):
    """Base of the recurrent models."""

    config: RecurrentConfig
    _no_split_modules = ["RecurrentLayer"]
    _can_record_outputs = {"hidden_states": RecurrentLayer}


@dataclass
class RecurrentModelOutput(StateOutput, BaseModelOutputWithPast):
    """`BaseModelOutputWithPast` whose state answers to both of its names."""


class RecurrentModel(RecurrentPreTrainedModel):
    """Embedding and recurrent layers: a state for every step."""

    def __init__(self, config: RecurrentConfig, embedding_std: float | None = None) -> None:
        super().__init__(config)
        self.embedding_std = embedding_std
        self.embeddings = InputEmbedding(config, config.embedding_size)
        width = config.embedding_size
        if config.character_encoder != "none":
            self.embeddings.characters = CharacterEncoder(config)
            width += config.character_hidden_size
        widths = [width] + [config.hidden_size] * (config.num_hidden_layers - 1)
        shape = (config.hidden_size, config.bidirectional, config.weight_dropout)
        self.layers = nn.ModuleList(RecurrentLayer(config.cell_type, width, *shape) for width in widths)
        self.embeddings.dropout = make_dropout(config.embedding_dropout, config.variational_dropout)
        self.dropout = make_dropout(config.hidden_dropout, config.variational_dropout)
        self.gradient_checkpointing = False
        self.post_init()

    @capture_outputs
    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
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
                of what `past_key_values` has read may stand in front.
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
        memory = self.open_cache(inputs, given_state(past_key_values, cache), bool(use_cache))
        if memory is not None and attention_mask is not None:
            attention_mask = memory.new_columns(attention_mask, inputs)
        real = real_steps(attention_mask, inputs)
        if self.embeddings.characters is not None and input_ids is not None:
            return RecurrentModelOutput(last_hidden_state=self.read_tokens(input_ids, real))
        states = self.embeddings(input_ids, inputs_embeds, input_values, real)  # (B, T, E)
        return RecurrentModelOutput(last_hidden_state=self.read(states, real, memory), **state_field(memory))

    def read_tokens(self, input_ids: Tensor, real: Tensor | None) -> Tensor:
        """States (B, T, H) of token ids (B, T). Where letters are read a word is one step, and its pieces share it."""
        states = self.embeddings(input_ids, None, None, real)  # (B, T, E)
        if self.embeddings.characters is None:
            return self.read(states, real)
        begins, part, place = self.embeddings.characters.words(input_ids, real)  # type: ignore[operator]
        return take_steps(self.read(states, real_steps(begins, input_ids)), place).masked_fill(~part.unsqueeze(-1), 0.0)

    def open_cache(self, inputs: Tensor, past_key_values: Cache | None, use_cache: bool) -> RecurrentCache | None:
        """Give the state to read on from: the given one, an empty one if one is wanted, else None.

        Raises:
            ValueError: the model reads both ways, or the state is of another kind or batch.
        """
        if past_key_values is None and not use_cache:
            return None
        if self.config.bidirectional:
            raise ValueError(
                "a model with bidirectional=True has no state to read on from: its backward direction starts at the "
                "end; leave out past_key_values and use_cache, or configure bidirectional=False."
            )
        if self.embeddings.characters is not None:
            raise ValueError(
                "a model with a character_encoder reads words whole and has no state to read on from inside one; "
                "leave out past_key_values and use_cache."
            )
        if past_key_values is None:
            return RecurrentCache(len(self.layers))
        if not isinstance(past_key_values, RecurrentCache) or len(past_key_values) != len(self.layers):
            raise ValueError(
                f"past_key_values is {past_key_values!r}, not the state of {len(self.layers)} recurrent layers; give "
                "what this model returned, or leave it out."
            )
        past_key_values.check_batch(inputs)
        return past_key_values

    def read(self, states: Tensor, real: Tensor | None, cache: RecurrentCache | None = None) -> Tensor:
        """Run the layers over embedded inputs, (B, T, E) to (B, T, H), from a state where there is one."""
        orders = () if real is None else all_orders(real)
        if cache is not None:
            return self._read_on(states, real, orders or (None,) * 4, cache)
        for depth, layer in enumerate(self.layers):
            if depth:
                states = self.dropout(states)
            states = layer(states, real, *orders)  # (B, T, H)
        return states

    def _read_on(
        self, states: Tensor, real: Tensor | None, orders: tuple[Tensor | None, ...], cache: RecurrentCache
    ) -> Tensor:
        """As `read`, from the state of a cache, which is moved on."""
        steps, skipped = states.shape[1], None if real is None else (~real).sum(1)
        for depth, (layer, memory) in enumerate(zip(self.layers, cache.layers, strict=True)):
            if depth:
                states = self.dropout(states)
            start = memory.states or layer.begin(states)  # type: ignore[operator]
            states, *end = layer(states, real, *orders, *(state.to(states.device) for state in start))
            memory.update(tuple(end), steps, skipped)
        return states

    def step(self, input_ids: Tensor, cache: RecurrentCache) -> Tensor:
        """Read one token a row, (B, 1), on from a state that is moved on; gives the last layer's h, (B, H).

        For callers in a hurry, in evaluation: the kernels for whole sequences cost several times as much for one step.
        """
        states = self.embeddings(input_ids, None, None, None)[:, 0]  # (B, E)
        for layer, memory in zip(self.layers, cache.layers, strict=True):
            state = layer.step(states, memory.states)  # type: ignore[operator]
            memory.update(state, 1)
            states = state[0]  # (B, H)
        return states


class RecurrentForSequenceClassification(SequenceClassifier, RecurrentPreTrainedModel):
    """A recurrent encoder, pooled, with one score for every label."""

    config: RecurrentConfig
    encoder_class = RecurrentModel


class RecurrentForTokenClassification(TokenClassifier, RecurrentPreTrainedModel):
    """A recurrent encoder with one label for every step; with `use_crf`, the BiLSTM-CRF of Huang et al. 2015."""

    config: RecurrentConfig
    encoder_class = RecurrentModel


@dataclass
class RecurrentCausalLMOutput(StateOutput, CausalLMOutputWithPast):
    """`CausalLMOutputWithPast` with `regularization` (): what activation regularisation added to the training loss."""

    regularization: Tensor | None = None


class RecurrentForCausalLM(RecurrentPreTrainedModel, RecurrentGenerationMixin):
    """A recurrent encoder of one direction that scores every word as the next one, and generates.

    Raises:
        ValueError: when built with `bidirectional=True` or `num_features`.
    """

    config: RecurrentConfig
    _tied_weights_keys = {"lm_head.weight": "model.embeddings.tokens.weight"}
    _is_stateful = True

    def __init__(self, config: RecurrentConfig) -> None:
        _check_causal(config)
        super().__init__(config)
        # wide starts learn fastest; a tied head takes the table for its weights, and must not start too sure of itself
        std = 3 * config.embedding_size**-0.5 if config.tie_word_embeddings else 1.0
        self.model = RecurrentModel(config, embedding_std=std)
        self.dropout = make_dropout(config.output_dropout, config.variational_dropout)
        width = config.embedding_size if config.tie_word_embeddings else config.hidden_size
        self.projection = nn.Linear(config.hidden_size, width) if width != config.hidden_size else nn.Identity()
        self.lm_head = nn.Linear(width, config.vocab_size)
        self.post_init()

    @can_return_tuple
    def forward(  # type: ignore[misc]  # TransformersKwargs names num_items_in_batch, too
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        past_key_values: Cache | None = None,
        inputs_embeds: Tensor | None = None,
        labels: Tensor | None = None,
        use_cache: bool | None = None,
        logits_to_keep: int | Tensor = 0,
        num_items_in_batch: Tensor | int | None = None,
        cache: Cache | None = None,
        **kwargs: Unpack[TransformersKwargs],
    ) -> RecurrentCausalLMOutput:
        """Score every token of the vocabulary as the next one.

        Args:
            input_ids: (B, T) token ids.
            attention_mask: (B, T) 1 on real steps, 0 on padding, which leaves the state alone wherever it stands.
                Columns of what `past_key_values` has read may stand in front.
            past_key_values: the `RecurrentCache` to read on from; it is moved on in place. For truncated
                back-propagation, call its `detach_()` between steps.
            inputs_embeds: (B, T, E) in place of `input_ids`.
            labels: (B, T) the input ids themselves: they are shifted here, so the last of a row predicts nothing; -100
                where nothing is to be predicted.
            use_cache: give the state; by default as the configuration says in evaluation, and not in training.
            logits_to_keep: score only the last so many steps, or the steps with these indices; 0 is all.
            num_items_in_batch: what the summed loss is divided by; `Trainer` gives it. Without it, the loss is a mean.
            cache: the name of `past_key_values` since transformers 5.24.
            kwargs: `output_hidden_states`, `return_dict`, and `shift_labels` (B, T) in place of `labels`: what follows
                each step, shifted already. It has no place of its own, or `Trainer` would take it for a second column
                of labels and evaluate nothing.

        Returns:
            logits (B, T, V), but None when training on labels, which saves a third of the step; loss () in nats when
            labels were given, with `regularization` as part of it in training; past_key_values where a state was given
            or asked for.

        Raises:
            ValueError: inputs, mask, labels or state of the wrong kind or shape.
            TypeError: an unknown keyword that carries a tensor or a state.
        """
        shift_labels: Tensor | None = kwargs.pop("shift_labels", None)
        refuse_unknown(kwargs, self.forward)
        past_key_values = given_state(past_key_values, cache)
        if self._is_one_step(input_ids, attention_mask, past_key_values, labels, shift_labels, kwargs):
            scores = self.score(self.model.step(input_ids, past_key_values)).unsqueeze(1)  # (B, 1, V)
            return RecurrentCausalLMOutput(logits=scores, **state_field(past_key_values))
        if use_cache is None:
            use_cache = self.config.use_cache and not self.training
        outputs = self.model(
            input_ids=input_ids,
            attention_mask=attention_mask,
            inputs_embeds=inputs_embeds,
            past_key_values=past_key_values,
            use_cache=use_cache,
            **kwargs,
        )
        states = outputs.last_hidden_state  # (B, T, H)
        read = self.dropout(states)
        kept = slice(-logits_to_keep, None) if isinstance(logits_to_keep, int) else logits_to_keep
        loss: Tensor | None = None
        logits: Tensor | None = None
        penalty: Tensor | None = None
        targets = _targets(labels, shift_labels)
        if targets is None or not self.training:
            logits = self.score(read[:, kept])  # (B, T, V)
            loss = None if targets is None else token_loss(logits, targets, num_items_in_batch)
        else:
            loss = head_loss(self.lm_head, self.projection(read), targets, num_items_in_batch)
            penalty = self._penalty(states, read, targets, num_items_in_batch)
            loss = loss if penalty is None else loss + penalty
        return RecurrentCausalLMOutput(
            loss=loss,
            logits=logits,
            hidden_states=outputs.hidden_states,
            attentions=outputs.attentions,
            regularization=penalty,
            **state_field(outputs.past_key_values),
        )

    def _is_one_step(
        self, input_ids: Tensor | None, attention_mask: Tensor | None, past_key_values: Cache | None, *rest: Any
    ) -> bool:
        """Whether this is what generate() asks for token by token, and nothing besides."""
        *labels, options = rest
        return (
            input_ids is not None
            and input_ids.dim() == 2
            and input_ids.shape[1] == 1
            and attention_mask is None
            and isinstance(past_key_values, RecurrentCache)
            and past_key_values.batch_size == input_ids.shape[0]
            and not self.training
            and not any(label is not None for label in labels)
            and not (options.get("output_hidden_states") or self.config.output_hidden_states)
        )

    def score(self, states: Tensor) -> Tensor:
        """Logits (..., V) of states (..., H)."""
        return self.lm_head(self.projection(states))

    def _penalty(
        self, states: Tensor, read: Tensor, targets: Tensor, num_items_in_batch: Tensor | int | None
    ) -> Tensor | None:
        """Activation regularisation in training: a mean over the steps that have a target, divided as the loss is."""
        activation, temporal = self.config.activation_regularization, self.config.temporal_activation_regularization
        if not self.training or not (activation or temporal):
            return None
        counted = targets != -100  # (B, T)
        penalty = activation * read.float().square().mean(-1)[counted].sum()
        if temporal:
            changes = (states[:, 1:] - states[:, :-1]).float().square().mean(-1)  # (B, T - 1)
            penalty = penalty + temporal * changes[counted[:, 1:] & counted[:, :-1]].sum()
        return penalty / target_count(targets, num_items_in_batch)


def _check_causal(config: RecurrentConfig) -> None:
    """Refuse what cannot be a language model."""
    if config.bidirectional:
        raise ValueError(
            "bidirectional=True lets a language model see the word it is to predict; "
            "use RecurrentConfig(bidirectional=False)."
        )
    if config.character_encoder != "none":
        raise ValueError(
            f"character_encoder={config.character_encoder!r} reads a word whole, and so lets a language model see the "
            "pieces it is to predict; leave it out."
        )
    if config.num_features is not None:
        raise ValueError(
            f"num_features={config.num_features}: a language model reads and writes tokens, not numbers; leave it out."
        )


def _targets(labels: Tensor | None, shift_labels: Tensor | None) -> Tensor | None:
    """What each step is to predict, (B, T), -100 where nothing."""
    if shift_labels is not None or labels is None:
        return shift_labels
    return F.pad(labels[:, 1:], (0, 1), value=-100)


__all__ = [
    "RecurrentCausalLMOutput",
    "RecurrentForCausalLM",
    "RecurrentForSequenceClassification",
    "RecurrentForTokenClassification",
    "RecurrentModel",
    "RecurrentPreTrainedModel",
]
