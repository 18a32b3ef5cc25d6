# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Wide and deep: a recurrent classifier and a linear one over n-grams, whose scores are mixed.

Few texts teach a linear model more than a recurrent one, many the other way round; how much each is worth is chosen on
validation. Cheng et al. 2016, arXiv:1606.07792; here the wide part is fitted by itself, and the deep part trained so.

B batch · T steps, padding included · L labels
"""

from typing import Any

from torch import Tensor
from transformers.utils.generic import can_return_tuple

from .configuration_recurrent_wide import RecurrentWideConfig
from .losses import classification_loss
from .modeling_recurrent import RecurrentForSequenceClassification, RecurrentModel
from .modeling_sequence import PooledClassifierOutput
from .ngrams import BagOfNgrams
from .padding import find_padding


class RecurrentWideModel(RecurrentModel):
    """The encoder of the deep part, for `AutoModel`."""

    config: RecurrentWideConfig


class RecurrentWideForSequenceClassification(RecurrentForSequenceClassification):
    """A recurrent classifier with a bag of n-grams beside it.

    In training the scores are those of the deep part alone; in evaluation both are mixed by `deep_share` of the
    configuration. With `inputs_embeds` there are no letters to read, and the deep part answers alone.
    """

    config: RecurrentWideConfig
    encoder_class = RecurrentWideModel

    def __init__(self, config: RecurrentWideConfig) -> None:
        super().__init__(config)
        self.wide = BagOfNgrams(config)
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
        **kwargs: Any,
    ) -> PooledClassifierOutput:
        """Score every label for every sequence; arguments and outputs as of `RecurrentForSequenceClassification`.

        Raises:
            ValueError: inputs, mask or labels of the wrong kind or shape.
            TypeError: an unknown keyword that carries a tensor or a state.
        """
        kwargs["return_dict"] = True
        outputs: PooledClassifierOutput = super().forward(
            input_ids, attention_mask, inputs_embeds, input_values, **kwargs
        )
        logits: Any = outputs.logits
        if not self.training and input_ids is not None:
            logits = outputs.logits = self.mixed(logits, input_ids, attention_mask)
        if labels is not None:
            outputs.loss = classification_loss(logits, labels, self.config, num_items_in_batch)
        return outputs

    def mixed(self, deep: Tensor, input_ids: Tensor, attention_mask: Tensor | None) -> Tensor:
        """Mix the scores of the deep part (B, L) with those of the n-grams of the tokens (B, T)."""
        share = float(self.config.deep_share)
        if share == 1:
            return deep
        return share * deep + (1 - share) * self.wide(input_ids, find_padding(attention_mask, input_ids)).to(deep)

    def score_tokens(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
        """Give the logits (B, L) of token ids (B, T), in evaluation."""
        return self.mixed(super().score_tokens(input_ids, attention_mask), input_ids, attention_mask)

    def divide_logits(self, temperature: float) -> None:
        """Make the model less sure of every answer (temperature above 1), or surer; no answer changes."""
        for weights in (*self.classifier.parameters(), self.wide.weight, self.wide.bias):
            weights.data.div_(temperature)


__all__ = ["RecurrentWideForSequenceClassification", "RecurrentWideModel"]
