# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The models of clips of sound: those of series, with training flags that suit some thousand clips."""

from dataclasses import replace

from hf_seq.tasks.architectures import Architecture
from hf_seq.tasks.series.task import ARCHITECTURES as OF_SERIES

EPOCHS = 20
"""Passes of all models but the transformer; on validation nothing is gained from the fifteenth on."""
MINUTES = 10
"""Frames cost more than the steps of most series."""


def suited(name: str, architecture: Architecture) -> Architecture:
    """Give a model of series the training flags for sound."""
    epochs = {} if name == "transformer" else {"num_train_epochs": EPOCHS}
    return replace(architecture, training={**architecture.training, **epochs, "max_minutes": MINUTES})


ARCHITECTURES = {name: suited(name, each) for name, each in OF_SERIES.items()}
