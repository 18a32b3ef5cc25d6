# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a pooling sees of each step, where a front makes one state of several.

B batch · T steps · T' states
"""

import torch
from torch import Tensor


def over_steps(weights: Tensor, steps: int) -> Tensor:
    """Spread weights of states (B, T') over the steps (B, T) that they were made of, as large in sum."""
    states = weights.shape[1]
    if states == steps:
        return weights
    spread = weights[:, torch.arange(steps, device=weights.device) * states // steps]
    return spread * (weights.sum(1, keepdim=True) / spread.sum(1, keepdim=True).clamp_min(1e-12))
