# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Flags that suit models of series, whatever is learned of these."""

from typing import Any

from hf_seq.tasks.architectures import Architecture

# Sets of series are small: many passes, some decay; a few validation rows tell losses apart where accuracies are equal
COMMON = {"weight_decay": 0.01, "metric_for_best_model": "eval_loss", "max_minutes": 2}
FEW, MORE = {"num_train_epochs": 25, "min_updates": 360}, {"num_train_epochs": 40, "min_updates": 540}
RECURRENT = {"learning_rate": 3e-3, **FEW, "warmup_steps": 0.05, **COMMON}
CONVOLUTIONAL = {"learning_rate": 2e-3, **FEW, "warmup_steps": 0.05, **COMMON}
TRANSFORMER = {"learning_rate": 1e-3, **MORE, "warmup_steps": 0.1, **COMMON}


def recurrent(cell_type: str, bidirectional: bool, **more: Any) -> Architecture:
    """Name a recurrent model of series."""
    return Architecture("recurrent", {"cell_type": cell_type, "bidirectional": bidirectional, **more}, RECURRENT)


def convolutional(**more: Any) -> Architecture:
    """Name a convolutional model of series."""
    return Architecture("convolutional", more, CONVOLUTIONAL)


def transformer(**more: Any) -> Architecture:
    """Name a transformer of series."""
    return Architecture("transformer_encoder", {"position_embedding": "rotary", **more}, TRANSFORMER)
