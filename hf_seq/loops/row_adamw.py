# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""AdamW that touches only the rows of a word embedding that a batch touched.

A step of AdamW over 16,000 x 128 embeddings moves 50 MB, and costs a small model as much as its backward pass; a batch
of 32 sentences holds some 250 different words. This is the lazy Adam of `torch.optim.SparseAdam`, with decoupled decay:
moments and weights of a row wait, unchanged, until the row gets a gradient.

V rows of the embedding · E its width · R rows that a batch touched
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.optim import AdamW
from torch.optim.adamw import adamw


class RowAdamW(AdamW):
    """`torch.optim.AdamW` (Loshchilov & Hutter 2019, arXiv:1711.05101); sparse gradients update their rows only."""

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient."""
        sparse = [
            (group, parameter, parameter.grad.coalesce())
            for group in self.param_groups
            for parameter in group["params"]
            if parameter.grad is not None and parameter.grad.is_sparse
        ]
        for _, parameter, _ in sparse:
            parameter.grad = None  # AdamW refuses sparse gradients, and passes over what has none
        result = super().step(closure)
        for group, parameter, gradient in sparse:
            self._update_rows(group, parameter, gradient)
            parameter.grad = gradient
        return result

    def _update_rows(self, group: dict[str, Any], parameter: Tensor, gradient: Tensor) -> None:
        state = self.state[parameter]
        if not state:
            state["step"] = torch.zeros((), dtype=torch.float32)
            state["exp_avg"], state["exp_avg_sq"] = torch.zeros_like(parameter), torch.zeros_like(parameter)
        rows, values = gradient.indices()[0], gradient.values()  # (R,), (R, E)
        tables = parameter, state["exp_avg"], state["exp_avg_sq"]
        weights, means, squares = (table.index_select(0, rows) for table in tables)
        (beta1, beta2), rest = group["betas"], {name: group[name] for name in ("lr", "weight_decay", "eps")}
        how = {"fused": True, "amsgrad": False, "maximize": False, "beta1": beta1, "beta2": beta2}
        adamw([weights], [values], [means], [squares], [], [state["step"]], **how, **rest)  # counts the step, too
        for table, changed in zip(tables, (weights, means, squares), strict=True):
            table.index_copy_(0, rows, changed)
