# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Averages of the weights along training, which score better than the last ones.

`ema`            an exponential average, from the first step (Polyak & Juditsky 1992, doi:10.1137/0330046)
`non-monotonic`  the plain mean of all steps since the validation loss stopped falling: with `--optim sgd` this is
                 NT-ASGD (Merity et al. 2018, arXiv:1708.02182, algorithm 1)
`checkpoints`    the plain mean of the weights at the last evaluations (Vaswani et al. 2017, arXiv:1706.03762, 6.1)
"""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from hf_seq.errors import InputError

FILE = "weight_average.safetensors"


class WeightAverage(TrainerCallback):
    """A running average of a model's trained weights; as a callback of `Trainer`, it takes in every update.

    Args:
        model: the weights to average.
        kind: `ema`, `non-monotonic` or `checkpoints`.
        decay: of `ema`; in the first steps it is lower, so that the start is soon forgotten.
        patience: of `non-monotonic`: evaluations that the loss may lie above the best one before them.
        checkpoints: of `checkpoints`: how many are averaged, this one included.
    """

    def __init__(
        self,
        model: nn.Module,
        kind: Literal["ema", "non-monotonic", "checkpoints"],
        decay: float = 0.99,
        patience: int = 5,
        checkpoints: int = 5,
    ) -> None:
        self.kind, self.decay, self.patience, self.steps = kind, decay, patience, 0
        self.named = {name: each for name, each in model.named_parameters() if each.requires_grad}
        self.averages = {name: each.detach().clone() for name, each in self.named.items()}
        self.kept: deque[dict[str, Tensor]] = deque(maxlen=checkpoints)
        self.running = kind == "ema"

    def restart(self) -> None:
        """Begin anew at the weights that the model holds now, such as those of a finished run."""
        _copy({name: each.detach() for name, each in self.named.items()}, self.averages)

    @torch.no_grad()
    def update(self) -> None:
        """Take in the weights of a step."""
        if not self.running:
            return
        self.steps += 1
        share = 1 / self.steps if self.kind == "non-monotonic" else 1 - min(self.decay, self.steps / (9 + self.steps))
        now = [each.detach() for each in self.named.values()]
        torch._foreach_lerp_(list(self.averages.values()), now, share)

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Update the average after an optimizer step."""
        self.update()
        self._keep_if_due(control)

    def on_epoch_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Prepare the average for the evaluation of an epoch."""
        self._keep_if_due(control)

    def _keep_if_due(self, control: TrainerControl) -> None:
        if self.kind == "checkpoints" and (control.should_evaluate or control.should_save):
            self.keep()

    @torch.no_grad()
    def keep(self) -> None:
        """Take in the weights of a checkpoint, in the place of the oldest one where there are enough."""
        self.kept.append({name: each.detach().clone() for name, each in self.named.items()})
        self.steps = len(self.kept)
        for name, average in self.averages.items():
            average.copy_(torch.stack([each[name] for each in self.kept]).mean(0))

    def on_evaluate(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Hear how validation went: an average that is not monotonic begins by it."""
        self.watch([entry["eval_loss"] for entry in state.log_history if "eval_loss" in entry])

    def watch(self, losses: Sequence[float]) -> None:
        """Begin the plain mean, once the latest loss is worse than the best, the `patience` before it not counted."""
        before = losses[: -1 - self.patience]
        if self.kind == "non-monotonic" and not self.running and before:
            self.running = losses[-1] > min(before)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Have the model use the average inside the block."""
        if not self.steps:
            yield
            return
        before = {name: each.detach().clone() for name, each in self.named.items()}
        self.copy_to_model()
        try:
            yield
        finally:
            _copy(before, self.named)

    def copy_to_model(self) -> None:
        """Put the average, if there is one yet, in the place of the weights."""
        if self.steps:
            _copy(self.averages, self.named)

    def save(self, folder: Path) -> None:
        """Write the average to a folder."""
        steps = torch.tensor([self.steps, int(self.running)])
        save_file(
            {f"weights.{name}": each.contiguous() for name, each in self.averages.items()}
            | {
                f"{place}.{name}": each.contiguous()
                for place, kept in enumerate(self.kept)
                for name, each in kept.items()
            }
            | {"steps": steps},
            folder / FILE,
        )

    def load(self, folder: Path) -> None:
        """Read what `save` wrote.

        Raises:
            InputError: it is not there.
        """
        if not (folder / FILE).is_file():
            raise InputError(f"{folder} has no average of the weights ({FILE}); go on from another checkpoint.")
        saved = load_file(folder / FILE)
        self.steps, running = saved.pop("steps").tolist()
        self.running = bool(running)
        parts: dict[str, dict[str, Tensor]] = {}
        for name, each in saved.items():
            place, _, weight = name.partition(".")
            parts.setdefault(place, {})[weight] = each
        _copy(parts.pop("weights"), self.averages)
        self.kept.extend(parts[place] for place in sorted(parts, key=int))


@torch.no_grad()
def _copy(source: dict[str, Tensor], target: dict[str, Tensor] | dict[str, nn.Parameter]) -> None:
    for name, each in target.items():
        each.copy_(source[name])
