# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What makes a step of generate() cheap changes no number: tables of sinusoids, scores by columns."""

import pytest
import torch
from torch import nn

from hf_seq.models import positions
from hf_seq.models.head_loss import step_scores


def test_positions_by_table_are_those_that_are_computed():
    places = torch.tensor([[0, 1, 2, 700], [5, 5, 0, 31]])
    torch.testing.assert_close(
        positions.sinusoids(places, 12), positions._compute_sinusoids(places, 12), atol=1e-6, rtol=1e-5
    )
    assert torch.isfinite(positions.sinusoids(torch.tensor([[positions.LONGEST_TABLE + 3]]), 12)).all()


def test_a_table_made_while_inferring_serves_training():
    positions._table.cache_clear()
    with torch.inference_mode():
        positions.sinusoids(torch.tensor([[3]]), 8)
    states = torch.randn(1, 1, 8, requires_grad=True)
    (states * positions.sinusoids(torch.tensor([[3]]), 8)).sum().backward()
    assert states.grad is not None


@pytest.mark.parametrize("rows", [1, 8, 64, 65])
def test_scores_of_a_step_are_the_heads(rows):
    head, states = nn.Linear(6, 17, bias=False), torch.randn(rows, 1, 6)
    with torch.no_grad():
        torch.testing.assert_close(step_scores(head, states), head(states))
        assert step_scores(head, states).is_contiguous()


def test_a_head_that_was_changed_scores_steps_as_it_is():
    head, states = nn.Linear(6, 17, bias=False), torch.randn(8, 1, 6)
    head.register_forward_hook(lambda module, inputs, output: output + 1)
    with torch.no_grad():
        torch.testing.assert_close(step_scores(head, states), states @ head.weight.t() + 1)
