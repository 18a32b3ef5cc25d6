# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A classifier with a fitted part beside the trained one: what becomes of the former when others train or load it.

The fitted part, `wide`, has weights that gradients leave alone. It is part of the answers in evaluation only, and
counts as much as `deep_share` of the configuration leaves to it.
"""

from typing import Any

import torch
from transformers.utils import logging

logger = logging.get_logger(__name__)


class Mixed:
    """Base of classifiers that may have a fitted part, `wide`, beside their `classifier`."""

    config: Any
    classifier: Any
    training: bool

    @classmethod
    def from_pretrained(cls, *args: Any, output_loading_info: bool = False, **kwargs: Any) -> Any:
        """As in transformers; a fitted part that could not be loaded (of other labels, say) counts nothing."""
        parent: Any = super()
        model, info = parent.from_pretrained(*args, output_loading_info=True, **kwargs)
        absent = {*info["missing_keys"], *(name for name, *_ in info["mismatched_keys"])}
        if any(name.startswith("wide.") for name in absent):
            model.config.deep_share = 1.0
        return (model, info) if output_loading_info else model

    def divide_logits(self, temperature: float) -> None:
        """Make the model less sure of every answer (temperature above 1), or surer; no answer changes."""
        wide: Any = getattr(self, "wide", None)
        for weights in (*self.classifier.parameters(), *(() if wide is None else (wide.weight, wide.bias))):
            weights.data.div_(temperature)

    def warn_of_fitted_part(self) -> None:
        """Warn once where the model is trained while the fitted part has a say: it keeps what it knows."""
        share = float(self.config.deep_share)
        if self.training and torch.is_grad_enabled() and share < 1:
            logger.warning_once(
                f"What is trained here counts {100 * share:.0f} % of the model's answers (deep_share={share:g}): the "
                f"part beside it, which counts {100 * (1 - share):.0f} %, was fitted and learns nothing. Set "
                "model.config.deep_share = 1.0 to leave it out, or train on with `hf-seq train --model FOLDER`, which "
                "fits it again."
            )


__all__ = ["Mixed"]
