# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs graphs in memory by onnxruntime."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from onnx import ModelProto

from hf_seq.errors import InputError
from hf_seq.exporting.comparing import Run

OLDEST_RUNTIME = (1, 18)


def check_runtime() -> Any:
    """Import onnxruntime.

    Raises:
        InputError: there is none, or one that is too old.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise InputError("an export is held against torch by onnxruntime; pip install 'hf_seq[onnx]'.") from error
    version = tuple(int(part) for part in onnxruntime.__version__.split(".")[:2])
    if version < OLDEST_RUNTIME:
        oldest = ".".join(map(str, OLDEST_RUNTIME))
        raise InputError(
            f"onnxruntime {onnxruntime.__version__} is too old to run what is exported; use {oldest} or newer "
            "(pip install --upgrade onnxruntime)."
        )
    return onnxruntime


def make_run(models: Mapping[str, ModelProto], threads: int = 1) -> Run:
    """Make a function that runs graphs by their names."""
    runtime = check_runtime()
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
