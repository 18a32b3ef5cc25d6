# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Loss of a classifier of whole sequences: mean over what is labelled, exact under gradient accumulation.

B batch · L labels
"""

import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import PreTrainedConfig, PreTrainedModel
from transformers.utils import logging

logger = logging.get_logger(__name__)


def problem_type_of(config: PreTrainedConfig, labels: Tensor) -> str:
    """Return the configuration's `problem_type`, or what the labels say; nothing is written back."""
    if config.problem_type is not None:
        return config.problem_type
    if config.num_labels == 1:
        return "regression"
    return "multi_label_classification" if labels.is_floating_point() else "single_label_classification"


def classification_loss(
    logits: Tensor, labels: Tensor, config: PreTrainedConfig, num_items_in_batch: Tensor | int | None = None
) -> Tensor:
    """Cross-entropy, binary cross-entropy or squared error, after the problem.

    Args:
        logits: (B, L).
        labels: (B,) ids, -100 where unlabelled; (B, L) 0 or 1 for multi-label; (B,) or (B, L) numbers for regression.
        config: says `problem_type`, `num_labels` and `class_weights`.
        num_items_in_batch: what to divide the sum by, as `Trainer` counts it; without it, the labels of this batch.

    Returns:
        () float32.

    Raises:
        ValueError: the labels do not have the shape of the problem.
    """
    problem = problem_type_of(config, labels)
    logits, labels = logits.float(), labels.to(logits.device)
    weight = None if config.class_weights is None else logits.new_tensor(config.class_weights)
    if problem == "single_label_classification":
        losses = _cross_entropy(logits, labels, weight)
        counted: Tensor | int = (labels != -100).sum().clamp(min=1)
    else:
        if labels.numel() != logits.numel():
            raise ValueError(
                f"{problem} with num_labels={logits.shape[-1]} wants labels of shape {tuple(logits.shape)}, got "
                f"{tuple(labels.shape)}; set num_labels or problem_type to fit the data."
            )
        labels = labels.to(logits.dtype).view_as(logits)
        if problem == "regression":
            losses = (logits - labels).square()  # (B, L)
        else:
            losses = F.binary_cross_entropy_with_logits(logits, labels, weight=weight, reduction="none")  # (B, L)
        counted = labels.numel()
    return losses.sum() / (counted if num_items_in_batch is None else num_items_in_batch)


def warn_of_unused_weights(model: PreTrainedModel, labels: Tensor | None) -> None:
    """Warn once where a model in training got no labels, so that its loss, and its class weights, go unused."""
    if labels is None and model.training and torch.is_grad_enabled() and model.config.class_weights is not None:
        logger.warning_once(
            "A model with class_weights got no labels in training, so its loss and its class weights are unused. "
            "If Trainer took the labels away for label_smoothing_factor, set that to 0, or class_weights to None."
        )


def _cross_entropy(logits: Tensor, labels: Tensor, weight: Tensor | None) -> Tensor:
    try:
        return F.cross_entropy(logits, labels.view(-1).long(), weight=weight, ignore_index=-100, reduction="none")
    except IndexError as error:
        raise IndexError(
            f"labels run from {int(labels.min())} to {int(labels.max())}, but num_labels={logits.shape[-1]}; "
            f"they must lie between 0 and {logits.shape[-1] - 1}, or be -100 where there is none."
        ) from error
