# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Graphs with int8 weights.

onnxruntime computes products and LSTMs in int8 (their inputs are rounded, too, call by call). It has no int8 GRU and no
int8 Elman network: their weights are kept as int8 and turned back into float32 before use, so the file shrinks as much
and the speed stays.
"""

import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, helper, numpy_helper

INT8 = "int8"
PRODUCTS = ["MatMul", "Gemm", "Gather", "LSTM"]
"""Operators whose weights onnxruntime makes int8."""
WEIGHTS_ONLY = ("GRU", "RNN")
SUFFIX = "_quantized"


def quantize(models: Mapping[str, ModelProto]) -> dict[str, ModelProto]:
    """Give the graphs again, with int8 weights."""
    return {name: _shrink_weights(_quantize_products(model)) for name, model in models.items()}


def how_quantized(models: Mapping[str, ModelProto]) -> str:
    """Say in words what was made int8."""
    kinds = {node.op_type for model in models.values() for node in model.graph.node}
    kept = [kind for kind in WEIGHTS_ONLY if kind in kinds]
    if not kept:
        return "products and LSTMs are computed in int8, weights of 7 bits, so that no processor overflows"
    return (
        f"the weights of the {kept[0]} are kept as int8 and computed with in float32, as onnxruntime has no int8 "
        f"{kept[0]}; products are computed in int8"
    )


def _quantize_products(model: ModelProto) -> ModelProto:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    root = logging.getLogger()
    handlers = list(root.handlers)
    root.addFilter(_no_hint)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.onnx"
            # without VNNI, sums of two 8-bit products overflow 16 bits; with weights of 7 bits they do not
            settings: dict[str, Any] = {"op_types_to_quantize": PRODUCTS, "weight_type": QuantType.QInt8}
            quantize_dynamic(model, path, reduce_range=True, **settings)
            return onnx.load(path)
    finally:
        root.removeFilter(_no_hint)
        root.handlers[:] = handlers  # the hint has put up one, which would print our own lines a second time


def _no_hint(record: logging.LogRecord) -> bool:
    """Drop the advice to prepare a graph by a tool that knows no state of ours."""
    return "pre-processing before quantization" not in record.getMessage()


def _shrink_weights(model: ModelProto) -> ModelProto:
    """Keep the matrices of GRUs and Elman networks as int8, a scale for each unit of a gate."""
    small = ModelProto()
    small.CopyFrom(model)
    weights = {each.name: each for each in small.graph.initializer}
    nodes: list[Any] = []
    for node in small.graph.node:
        if node.op_type in WEIGHTS_ONLY:
            for place in (1, 2):  # input weights, recurrent weights
                name = node.input[place]
                if f"{name}_float" not in {each.output[0] for each in nodes}:
                    nodes.append(_as_int8(small, weights[name]))
                node.input[place] = f"{name}_float"
        nodes.append(node)
    del small.graph.node[:]
    small.graph.node.extend(nodes)
    return small


def _as_int8(model: ModelProto, weight: Any) -> Any:
    """Replace a weight (D, units of gates, E) by int8 and scales; gives the node that turns it back."""
    values = numpy_helper.to_array(weight)
    scale = np.maximum(np.abs(values).max(axis=(0, 2)), 1e-12).astype(np.float32) / 127
    rounded = np.clip(np.round(values / scale[:, None]), -127, 127).astype(np.int8)
    name = weight.name
    model.graph.initializer.remove(weight)
    parts = {"int8": rounded, "scale": scale, "zero": np.zeros(len(scale), np.int8)}
    model.graph.initializer.extend(numpy_helper.from_array(part, f"{name}_{kind}") for kind, part in parts.items())
    return helper.make_node("DequantizeLinear", [f"{name}_{kind}" for kind in parts], [f"{name}_float"], axis=1)
