# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Graphs of the models that read: classifiers, taggers, language models, masked ones.

B batch · T steps · H hidden_size · L labels · V vocabulary
"""

from typing import Any

from onnx import ModelProto
from torch import nn

from hf_seq.exporting.channel_statistics import score_statistics
from hf_seq.exporting.convolutional import encode_convolutions
from hf_seq.exporting.convolutions import rows_behind
from hf_seq.exporting.graph import FLOAT, Graph, Name
from hf_seq.exporting.pooling import pool
from hf_seq.exporting.recurrent import encode_tokens, run_layers
from hf_seq.exporting.steps import Rows, have_steps, put_back, read_inputs
from hf_seq.exporting.transformer import activate, encode_steps
from hf_seq.exporting.wide import score_ngrams

STEPS = ["batch", "steps"]


def classifier(model: Any, opset: int) -> ModelProto:
    """Logits (B, L); with attention pooling also its weights (B, T), 0 at padding."""
    graph = Graph(opset)
    given, rows = read_inputs(graph, model.config.num_features)
    states, ends, kept = encode(graph, model.model, given, rows)
    pooled, weights = pool(graph, model.pooling, states, kept, ends)
    logits = graph.linear(pooled, model.classifier)
    if hasattr(model, "wide"):
        logits = _mixed(graph, model, logits, given, rows)
    graph.output(logits, "logits", FLOAT, ["batch", model.num_labels])
    if weights is not None:
        spread = put_back(graph, graph.unsqueeze(weights, 2), kept)
        axes = STEPS if kept is rows else ["batch", "states"]
        graph.output(graph.op("Squeeze", spread, graph.ints(2)), "pooling_weights", FLOAT, axes)
    return graph.model()


def _mixed(graph: Graph, model: Any, deep: Name, given: Name, rows: Rows) -> Name:
    """Mix the scores of an encoder with those of n-grams, or of statistics, as the configuration says: (B, L)."""
    share = float(model.config.deep_share)
    if share == 1:
        return deep
    score = score_ngrams if model.config.num_features is None else score_statistics
    wide = graph.op("Mul", score(graph, model.wide, given, rows), graph.number(1 - share))
    return graph.op("Add", graph.op("Mul", deep, graph.number(share)), wide)


def tagger(model: Any, opset: int) -> ModelProto:
    """Logits (B, T, L); a CRF's paths are found by whoever runs the graph."""
    return _step_scores(model, opset, model.num_labels, lambda graph, states: graph.linear(states, model.classifier))


def masked_language_model(model: Any, opset: int) -> ModelProto:
    """Logits (B, T, V)."""

    def score(graph: Graph, states: Name) -> Name:
        read = activate(graph, model.head_activation, graph.linear(states, model.head_dense))
        return graph.scores_of_words(graph.norm(read, model.head_norm), model.lm_head)

    return _step_scores(model, opset, model.config.vocab_size, score)


def language_model(model: Any, opset: int) -> ModelProto:
    """Logits (B, T, V), and the state: `past.N` in, `present.N` out, (B, H) each; zeros begin a text.

    Padding leaves the state as it was.
    """
    graph = Graph(opset)
    ids, rows = read_inputs(graph, None)
    layers = model.model.layers
    names = [[f"{depth}.{place}" for place in range(layer.state_tensors)] for depth, layer in enumerate(layers)]
    width = model.config.hidden_size
    past = [[graph.input(f"past.{name}", FLOAT, ["batch", width]) for name in each] for each in names]
    words = graph.op("Gather", graph.weight(model.model.embeddings.tokens.weight), ids)
    read = run_layers(graph, layers, words, rows.lengths, past)
    states = put_back(graph, read.states, rows)
    if not isinstance(model.projection, nn.Identity):
        states = graph.linear(states, model.projection)
    size = model.config.vocab_size
    graph.output(_score_next(graph, states, model.lm_head), "logits", FLOAT, [*STEPS, size])
    some = have_steps(graph, rows)
    for each, before, after in zip(names, past, read.memory, strict=True):
        for name, old, new in zip(each, before, after, strict=True):
            graph.output(graph.op("Where", some, new, old), f"present.{name}", FLOAT, ["batch", width])
    return graph.model()


def _score_next(graph: Graph, states: Name, head: Any) -> Name:
    """Score every token, (B, T, V), by a linear layer or an `AdaptiveHead`."""
    if not hasattr(head, "cutoffs"):
        return graph.scores_of_words(states, head)
    scores = graph.op("LogSoftmax", graph.linear(states, head.head), axis=-1)
    sizes = graph.ints(head.cutoffs[0], *[1] * len(head.tail))
    shortlist, *clusters = graph.ops("Split", 1 + len(head.tail), scores, sizes, axis=-1)
    inside = [graph.linear(graph.linear(states, narrow), score) for narrow, score in head.tail]
    rare = [graph.op("LogSoftmax", each, axis=-1) for each in inside]
    return graph.concat(shortlist, *(graph.op("Add", *pair) for pair in zip(rare, clusters, strict=True)))


def _step_scores(model: Any, opset: int, width: int, score: Any) -> ModelProto:
    """Give scores (B, T, width) of every step, where it stood."""
    graph = Graph(opset)
    given, rows = read_inputs(graph, model.config.num_features)
    states, _, rows = encode(graph, model.model, given, rows)
    graph.output(put_back(graph, score(graph, states), rows), "logits", FLOAT, [*STEPS, width])
    return graph.model()


def encode(graph: Graph, encoder: Any, given: Name, rows: Rows) -> tuple[Name, Name | None, Rows]:
    """Read by an encoder of any family: states (B, T, H), where a recurrent one ended (B, H), which states are real."""
    kept = rows_behind(graph, encoder, rows)
    if hasattr(encoder, "positions"):
        return encode_steps(graph, encoder, given, rows), None, kept
    if hasattr(encoder, "recurrent"):
        return encode_convolutions(graph, encoder, given, rows), None, kept
    read = encode_tokens(graph, encoder, given, rows)
    return read.states, None if encoder.embeddings.characters is not None else read.ends, kept
