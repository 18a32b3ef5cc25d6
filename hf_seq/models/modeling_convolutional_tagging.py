# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Convolutional tagger: one label for every step, with a CRF or without.

B batch · T steps, padding included · E width of an input · L labels · F features
"""

from typing import Any

from torch import Tensor
from transformers.utils.generic import can_return_tuple

from .configuration_convolutional import ConvolutionalConfig
from .keywords import PASSED_ON, refuse_unknown
from .modeling_convolutional import ConvolutionalModel, ConvolutionalPreTrainedModel
from .modeling_tagging import TaggingOutput, TokenClassifier
from .padding import find_padding


class ConvolutionalForTokenClassification(ConvolutionalPreTrainedModel, TokenClassifier):
    """A convolutional encoder with one label for every step, with a CRF or without."""

    def __init__(self, config: ConvolutionalConfig) -> None:
        super().__init__(config)
        self.model = ConvolutionalModel(config)
        self.make_head(config)
        self.post_init()

    @can_return_tuple
    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        input_values: Tensor | None = None,
        labels: Tensor | None = None,
        num_items_in_batch: Tensor | int | None = None,
        tagged: Tensor | None = None,
        **kwargs: Any,
    ) -> TaggingOutput:
        """Score every label for every step.

        Args:
            input_ids: (B, T) token ids.
            attention_mask: (B, T) 1 on real steps, 0 on padding, which may stand anywhere; all ones if absent.
            inputs_embeds: (B, T, E) in place of `input_ids`.
            input_values: (B, T, F) in place of `input_ids`, for models made with `num_features`.
            labels: (B, T) ids, -100 where a step has none.
            num_items_in_batch: what the summed loss is divided by; `Trainer` gives it. Without it, the labelled steps.
            tagged: (B, T) bool, the steps that a CRF's best path runs over; not together with labels.
            kwargs: `output_hidden_states`, `return_dict`.

        Returns:
            logits (B, T, L); loss () when labels were given; best_path (B, T) of a CRF, which is not sought while
            training on labels, nor while the model is traced for export.

        Raises:
            ValueError: inputs, mask or labels of the wrong kind or shape.
            TypeError: an unknown keyword that carries a tensor or a state.
        """
        refuse_unknown(kwargs, self.forward, PASSED_ON)
        padding = find_padding(attention_mask, self.model.check_inputs(input_ids, inputs_embeds, input_values))
        outputs = self.model(
            input_ids=input_ids,
            attention_mask=padding,
            inputs_embeds=inputs_embeds,
            input_values=input_values,
            return_dict=True,
            **kwargs,
        )
        logits = self.classifier(self.dropout(outputs.last_hidden_state))  # (B, T, L)
        return TaggingOutput(
            loss=self.tagging_loss(logits, labels, num_items_in_batch),
            logits=logits,
            hidden_states=outputs.hidden_states,
            best_path=self.find_path(logits, input_ids, padding, labels, tagged),
        )


__all__ = ["ConvolutionalForTokenClassification"]
