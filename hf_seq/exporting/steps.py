# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Padding in a graph, made harmless at the door: the real steps of each row are moved to its front.

What is behind them is then known by their number alone, which ONNX's recurrent operators take, and positions count real
steps by counting all. B batch · T steps · E width
"""

from dataclasses import dataclass

import numpy as np

from hf_seq.exporting.graph import BOOL, FLOAT, INT32, INT64, Graph, Name


@dataclass(frozen=True)
class Rows:
    """Where the steps of a batch stand once they are moved.

    Attributes:
        mask: (B, T) bool, true on the steps in front.
        lengths: (B,) int32, real steps of each row.
        order: (B, T) where each step stood before.
    """

    mask: Name
    lengths: Name
    order: Name


def find_rows(graph: Graph, mask: Name) -> Rows:
    """Read a mask (B, T), non-zero on real steps, which may stand anywhere."""
    ones = graph.cast(graph.cast(mask, BOOL), INT32)
    # ties keep their order, so real steps come first and in their own order
    sorted_ones, order = graph.ops("TopK", 2, ones, graph.size(mask, 1), axis=1)
    return Rows(graph.cast(sorted_ones, BOOL), graph.sum(ones, 1), order)


def read_inputs(graph: Graph, features: int | None, name: str = "") -> tuple[Name, Rows]:
    """Declare the inputs of a model, and move their steps.

    Args:
        graph: to add to.
        features: F, for numeric sequences.
        name: of the input; by default as transformers calls it.

    Returns:
        Token ids (B, T) or numbers (B, T, F), and where they stood.
    """
    if features is None:
        given = graph.input(name or "input_ids", INT64, ["batch", "steps"])
    else:
        given = graph.input(name or "input_values", FLOAT, ["batch", "steps", features])
    rows = find_rows(graph, graph.input("attention_mask", INT64, ["batch", "steps"]))
    if features is None:
        return graph.op("GatherElements", given, rows.order, axis=1), rows
    moved = take_steps(graph, given, rows.order)
    return graph.op("Where", graph.unsqueeze(rows.mask, 2), moved, graph.number(0)), rows  # NaN, too, is not read


def take_steps(graph: Graph, states: Name, order: Name) -> Name:
    """Give step `order[b, t]` of row b at t: (B, T, E) and (B, T) to (B, T, E)."""
    return graph.op("GatherND", states, graph.unsqueeze(order, 2), batch_dims=1)


def put_back(graph: Graph, states: Name, rows: Rows) -> Name:
    """Move steps back to where they stood, with zeros at padding: (B, T, E)."""
    kept = zero_padding(graph, states, rows)
    steps = graph.count(graph.size(rows.order, 1))
    places = graph.op("Expand", steps, graph.op("Shape", rows.order))  # (B, T)
    return take_steps(graph, kept, graph.op("ScatterElements", rows.order, rows.order, places, axis=1))


def zero_padding(graph: Graph, states: Name, rows: Rows) -> Name:
    """Put zeros behind the real steps: (B, T, E)."""
    return graph.op("Where", graph.unsqueeze(rows.mask, 2), states, graph.number(0))


def have_steps(graph: Graph, rows: Rows) -> Name:
    """Tell which rows have a step, (B, 1) bool."""
    return graph.unsqueeze(graph.op("Greater", rows.lengths, graph.weight(np.int32(0))), 1)
