# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Imports the packages of the extra `rivals`, or says how to get them."""

from importlib import import_module
from types import ModuleType

from hf_seq.files.pretrained import PretrainedUnavailable

RIVALS = {"fasttext": "fastText", "model2vec": "model2vec"}
"""Packages of the extra `rivals`, and what people call them."""


def import_rival(package: str) -> ModuleType:
    """Import a package of the extra `rivals`.

    Raises:
        PretrainedUnavailable: it is not installed.
    """
    try:
        return import_module(package)
    except ImportError as error:
        raise PretrainedUnavailable(
            f"not installed; `pip install 'hf_seq[rivals]'` brings {RIVALS[package]}."
        ) from error
