# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Where a model that forecasts begins: its linear skip solved by ridge regression, its encoder silent.

The linear map from past to future is most of a forecast (Zeng et al. 2023, arXiv:2205.13504; Li et al. 2023,
arXiv:2305.10721) and has a closed form (Toner & Darlow 2024, arXiv:2403.14587), which takes a second where gradients
take many passes and overfit. The encoder then learns what the map leaves.

N windows of a channel · L steps of the past · F horizon
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from hf_seq.data import EncodedDataset
from hf_seq.models.distributions import start_of
from hf_seq.models.modeling_forecasting import InstanceNorm

MOST_ROWS = 16_000
"""Windows of a channel that the map is solved from, spread evenly over train."""
FEWEST_ROWS = 8
STRENGTHS = np.logspace(-4, 2, 13)
"""Of the ridge, by the mean square of what it reads; the least error on validation decides."""


def start_linear(model: Any, train: EncodedDataset, validation: EncodedDataset) -> list[str]:
    """Solve the linear skip of a new model, keep it, and let the rest begin at the spread of its errors.

    Args:
        model: with `head.skip`; its weights change.
        train: windows.
        validation: windows that choose the strength.

    Returns:
        A note for the record.
    """
    pasts, futures, weights = standardised(model.config, train)
    whole = ~futures.isnan().any(1)
    if int(whole.sum()) < FEWEST_ROWS:
        return [f"the linear map begins at random: train has {int(whole.sum())} windows without a missing value"]
    pasts, futures, weights = pasts[whole], futures[whole], weights[whole]
    maps = ridge_maps(pasts * weights, futures * weights)
    held_out = standardised(model.config, validation)
    errors = [mean_error(each, *held_out) for each in maps]
    chosen = int(np.argmin(errors))
    left = futures - pasts @ maps[chosen]  # (N, F)
    head = model.head
    with torch.no_grad():
        head.skip.weight.copy_(maps[chosen].T)
        head.skip.bias.zero_()
        if head.known is not None:
            for parameter in head.known[-1].parameters():
                parameter.zero_()
        head.future.weight.zero_()
        head.future.bias.copy_(start_of(model.config.distribution, left, model.config.quantiles).flatten())
    head.skip.requires_grad_(False)
    return [
        f"the linear map from past to future is ridge regression (strength {STRENGTHS[chosen]:.2g} of the mean square, "
        "by validation); what it leaves is learnt (--linear_start false learns it all)"
    ]


def standardised(config: Any, rows: EncodedDataset) -> tuple[Tensor, Tensor, Tensor]:
    """Take windows as the linear skip reads them, evenly, every channel a row.

    Returns:
        Pasts (N, L), futures (N, F) with NaN where unknown, and what one unit of them is in those of the loss (N, 1).
    """
    channels = rows.rows[0]["labels"].shape[1]
    chosen = rows.rows[:: max(1, -(-len(rows) * channels // MOST_ROWS))]
    length = config.context_length
    pasts = np.full((len(chosen), length, channels), np.nan, dtype=np.float32)
    for number, row in enumerate(chosen):
        kept = row["input_values"][-length:]
        pasts[number, length - len(kept) :] = kept
    futures = np.stack([row["labels"] for row in chosen])
    flat, ahead = (torch.from_numpy(each).transpose(1, 2).flatten(0, 1) for each in (pasts, futures))
    norm = InstanceNorm(config.instance_norm, flat)
    spread = norm.spread[:, 0]  # (N, 1)
    return norm.filled, (ahead - norm.centre[:, 0]) / spread, spread


def ridge_maps(pasts: Tensor, futures: Tensor) -> list[Tensor]:
    """Solve the ridge for all strengths by one decomposition: (L, F) each."""
    pasts, futures = pasts.double(), futures.double()
    values, vectors = torch.linalg.eigh(pasts.T @ pasts)  # (L,), (L, L)
    turned = vectors.T @ (pasts.T @ futures)  # (L, F)
    size = values.clamp(min=0).mean().clamp(min=1e-12)
    return [(vectors @ (turned / (values.clamp(min=0) + size * each).unsqueeze(1))).float() for each in STRENGTHS]


def mean_error(weights: Tensor, pasts: Tensor, futures: Tensor, units: Tensor) -> float:
    """Compute the mean squared error of a map in the units of the loss."""
    return float(((pasts @ weights - futures) * units).square().nanmean())
