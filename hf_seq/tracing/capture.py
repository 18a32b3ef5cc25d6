# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Hooks on every module of a model: what went in, what came out, in which order, and where it stopped.

A module that is run by a function of its owner rather than called (fused kernels read weights that way) leaves no call.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

MOST_CALLS = 64
"""Calls of one module that are kept; a decoder may step through a cell hundreds of times."""
CELLS = (nn.LSTM, nn.GRU, nn.RNN)


@dataclass
class Call:
    """One call of one module, open until it ended; `ended` counts the calls that ended before it."""

    name: str
    module: nn.Module
    depth: int
    number: int
    arguments: tuple[Any, ...] = ()
    input_shape: tuple[int, ...] | None = None
    input_finite: bool = True
    input_is_ids: bool = False
    output: Tensor | None = None
    ended: int | None = None
    parent: "Call | None" = field(default=None, repr=False)


class Recorder:
    """Watches the forward passes of a model while it is open.

    Attributes:
        calls: in the order in which they began.
        open: the calls that have begun and not ended, outermost first; after an error, the last one is where it arose.
        left_out: how many calls beyond `MOST_CALLS` of their module were not kept.
    """

    def __init__(self, model: nn.Module) -> None:
        self.calls: list[Call] = []
        self.open: list[Call] = []
        self.left_out = 0
        self._model = model
        self._count: Counter[str] = Counter()
        self._ended = 0
        self._handles: list[Any] = []

    def __enter__(self) -> "Recorder":
        for name, module in self._model.named_modules():
            shown = name or type(self._model).__name__
            self._handles.append(module.register_forward_pre_hook(self._begin(shown), with_kwargs=True))
            self._handles.append(module.register_forward_hook(self._end, with_kwargs=True))
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self._handles:
            handle.remove()

    def _begin(self, name: str) -> Any:
        def hook(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            self._count[name] += 1
            parent = self.open[-1] if self.open else None
            call = Call(name, module, len(self.open), self._count[name], parent=parent)
            named = {key: value for key, value in kwargs.items() if "mask" not in key}  # -inf is at home in a mask
            first = main_tensor((args, named))
            if first is not None:
                call.input_shape = tuple(first.shape)
                call.input_finite = is_finite(first)
                call.input_is_ids = not first.is_floating_point()
            if is_recurrent_layer(module) or is_cell(call):
                call.arguments = tuple(each.detach().clone() if isinstance(each, Tensor) else each for each in args)
            self.open.append(call)
            if call.number <= MOST_CALLS:
                self.calls.append(call)
            else:
                self.left_out += 1

        return hook

    def _end(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
        while self.open and self.open[-1].module is not module:
            self.open.pop()  # it raised, and its owner caught the error
        if not self.open:
            return
        call = self.open.pop()
        call.ended, self._ended = self._ended, self._ended + 1
        first = main_tensor(output)
        if first is not None and call.number <= MOST_CALLS:
            call.output = first.detach().clone()  # what comes next may write into it


def main_tensor(value: Any) -> Tensor | None:
    """Choose the tensor that matters most in what a module took or gave: logits, else states, else the first."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, Mapping):
        for name in ("logits", "last_hidden_state"):
            if isinstance(value.get(name), Tensor):
                return value[name]
        return main_tensor(tuple(value.values()))
    if isinstance(value, tuple | list):
        return next((found for found in map(main_tensor, value) if found is not None), None)
    return None


def is_finite(tensor: Tensor) -> bool:
    """Check whether a tensor holds neither NaN nor infinity; ids do not."""
    return not tensor.is_floating_point() or bool(torch.isfinite(tensor).all())


def in_order_of_end(calls: list[Call]) -> Iterator[Call]:
    """Yield calls that ended, the innermost first: the first one with a NaN in its output is where it arose."""
    yield from sorted((call for call in calls if call.ended is not None), key=lambda call: call.ended or 0)


def is_recurrent_layer(module: nn.Module) -> bool:
    """Check whether it is one of ours, installed or loaded as the code that comes with a model."""
    return type(module).__name__ == "RecurrentLayer"


def is_cell(call: Call) -> bool:
    """Check whether a call is of a recurrent cell: of torch, in a layer of ours, by its class's name or methods."""
    module = call.module
    if isinstance(module, CELLS) or callable(getattr(module, "gates", None)):
        return True
    if call.parent is not None and is_recurrent_layer(call.parent.module):
        return call.name.endswith(("forward_cell", "backward_cell"))
    named_so = isinstance(module, nn.RNNCellBase) or re.search("LSTM|GRU|RNN", type(module).__name__) is not None
    return named_so and next(module.children(), None) is None


def mask_of(call: Call, mask: Tensor) -> Tensor:
    """Return the mask (B, T) of a call in its own order: our layers hand their cells the real steps first."""
    if call.parent is not None and is_recurrent_layer(call.parent.module):
        return torch.arange(mask.shape[1], device=mask.device) < mask.sum(1, keepdim=True)
    return mask
