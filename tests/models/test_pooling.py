# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Each pooling equals a loop over the real steps of each row."""

import pytest
import torch

from hf_seq.models.padding import Padding
from hf_seq.models.pooling import Pooling

from .factories import LAYOUTS, POOLINGS, make_batch, make_model, make_sequences, perturb

STATES = torch.randn(5, 7, 6, generator=torch.Generator().manual_seed(0))  # (B, T, H)
REAL = torch.tensor(
    [
        [1, 1, 1, 1, 1, 1, 1],
        [1, 1, 1, 0, 0, 0, 0],
        [0, 0, 0, 0, 1, 1, 1],
        [0, 1, 0, 0, 1, 1, 0],
        [0, 0, 1, 0, 0, 0, 0],
    ]
).bool()


def pooled_by_hand(pooling: Pooling, states: torch.Tensor) -> torch.Tensor:
    """Pool the real steps (N, H) of one row."""
    if pooling.kind == "first":
        return states[0]
    if pooling.kind == "last":
        half = states.shape[1] // 2
        return torch.cat([states[-1, :half], states[0, half:]]) if pooling.bidirectional else states[-1]
    if pooling.kind == "mean":
        return sum(states) / len(states)
    if pooling.kind == "max":
        return torch.stack([max(column) for column in states.T])
    scores = []  # Bahdanau et al. 2015: v . tanh(W h + b), softmax over the steps
    for state in states:
        energy = torch.tanh(pooling.energy.weight @ state + pooling.energy.bias)
        scores.append((pooling.query.weight[0] @ energy).exp())
    return sum(score * state for score, state in zip(scores, states, strict=True)) / sum(scores)


@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize("kind", POOLINGS)
def test_pooling_equals_a_loop_over_real_steps(kind, bidirectional):
    pooling = perturb(Pooling(kind, 6, bidirectional))
    expected = torch.stack([pooled_by_hand(pooling, row[real]) for row, real in zip(STATES, REAL, strict=True)])
    torch.testing.assert_close(pooling(STATES, Padding(REAL))[0], expected)


@pytest.mark.parametrize("kind", POOLINGS)
def test_no_mask_is_a_mask_of_ones(kind):
    pooling = perturb(Pooling(kind, 6, bidirectional=True))
    torch.testing.assert_close(pooling(STATES, None)[0], pooling(STATES, Padding(torch.ones_like(REAL)))[0])


@pytest.mark.parametrize("kind", POOLINGS)
def test_a_row_without_real_steps_pools_to_zero(kind):
    pooling = perturb(Pooling(kind, 6))
    assert (pooling(STATES, Padding(torch.zeros_like(REAL)))[0] == 0).all()


@pytest.mark.parametrize("family", [{"cell_type": "lstm"}, {"position_embedding": "rotary"}], ids=["lstm", "rotary"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_attention_pooling_returns_its_weights_when_asked(family, layout):
    model = make_model(**family, pooling="attention", attention="eager" if "position_embedding" in family else None)
    batch = make_batch("input_ids", make_sequences("input_ids"), layout)
    outputs = model(**batch, output_attentions=True)
    real = batch["attention_mask"].bool()
    torch.testing.assert_close(outputs.pooling_weights.sum(1), torch.ones(len(real)))
    assert (outputs.pooling_weights[~real] == 0).all()
    assert (outputs.pooling_weights[real] > 0).all()
    states = model.model(**batch).last_hidden_state
    summary = (outputs.pooling_weights.unsqueeze(-1) * states).sum(1)
    torch.testing.assert_close(model.classifier(summary), outputs.logits)
    assert model(**batch).pooling_weights is None


@pytest.mark.parametrize("kind", ["first", "last", "mean", "max"])
def test_other_poolings_have_no_weights_to_return(kind):
    model = make_model(cell_type="gru", pooling=kind)
    outputs = model(**make_batch("input_ids", make_sequences("input_ids")), output_attentions=True)
    assert outputs.pooling_weights is None
