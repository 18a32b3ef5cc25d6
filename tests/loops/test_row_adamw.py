# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
import pytest
import torch
from torch import nn

from hf_seq.loops.row_adamw import RowAdamW
from hf_seq.loops.row_gradients import clip_gradients

WEIGHTS = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))


def train(ids, *, sparse, optimizer, steps=5, max_norm=None, **settings):
    embedding = nn.Embedding(6, 4, sparse=sparse)
    embedding.weight.data.copy_(WEIGHTS)
    updates = optimizer(embedding.parameters(), lr=0.1, **settings)
    for step in range(steps):
        (embedding(ids) - step).square().sum().backward()
        if max_norm is not None:
            (
                clip_gradients(embedding, max_norm)
                if sparse
                else nn.utils.clip_grad_norm_(embedding.parameters(), max_norm)
            )
        updates.step()
        updates.zero_grad()
    return embedding.weight.detach()


@pytest.mark.parametrize("max_norm", [None, 1.0, 1e6])
def test_with_every_row_in_every_batch_it_is_adamw(max_norm):
    ids = torch.tensor([0, 1, 2, 3, 4, 5, 2, 2])
    ours = train(ids, sparse=True, optimizer=RowAdamW, max_norm=max_norm, weight_decay=0.1, fused=True)
    theirs = train(ids, sparse=False, optimizer=torch.optim.AdamW, max_norm=max_norm, weight_decay=0.1)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


def test_without_decay_it_is_torchs_sparse_adam():
    ids = torch.tensor([1, 4, 4])
    ours = train(ids, sparse=True, optimizer=RowAdamW, weight_decay=0.0)
    theirs = train(ids, sparse=True, optimizer=torch.optim.SparseAdam)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


def test_rows_that_no_batch_touches_stay_as_they_are():
    trained = train(torch.tensor([1, 4]), sparse=True, optimizer=RowAdamW, weight_decay=0.5)
    assert torch.equal(trained[[0, 2, 3, 5]], WEIGHTS[[0, 2, 3, 5]])
    assert not torch.isclose(trained[[1, 4]], WEIGHTS[[1, 4]]).any()


def test_its_state_goes_through_a_checkpoint():
    ids, halves = torch.tensor([0, 3]), []
    embedding = nn.Embedding(6, 4, sparse=True)
    embedding.weight.data.copy_(WEIGHTS)
    first = RowAdamW(embedding.parameters(), lr=0.1, fused=True)
    for step in range(5):
        if step == 2:
            halves.append(first.state_dict())
            first = RowAdamW(embedding.parameters(), lr=0.1, fused=True)
            first.load_state_dict(halves[0])
        (embedding(ids) - step).square().sum().backward()
        first.step()
        first.zero_grad()
    assert torch.equal(embedding.weight.detach(), train(ids, sparse=True, optimizer=RowAdamW, fused=True))


def test_gradients_that_are_short_enough_are_not_touched():
    layer = nn.Linear(3, 2)
    layer(torch.ones(1, 3)).sum().backward()
    before = layer.weight.grad.clone()
    norm = clip_gradients(layer, max_norm=100.0)
    assert torch.equal(layer.weight.grad, before)
    assert norm == pytest.approx(float(nn.utils.clip_grad_norm_(layer.parameters(), 100.0)))
