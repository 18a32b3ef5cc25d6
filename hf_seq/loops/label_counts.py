# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""How many labels a batch has where they are numbers: one that is NaN is unknown, and -100 is a number like others."""

from collections.abc import Mapping
from typing import Any

import torch

IGNORED = -100


def countable(batch: Mapping[str, Any]) -> Mapping[str, Any]:
    """Put marks for labels that are numbers, so that who counts what is not -100 counts those that are known.

    Args:
        batch: tensors by name, with `labels` or without; is left as it is.
    """
    labels = batch.get("labels")
    if labels is None or not labels.is_floating_point():
        return batch
    return {**batch, "labels": torch.where(labels.isnan(), IGNORED, 1)}
