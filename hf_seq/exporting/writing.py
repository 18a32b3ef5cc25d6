# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Graphs of the encoder-decoders: one that reads the source, one that takes a step of the target.

What the encoder gives as `context.N` the decoder takes at every step, and `start.N` at the first; its `present.N` are
the next step's `past.N`. All have a row for each sequence, so whoever searches with beams picks rows of all of them.
B batch · S source steps · P target steps read before · N heads · D width of a head · H hidden_size · V vocabulary
"""

from typing import Any

from onnx import ModelProto

from hf_seq.exporting.graph import FLOAT, INT64, LOWEST, Graph, Name
from hf_seq.exporting.heads import STEPS
from hf_seq.exporting.recurrent import encode_tokens, run_layers
from hf_seq.exporting.steps import have_steps, read_inputs, zero_padding
from hf_seq.exporting.transformer import (
    add_to,
    attend,
    attend_to_self,
    encode_steps,
    feed_forward,
    final_norm,
    hide,
    look_up,
    place,
    split_heads,
)

ENCODER, DECODER = "encoder_model", "decoder_model"
Values = list[tuple[Name, list[str | int]]]


def recurrent_writer(model: Any, opset: int) -> dict[str, ModelProto]:
    """Write encoder and step of a recurrent encoder-decoder."""
    encoder, decoder = model.model.encoder, model.model.decoder
    config, graph = model.config, Graph(opset)
    ids, rows = read_inputs(graph, None)
    read = encode_tokens(graph, encoder, ids, rows)
    states = zero_padding(graph, read.states, rows)
    source: list[str | int] = [*STEPS, config.hidden_size]
    context: Values = [(states, source)]
    if decoder.alignment is not None:
        key = getattr(decoder.alignment, "key", None)
        context.append((states if key is None else graph.linear(states, key), source))
        context.append((hide(graph, graph.unsqueeze(rows.mask, 1)), ["batch", 1, "steps"]))
    ended = graph.op("Where", have_steps(graph, rows), read.ends, graph.number(0))
    starts = _bridge(graph, decoder.bridge, ended)
    fed = graph.concat(graph.size(ids, 0), graph.ints(config.embedding_size), axis=0)
    starts += [graph.zeros(fed)] if config.input_feeding else []
    widths = [config.hidden_size] * (len(starts) - config.input_feeding) + [
        config.embedding_size
    ] * config.input_feeding
    _give(graph, "context", context)
    _give(graph, "start", [(start, ["batch", width]) for start, width in zip(starts, widths, strict=True)])
    return {ENCODER: graph.model(), DECODER: _recurrent_step(model, opset, [axes for _, axes in context], widths)}


def _bridge(graph: Graph, bridge: Any, ended: Name) -> list[Name]:
    """Give the state of every layer, (B, H) each tensor of it; the first of each is an output, between -1 and 1."""
    count = bridge.layers * bridge.tensors
    parts = [graph.linear(ended, bridge.project)]
    if count > 1:
        sizes = graph.ints(*[bridge.project.out_features // count] * count)
        parts = graph.ops("Split", count, parts[0], sizes, axis=1)
    return [part if number % bridge.tensors else graph.op("Tanh", part) for number, part in enumerate(parts)]


def _recurrent_step(model: Any, opset: int, context: list[Any], widths: list[int]) -> ModelProto:
    """One target step: token ids (B, 1) to logits (B, 1, V)."""
    decoder, graph = model.model.decoder, Graph(opset)
    ids = graph.input("input_ids", INT64, ["batch", 1])
    source = [graph.input(f"context.{number}", FLOAT, axes) for number, axes in enumerate(context)]
    past = [graph.input(f"past.{number}", FLOAT, ["batch", width]) for number, width in enumerate(widths)]
    tensors = decoder.bridge.tensors
    memory = [past[depth * tensors : (depth + 1) * tensors] for depth in range(len(decoder.layers))]
    words = graph.op("Gather", graph.weight(decoder.embeddings.tokens.weight), ids)  # (B, 1, E)
    if model.config.input_feeding:
        words = graph.concat(words, graph.unsqueeze(past[-1], 1))
    read = run_layers(graph, decoder.layers, words, memory=memory)
    seen = read.states
    if decoder.alignment is not None:
        seen = graph.concat(_look(graph, decoder.alignment, read.states, *source), read.states)
    output = graph.op("Tanh", graph.linear(seen, decoder.combine))  # (B, 1, E)
    present = [state for each in read.memory for state in each]
    present += [graph.op("Squeeze", output, graph.ints(1))] if model.config.input_feeding else []
    _score(graph, model, output)
    _give(graph, "present", [(state, ["batch", width]) for state, width in zip(present, widths, strict=True)])
    return graph.model()


def _look(graph: Graph, alignment: Any, states: Name, source: Name, keys: Name, hidden: Name) -> Name:
    """Look at the source as `Alignment` does: (B, 1, H) to (B, 1, H)."""
    if alignment.kind == "additive":
        mixed = graph.op("Tanh", graph.op("Add", graph.linear(states, alignment.query), keys))  # (B, S, H)
        scores = graph.op("Transpose", graph.linear(mixed, alignment.energy), perm=[0, 2, 1])  # (B, 1, S)
    else:
        scores = graph.op("MatMul", states, graph.op("Transpose", keys, perm=[0, 2, 1]))
    # as in the model, a row without any real step looks at all alike: the scores are replaced, not added to
    shown = graph.op("Equal", hidden, graph.number(0))
    scores = graph.op("Where", shown, scores, graph.number(LOWEST))
    return graph.op("MatMul", graph.op("Softmax", scores, axis=-1), source)


def transformer_writer(model: Any, opset: int) -> dict[str, ModelProto]:
    """Write encoder and step of a transformer encoder-decoder; the encoder makes keys and values of the source."""
    encoder, decoder = model.model.encoder, model.model.decoder
    config, graph = model.config, Graph(opset)
    ids, rows = read_inputs(graph, None)
    states = encode_steps(graph, encoder, ids, rows)
    heads, width = config.num_attention_heads, config.hidden_size // config.num_attention_heads
    context: Values = [(hide(graph, graph.unsqueeze(rows.mask, 1, 2)), ["batch", 1, 1, "steps"])]
    for layer in decoder.layers:
        cross = layer.cross_attention
        pair = split_heads(graph, cross, graph.linear(states, cross.key_value), 2)
        context += [(each, ["batch", heads, "steps", width]) for each in pair]
    _give(graph, "context", context)
    empty = graph.zeros(graph.concat(graph.size(ids, 0), graph.ints(heads, 0, width), axis=0))
    count = 2 * len(decoder.layers)
    _give(graph, "start", [(empty, ["batch", heads, 0, width])] * count)
    return {ENCODER: graph.model(), DECODER: _transformer_step(model, opset, [axes for _, axes in context])}


def _transformer_step(model: Any, opset: int, context: list[Any]) -> ModelProto:
    """One target step: token ids (B, 1) to logits (B, 1, V)."""
    decoder, config, graph = model.model.decoder, model.config, Graph(opset)
    ids = graph.input("input_ids", INT64, ["batch", 1])
    hidden, *source = (graph.input(f"context.{number}", FLOAT, axes) for number, axes in enumerate(context))
    heads, width = config.num_attention_heads, config.hidden_size // config.num_attention_heads
    past_axes: list[str | int] = ["batch", heads, "past", width]
    past = [graph.input(f"past.{number}", FLOAT, past_axes) for number in range(2 * len(decoder.layers))]
    states = look_up(graph, decoder.embeddings, ids, config.hidden_size)
    states, turn = place(graph, decoder.positions, states, graph.size(past[0], 2))
    present: list[Name] = []
    for depth, layer in enumerate(decoder.layers):
        kept, (key, value) = past[2 * depth : 2 * depth + 2], source[2 * depth : 2 * depth + 2]

        def look_back(own: Name, layer: Any = layer, kept: list[Name] = kept) -> Name:
            return attend_to_self(graph, layer.attention, own, "", turn, kept)

        def look_across(own: Name, cross: Any = layer.cross_attention, key: Name = key, value: Name = value) -> Name:
            (query,) = split_heads(graph, cross, graph.linear(own, cross.query), 1)
            return attend(graph, cross, query, key, value, hidden)

        states = add_to(graph, layer, layer.attention_norm, states, look_back)
        states = add_to(graph, layer, layer.cross_attention_norm, states, look_across)
        states = feed_forward(graph, layer, states)
        present += kept
    _score(graph, model, final_norm(graph, decoder.norm, states))
    _give(graph, "present", [(each, ["batch", heads, "seen", width]) for each in present])
    return graph.model()


def _score(graph: Graph, model: Any, states: Name) -> None:
    size = model.config.vocab_size
    graph.output(graph.scores_of_words(states, model.lm_head), "logits", FLOAT, ["batch", 1, size])


def _give(graph: Graph, name: str, values: Values) -> None:
    for number, (value, axes) in enumerate(values):
        graph.output(value, f"{name}.{number}", FLOAT, axes)
