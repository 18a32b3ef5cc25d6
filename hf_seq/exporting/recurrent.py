# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Recurrent layers as ONNX's own operators, which take the number of steps of each row.

B batch · T steps · D directions · E input width · H width of a layer's states, both directions together
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from hf_seq.exporting.cells import cell_weights, check_cell
from hf_seq.exporting.convolutions import run_front
from hf_seq.exporting.graph import Graph, Name
from hf_seq.exporting.letters import read_letters
from hf_seq.exporting.steps import Rows, find_rows, take_steps, zero_padding
from hf_seq.models.recurrence import GRU, LSTM


@dataclass(frozen=True)
class Read:
    """What layers give: states (B, T, H), the real steps in front; ends (B, H); the state of each layer, [H or (H, C)].

    The ends are where each direction stopped: the forward one at the last step, the backward one at the first.
    """

    states: Name
    ends: Name
    memory: list[list[Name]]


def encode_tokens(graph: Graph, model: Any, given: Name, rows: Rows) -> Read:
    """Embed and read, as `RecurrentModel` does: ids (B, T), or numbers (B, T, F), the real steps in front."""
    embeddings = model.embeddings
    if embeddings.characters is not None:
        return _read_words(graph, model, given, rows)
    if model.config.num_features is not None:
        vectors = graph.embed_numbers(given, embeddings.project)
    else:
        vectors = graph.op("Gather", graph.weight(embeddings.tokens.weight), given)
    states, rows = run_front(graph, model, vectors, rows)
    return run_layers(graph, model.layers, states, rows.lengths)


def _read_words(graph: Graph, model: Any, ids: Name, rows: Rows) -> Read:
    """Read each word as one step, with its letters, and give its state to all of its pieces."""
    letters = read_letters(graph, model.embeddings.characters, ids, rows)
    folded = model.embeddings.characters.folded.numpy().astype(np.int32)
    uncased = graph.op("Gather", graph.weight(folded), ids)
    words = graph.op("Gather", graph.weight(model.embeddings.tokens.weight), uncased)  # (B, T, E)
    begins = find_rows(graph, letters.begins)
    steps = take_steps(graph, graph.concat(words, letters.vectors), begins.order)
    steps, begins = run_front(graph, model, steps, begins)
    read = run_layers(graph, model.layers, steps, begins.lengths)
    states = take_steps(graph, read.states, letters.word_of)
    states = zero_padding(graph, states, Rows(letters.part, rows.lengths, rows.order))
    return Read(states, read.ends, read.memory)


def run_layers(
    graph: Graph, layers: Any, states: Name, lengths: Name = "", memory: list[list[Name]] | None = None
) -> Read:
    """Run recurrent layers over steps that stand in front.

    Args:
        graph: to add to.
        layers: `RecurrentLayer`s.
        states: (B, T, E).
        lengths: (B,) int32; "" where all steps are real.
        memory: the state of each layer to read on from, (B, H) each; one direction only.
    """
    ended, ends = [], ""
    states = graph.op("Transpose", states, perm=[1, 0, 2])  # (T, B, E)
    for depth, layer in enumerate(layers):
        outputs = _run_layer(graph, layer, states, lengths, memory[depth] if memory else [])
        both = graph.op("Transpose", outputs[0], perm=[0, 2, 1, 3])  # (T, B, D, H / D)
        states = graph.reshape(both, 0, 0, _width(layer))
        ends = graph.reshape(graph.op("Transpose", outputs[1], perm=[1, 0, 2]), 0, _width(layer))  # (B, H)
        ended.append([ends, *(graph.op("Squeeze", each, graph.ints(0)) for each in outputs[2:])] if memory else [])
    return Read(graph.op("Transpose", states, perm=[1, 0, 2]), ends, ended)


def _run_layer(graph: Graph, layer: Any, states: Name, lengths: Name, memory: list[Name]) -> list[Name]:
    """Run one layer: (T, B, E) to states (T, D, B, H / D) and what it ends with, (D, B, H / D) each."""
    cells = [cell for cell in (layer.forward_cell, layer.backward_cell) if cell is not None]
    check_cell(cells[0])
    weights = [graph.weight(np.stack(parts)) for parts in zip(*map(cell_weights, cells), strict=True)]
    start = [graph.unsqueeze(state, 0) for state in memory]  # (1, B, H)
    settings: dict[str, Any] = {"hidden_size": layer.units}
    settings["direction"] = "bidirectional" if len(cells) > 1 else "forward"
    if isinstance(cells[0], GRU):
        settings["linear_before_reset"] = 1
    name = type(cells[0]).__name__
    return graph.ops(name, 3 if isinstance(cells[0], LSTM) else 2, states, *weights, lengths, *start, **settings)


def _width(layer: Any) -> int:
    return layer.units * (1 if layer.backward_cell is None else 2)
