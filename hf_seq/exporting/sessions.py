# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs graphs in memory by onnxruntime."""

from collections.abc import Mapping

import numpy as np
from onnx import ModelProto

from hf_seq.exporting.comparing import Run


def make_run(models: Mapping[str, ModelProto], threads: int = 1) -> Run:
    """Make a function that runs graphs by their names."""
    import onnxruntime as runtime

    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = threads
    options.log_severity_level = 3
    sessions = {
        name: runtime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        for name, model in models.items()
    }

    def run(name: str, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        session = sessions[name]
        outputs = [output.name for output in session.get_outputs()]
        return dict(zip(outputs, session.run(outputs, inputs), strict=True))

    return run
