# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Gates of recurrent cells over time, from their real weights and the input that a hook caught.

B rows · T steps · E input width · H units. Formulas: documentation of `torch.nn.LSTM`, `GRU` and `RNN`.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from hf_seq.tracing.capture import CELLS, Call, is_cell
from hf_seq.tracing.record import Gates

CLOSE = 1e-3
"""The states that follow from the gates may differ from the cell's by this, before the gates are thrown away."""

Values = dict[str, Tensor]
MaskOf = Callable[[Call, Tensor], Tensor | None]


@runtime_checkable
class ShowsGates(Protocol):
    """What a cell of your own needs so that `trace` shows its gates."""

    def gates(self, inputs: Tensor, state: Any) -> tuple[Values, Tensor]:
        """Compute gates by name, (B, T, H) each, and the states (B, T, H) that follow from them.

        Args:
            inputs: (B, T, E), in the order of reading.
            state: what else the cell was given, a state to begin from; None where it began from zero.
        """


@torch.no_grad()
def read_gates(calls: list[Call], mask_of: MaskOf) -> Iterator[Gates | str]:
    """Yield gates of every recurrent cell among the calls; a sentence where they could not be had.

    Args:
        calls: of `Recorder`.
        mask_of: gives the mask (B, T) of a call's tensor, in the order of the call; None where there is none.
    """
    for call in calls:
        if call.output is None:
            continue
        if isinstance(call.module, CELLS):
            yield from _of_module(call, mask_of)
        elif is_cell(call):
            yield from _of_own_method(call, mask_of)


def _of_module(call: Call, mask_of: MaskOf) -> Iterator[Gates | str]:
    module: Any = call.module
    inputs = call.arguments[0] if call.arguments else None
    state = call.arguments[1] if len(call.arguments) > 1 else None
    if not isinstance(inputs, Tensor) or inputs.dim() != 3 or module.proj_size:
        yield f"{call.name}: its gates are not shown, since it was not given one plain tensor (B, T, E)."
        return
    if not module.batch_first:
        inputs = inputs.transpose(0, 1)
    output: Any = call.output if module.batch_first else call.output.transpose(0, 1)  # type: ignore[union-attr]
    found: list[Gates] = []
    for layer in range(module.num_layers):
        halves = []
        for way in (False, True)[: 1 + module.bidirectional]:
            start = _start(state, layer * (1 + module.bidirectional) + way, inputs, module)
            values, states = run_cell(module, inputs.flip(1) if way else inputs, start, layer, backwards=way)
            halves.append(states.flip(1) if way else states)
            found.append(_gates(call, layer, way, values, mask_of))
        inputs = torch.cat(halves, dim=-1)  # (B, T, H x directions)
    read = _frozen(call)
    error = _error(inputs, output) if read is None else _error(inputs[read], output[read])
    if error > CLOSE:
        yield _refused(call.name, error)
        return
    for each in found:
        yield replace(each, error=error) if read is None else replace(each, error=error, mask=read)


def _of_own_method(call: Call, mask_of: MaskOf) -> Iterator[Gates | str]:
    """Yield gates of a cell that torch does not have: as its own method computes them, else a sentence."""
    kind, cell = type(call.module).__name__, call.module
    if not isinstance(cell, ShowsGates):
        if call.number == 1:
            yield (
                f"{call.name}: its gates are not shown, since {kind} is none of torch's LSTM, GRU and RNN and has no "
                "method `gates(inputs, state)`."
            )
        return
    if not call.arguments or not isinstance(call.arguments[0], Tensor):
        yield f"{call.name}: its gates are not shown, since {kind} was not given its inputs as the first argument."
        return
    state = call.arguments[1] if len(call.arguments) > 1 else None
    values, states = cell.gates(call.arguments[0], state)
    output: Any = call.output
    error = _error(states, output)
    if error > CLOSE:
        yield _refused(call.name, error)
        return
    title = call.name + (f", call {call.number}" if call.number > 1 else "")
    backwards = call.name.endswith("backward_cell")
    yield Gates(call.name, title, values, mask_of(call, states), backwards, error)


def _frozen(call: Call) -> Tensor | None:
    """Return the steps (B, T) that a cell of ours reads, which was told to leave its state alone at the others."""
    frozen = call.arguments[2] if len(call.arguments) > 2 else None
    return ~frozen if isinstance(frozen, Tensor) else None


def _error(states: Tensor, output: Tensor) -> float:
    """Return the largest difference; infinite where the shapes differ or a number is not finite."""
    if states.shape != output.shape:
        return math.inf
    return float((states - output).abs().nan_to_num(nan=math.inf).max()) if states.numel() else 0.0


def _refused(name: str, error: float) -> str:
    return f"{name}: its gates are not shown, since the states they lead to differ from its own by {error:.2g}."


def _gates(call: Call, layer: int, backwards: bool, values: Values, mask_of: MaskOf) -> Gates:
    module: Any = call.module
    words = [f"layer {layer + 1}"] if module.num_layers > 1 else []
    words += ["backwards" if backwards else "forwards"] if module.bidirectional else []
    title = (
        call.name + (f" ({', '.join(words)})" if words else "") + (f", call {call.number}" if call.number > 1 else "")
    )
    mask = mask_of(call, next(iter(values.values())))
    turned = call.name.endswith("backward_cell")  # it is handed the last step first
    return Gates(
        call.name, title, values, mask.flip(1) if backwards and mask is not None else mask, backwards or turned, 0
    )


def _start(state: Any, index: int, inputs: Tensor, module: nn.RNNBase) -> tuple[Tensor, Tensor]:
    """Return the states (B, H) from which a layer and direction began; zeros where none were given."""
    zeros = inputs.new_zeros(inputs.shape[0], module.hidden_size)
    if isinstance(state, tuple | list) and isinstance(state[0], Tensor):
        if state[0].dim() == 2:  # of one layer and direction, as our cells take it
            return state[0], state[-1]
        return state[0][index], state[1][index] if len(state) > 1 else zeros
    return (state[index], zeros) if isinstance(state, Tensor) else (zeros, zeros)


def run_cell(
    module: Any, inputs: Tensor, start: tuple[Tensor, Tensor], layer: int = 0, *, backwards: bool = False
) -> tuple[Values, Tensor]:
    """Run one layer and direction of an `nn.LSTM`, `nn.GRU` or `nn.RNN` step by step.

    Args:
        module: whose weights to take.
        inputs: (B, T, E), in the order of reading.
        start: the states (B, H) to begin from; the second one, of the LSTM's cell, may be zeros for others.
        layer: of several.
        backwards: take the weights of the backward direction.

    Returns:
        (B, T, H) by name of the gate, and the states (B, T, H).
    """
    suffix = f"_l{layer}{'_reverse' if backwards else ''}"
    weights = [getattr(module, name + suffix) for name in ("weight_ih", "weight_hh")]
    biases = [getattr(module, name + suffix) if module.bias else None for name in ("bias_ih", "bias_hh")]
    step = _lstm if isinstance(module, nn.LSTM) else _gru if isinstance(module, nn.GRU) else _elman
    projected = nn.functional.linear(inputs, weights[0], biases[0])  # (B, T, gates x H)
    hidden, cell = start
    seen: dict[str, list[Tensor]] = {}
    states = []
    for each in projected.unbind(1):
        gates, hidden, cell = step(module, each, nn.functional.linear(hidden, weights[1], biases[1]), hidden, cell)
        states.append(hidden)
        for name, value in gates.items():
            seen.setdefault(name, []).append(value)
    return {name: torch.stack(values, 1) for name, values in seen.items()}, torch.stack(states, 1)


def _lstm(module: Any, from_input: Tensor, from_state: Tensor, hidden: Tensor, cell: Tensor) -> Any:
    entry, forget, new, leave = (from_input + from_state).chunk(4, -1)
    entry, forget, new, leave = entry.sigmoid(), forget.sigmoid(), new.tanh(), leave.sigmoid()
    cell = forget * cell + entry * new
    return {"input": entry, "forget": forget, "output": leave, "cell": cell}, leave * cell.tanh(), cell


def _gru(module: Any, from_input: Tensor, from_state: Tensor, hidden: Tensor, cell: Tensor) -> Any:
    inputs, states = from_input.chunk(3, -1), from_state.chunk(3, -1)
    reset, update = (inputs[0] + states[0]).sigmoid(), (inputs[1] + states[1]).sigmoid()
    new = (inputs[2] + reset * states[2]).tanh()
    hidden = (1 - update) * new + update * hidden
    return {"reset": reset, "update": update}, hidden, cell


def _elman(module: Any, from_input: Tensor, from_state: Tensor, hidden: Tensor, cell: Tensor) -> Any:
    total = from_input + from_state
    hidden = total.relu() if module.nonlinearity == "relu" else total.tanh()
    return {"state": hidden}, hidden, cell
