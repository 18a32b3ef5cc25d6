# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tells rows that change from epoch to epoch which one begins, also where a training goes on inside it."""

from typing import Any, Protocol

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

NEARLY = 1e-6
"""What an epoch, a sum of fractions, may lack of a whole number."""


class ChangingRows(Protocol):
    """Rows that are changed anew in every epoch."""

    def begin_epoch(self, epoch: int, seed: int) -> None:
        """Change rows from now on as in this epoch of a training with this seed."""


class EpochBegins(TrainerCallback):
    """Tells rows the epoch.

    Args:
        rows: of the train split.
    """

    def __init__(self, rows: ChangingRows) -> None:
        self.rows = rows

    def on_epoch_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Tell it before the first batch is loaded."""
        self.rows.begin_epoch(int((state.epoch or 0) + NEARLY), args.seed)
