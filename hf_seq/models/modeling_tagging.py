# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What all taggers do alike: score every label for every step, and choose the labels, with a CRF or without.

B batch · T steps, padding included · H hidden_size · L labels · F features
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers.modeling_outputs import TokenClassifierOutput
from transformers.processing_utils import Unpack
from transformers.utils import TransformersKwargs, logging
from transformers.utils.generic import can_return_tuple

from .configuration_sequence import SequenceConfig
from .crf import UNTAGGED, LinearChainCRF
from .dropout import Dropout
from .keywords import PASSED_ON, refuse_unknown
from .losses import target_count, token_loss
from .modeling_sequence import SequencePreTrainedModel
from .padding import real_steps
from .word_starts import WordStarts

logger = logging.get_logger(__name__)


@dataclass
class TaggingOutput(TokenClassifierOutput):
    """`TokenClassifierOutput` with `best_path` (B, T) of a CRF: the labels to take, -100 where a step is not tagged."""

    best_path: Tensor | None = None


class TokenClassifier:
    """One label for every step; a family says which encoder makes the states.

    To be mixed into a family's base class. With `use_crf` the labels of a sequence are scored together. Tagged are the
    steps that have a label; where no labels are given, the steps that begin a word, by the vocabulary that
    `read_vocabulary` has read, or all real steps where none was read.

    Attributes:
        seeks_path: whether a CRF gives its best path; a loop that needs only scores may switch it off.
    """

    config: SequenceConfig
    encoder_class: type[SequencePreTrainedModel]
    seeks_path: bool = True

    def __init__(self, config: SequenceConfig) -> None:
        super().__init__(config)  # type: ignore[call-arg]
        self.num_labels: int = config.num_labels  # type: ignore[assignment]
        self.model = self.encoder_class(config)
        self.dropout = Dropout(config.classifier_dropout)
        self.classifier = nn.Linear(config.hidden_size, self.num_labels)
        self.crf = LinearChainCRF(label_names(config), config.tag_scheme) if config.use_crf else None
        reads_tokens = config.use_crf and config.num_features is None
        self.word_starts = WordStarts(config.vocab_size) if reads_tokens else None
        self.post_init()  # type: ignore[attr-defined]

    @can_return_tuple
    def forward(  # type: ignore[misc]  # TransformersKwargs names num_items_in_batch, too
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        input_values: Tensor | None = None,
        labels: Tensor | None = None,
        num_items_in_batch: Tensor | int | None = None,
        tagged: Tensor | None = None,
        **kwargs: Unpack[TransformersKwargs],
    ) -> TaggingOutput:
        """Score every label for every step.

        Args:
            input_ids: (B, T) token ids.
            attention_mask: (B, T) 1 on real steps, 0 on padding, which may stand anywhere; all ones if absent.
            inputs_embeds: (B, T, E) in place of `input_ids`.
            input_values: (B, T, F) in place of `input_ids`, for models made with `num_features`.
            labels: (B, T) ids, -100 where a step has none.
            num_items_in_batch: what the summed loss is divided by; `Trainer` gives it. Without it, the labelled steps.
            tagged: (B, T) bool, the steps that a CRF's best path runs over, where the caller knows better than the
                vocabulary does which begin a word; not together with labels.
            kwargs: `output_hidden_states`, `output_attentions`, `return_dict`.

        Returns:
            logits (B, T, L); loss () when labels were given; best_path (B, T) of a CRF, which is not sought while
            training on labels, nor while the model is traced for export.

        Raises:
            ValueError: inputs, mask or labels of the wrong kind or shape.
            TypeError: an unknown keyword that carries a tensor or a state.
        """
        refuse_unknown(kwargs, self.forward, PASSED_ON)
        real = real_steps(attention_mask, self.model.check_inputs(input_ids, inputs_embeds, input_values))
        outputs = self.model(
            input_ids=input_ids, attention_mask=real, inputs_embeds=inputs_embeds, input_values=input_values, **kwargs
        )
        logits = self.classifier(self.dropout(outputs.last_hidden_state))  # (B, T, L)
        loss = None if labels is None else self.tagging_loss(logits, labels, num_items_in_batch)
        path = None
        if self.crf is not None and self.seeks_path and not torch.compiler.is_compiling():
            if tagged is None and labels is None:
                tagged = self.tagged_steps(logits, input_ids, real)
            path = self._best_path(logits, labels, tagged)
        return TaggingOutput(
            loss=loss,
            logits=logits,
            hidden_states=outputs.hidden_states,
            attentions=outputs.attentions,
            best_path=path,
        )

    def tagging_loss(self, logits: Tensor, labels: Tensor, num_items_in_batch: Tensor | int | None = None) -> Tensor:
        """Sum over the labelled steps, or over the sequences for a CRF, divided by the number of labelled steps.

        Args:
            logits: (B, T, L).
            labels: (B, T), -100 where a step has none.
            num_items_in_batch: what to divide by; without it, the labelled steps of this batch.

        Returns:
            () float32.
        """
        labels = labels.to(logits.device).long()
        _check_labels(logits, labels)
        if self.crf is None:
            return token_loss(logits, labels, num_items_in_batch, class_weights=self.config.class_weights)
        losses = -self.crf(logits, labels, labels != UNTAGGED)  # (B,)
        return losses.sum() / target_count(labels, num_items_in_batch)

    def tagged_steps(self, logits: Tensor, input_ids: Tensor | None, real: Tensor | None) -> Tensor | None:
        """Which steps get a label where nobody said so, (B, T) bool; None where all do."""
        if self.word_starts is not None and input_ids is not None:
            return self.word_starts(input_ids, real)[0]
        return real

    def save_pretrained(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the code of the pipeline that follows the best path, if the code of the model is saved."""
        from .pipeline_tagging import shipped_pipelines  # this line makes transformers save that file beside this one

        if self._auto_class is not None and self.config.num_features is None:  # type: ignore[attr-defined]
            self.config.custom_pipelines = shipped_pipelines()
        super().save_pretrained(*args, **kwargs)  # type: ignore[misc]

    def _best_path(self, logits: Tensor, labels: Tensor | None, tagged: Tensor | None) -> Tensor | None:
        assert self.crf is not None  # the caller has looked
        if labels is not None:
            return None if self.training else self.crf.decode(logits, labels.to(logits.device) != UNTAGGED)  # type: ignore[attr-defined]
        if self.training and torch.is_grad_enabled():  # type: ignore[attr-defined]
            logger.warning_once(
                "A CRF in training got no labels, so there is no loss of its own. If Trainer took them away for "
                "label_smoothing_factor, set that to 0: smoothed labels have no sequence to score."
            )
        return self.crf.decode(logits, None if tagged is None else tagged.to(logits.device).bool())


def label_names(config: SequenceConfig) -> list[str]:
    """The L names of the labels in the order of their ids."""
    names: dict[int, str] = config.id2label  # type: ignore[assignment]
    return [names[index] for index in range(len(names))]


def _check_labels(logits: Tensor, labels: Tensor) -> None:
    if labels.shape != logits.shape[:2]:
        raise ValueError(
            f"labels have shape {tuple(labels.shape)}, the inputs {tuple(logits.shape[:2])}; give one label a step, "
            "-100 where there is none."
        )
    if torch.compiler.is_compiling() or not labels.numel():
        return
    wrong = (labels != UNTAGGED) & ((labels < 0) | (labels >= logits.shape[-1]))
    if bool(wrong.any()):
        raise IndexError(
            f"labels[...] = {int(labels[wrong][0])}, but num_labels={logits.shape[-1]}; labels must lie between 0 and "
            f"{logits.shape[-1] - 1}, or be -100 where there is none."
        )


__all__ = ["TaggingOutput", "TokenClassifier"]
