# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Convolutions in a graph: the front of an encoder, and the layers of a convolutional one.

B batch · T steps, the real ones in front · E input width · H output width
"""

from typing import Any

import torch

from hf_seq.exporting.graph import BOOL, INT32, LOWEST, Graph, Name
from hf_seq.exporting.steps import Rows, zero_padding
from hf_seq.models.convolutions import StepBatchNorm, StepLayerNorm

LAST = 2**31 - 1
"""The end of any axis."""


def run_front(graph: Graph, encoder: Any, states: Name, rows: Rows) -> tuple[Name, Rows]:
    """Run the convolutions in front of an encoder, if it has any: (B, T, E) to (B, T', E), and which steps are real."""
    if encoder.front is None:
        return states, rows
    states = zero_padding(graph, states, rows)
    for unit in encoder.front.units:
        states = _run_unit(graph, unit, states, rows)
        rows = _every(graph, rows, unit.convolution.stride[0])
    return states, rows


def rows_behind(graph: Graph, encoder: Any, rows: Rows) -> Rows:
    """Tell which states of an encoder are real: one of several steps, where a front shortens."""
    return rows if encoder.front is None else _every(graph, rows, encoder.front.stride)


def _every(graph: Graph, rows: Rows, stride: int) -> Rows:
    """Take one of `stride` steps; where they stood before has no meaning then, so they stay."""
    if stride == 1:
        return rows
    places = graph.ints(0), graph.ints(LAST), graph.ints(1), graph.ints(stride)
    ones = graph.op("Slice", graph.cast(rows.mask, INT32), *places)
    mask = graph.cast(ones, BOOL)
    order = graph.op("Expand", graph.count(graph.size(ones, 1)), graph.op("Shape", ones))
    return Rows(mask, graph.sum(ones, 1), order)


def run_layer(graph: Graph, layer: Any, states: Name, rows: Rows) -> Name:
    """Run a `ConvolutionalLayer`: (B, T, E) to (B, T, H), zero at padding."""
    given = states
    for unit in layer.units:
        states = (_run_unit if hasattr(unit, "convolution") else _run_module)(graph, unit, states, rows)
    if layer.shortcut is None:
        return states
    return graph.op("Relu", graph.op("Add", states, _run_unit(graph, layer.shortcut, given, rows)))


def _run_unit(graph: Graph, unit: Any, states: Name, rows: Rows) -> Name:
    """Run a `ConvolutionUnit`: (B, T, E) to (B, T', H), zero at padding."""
    states = _convolve(graph, unit.convolution, states)
    return _finish(graph, unit, states, _every(graph, rows, unit.convolution.stride[0]))


def _run_module(graph: Graph, module: Any, states: Name, rows: Rows) -> Name:
    """Run an `InceptionModule`: (B, T, E) to (B, T, H), zero at padding."""
    narrow = zero_padding(graph, _convolve(graph, module.narrow, states), rows)
    parts = [_convolve(graph, branch, narrow) for branch in module.branches]
    known = graph.op("Where", graph.unsqueeze(rows.mask, 2), states, graph.number(LOWEST))
    turned = graph.op("Transpose", known, perm=[0, 2, 1])
    highest = graph.op("MaxPool", turned, kernel_shape=[3], pads=list(module.around))
    highest = zero_padding(graph, graph.op("Transpose", highest, perm=[0, 2, 1]), rows)
    return _finish(graph, module, graph.concat(*parts, _convolve(graph, module.pooled, highest)), rows)


def _convolve(graph: Graph, layer: Any, states: Name) -> Name:
    turned = graph.op("Transpose", states, perm=[0, 2, 1])
    shape: dict[str, Any] = {"pads": list(layer.around), "strides": list(layer.stride)}
    weights = graph.weight(layer.weight), graph.weight(layer.bias)
    convolved = graph.op("Conv", turned, *weights, kernel_shape=list(layer.kernel_size), **shape)
    return graph.op("Transpose", convolved, perm=[0, 2, 1])


def _finish(graph: Graph, unit: Any, states: Name, rows: Rows) -> Name:
    """Normalise, activate where the unit does, put zeros at padding."""
    norm = unit.norm
    if isinstance(norm, StepBatchNorm):
        scale = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
        shift = norm.bias - norm.running_mean * scale
        states = graph.op("Add", graph.op("Mul", states, graph.weight(scale)), graph.weight(shift))
    elif isinstance(norm, StepLayerNorm):
        states = graph.norm(states, norm)
    return zero_padding(graph, graph.op("Relu", states) if unit.activate else states, rows)
