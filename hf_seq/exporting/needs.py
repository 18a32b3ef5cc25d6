# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The packages of the extra `onnx`, asked for before anything is imported from them."""

from hf_seq.errors import InputError

OLDEST_RUNTIME = (1, 18)


def check_packages() -> None:
    """Import what writes and runs graphs.

    Raises:
        InputError: it is not installed, or an onnxruntime that is too old.
    """
    try:
        import onnx  # noqa: F401
        import onnxruntime
    except ImportError as error:
        raise InputError(f"exporting needs the package {error.name}: pip install 'hf_seq[onnx]'.") from error
    version = tuple(int(part) for part in onnxruntime.__version__.split(".")[:2])
    if version < OLDEST_RUNTIME:
        oldest = ".".join(map(str, OLDEST_RUNTIME))
        raise InputError(
            f"onnxruntime {onnxruntime.__version__} is too old to run what is exported; use {oldest} or newer "
            "(pip install --upgrade onnxruntime)."
        )
