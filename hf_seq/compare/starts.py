# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Rows of a comparison called `bilstm+distilbert`: a small model whose embedding starts from a pretrained one.

It is `hf-seq train --model bilstm --start_from distilbert` in a row of its own, beside the same model from scratch.
"""

from dataclasses import dataclass

from hf_seq.errors import InputError
from hf_seq.tasks.architectures import ModelChoice


@dataclass(frozen=True)
class Start:
    """What `bilstm+distilbert` is made of: the small model, and the pretrained one that it starts from."""

    model: str
    source: str


def start_of(models: ModelChoice, name: str) -> Start | None:
    """Read the name of such a row; None for all other names.

    Raises:
        InputError: nothing is named behind the plus.

    Example:
        >>> from hf_seq.tasks.registry import task_named
        >>> start_of(task_named("classification").models, "bilstm+distilbert")
        Start(model='bilstm', source='distilbert')
    """
    model, plus, source = name.partition("+")
    if not plus or not models.is_from_scratch(model):
        return None
    if not source:
        raise InputError(f"--models names {name}, but no pretrained model to start from; write {name}distilbert.")
    return Start(model, source)
