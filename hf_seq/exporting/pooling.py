# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From one state per step to one vector per sequence, in a graph.

B batch · T steps · H width of a state
"""

from typing import Any

from hf_seq.exporting.graph import FLOAT, LOWEST, Graph, Name
from hf_seq.exporting.steps import Rows, have_steps, take_steps, zero_padding


def pool(graph: Graph, pooling: Any, states: Name, rows: Rows, ends: Name | None = None) -> tuple[Name, Name | None]:
    """Summarise the real steps of each row; a row without any gives zeros.

    Args:
        graph: to add to.
        pooling: the model's `Pooling`.
        states: (B, T, H), the real steps in front.
        rows: which those are.
        ends: (B, H), where each direction of a recurrent layer ended; None without one.

    Returns:
        (B, H), and for `attention` the weights (B, T), which stand where the states do.
    """
    weights = None
    if pooling.kind == "mean":
        count = graph.op("Max", graph.cast(graph.unsqueeze(rows.lengths, 1), FLOAT), graph.number(1))
        pooled = graph.op("Div", graph.sum(zero_padding(graph, states, rows), 1), count)
    elif pooling.kind == "max":
        mask = graph.unsqueeze(rows.mask, 2)
        pooled = graph.max(graph.op("Where", mask, states, graph.number(LOWEST)), 1)
    elif pooling.kind == "first":
        pooled = graph.op("Gather", states, graph.weight(0), axis=1)
    elif pooling.kind == "last":
        pooled = _last(graph, states, rows) if ends is None else ends
    else:
        weights = _weights(graph, pooling, states, rows)
        pooled = graph.op("Squeeze", graph.op("MatMul", graph.unsqueeze(weights, 1), states), graph.ints(1))
    return graph.op("Where", have_steps(graph, rows), pooled, graph.number(0)), weights


def _last(graph: Graph, states: Name, rows: Rows) -> Name:
    place = graph.op("Max", graph.op("Sub", graph.cast(rows.lengths, 7), graph.weight(1)), graph.weight(0))  # (B,)
    return graph.op("Squeeze", take_steps(graph, states, graph.unsqueeze(place, 1)), graph.ints(1))


def _weights(graph: Graph, pooling: Any, states: Name, rows: Rows) -> Name:
    scores = graph.linear(graph.op("Tanh", graph.linear(states, pooling.energy)), pooling.query)  # (B, T, 1)
    scores = graph.op("Squeeze", scores, graph.ints(2))
    masked = graph.op("Where", rows.mask, scores, graph.number(LOWEST))
    return graph.op("Where", rows.mask, graph.op("Softmax", masked, axis=-1), graph.number(0))
