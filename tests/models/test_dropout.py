# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Dropout drops the share it says, scales what it keeps as torch does, and repeats itself under a seed."""

import math

import pytest
import torch
from torch import nn

from hf_seq.models.dropout import Dropout, dropout

N = 400_001  # no multiple of the four draws in a random word


@pytest.mark.parametrize("p", [0.01, 0.3, 0.5, 0.97])
def test_the_share_that_is_dropped_is_p_at_every_place_of_a_random_word(p):
    torch.manual_seed(0)
    dropped = (dropout(torch.ones(N), p, True) == 0).double()
    for place in range(4):
        own = dropped[place::4]
        assert own.mean().item() == pytest.approx(p, abs=5 * math.sqrt(p * (1 - p) / len(own)))


def test_neighbours_are_dropped_independently():
    torch.manual_seed(0)
    dropped = (dropout(torch.ones(N), 0.3, True) == 0).double() - 0.3
    for distance in (1, 2, 3, 4, 8):
        together = (dropped[distance:] * dropped[:-distance]).mean().item() / (0.3 * 0.7)
        assert abs(together) < 5 / math.sqrt(N)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
def test_what_is_kept_is_scaled_and_its_gradient_is_too(dtype):
    torch.manual_seed(0)
    values = torch.randn(7, 13, 5, dtype=dtype, requires_grad=True)
    given = dropout(values, 0.3, True)
    given.sum().backward()
    kept = given != 0
    tolerance = 1e-2 if dtype == torch.bfloat16 else 1e-4
    assert given.dtype == dtype
    assert 0 < kept.sum() < kept.numel()
    torch.testing.assert_close(given[kept], (values / 0.7)[kept], rtol=tolerance, atol=0)
    torch.testing.assert_close(values.grad, kept.to(dtype) / 0.7, rtol=tolerance, atol=0)


def test_a_seed_repeats_it():
    torch.manual_seed(3)
    first, second = dropout(torch.ones(99), 0.5, True), dropout(torch.ones(99), 0.5, True)
    torch.manual_seed(3)
    assert torch.equal(dropout(torch.ones(99), 0.5, True), first)
    assert not torch.equal(first, second)


@pytest.mark.parametrize("p", [0.0, 1e-9, 1 - 1e-9, 1.0])
def test_the_ends_are_those_of_torch(p):
    values = torch.arange(1.0, 9.0)
    torch.testing.assert_close(dropout(values, p, True), nn.functional.dropout(values, p))


def test_the_module_is_one_of_torch_and_rests_in_evaluation():
    layer, values = Dropout(0.4), torch.ones(50)
    assert isinstance(layer, nn.Dropout)
    assert (layer(values) == 0).any()
    assert torch.equal(layer.eval()(values), values)


def test_nothing_in_is_nothing_out():
    assert dropout(torch.ones(0, 3), 0.5, True).shape == (0, 3)
