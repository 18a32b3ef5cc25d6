# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Graph of the models that forecast: the last real steps, their norm, patches, an encoder, the head.

The parameters of what is forecast come out; quantiles of a distribution are the host's work, as paths and beams are.
B batch · T steps of the past · C channels · K channels known ahead · L context_length · F horizon · N = B x C series ·
P numbers a value · H hidden_size
"""

from typing import Any

import numpy as np
from onnx import ModelProto

from hf_seq.exporting.graph import FLOAT, INT64, Graph, Name
from hf_seq.exporting.heads import STEPS, encode
from hf_seq.exporting.pooling import pool
from hf_seq.exporting.steps import find_rows, take_steps
from hf_seq.models.distributions import LEAST_FREEDOM, SMALLEST_SCALE
from hf_seq.models.modeling_forecasting import SMALLEST_VARIANCE

END = np.iinfo(np.int64).max


def forecaster(model: Any, opset: int) -> ModelProto:
    """Parameters (B, F, C, P) of past values (B, T, C), NaN where one is missing, and known ones (B, T + F, K)."""
    graph, config = Graph(opset), model.config
    values = graph.input("input_values", FLOAT, [*STEPS, "channels"])
    mask = graph.input("attention_mask", INT64, STEPS)
    rows = find_rows(graph, mask)
    first = graph.weight(np.arange(-config.context_length, 0))
    places = graph.op("Add", graph.unsqueeze(graph.cast(rows.lengths, INT64), 1), first)  # (B, L), below 0 before all
    source = graph.op("GatherElements", rows.order, graph.op("Max", places, graph.weight(np.int64(0))), axis=1)
    there = graph.unsqueeze(graph.op("GreaterOrEqual", places, graph.weight(np.int64(0))), 2)
    past = graph.op("Where", there, take_steps(graph, values, source), graph.number(np.nan))  # (B, L, C)
    past = graph.reshape(graph.op("Transpose", past, perm=[0, 2, 1]), -1, config.context_length)  # (N, L)
    before, after = _known(graph, config, values, source, there)
    norm = _Norm(graph, config, past)
    summary = _read(graph, model, norm, before)
    raw = _score(graph, model.head, summary, norm.filled, after, config)
    found = _located(graph, config.distribution, raw, norm)  # (N, F, P)
    sizes = graph.concat(graph.size(values, 0), graph.size(values, 2), axis=0)
    shape = graph.concat(sizes, graph.ints(config.horizon, config.num_parameters), axis=0)
    found = graph.op("Transpose", graph.op("Reshape", found, shape), perm=[0, 2, 1, 3])
    graph.output(found, "parameters", FLOAT, ["batch", config.horizon, "channels", config.num_parameters])
    return graph.model()


def _known(graph: Graph, config: Any, values: Name, source: Name, there: Name) -> tuple[Name, Name]:
    """Give what is known of the past (N, L, K) and of the future (N, F, K), missing ones as 0; "" where K is 0."""
    if not config.num_known:
        return "", ""
    given = graph.input("known_values", FLOAT, ["batch", "all_steps", config.num_known])
    given = graph.op("Where", graph.op("IsNaN", given), graph.number(0), given)
    before = graph.op("Where", there, take_steps(graph, given, source), graph.number(0))
    after = graph.op("Slice", given, graph.size(values, 1), graph.ints(END), graph.ints(1))

    def of_each_channel(known: Name, steps: int) -> Name:
        sizes = graph.concat(graph.size(values, 0), graph.size(values, 2), axis=0)
        shape = graph.concat(sizes, graph.ints(steps, config.num_known), axis=0)
        return graph.reshape(graph.op("Expand", graph.unsqueeze(known, 1), shape), -1, steps, config.num_known)

    return of_each_channel(before, config.context_length), of_each_channel(after, config.horizon)


class _Norm:
    """What is taken out of each past (N, L), as `InstanceNorm` does; its attributes are values of the graph."""

    def __init__(self, graph: Graph, config: Any, past: Name) -> None:
        self.observed = graph.op("Not", graph.op("IsNaN", past))
        values = graph.op("Where", self.observed, past, graph.number(0))
        latest = _latest(graph, self.observed, config.context_length)
        self.centre, self.spread = self._found(graph, config.instance_norm, values, latest)
        scaled = graph.op("Div", graph.op("Sub", values, self.centre), self.spread)
        self.standardised = graph.op("Where", self.observed, scaled, graph.number(0))
        self.filled = graph.op("GatherElements", self.standardised, latest, axis=1)

    def _found(self, graph: Graph, kind: str, values: Name, latest: Name) -> tuple[Name, Name]:
        """Give centre and spread, (N, 1) each, or (1, 1) where they are the same for all."""
        zero, one = graph.weight(np.zeros((1, 1), np.float32)), graph.weight(np.ones((1, 1), np.float32))
        if kind == "none":
            return zero, one
        if kind == "last":
            place = graph.op("Slice", latest, graph.ints(-1), graph.ints(END), graph.ints(1))
            return graph.op("GatherElements", values, place, axis=1), one
        count = graph.op("Max", graph.sum(graph.cast(self.observed, FLOAT), 1, keep=True), one)
        if kind == "scale":
            sizes = graph.sum(graph.op("Abs", values), 1, keep=True)
            return zero, graph.op("Add", graph.op("Div", sizes, count), one)
        centre = graph.op("Div", graph.sum(values, 1, keep=True), count)
        apart = graph.op("Where", self.observed, graph.op("Sub", values, centre), zero)
        variance = graph.op("Div", graph.sum(graph.op("Mul", apart, apart), 1, keep=True), count)
        return centre, graph.op("Sqrt", graph.op("Add", variance, graph.number(SMALLEST_VARIANCE)))


def _latest(graph: Graph, observed: Name, length: int) -> Name:
    """Say where the last value at or before each step stands, 0 where there is none: (N, L), in log2(L) maxima."""
    latest = graph.op("Where", observed, graph.weight(np.arange(length)[None]), graph.weight(np.int64(0)))
    apart = 1
    while apart < length:
        earlier = graph.op("Slice", latest, graph.ints(0), graph.ints(length - apart), graph.ints(1))
        shifted = graph.op("Pad", earlier, graph.ints(0, apart, 0, 0), graph.weight(np.int64(0)))
        latest, apart = graph.op("Max", latest, shifted), 2 * apart
    return latest


def _read(graph: Graph, model: Any, norm: _Norm, known: Name) -> Name:
    """Cut into patches and read them: (N, H)."""
    config = model.config
    missing = config.num_patches * config.patch_length - config.context_length

    def patches(value: Name, width: int = 0) -> Name:
        ends = [0, missing, 0, 0, 0, 0] if width else [0, missing, 0, 0]
        filled = graph.op("Pad", value, graph.ints(*ends), graph.number(0))
        return graph.reshape(filled, -1, config.num_patches, config.patch_length * (width or 1))

    there = patches(graph.cast(norm.observed, FLOAT))
    parts = [patches(norm.standardised), there] + ([patches(known, config.num_known)] if known else [])
    some = graph.op("Greater", graph.max(there, 2), graph.number(0))
    last = graph.weight(np.arange(config.num_patches) == config.num_patches - 1)
    rows = find_rows(graph, graph.op("Or", some, last))
    moved = take_steps(graph, graph.concat(*parts), rows.order)
    moved = graph.op("Where", graph.unsqueeze(rows.mask, 2), moved, graph.number(0))
    states, ends, kept = encode(graph, model.model, moved, rows)
    return pool(graph, model.pooling, states, kept, ends)[0]


def _score(graph: Graph, head: Any, summary: Name, past: Name, known: Name, config: Any) -> Name:
    """Give raw numbers (N, F, P), as `ForecastingHead` does."""
    raw = graph.reshape(graph.linear(summary, head.future), -1, config.horizon, head.numbers)
    if head.known is not None:
        ahead = graph.ints(config.horizon, config.hidden_size)
        shape = graph.concat(graph.size(summary, 0), ahead, axis=0)
        beside = graph.concat(graph.op("Expand", graph.unsqueeze(summary, 1), shape), known)
        first, _, last = head.known
        raw = graph.op("Add", raw, graph.linear(graph.op("Relu", graph.linear(beside, first)), last))
    if head.skip is None:
        return raw
    moved = np.arange(head.numbers) < head.moved
    line = graph.unsqueeze(graph.linear(past, head.skip), 2)
    return graph.op("Add", raw, graph.op("Mul", line, graph.weight(moved.astype(np.float32))))


def _located(graph: Graph, kind: str, raw: Name, norm: _Norm) -> Name:
    """Put raw numbers into the units of the series, as `distributions.located` does."""
    centre, spread = graph.unsqueeze(norm.centre, 2), graph.unsqueeze(norm.spread, 2)  # (N or 1, 1, 1)
    if kind in ("point", "quantile"):
        return graph.op("Add", graph.op("Mul", raw, spread), centre)

    def part(number: int) -> Name:
        return graph.op("Slice", raw, graph.ints(number), graph.ints(number + 1), graph.ints(2))

    def positive(number: int, least: float) -> Name:
        return graph.op("Add", graph.op("Softplus", part(number)), graph.number(least))

    if kind == "negative_binomial":
        return graph.concat(graph.op("Mul", positive(0, SMALLEST_SCALE), spread), positive(1, SMALLEST_SCALE))
    location = graph.op("Add", graph.op("Mul", part(0), spread), centre)
    scale = graph.op("Mul", positive(1, SMALLEST_SCALE), spread)
    freedom = [positive(2, LEAST_FREEDOM)] if kind == "student_t" else []
    return graph.concat(location, scale, *freedom)
