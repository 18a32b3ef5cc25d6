# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A training that ends when its time is up, with the best weights so far."""

import time
from typing import Any

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from hf_seq.loops.trainer import seconds_trained
from hf_seq.progress import logger


class TimeBudget(TrainerCallback):
    """Validates, saves and stops when training has taken so long; what was trained before an interruption counts.

    Of several processes the first one's clock counts: the others wait for it at every update, and one that went on
    alone would wait for ever.

    Args:
        minutes: of training.

    Attributes:
        note: what happened, for the record; None while nothing did.
    """

    def __init__(self, minutes: float) -> None:
        self.minutes = minutes
        self.note: str | None = None
        self.end = 0.0

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Start the clock where an interrupted run left it."""
        self.end = time.perf_counter() + 60 * self.minutes - seconds_trained(state)

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Look at the clock after every update."""
        if state.global_step >= state.max_steps or not self._is_up(args):
            return
        self.note = (
            f"stopped when its {self.minutes:g} minutes were up, after {state.global_step:,} of {state.max_steps:,} "
            "updates (--max_minutes gives more)"
        )
        logger.info(f"  {self.note}")
        control.should_evaluate = args.eval_strategy == "steps"  # an epoch that is cut short ends like any other
        control.should_save = args.save_strategy == "steps"
        control.should_training_stop = True

    def _is_up(self, args: TrainingArguments) -> bool:
        """Say whether time is up, the same in all processes."""
        is_up = time.perf_counter() >= self.end
        if args.world_size <= 1:
            return is_up
        told = torch.tensor(is_up, device=args.device)
        torch.distributed.broadcast(told, src=0)
        return bool(told)
