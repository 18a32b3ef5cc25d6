# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Loss over the steps of sequences: mean over the steps that have a target, exact under gradient accumulation.

B batch · T steps · V vocabulary, or labels
"""

from torch import Tensor
from torch.nn import functional as F


def token_loss(
    logits: Tensor,
    targets: Tensor,
    num_items_in_batch: Tensor | int | None = None,
    label_smoothing: float = 0.0,
    class_weights: list[float] | None = None,
) -> Tensor:
    """Cross-entropy in nats, the mean over the steps that have a target; float32 whatever the logits are.

    Args:
        logits: (..., V).
        targets: (...) ids, -100 where there is none.
        num_items_in_batch: what to divide the sum by; without it, the targets of this batch.
        label_smoothing: share of the probability that is spread over all tokens alike (Szegedy et al. 2016,
            arXiv:1512.00567), as `Trainer` does.
        class_weights: V weights of the targets.

    Returns:
        () float32; 0 where there is no target at all.

    Raises:
        IndexError: a target outside the vocabulary, with its range.
    """
    targets = targets.to(logits.device)
    scores, flat = logits.reshape(-1, logits.shape[-1]).float(), targets.reshape(-1).long()
    weight = None if class_weights is None else scores.new_tensor(class_weights)
    try:
        total = F.cross_entropy(
            scores, flat, weight, ignore_index=-100, reduction="sum", label_smoothing=label_smoothing
        )
    except IndexError as error:
        given = flat[flat != -100]
        raise IndexError(
            f"labels run from {int(given.min())} to {int(given.max())}, but the vocabulary has {logits.shape[-1]} "
            f"tokens; they must lie between 0 and {logits.shape[-1] - 1}, or be -100 where there is none."
        ) from error
    return total / target_count(targets, num_items_in_batch)


def target_count(targets: Tensor, num_items_in_batch: Tensor | int | None = None) -> Tensor | int:
    """Return what a sum over steps is divided by: the given number, or how many targets are not -100, at least 1."""
    if num_items_in_batch is None:
        return (targets != -100).sum().clamp(min=1)
    return num_items_in_batch.to(targets.device) if isinstance(num_items_in_batch, Tensor) else num_items_in_batch


__all__ = ["target_count", "token_loss"]
