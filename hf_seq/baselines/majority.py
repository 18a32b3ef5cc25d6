# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The baseline that reads no text: how often each label occurs, or the mean value."""

from collections.abc import Sequence

import numpy as np

from hf_seq.baselines.baseline import Array, Baseline


class MajorityBaseline(Baseline):
    """Gives every text the label frequencies of the training rows, so the most frequent label wins."""

    kind = "majority"

    def _fit(self, texts: Sequence[str], labels: Array) -> None:
        if labels.ndim == 1:
            self.arrays = {"frequencies": np.bincount(labels, minlength=self.num_labels) / len(labels)}  # (L,)
        else:
            self.arrays = {"frequencies": labels.mean(axis=0)}  # (L,)

    def _predict_scores(self, texts: Sequence[str]) -> Array:
        return np.tile(self.arrays["frequencies"], (len(texts), 1))
