# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Recurrent encoder-decoders: (Bi)LSTM or GRU, with or without attention.

B batch · S source steps · T target steps, padding included · P target steps read before · E embedding_size
H hidden_size
Sutskever et al. 2014, arXiv:1409.3215; Bahdanau et al. 2015, arXiv:1409.0473; Luong et al. 2015, arXiv:1508.04025.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from transformers import EncoderDecoderCache, GenerationMixin
from transformers.processing_utils import Unpack
from transformers.utils import TransformersKwargs
from transformers.utils.generic import can_return_tuple, merge_with_config_defaults

from .alignment import Alignment
from .configuration_recurrent_seq2seq import RecurrentSeq2SeqConfig
from .dropout import make_dropout
from .keywords import given_state, refuse_unknown, state_field
from .modeling_recurrent import RecurrentModel
from .modeling_seq2seq import ConditionalGeneration, DecoderOutput, EncoderDecoder, Seq2SeqPreTrainedModel
from .modeling_sequence import InputEmbedding
from .padding import Padding, find_padding
from .pooling import Pooling
from .recurrence import RecurrentLayer, State, cell_class
from .recurrent_cache import RecurrentCache
from .recurrent_seq2seq_steps import RecurrentSeq2SeqSteps
from .recurrent_steps import are_layers


class RecurrentSeq2SeqPreTrainedModel(Seq2SeqPreTrainedModel):
    """Base of the recurrent encoder-decoders."""

    config: RecurrentSeq2SeqConfig
    _no_split_modules = ["RecurrentLayer"]


class Source(NamedTuple):
    """What a decoder knows of the source: states (B, S, H), padding, and what attention asks of it, (B, S, H)."""

    states: Tensor
    padding: Padding | None
    keys: Tensor | None = None

    def of_rows(self, rows: Tensor) -> "Source":
        """Give the source of these rows."""
        padding = None if self.padding is None else Padding(self.padding.mask[rows])
        return Source(self.states[rows], padding, None if self.keys is None else self.keys[rows])


class Bridge(nn.Module):
    """From where the encoder ended, in each direction, to the state that each layer of the decoder starts from."""

    def __init__(self, config: RecurrentSeq2SeqConfig) -> None:
        super().__init__()
        self.layers = config.decoder_layers or config.num_hidden_layers
        self.tensors = cell_class(config.cell_type).state_tensors
        self.last = Pooling("last", config.hidden_size, config.bidirectional)
        self.project = nn.Linear(config.hidden_size, self.layers * self.tensors * config.hidden_size)

    def forward(self, source: Tensor, padding: Padding | None = None) -> list[State]:
        """Give the state of every layer, (B, H) each tensor of it, of the source's states (B, S, H)."""
        ended, _ = self.last(source, padding)  # (B, H)
        states = self.project(ended).view(source.shape[0], self.layers, self.tensors, -1)  # (B, layers, tensors, H)
        return [(torch.tanh(states[:, i, 0]), *states[:, i, 1:].unbind(1)) for i in range(self.layers)]


class RecurrentSeq2SeqDecoder(RecurrentSeq2SeqPreTrainedModel):
    """Embedding, layers of one direction, and a look at the source after every step.

    The whole target is read in one call of each layer and looks at the source in one product, but for `input_feeding`;
    one step while generating goes through the cell, which costs a third of that.
    """

    def __init__(self, config: RecurrentSeq2SeqConfig) -> None:
        super().__init__(config)
        width, attends = config.hidden_size, config.attention != "none"
        dropout = make_dropout(config.embedding_dropout, config.variational_dropout)
        self.embeddings = InputEmbedding(config, config.embedding_size, dropout=dropout)
        self.bridge = Bridge(config)
        first = config.embedding_size * (2 if config.input_feeding else 1)
        self.layers = nn.ModuleList(
            RecurrentLayer(config.cell_type, width if depth else first, width, False, config.weight_dropout)
            for depth in range(self.bridge.layers)
        )
        self.alignment = None if config.attention == "none" else Alignment(config.attention, width)
        self.combine = nn.Linear(width * (2 if attends else 1), config.embedding_size)
        self.dropout = make_dropout(config.hidden_dropout, config.variational_dropout)
        self.gradient_checkpointing = False
        self.post_init()

    @merge_with_config_defaults
    @can_return_tuple
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
            attention_mask: (B, P + T) 1 on real target steps, 0 on padding, which leaves the state alone wherever it
                stands; all ones if absent.
            encoder_hidden_states: (B, S, H).
            encoder_attention_mask: (B, S) likewise for the source.
            past_key_values: the state after P earlier steps, and what the source needs computed once.
            inputs_embeds: (B, T, E) in place of `input_ids`.
            use_cache: give `past_key_values`, made here where there is none yet.
            cache: the name of `past_key_values` since transformers 5.24.
            kwargs: `output_hidden_states`, `output_attentions` (for `cross_attentions`), `return_dict`.

        Returns:
            last_hidden_state (B, T, E): what the output matrix reads. cross_attentions is one (B, 1, T, S).

        Raises:
            ValueError: inputs or masks of the wrong kind or shape.
            TypeError: an unknown keyword that carries a tensor or a state.
        """
        refuse_unknown(kwargs, self.forward)
        past_key_values = given_state(past_key_values, cache)
        inputs = self.check_inputs(input_ids, inputs_embeds)
        assert encoder_hidden_states is not None  # the model around gives it
        if use_cache and past_key_values is None:
            past_key_values = EncoderDecoderCache(RecurrentCache(len(self.layers) + 1), RecurrentCache(1))
        seen = 0 if past_key_values is None else past_key_values.get_seq_length()
        target = find_padding(attention_mask, inputs, seen)
        target = None if target is None else Padding(target.mask[:, seen:])  # (B, T)
        source = Source(encoder_hidden_states, find_padding(encoder_attention_mask, encoder_hidden_states))
        source = source._replace(keys=self._keys(source.states, past_key_values))

        embedded = self.embeddings(input_ids, inputs_embeds)  # (B, T, E)
        memory = self._open(source, past_key_values)
        one_by_one = self.config.input_feeding or (inputs.shape[1] == 1 and not self.training)
        read = self._read_one_by_one if one_by_one else self._read_at_once
        output, layers, weights = read(embedded, target, source, memory)
        if past_key_values is not None:
            kept: Any = past_key_values.self_attention_cache.layers
            for layer, state in zip(kept, memory, strict=True):
                layer.update(state, inputs.shape[1])
        return DecoderOutput(
            last_hidden_state=output,
            hidden_states=(embedded, *layers[:-1], output) if self._wanted("output_hidden_states", kwargs) else None,
            cross_attentions=_weights(weights) if self._wanted("output_attentions", kwargs) else None,
            **state_field(past_key_values if use_cache else None),
        )

    def _wanted(self, name: str, kwargs: Any) -> bool:
        given = kwargs.get(name)
        return bool(getattr(self.config, name) if given is None else given)

    def _keys(self, source: Tensor, past: EncoderDecoderCache | None) -> Tensor | None:
        """Return what attention asks of the source, (B, S, H), computed once."""
        if self.alignment is None:
            return None
        if past is None:
            return self.alignment.keys(source)
        kept: Any = past.cross_attention_cache.layers[0]
        if not kept.states:
            kept.update((self.alignment.keys(source),), source.shape[1])
        return kept.states[0]

    def _open(self, source: Source, past: EncoderDecoderCache | None) -> list[State]:
        """Return the state of each layer to read on from and, last, what attention saw last, (B, E).

        Raises:
            ValueError: the state is of another number of rows.
        """
        if past is not None:
            kept: Any = past.self_attention_cache
            kept.check_batch(source.states)
            if kept.layers[0].states:
                return [layer.states for layer in kept.layers]
        empty = source.states.new_zeros(source.states.shape[0], self.config.embedding_size)
        return [*self.bridge(source.states, source.padding), (empty,)]

    def look(self, states: Tensor, source: Source) -> tuple[Tensor, Tensor | None]:
        """Return what a step sees: its own state and the source's that it looks at, (B, T, H) to (B, T, E)."""
        weights = None
        if self.alignment is not None and source.keys is not None:
            context, weights = self.alignment(states, source.keys, source.states, source.padding)
            states = torch.cat([context, states], dim=-1)
        return torch.tanh(self.combine(states)), weights

    def _read_at_once(
        self, states: Tensor, padding: Padding | None, source: Source, memory: list[State]
    ) -> tuple[Tensor, list[Tensor], Tensor | None]:
        """All steps in one call a layer, (B, T, E) to (B, T, E); the memory is moved on in place."""
        padding = None if padding is None else padding.ordered()
        layers = []
        for depth, layer in enumerate(self.layers):
            if depth:
                states = self.dropout(states)
            states, *end = layer(states, padding, *memory[depth])  # (B, T, H)
            memory[depth] = tuple(end)
            layers.append(states)
        output, weights = self.look(states, source)
        memory[-1] = (output[:, -1],)
        return self.dropout(output), layers, weights

    def _read_one_by_one(
        self, embedded: Tensor, padding: Padding | None, source: Source, memory: list[State]
    ) -> tuple[Tensor, list[Tensor], Tensor | None]:
        """One step after the other, as `_read_at_once`."""
        steps = []
        for time in range(embedded.shape[1]):
            inputs = embedded[:, time : time + 1]  # (B, 1, E)
            if self.config.input_feeding:
                inputs = torch.cat([inputs, memory[-1][0].unsqueeze(1)], dim=-1)  # (B, 1, 2 E)
            after: list[State] = []
            for depth, layer in enumerate(self.layers):
                inputs, *end = layer(self.dropout(inputs) if depth else inputs, None, *memory[depth])  # (B, 1, H)
                after.append(tuple(end))
            output, weights = self.look(inputs, source)  # (B, 1, E), (B, 1, S)
            output = self.dropout(output)
            after.append((output[:, 0],))
            memory[:] = after if padding is None else _where(padding.mask[:, time], after, memory)
            steps.append((output, weights, *(state[0].unsqueeze(1) for state in after[:-1])))
        joined: list[Any] = [None if part[0] is None else torch.cat(part, 1) for part in zip(*steps, strict=True)]
        return joined[0], joined[2:], joined[1]


def _where(mask: Tensor, after: list[State], before: list[State]) -> list[State]:
    """Return the states after a step where it was real, (B,), else those before it."""
    chosen = mask.unsqueeze(1)  # (B, 1)
    return [
        tuple(torch.where(chosen, new, old.to(new.dtype)) for new, old in zip(*pair, strict=True))
        for pair in zip(after, before, strict=True)
    ]


def _weights(weights: Tensor | None) -> tuple[Tensor, ...] | None:
    """(B, T, S) as transformers gives attentions: one (B, 1, T, S) a layer."""
    return None if weights is None else (weights.unsqueeze(1),)


class RecurrentSeq2SeqModel(RecurrentSeq2SeqPreTrainedModel, EncoderDecoder):
    """A recurrent encoder, and a recurrent decoder that looks at it."""

    def __init__(self, config: RecurrentSeq2SeqConfig) -> None:
        super().__init__(config)
        self.encoder = RecurrentModel(config, vocab_size=config.source_vocab_size)
        self.decoder = RecurrentSeq2SeqDecoder(config)
        self.tie_parts(config)


class RecurrentSeq2SeqForConditionalGeneration(RecurrentSeq2SeqPreTrainedModel, ConditionalGeneration, GenerationMixin):
    """A recurrent encoder-decoder that writes: translation, summaries, any text from a text.

    `GenerationMixin` is named again since transformers makes another class, which no pickle finds, of code from a repo
    whose class does not name it.
    """

    _is_stateful = True

    def __init__(self, config: RecurrentSeq2SeqConfig) -> None:
        super().__init__(config)
        self.model = RecurrentSeq2SeqModel(config)
        self.make_head(config, config.embedding_size)

    @classmethod
    def _supports_default_dynamic_cache(cls) -> bool:
        return False  # generate() then takes the cache that forward makes

    def knows_steps(self) -> bool:
        """Tell whether the decoder's layers are ours."""
        return are_layers(self.model.decoder.layers)

    def make_steps(self, state: Any, keywords: dict[str, Any], rows: int, room: int) -> RecurrentSeq2SeqSteps:
        """Read on through the cells."""
        states = keywords["encoder_outputs"][0]  # (B, S, H)
        kept = state.cross_attention_cache.layers[0].states
        source = Source(states, find_padding(keywords.get("attention_mask"), states), kept[0] if kept else None)
        return RecurrentSeq2SeqSteps(self, state, source, rows, room)


__all__ = ["RecurrentSeq2SeqForConditionalGeneration", "RecurrentSeq2SeqModel", "RecurrentSeq2SeqPreTrainedModel"]
