# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Recurrent cells as ONNX knows them: the same weights, their gates in another order.

H width of a direction · E input width
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from hf_seq.errors import InputError
from hf_seq.models.recurrence import GRU, LSTM, RNN

GATES = {LSTM: (0, 3, 1, 2), GRU: (1, 0, 2), RNN: (0,)}
"""Where ONNX's gates stand among torch's: i o f c of i f c o, z r h of r z h."""


def check_cell(cell: Any) -> None:
    """Refuse a cell that ONNX has no operator for.

    Raises:
        InputError: with the cell.
    """
    if type(cell) not in GATES:
        raise InputError(
            f"the model's cells are of the class {type(cell).__name__}, for which ONNX has no operator: only lstm, gru "
            "and rnn can be exported; train with --model lstm, or serve this model with torch."
        )


def cell_weights(cell: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return input weights (gates x H, E), recurrent ones (gates x H, H) and both biases, in ONNX's order of gates."""
    inputs, recurrent, *biases = (_in_order(cell, each) for each in cell.weights())
    return inputs, recurrent, np.concatenate(biases)


def _in_order(cell: Any, weights: Tensor) -> np.ndarray:
    parts = weights.detach().float().cpu().chunk(len(GATES[type(cell)]))
    return torch.cat([parts[gate] for gate in GATES[type(cell)]]).numpy()
