# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Configuration of the wide and deep classifier: a recurrent one beside a linear one over n-grams."""

from huggingface_hub.dataclasses import strict

from .configuration_recurrent import RecurrentConfig


@strict
class RecurrentWideConfig(RecurrentConfig):
    """Configuration of `RecurrentWideForSequenceClassification`; the fields of `RecurrentConfig` and these.

    Args:
        num_ngrams: n-grams that the wide part knows; its weights are fitted, not trained, so that their number is only
            known then.
        deep_share: weight of the deep part's scores, from 0 to 1; the wide part has the rest.

    Example:
        >>> RecurrentWideConfig().deep_share
        0.5
    """

    model_type = "recurrent_wide"

    num_ngrams: int = 1
    deep_share: float | int = 0.5

    def validate_wide(self) -> None:
        """Check that there is something to know, tokens to read it from, and a share that is one."""
        if self.num_ngrams < 1:
            raise ValueError(f"num_ngrams={self.num_ngrams} must be 1 or more.")
        if not 0 <= self.deep_share <= 1:
            raise ValueError(f"deep_share={self.deep_share} must lie between 0 and 1.")
        if self.num_features is not None:
            raise ValueError(f"n-grams are of tokens, but num_features={self.num_features} makes it read numbers.")


__all__ = ["RecurrentWideConfig"]
