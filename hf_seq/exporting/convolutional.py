# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A convolutional encoder in a graph, alone or beside an LSTM.

B batch · T steps · F features · H hidden_size
"""

from typing import Any

from hf_seq.exporting.convolutions import run_front, run_layer
from hf_seq.exporting.graph import Graph, Name
from hf_seq.exporting.recurrent import run_layers
from hf_seq.exporting.steps import Rows, zero_padding


def encode_convolutions(graph: Graph, model: Any, given: Name, rows: Rows) -> Name:
    """Embed and read, as `ConvolutionalModel` does: ids (B, T), or numbers (B, T, F), to (B, T', H)."""
    if model.config.num_features is not None:
        states = graph.embed_numbers(given, model.embeddings.project)
    else:
        states = graph.op("Gather", graph.weight(model.embeddings.tokens.weight), given)
    states, rows = run_front(graph, model, states, rows)
    read = None if model.recurrent is None else run_layers(graph, [model.recurrent], states, rows.lengths).states
    states = zero_padding(graph, states, rows)
    for layer in model.layers:
        states = run_layer(graph, layer, states, rows)
    return states if read is None else graph.concat(states, zero_padding(graph, read, rows))
