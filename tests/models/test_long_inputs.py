# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Long inputs take memory that grows with their length, not with its square."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from hf_seq import (
    ConvolutionalConfig,
    ConvolutionalForSequenceClassification,
    RecurrentConfig,
    RecurrentForSequenceClassification,
    RecurrentForTokenClassification,
    TransformerEncoderConfig,
    TransformerEncoderForSequenceClassification,
)

SMALL = {"vocab_size": 50, "embedding_size": 8, "hidden_size": 8}
MODELS = {
    "bilstm": lambda: RecurrentForSequenceClassification(RecurrentConfig(**SMALL, bidirectional=True)),
    "gru-attention": lambda: RecurrentForSequenceClassification(
        RecurrentConfig(**SMALL, cell_type="gru", pooling="attention")
    ),
    "bilstm-crf": lambda: RecurrentForTokenClassification(
        RecurrentConfig(**SMALL, bidirectional=True, use_crf=True, num_labels=3)
    ),
    "conv": lambda: ConvolutionalForSequenceClassification(ConvolutionalConfig(vocab_size=50, hidden_size=8)),
    "transformer": lambda: TransformerEncoderForSequenceClassification(
        TransformerEncoderConfig(
            vocab_size=50, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
        )
    ),
}


class Largest(TorchDispatchMode):
    """Keeps the size of the largest storage that an operation gave."""

    def __init__(self):
        super().__init__()
        self.bytes = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        given = func(*args, **(kwargs or {}))
        for each in given if isinstance(given, tuple | list) else [given]:
            if isinstance(each, torch.Tensor):
                self.bytes = max(self.bytes, each.untyped_storage().nbytes())
        return given


def largest(model, steps):
    ids, mask = torch.full((2, steps), 7), torch.ones(2, steps, dtype=torch.long)
    mask[1, steps // 2 :] = 0
    with torch.no_grad(), Largest() as seen:
        model(input_ids=ids, attention_mask=mask)
    return seen.bytes


@pytest.mark.parametrize("name", MODELS)
def test_the_largest_tensor_grows_with_the_length(name):
    model = MODELS[name]().eval()
    assert largest(model, 2400) <= 4.4 * largest(model, 600)


def test_a_square_is_seen():
    with Largest() as seen:
        torch.ones(100, 1) @ torch.ones(1, 100)
    assert seen.bytes == 4 * 100 * 100
