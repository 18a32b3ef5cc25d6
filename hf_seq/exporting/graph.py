# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A graph in the making: nodes, weights, inputs and outputs, which become an ONNX model.

Values are known by their names. B batch · T steps
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import torch
from onnx import ModelProto, TensorProto, checker, helper, numpy_helper

Name = str
"""Of a value in a graph."""

DEFAULT_OPSET, OPSETS = 17, range(17, 22)
IR_VERSION = 9
"""What runtimes since 2023 read."""

AXES_AS_INPUT = 18
"""The opset from which maxima take their axes as an input, as sums do."""

LOWEST = float(np.finfo(np.float32).min)
FLOAT, INT32, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT32, TensorProto.INT64, TensorProto.BOOL


class Graph:
    """Collects what a model is made of; every method that makes a value gives its name.

    Args:
        opset: version of the operators.
    """

    def __init__(self, opset: int = DEFAULT_OPSET) -> None:
        self.opset = opset
        self._nodes: list[Any] = []
        self._weights: dict[str, Any] = {}
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []

    def input(self, name: Name, kind: int, axes: Sequence[str | int]) -> Name:
        """Declare an input."""
        self._inputs.append(helper.make_tensor_value_info(name, kind, list(axes)))
        return name

    def output(self, value: Name, name: Name, kind: int, axes: Sequence[str | int]) -> None:
        """Declare a value as an output, by a name of its own."""
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, kind, list(axes)))

    def weight(self, values: Any) -> Name:
        """Keep numbers with the model; the same numbers are kept once."""
        array = values.detach().float().cpu().numpy() if isinstance(values, torch.Tensor) else np.asarray(values)
        array = np.ascontiguousarray(array).reshape(array.shape)  # a scalar stays one
        key = sha256(array.tobytes() + str((array.dtype, array.shape)).encode()).hexdigest()
        if key not in self._weights:
            self._weights[key] = numpy_helper.from_array(array, f"weight_{len(self._weights)}")
        return self._weights[key].name

    def ints(self, *values: int) -> Name:
        """Keep whole numbers, (N,), as shapes and axes are given."""
        return self.weight(np.array(values, dtype=np.int64))

    def number(self, value: float) -> Name:
        """Keep one float, ()."""
        return self.weight(np.float32(value))

    def op(self, kind: str, *inputs: Name, **attributes: Any) -> Name:
        """Add a node with one output; an input that is left out is ""."""
        return self.ops(kind, 1, *inputs, **attributes)[0]

    def ops(self, kind: str, outputs: int, *inputs: Name, **attributes: Any) -> list[Name]:
        """Add a node with several outputs."""
        names = [f"{kind.lower()}_{len(self._nodes)}_{place}" for place in range(outputs)]
        self._nodes.append(helper.make_node(kind, list(inputs), names, name=names[0], **attributes))
        return names

    def cast(self, value: Name, kind: int) -> Name:
        """Give the same numbers in another type."""
        return self.op("Cast", value, to=kind)

    def unsqueeze(self, value: Name, *axes: int) -> Name:
        """Add axes of length 1."""
        return self.op("Unsqueeze", value, self.ints(*axes))

    def reshape(self, value: Name, *shape: int) -> Name:
        """Give another shape; 0 keeps an axis, -1 takes the rest."""
        return self.op("Reshape", value, self.ints(*shape))

    def sum(self, value: Name, axis: int, *, keep: bool = False) -> Name:
        """Add up along an axis."""
        return self.op("ReduceSum", value, self.ints(axis), keepdims=int(keep))

    def max(self, value: Name, axis: int) -> Name:
        """Take the maximum along an axis."""
        if self.opset >= AXES_AS_INPUT:
            return self.op("ReduceMax", value, self.ints(axis), keepdims=0)
        return self.op("ReduceMax", value, axes=[axis], keepdims=0)

    def size(self, value: Name, axis: int) -> Name:
        """Give the length of an axis, (1,)."""
        return self.op("Shape", value, start=axis, end=axis + 1)

    def count(self, length: Name) -> Name:
        """Count from 0 to below a length (1,): (N,)."""
        stop = self.op("Squeeze", length)
        return self.op("Range", self.weight(np.int64(0)), stop, self.weight(np.int64(1)))

    def concat(self, *values: Name, axis: int = -1) -> Name:
        """Join values."""
        return self.op("Concat", *values, axis=axis)

    def zeros(self, shape: Name) -> Name:
        """Make zeros of a shape that is a value itself."""
        return self.op("ConstantOfShape", shape, value=helper.make_tensor("value", FLOAT, [1], [0.0]))

    def linear(self, value: Name, layer: Any) -> Name:
        """Apply an `nn.Linear`: (..., N) to (..., M)."""
        product = self.op("MatMul", value, self.weight(layer.weight.t()))
        return product if layer.bias is None else self.op("Add", product, self.weight(layer.bias))

    def embed_numbers(self, value: Name, layer: Any) -> Name:
        """Embed numbers (B, T, F) as a model does: projected, or of events the first one looked up: (B, T, E)."""
        if not hasattr(layer, "names"):
            return self.linear(value, layer)
        ids = self.cast(self.op("Gather", value, self.weight(np.int64(0)), axis=2), INT64)  # (B, T)
        states = self.op("Gather", self.weight(layer.names.weight), ids)
        if layer.numbers is None:
            return states
        rest = self.op("Slice", value, self.ints(1), self.ints(1 + layer.numbers.in_features), self.ints(2))
        return self.op("Add", states, self.linear(rest, layer.numbers))

    def scores_of_words(self, value: Name, layer: Any) -> Name:
        """Apply an `nn.Linear` whose weights are an embedding's, too, which are kept once: (B, T, E) to (B, T, V)."""
        bias = layer.bias if layer.bias is not None else torch.zeros(layer.out_features)
        rows = self.reshape(value, -1, layer.in_features)
        scores = self.op("Gemm", rows, self.weight(layer.weight), self.weight(bias), transB=1)
        steps = self.op("Shape", value, start=0, end=2)
        return self.op("Reshape", scores, self.concat(steps, self.ints(layer.out_features), axis=0))

    def norm(self, value: Name, layer: Any) -> Name:
        """Apply an `nn.LayerNorm` over the last axis."""
        weights = self.weight(layer.weight), self.weight(layer.bias)
        return self.op("LayerNormalization", value, *weights, axis=-1, epsilon=layer.eps)

    def model(self) -> ModelProto:
        """Give the finished model, checked."""
        graph = helper.make_graph(
            self._nodes, "hf_seq", self._inputs, self._outputs, initializer=list(self._weights.values())
        )
        opsets = [helper.make_opsetid("", self.opset)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="hf_seq")
        checker.check_model(model, full_check=True)
        return model
