# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`--augmentation auto`: which ways of changing train series help, by short trainings and the validation rows.

Each candidate trains a copy of the untrained model for the same updates on the same draws of rows. Few validation rows
cannot tell much apart, so nothing is changed unless a candidate beats that by more than one standard error of the
difference, row by row.
"""

import copy
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel

from hf_seq.data import EncodedDataset
from hf_seq.data.series.augmentation import AugmentedSeries
from hf_seq.data.series.batches import SeriesCollator
from hf_seq.tasks.classification.wide import row_losses

CANDIDATES: tuple[tuple[str, ...], ...] = (
    (),
    ("jitter", "scaling"),
    ("time_warp", "window_slice"),
    ("jitter", "scaling", "time_warp", "window_slice"),
    ("time_shift", "time_mask", "channel_mask"),
)
"""Ways that are tried together, nothing first."""
UPDATES, ROWS, LEARNING_RATE = 120, 32, 2e-3
"""Of a short training."""

Array = NDArray[Any]


def choose_augmentation(
    model: PreTrainedModel, train: AugmentedSeries, validation: EncodedDataset, collator: SeriesCollator
) -> str:
    """Have the train rows change in the ways that do best on validation.

    Args:
        model: untrained; is left as it is.
        train: its rows; their ways are set.
        validation: rows that choose.
        collator: pads both.

    Returns:
        What a record should tell.
    """
    losses = {}
    for ways in CANDIDATES:
        train.change_by(ways)
        losses[ways] = _losses_after(copy.deepcopy(model), train, validation, collator)
    plain = losses[()]
    best = min(losses, key=lambda ways: losses[ways].mean())
    gain = plain - losses[best]
    if gain.mean() <= gain.std() / np.sqrt(len(gain)):
        best = ()
    train.change_by(best)
    tried = ", ".join(f"{_named(ways)} {each.mean():.3f}" for ways, each in losses.items())
    rows = f"{len(validation):,} validation rows"
    return f"augmentation: {_named(best)}, chosen by the loss on {rows} after {UPDATES} updates ({tried})"


def _named(ways: tuple[str, ...]) -> str:
    return " ".join(ways) or "none"


def _losses_after(
    model: PreTrainedModel, train: EncodedDataset, validation: EncodedDataset, collator: SeriesCollator
) -> Array:
    """Train for a short time, and give the loss of each validation row."""
    draw = np.random.default_rng(0)
    optimizer = torch.optim.AdamW((each for each in model.parameters() if each.requires_grad), lr=LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, UPDATES)
    model.train()
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(0)
        for _ in range(UPDATES):
            places = draw.choice(len(train), min(ROWS, len(train)), replace=False)
            optimizer.zero_grad()
            model(**collator(train.__getitems__(places.tolist()))).loss.backward()
            optimizer.step()
            schedule.step()
    return _losses(model.eval(), validation, collator)


@torch.inference_mode()
def _losses(model: Any, rows: EncodedDataset, collator: SeriesCollator) -> Array:
    found = []
    for start in range(0, len(rows), ROWS):
        batch = collator(rows.__getitems__(list(range(start, min(start + ROWS, len(rows))))))
        labels = batch.pop("labels").numpy()
        found.append(row_losses(model(**batch).logits.double().numpy(), labels, str(model.config.problem_type)))
    return np.concatenate(found)
