# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How a recurrent decoder looks back at the source: one weight for each source step, and their weighted sum.

B batch · S source steps · T target steps · H width of a state
"""

from typing import Literal

import torch
from torch import Tensor, nn

from .padding import Padding

AlignmentKind = Literal["additive", "general", "dot"]


class Alignment(nn.Module):
    """Attention of Bahdanau et al. 2015 (`additive`, arXiv:1409.0473) or Luong et al. 2015 (arXiv:1508.04025).

    additive: v . tanh(W q + U k)    general: q . W k    dot: q . k

    All are asked with the decoder's state after the step (Luong's order), so that a whole target can ask at once.

    Args:
        kind: `additive`, `general` or `dot`.
        hidden_size: H, of both sides.
    """

    def __init__(self, kind: AlignmentKind, hidden_size: int) -> None:
        super().__init__()
        self.kind = kind
        if kind != "dot":
            self.key = nn.Linear(hidden_size, hidden_size, bias=False)
        if kind == "additive":
            self.query = nn.Linear(hidden_size, hidden_size)
            self.energy = nn.Linear(hidden_size, 1, bias=False)

    def keys(self, source: Tensor) -> Tensor:
        """Return what does not depend on the target, computed once: (B, S, H) to (B, S, H)."""
        return source if self.kind == "dot" else self.key(source)

    def forward(
        self, states: Tensor, keys: Tensor, source: Tensor, padding: Padding | None = None
    ) -> tuple[Tensor, Tensor]:
        """Look at the source from every target step.

        Args:
            states: (B, T, H).
            keys: (B, S, H), as `keys` gives them.
            source: (B, S, H), the encoder's states.
            padding: of the source; None where nothing is padded.

        Returns:
            (B, T, H), and the weights (B, T, S), which sum to one over the real source steps.
        """
        if self.kind == "additive":
            mixed = torch.tanh(self.query(states).unsqueeze(2) + keys.unsqueeze(1))  # (B, T, S, H)
            scores = self.energy(mixed).squeeze(-1)  # (B, T, S)
        else:
            scores = torch.bmm(states, keys.transpose(1, 2))  # (B, T, S)
        if padding is not None:
            scores = scores.masked_fill(~padding.mask.unsqueeze(1), torch.finfo(scores.dtype).min)
        weights = scores.softmax(-1)
        return torch.bmm(weights.to(source.dtype), source), weights


__all__ = ["Alignment", "AlignmentKind"]
