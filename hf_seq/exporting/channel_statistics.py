# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The linear classifier over the statistics of channels in a graph: what `models/channel_statistics.py` does.

B batch · T steps, the real ones in front · F features · L labels
"""

from typing import Any

import numpy as np

from hf_seq.exporting.convolutions import LAST
from hf_seq.exporting.graph import FLOAT, Graph, Name
from hf_seq.exporting.pooling import pool
from hf_seq.exporting.steps import Rows, zero_padding
from hf_seq.models.pooling import Pooling


def score_statistics(graph: Graph, wide: Any, given: Name, rows: Rows) -> Name:
    """Score as `ChannelStatistics` does: numbers (B, T, F) to (B, L)."""
    features = (len(wide.offset) - 1) // 7
    steps = zero_padding(graph, given, rows)

    def pooled(kind: Any, values: Name, real: Rows = rows) -> Name:
        return pool(graph, Pooling(kind, features), values, real)[0]

    mean = pooled("mean", steps)
    apart = graph.op("Sub", steps, graph.unsqueeze(mean, 1))
    spread = graph.op("Sqrt", pooled("mean", graph.op("Mul", apart, apart)))
    lowest = graph.op("Neg", pooled("max", graph.op("Neg", steps)))
    ends = pooled("first", steps), pooled("last", steps)
    change = pooled("mean", *_changes(graph, steps, rows))
    length = graph.op("Log", graph.op("Max", graph.cast(graph.unsqueeze(rows.lengths, 1), FLOAT), graph.number(1)))
    found = graph.concat(mean, spread, lowest, pooled("max", steps), *ends, change, length)  # (B, 7 F + 1)
    scaled = graph.op("Div", graph.op("Sub", found, graph.weight(wide.offset)), graph.weight(wide.scale))
    return graph.op("Add", graph.op("MatMul", scaled, graph.weight(wide.weight)), graph.weight(wide.bias))


def _changes(graph: Graph, steps: Name, rows: Rows) -> tuple[Name, Rows]:
    """Give how much the next step differs from each, (B, T, F), and which have a next."""
    after = graph.op("Slice", steps, graph.ints(1), graph.ints(LAST), graph.ints(1))
    nothing = graph.op("Mul", graph.op("Slice", steps, graph.ints(0), graph.ints(1), graph.ints(1)), graph.number(0))
    changes = graph.op("Abs", graph.op("Sub", graph.concat(after, nothing, axis=1), steps))
    lengths = graph.op("Max", graph.op("Sub", rows.lengths, graph.weight(np.int32(1))), graph.weight(np.int32(0)))
    places = graph.op("Expand", graph.count(graph.size(rows.order, 1)), graph.op("Shape", rows.order))
    mask = graph.op("Less", graph.cast(places, 6), graph.unsqueeze(lengths, 1))
    return changes, Rows(mask, lengths, rows.order)
