# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Wide and deep: a recurrent classifier and a linear one over n-grams, whose scores are mixed.

Few texts teach a linear model more than a recurrent one, many the other way round; how much each is worth is chosen on
validation. Cheng et al. 2016, arXiv:1606.07792; here the wide part is fitted by itself, and the deep part trained so.

B batch · T steps, padding included · L labels
"""

from torch import Tensor

from .configuration_recurrent_wide import RecurrentWideConfig
from .mixing import Mixed
from .modeling_recurrent import RecurrentForSequenceClassification, RecurrentModel
from .ngrams import BagOfNgrams
from .padding import Padding


class RecurrentWideModel(RecurrentModel):
    """The encoder of the deep part, for `AutoModel`."""

    config: RecurrentWideConfig


class RecurrentWideForSequenceClassification(Mixed, RecurrentForSequenceClassification):
    """A recurrent classifier with a bag of n-grams beside it.

    In training the scores are those of the deep part alone; in evaluation both are mixed by `deep_share` of the
    configuration. With `inputs_embeds` there are no letters to read, and the deep part answers alone. Arguments and
    outputs of `forward` are those of `RecurrentForSequenceClassification`.
    """

    config: RecurrentWideConfig
    encoder_class = RecurrentWideModel
    _ddp_params_and_buffers_to_ignore = ("wide.letters",)  # gloo sends no int16, and every process reads the same

    def __init__(self, config: RecurrentWideConfig) -> None:
        super().__init__(config)
        self.wide = BagOfNgrams(config)
        self.post_init()

    def score_summary(self, summary: Tensor, input_ids: Tensor | None, padding: Padding | None) -> Tensor:
        """Score a summary (B, H), in evaluation mixed with what the n-grams of the tokens (B, T) score: (B, L)."""
        deep, share = super().score_summary(summary, input_ids, padding), float(self.config.deep_share)
        self.warn_of_fitted_part()
        if self.training or input_ids is None or share == 1:
            return deep
        return share * deep + (1 - share) * self.wide(input_ids, padding).to(deep)


__all__ = ["RecurrentWideForSequenceClassification", "RecurrentWideModel"]
