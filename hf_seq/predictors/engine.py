# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A torch model at work for a predictor: its device, its precision, its batches."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor

from hf_seq.errors import InputError


class Engine:
    """A model in evaluation mode, and what reads its inputs.

    Args:
        model: of torch.
        processor: the model's own tokenizer or feature extractor.
        batch_size: inputs that share a batch.
        bf16: run the model under bfloat16 autocast; faster where the processor has units for it, slower where not.
        device: where the model runs, such as "cuda"; None leaves it where it is.

    Raises:
        InputError: the device cannot be used.
    """

    def __init__(
        self,
        model: Any,
        processor: Any,
        *,
        batch_size: int,
        bf16: bool = False,
        device: str | torch.device | None = None,
    ) -> None:
        if device is not None:
            try:
                model = model.to(device)
            except (RuntimeError, AssertionError) as error:  # torch without CUDA asserts
                reason = str(error).strip().splitlines()[0]
                raise InputError(f"device={str(device)!r} cannot be used ({reason}); use 'cpu'.") from error
        self.model = model.eval()
        self.processor = processor
        self.batch_size = batch_size
        self.bf16 = bf16
        self.device: torch.device = model.device

    def precision(self) -> AbstractContextManager[Any]:
        """Return the context in which the model runs.

        Raises:
            InputError: at its end, where this processor has no such kernel in bfloat16.
        """
        return _bf16(self.device.type) if self.bf16 else nullcontext()

    def run(self, inputs: Mapping[str, Tensor]) -> Any:
        """Call the model with tensors from anywhere."""
        with self.precision():
            return self.model(**{name: value.to(self.device) for name, value in inputs.items()})


@contextmanager
def _bf16(device_type: str) -> Iterator[None]:
    try:
        with torch.autocast(device_type, torch.bfloat16):
            yield
    except RuntimeError as error:
        if "primitive" not in str(error):
            raise
        reason = str(error).split(". ")[0]
        raise InputError(f"this processor cannot run the model in bfloat16 ({reason}); leave bf16 out.") from error


def can_pad(model: Any, tokenizer: Any) -> bool:
    """Tell whether texts can share a batch: tokenizer and model both have a token that fills up rows."""
    return tokenizer.pad_token_id is not None and getattr(model.config, "pad_token_id", None) is not None
