# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What all taggers do alike: score every label for every step, and choose the labels, with a CRF or without.

B batch · T steps, padding included · H hidden_size · L labels
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers.modeling_outputs import TokenClassifierOutput
from transformers.utils import logging

from .configuration_sequence import SequenceConfig
from .crf import UNTAGGED, LinearChainCRF
from .dropout import Dropout
from .losses import warn_of_unused_weights
from .modeling_sequence import SequencePreTrainedModel
from .padding import Padding, is_tracing
from .token_losses import target_count, token_loss
from .word_starts import WordStarts

logger = logging.get_logger(__name__)


@dataclass
class TaggingOutput(TokenClassifierOutput):
    """`TokenClassifierOutput` with `best_path` (B, T) of a CRF: the labels to take, -100 where a step is not tagged."""

    best_path: Tensor | None = None


class TokenClassifier(SequencePreTrainedModel):
    """Base of the taggers: what they have beside their encoder, their loss, and their choice of labels.

    With `use_crf` the labels of a sequence are scored together. Tagged are the steps that have a label; where no labels
    are given, the steps that begin a word, by the vocabulary that `read_vocabulary` has read, or all real steps where
    none was read.

    Attributes:
        seeks_path: whether a CRF gives its best path; a loop that needs only scores may switch it off.
    """

    seeks_path: bool = True

    def make_head(self, config: SequenceConfig) -> None:
        """Make dropout, classifier and CRF.

        Raises:
            ValueError: a front that leaves out steps.
        """
        if config.front != "none" and config.front_stride > 1:
            raise ValueError(
                f"front_stride={config.front_stride} leaves out steps, but a tagger labels all; use front_stride=1."
            )
        self.num_labels = config.num_labels
        self.dropout = Dropout(config.classifier_dropout)
        self.classifier = nn.Linear(config.hidden_size, self.num_labels)
        self.crf = LinearChainCRF(label_names(config), config.tag_scheme) if config.use_crf else None
        reads_tokens = config.use_crf and config.num_features is None
        self.word_starts = WordStarts(config.vocab_size) if reads_tokens else None

    def find_path(
        self,
        logits: Tensor,
        input_ids: Tensor | None,
        padding: Padding | None,
        labels: Tensor | None,
        tagged: Tensor | None,
    ) -> Tensor | None:
        """Give a CRF's best path, (B, T), -100 where a step is not tagged; None where none is sought.

        Args:
            logits: (B, T, L).
            input_ids: (B, T), where the model reads tokens.
            padding: None where nothing is padded.
            labels: (B, T), whose steps are tagged where they are given.
            tagged: (B, T) bool, the steps to tag, where the caller says so.
        """
        if self.crf is None or not self.seeks_path or is_tracing():
            return None
        if logits.shape[1] == 0:
            return torch.zeros(logits.shape[:2], dtype=torch.long, device=logits.device)
        if labels is not None:
            return None if self.training else self.crf.decode(logits, labels.to(logits.device) != UNTAGGED)
        if tagged is None:
            tagged = self.tagged_steps(input_ids, padding)
        if self.training and torch.is_grad_enabled():
            logger.warning_once(
                "A CRF in training got no labels, so there is no loss of its own. If Trainer took them away for "
                "label_smoothing_factor, set that to 0: smoothed labels have no sequence to score."
            )
        return self.crf.decode(logits, None if tagged is None else tagged.to(logits.device).bool())

    def tagging_loss(
        self, logits: Tensor, labels: Tensor | None, num_items_in_batch: Tensor | int | None = None
    ) -> Tensor | None:
        """Sum over the labelled steps, or over the sequences for a CRF, divided by the number of labelled steps.

        Args:
            logits: (B, T, L).
            labels: (B, T), -100 where a step has none.
            num_items_in_batch: what to divide by; without it, the labelled steps of this batch.

        Returns:
            () float32; None without labels.
        """
        warn_of_unused_weights(self, labels)
        if labels is None:
            return None
        labels = labels.to(logits.device).long()
        _check_labels(logits, labels)
        if self.crf is None:
            return token_loss(logits, labels, num_items_in_batch, class_weights=self.config.class_weights)
        losses = -self.crf(logits, labels, labels != UNTAGGED)  # (B,)
        return losses.sum() / target_count(labels, num_items_in_batch)

    def tagged_steps(self, input_ids: Tensor | None, padding: Padding | None) -> Tensor | None:
        """Give the steps that get a label where nobody said which, (B, T) bool; None where all do."""
        if self.word_starts is not None and input_ids is not None:
            return self.word_starts(input_ids, padding)[0]
        return None if padding is None else padding.mask

    def save_pretrained(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the code of the pipeline that follows the best path, if the code of the model is saved."""
        from .pipeline_tagging import shipped_pipelines  # this line makes transformers save that file beside this one

        if self._auto_class is not None and self.config.num_features is None:
            self.config.custom_pipelines = shipped_pipelines()
        super().save_pretrained(*args, **kwargs)


def label_names(config: SequenceConfig) -> list[str]:
    """Return the L names of the labels in the order of their ids."""
    names: Any = config.id2label
    return [names[index] for index in range(len(names))]


def _check_labels(logits: Tensor, labels: Tensor) -> None:
    if labels.shape != logits.shape[:2]:
        raise ValueError(
            f"labels have shape {tuple(labels.shape)}, the inputs {tuple(logits.shape[:2])}; give one label a step, "
            "-100 where there is none."
        )
    if is_tracing() or not labels.numel():
        return
    wrong = (labels != UNTAGGED) & ((labels < 0) | (labels >= logits.shape[-1]))
    if bool(wrong.any()):
        raise IndexError(
            f"labels[...] = {int(labels[wrong][0])}, but num_labels={logits.shape[-1]}; labels must lie between 0 and "
            f"{logits.shape[-1] - 1}, or be -100 where there is none."
        )


__all__ = ["TaggingOutput", "TokenClassifier"]
