# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Learning curves of one training as a PNG."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hf_seq.reports.figures import learning_curves


def write_curves(curve: Sequence[Mapping[str, Any]], path: str | Path, *, metric: str, name: str = "model") -> Path:
    """Draw the loss and the validation score of every epoch.

    Args:
        curve: what was logged, under the names of Trainer's log history: `epoch`, `loss`, `eval_loss`, `eval_<metric>`;
            rows may hold any of them.
        path: the PNG to write.
        metric: name of the headline metric.
        name: the model's, for the title.
    """
    figure = learning_curves({name: curve}, metric)
    figure.suptitle(name)
    figure.savefig(path, dpi=120, facecolor="white")
    return Path(path)
