# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The loss made block by block equals torch's cross-entropy of all scores, and so do its gradients."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

import hf_seq.models.head_loss  # noqa: F401  # so that its module can be found
from hf_seq.models.head_loss import head_loss

from .language_models import make_ids, make_language_model

ROWS, WIDTH, VOCABULARY = 13, 6, 17


def make_head(bias: bool = True) -> tuple[nn.Linear, torch.Tensor, torch.Tensor]:
    """A head, states (13, 6) and targets (13,), some of them missing."""
    torch.manual_seed(0)
    head, states = nn.Linear(WIDTH, VOCABULARY, bias=bias), 3 * torch.randn(ROWS, WIDTH)
    targets = torch.randint(0, VOCABULARY, (ROWS,))
    targets[[0, 5]] = -100
    return head, states.requires_grad_(), targets


def gradients_of(loss: torch.Tensor, head: nn.Linear, states: torch.Tensor) -> list[torch.Tensor]:
    return list(torch.autograd.grad(loss, [states, *head.parameters()]))


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("smoothing", [0.0, 0.3])
@pytest.mark.parametrize(("block", "piece"), [(1, 1), (4, 3), (11, 100), (100, 2), (100, 100)])  # rows
def test_loss_and_gradients_equal_torchs_whatever_the_blocks(block, piece, smoothing, bias, monkeypatch):
    monkeypatch.setattr("hf_seq.models.head_loss.BLOCK", block * VOCABULARY)
    monkeypatch.setattr("hf_seq.models.head_loss.PIECE", piece * VOCABULARY)
    head, states, targets = make_head(bias)
    expected = 2.5 * F.cross_entropy(head(states), targets, label_smoothing=smoothing)
    found = 2.5 * head_loss(head, states, targets, label_smoothing=smoothing)
    torch.testing.assert_close(found, expected)
    for ours, theirs in zip(gradients_of(found, head, states), gradients_of(expected, head, states), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_the_gradient_is_that_of_finite_differences():
    head, states, targets = make_head()
    head, states = head.double(), states.detach().double().requires_grad_()
    assert torch.autograd.gradcheck(lambda each: head_loss(head, each, targets, num_items_in_batch=7), (states,))


def test_it_is_divided_by_the_items_of_all_batches_when_they_are_told():
    head, states, targets = make_head()
    torch.testing.assert_close(head_loss(head, states, targets, 44), head_loss(head, states, targets) * 11 / 44)


def test_under_bfloat16_only_the_products_are_rounded():
    head, states, targets = make_head()
    exact = head_loss(head, states, targets)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rough = head_loss(head, states, targets)
    assert rough.dtype == torch.float32
    torch.testing.assert_close(rough, exact, atol=0.02, rtol=0.02)
    for ours, theirs in zip(gradients_of(rough, head, states), gradients_of(exact, head, states), strict=True):
        assert ours.dtype == torch.float32
        assert (ours - theirs).norm() < 0.02 * theirs.norm()


def test_without_any_target_it_is_zero_and_so_are_its_gradients():
    head, states, targets = make_head()
    loss = head_loss(head, states, torch.full_like(targets, -100))
    assert loss.item() == 0
    assert all((gradient == 0).all() for gradient in gradients_of(loss, head, states))


def test_very_large_scores_overflow_nothing():
    head, states, targets = make_head()
    found = head_loss(head, 1e4 * states, targets)
    torch.testing.assert_close(found, F.cross_entropy(head(1e4 * states), targets))


def test_a_head_that_was_changed_is_called_as_it_is():
    head, states, targets = make_head()
    plain = head_loss(head, states, targets)
    head.register_forward_hook(lambda module, inputs, output: 2 * output)
    torch.testing.assert_close(head_loss(head, states, targets), F.cross_entropy(2 * (head(states) / 2), targets))
    assert head_loss(head, states, targets) != plain


@pytest.mark.parametrize("wrong", [VOCABULARY, -5])
def test_a_target_outside_the_vocabulary_is_named(wrong):
    head, states, targets = make_head()
    targets[3] = wrong
    with pytest.raises(IndexError, match=rf"labels run from .*{wrong}.* the vocabulary has 17 tokens; .* 0 and 16"):
        head_loss(head, states, targets)


@pytest.mark.parametrize("tied", [True, False])
def test_a_language_model_trains_on_the_loss_that_it_evaluates(tied):
    model, ids = make_language_model(tie_word_embeddings=tied), make_ids()
    evaluated = model(ids, labels=ids)
    trained = model.train()(ids, labels=ids)
    assert trained.logits is None
    torch.testing.assert_close(trained.loss, evaluated.loss)
    parameters = list(model.parameters())
    for ours, theirs in zip(
        torch.autograd.grad(trained.loss, parameters), torch.autograd.grad(evaluated.loss, parameters), strict=True
    ):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)
