# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""docs/deployment.md names inputs, outputs, files and flags that there are."""

import re
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime")

import onnx

PAGE = (Path(__file__).parents[2] / "docs/deployment.md").read_text(encoding="utf-8")


def test_triton_is_told_of_the_inputs_and_outputs_that_a_graph_has(exported):
    graph = onnx.load(exported("encoder") / "onnx/model.onnx").graph
    told = re.findall(r'name: "(\w+)" data_type: TYPE_(\w+) dims: \[ ([-\d]+)', PAGE)
    kinds = {onnx.TensorProto.INT64: "INT64", onnx.TensorProto.FLOAT: "FP32"}
    for value in (*graph.input, *graph.output):
        tensor = value.type.tensor_type
        last = tensor.shape.dim[-1]
        assert (value.name, kinds[tensor.elem_type], str(last.dim_value or -1)) in told
    assert len(told) == len(graph.input) + len(graph.output)


def test_every_file_of_an_export_is_described(exported):
    for name in ("bilstm-crf", "lstm-seq2seq", "gru-series"):
        for path in exported(name).iterdir():
            stem = "runtime_" if path.name.startswith("runtime_") else path.name
            assert f"`{stem}" in PAGE or path.name in ("preprocessor_config.json", "generation_config.json")


def test_flags_that_it_names_exist():
    import inspect

    from hf_seq.commands.export import export
    from hf_seq.commands.predict import predict
    from hf_seq.commands.push import push
    from hf_seq.commands.serve import serve

    known = {name for verb in (export, serve, push, predict) for name in inspect.signature(verb).parameters}
    named = set(re.findall(r"`?--([a-z][a-z_-]+)", PAGE)) - {"directory"}
    assert {name.replace("-", "_") for name in named} <= known
