# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`Trainer` over a transfer set: the student's answers against the teacher's, exact under gradient accumulation.

B batch · T steps, padding included · W words of the longest row · N answers · L labels
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from hf_seq.distill.losses import SoftLoss, chain_losses, hidden_losses, soft_losses
from hf_seq.loops.trainer import ClassifierTrainer, SequenceTrainer, TaggerTrainer
from hf_seq.models.losses import classification_loss

PROJECTION = "teacher_projection"
"""Name of the layer that takes a student's states to the teacher's width; it goes when training ends."""


@dataclass(frozen=True)
class Objective:
    """What is minimised, for each answer.

    Attributes:
        soft_loss: `mse` or `kl`.
        temperature: of `kl`.
        hard_share: share of the loss of a labelled row that its own label gives.
        hidden_share: weight of the distance between hidden states.
    """

    soft_loss: SoftLoss = "mse"
    temperature: float = 1.0
    hard_share: float = 0.0
    hidden_share: float = 0.0


class DistillationTrainer(SequenceTrainer):
    """The loop; the validation rows have labels and no teacher, and are scored as without one.

    Losses are summed over the answers of a batch and divided by the answers of all batches of an update, so that
    1 x 32 rows and 4 accumulated x 8 give the same gradient.

    Args:
        objective: what is minimised.
        kwargs: of `Trainer`.
    """

    loss_is_scaled_for_ga = True
    objective: Objective

    def __init__(self, *args: Any, objective: Objective, **kwargs: Any) -> None:
        self.objective = objective
        super().__init__(*args, **kwargs)

    def train(self, *args: Any, **kwargs: Any) -> Any:
        """Train as the library does, then remove the layer that only the hidden states needed."""
        result = super().train(*args, **kwargs)
        if hasattr(self.model, PROJECTION):
            delattr(self.model, PROJECTION)
        return result

    def _get_num_items_in_batch(self, batch_samples: list[Any], device: torch.device) -> Tensor | int | None:
        """Count the predictions of all batches of an update, over all processes."""
        if not batch_samples or "teacher_logits" not in batch_samples[0]:
            return super()._get_num_items_in_batch(batch_samples, device)
        count = sum(_answers(batch) for batch in batch_samples)
        return self.accelerator.gather(torch.tensor(count, device=device)).sum()

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Tensor | Any],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Tensor | tuple[Tensor, Any]:
        """Compute the distance from the teacher; on rows without a teacher's prediction, the model's own loss."""
        if "teacher_logits" not in inputs:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        wants_states = "teacher_states" in inputs
        student = self.accelerator.unwrap_model(model)
        student.seeks_path = False  # of a CRF: it takes as long as the loss
        outputs = model(
            input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], output_hidden_states=wants_states
        )
        count = _answers(inputs) if num_items_in_batch is None else num_items_in_batch
        student.seeks_path = True
        loss = self.losses(student, outputs, inputs).sum() / count
        loss = loss * self.accelerator.num_processes  # which average their gradients
        return (loss, outputs) if return_outputs else loss

    def losses(self, student: Any, outputs: Any, inputs: dict[str, Any]) -> Tensor:
        """Return the losses that are summed over a batch, of its predictions or of its rows."""
        raise NotImplementedError

    def _mixed(self, soft: Tensor, labelled: Tensor) -> Tensor:
        """Leave room for the hard loss where there is a label."""
        return torch.where(labelled, (1 - self.objective.hard_share) * soft, soft)


class DistilledClassifierTrainer(DistillationTrainer, ClassifierTrainer):
    """One answer a row."""

    def losses(self, student: Any, outputs: Any, inputs: dict[str, Any]) -> Tensor:
        """Return (B,), and () more where labels count."""
        aim, config, labels = self.objective, student.config, inputs["labels"]
        several = config.problem_type == "multi_label_classification"
        labelled = (labels if labels.ndim == 1 else labels[:, 0]) != -100  # (B,)
        soft = soft_losses(outputs.logits, inputs["teacher_logits"], aim.soft_loss, aim.temperature, several)
        losses = self._mixed(soft, labelled)
        if aim.hard_share and bool(labelled.any()):
            width = labels.shape[1] if labels.ndim > 1 else 1
            hard = classification_loss(outputs.logits[labelled], labels[labelled], config, num_items_in_batch=width)
            losses = torch.cat([losses, aim.hard_share * hard.unsqueeze(0)])
        if "teacher_states" in inputs:
            mask = inputs["attention_mask"].unsqueeze(-1)
            states = (outputs.hidden_states[-1] * mask).sum(1) / mask.sum(1)  # (B, H)
            near = hidden_losses(getattr(student, PROJECTION)(states), inputs["teacher_states"])
            losses = torch.cat([losses, aim.hidden_share * near])
        return losses


class DistilledTaggerTrainer(DistillationTrainer, TaggerTrainer):
    """One answer a word."""

    def losses(self, student: Any, outputs: Any, inputs: dict[str, Any]) -> Tensor:
        """Return (N,) of words, or (B,) of sentences under a CRF, and () more where labels count."""
        aim, labels, counts, places = self.objective, inputs["labels"], inputs["counts"], inputs["places"]
        scores = _at(outputs.logits, places)  # (B, W, L)
        mask = torch.arange(places.shape[1], device=places.device) < counts.unsqueeze(1)  # (B, W)
        labelled = (labels != -100).any(1)  # (B,)
        if student.crf is not None:
            soft = chain_losses(student.crf, scores, inputs["teacher_logits"], counts, aim.temperature).float()
        else:
            soft = soft_losses(scores[mask], inputs["teacher_logits"][mask], aim.soft_loss, aim.temperature)
        losses = self._mixed(soft, labelled if student.crf is not None else labelled.unsqueeze(1).expand_as(mask)[mask])
        if aim.hard_share and bool(labelled.any()):
            hard = student.tagging_loss(outputs.logits, labels, num_items_in_batch=1)
            losses = torch.cat([losses, aim.hard_share * hard.unsqueeze(0)])
        if "teacher_states" in inputs:
            states = getattr(student, PROJECTION)(_at(outputs.hidden_states[-1], places)[mask])
            near = hidden_losses(states, inputs["teacher_states"][mask])
            losses = torch.cat([losses, aim.hidden_share * near])
        return losses


def _answers(batch: dict[str, Any]) -> int:
    """Count the teacher's predictions in a batch."""
    return int(batch["counts"].sum()) if "counts" in batch else len(batch["teacher_logits"])


def _at(steps: Tensor, places: Tensor) -> Tensor:
    """Pick steps: (B, T, L) at (B, W) gives (B, W, L)."""
    return steps.gather(1, places.unsqueeze(-1).expand(-1, -1, steps.shape[-1]))
