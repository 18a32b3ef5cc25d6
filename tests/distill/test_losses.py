# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Losses against the definition: sums over every path, torch's own divergence."""

from itertools import pairwise, product

import pytest
import torch

from hf_seq.distill.losses import chain_losses, hidden_losses, soft_losses
from hf_seq.models.crf import LinearChainCRF

NAMES = ["O", "B-a", "I-a", "B-b", "I-b"]


def random_crf(seed=0):
    crf = LinearChainCRF(NAMES)
    generator = torch.Generator().manual_seed(seed)
    for parameter in crf.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator)
    return crf


def legal(path, crf):
    steps = [crf.pair_forbidden[a, b] for a, b in pairwise(path)]
    return not (crf.start_forbidden[path[0]] or crf.end_forbidden[path[-1]] or any(steps))


def divergence_by_paths(crf, emissions, teacher, temperature):
    """KL between the two distributions over all legal paths of one row, path by path."""
    paths = [path for path in product(range(len(NAMES)), repeat=len(emissions)) if legal(path, crf)]
    believed = (teacher / temperature).log_softmax(-1)
    ours, theirs = [], []
    for path in paths:
        score = crf.start[path[0]] + crf.end[path[-1]] + sum(crf.pair[a, b] for a, b in pairwise(path))
        ours.append((score + sum(emissions[t, tag] for t, tag in enumerate(path))) / temperature)
        theirs.append(sum(believed[t, tag] for t, tag in enumerate(path)))
    p, q = torch.stack(ours).log_softmax(0), torch.stack(theirs).log_softmax(0)
    return float((q.exp() * (q - p)).sum()) * temperature**2


@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_the_divergence_of_chains_is_that_of_all_their_paths(temperature):
    torch.manual_seed(1)
    crf, lengths = random_crf().requires_grad_(False), torch.tensor([4, 2, 1])
    emissions, teacher = torch.randn(3, 4, 5, dtype=torch.float64), 3 * torch.randn(3, 4, 5, dtype=torch.float64)
    losses = chain_losses(crf, emissions, teacher, lengths, temperature)
    for row, length in enumerate(lengths.tolist()):
        by_paths = divergence_by_paths(crf, emissions[row, :length], teacher[row, :length], temperature)
        assert losses[row].item() == pytest.approx(by_paths, abs=1e-6)


def test_the_gradient_on_emissions_is_the_difference_of_marginals():
    torch.manual_seed(2)
    crf, lengths = random_crf(), torch.tensor([3, 3])
    emissions, teacher = torch.randn(2, 3, 5, dtype=torch.float64, requires_grad=True), torch.randn(2, 3, 5).double()
    chain_losses(crf, emissions, teacher, lengths).sum().backward()
    believing = LinearChainCRF(NAMES)  # transitions of zero, and the same rules
    expected = crf.marginals(emissions) - believing.marginals(teacher.log_softmax(-1))
    torch.testing.assert_close(emissions.grad, expected, atol=1e-8, rtol=0)


def test_a_student_that_is_its_teacher_loses_nothing():
    crf, emissions = LinearChainCRF(NAMES), torch.randn(2, 6, 5)
    assert chain_losses(crf, emissions, emissions, torch.tensor([6, 3])).abs().max() < 1e-6


def test_what_stands_behind_a_row_changes_nothing_and_a_row_without_words_loses_nothing():
    crf, lengths = random_crf(), torch.tensor([2, 0])
    emissions, teacher = torch.randn(2, 3, 5), torch.randn(2, 3, 5)
    before = chain_losses(crf, emissions, teacher, lengths)
    emissions[0, 2], teacher[0, 2], emissions[1] = 50.0, -50.0, 9.0
    torch.testing.assert_close(chain_losses(crf, emissions, teacher, lengths), before)
    assert before[1] == 0.0


def test_a_teacher_who_is_sure_of_a_forbidden_path_leaves_the_loss_finite():
    crf, teacher = random_crf(), torch.full((1, 3, 5), -40.0)
    teacher[0, :, 2] = 40.0  # I-a from the first word on
    loss = chain_losses(crf, torch.randn(1, 3, 5), teacher, torch.tensor([3]))
    assert torch.isfinite(loss).all()


@pytest.mark.parametrize("temperature", [1.0, 3.0])
def test_kl_is_torchs_with_the_square_of_the_temperature(temperature):
    student, teacher = torch.randn(4, 3), torch.randn(4, 3)
    p, q = (teacher / temperature).softmax(-1), (student / temperature).softmax(-1)
    expected = (p * (p.log() - q.log())).sum(-1) * temperature**2
    torch.testing.assert_close(soft_losses(student, teacher, "kl", temperature), expected)


def test_hot_kl_becomes_the_square_of_centred_logits():
    # Hinton et al. 2015, section 2.1: in the limit of high temperature, matching logits is a special case
    student, teacher = torch.randn(5, 4, dtype=torch.float64), torch.randn(5, 4, dtype=torch.float64)
    centred = (student - student.mean(-1, keepdim=True)) - (teacher - teacher.mean(-1, keepdim=True))
    hot = soft_losses(student.double(), teacher, "kl", temperature=300.0)
    torch.testing.assert_close(hot.double(), centred.square().mean(-1) / 2, rtol=0.05, atol=0.01)


def test_labels_that_do_not_exclude_each_other_are_coins():
    student, teacher = torch.randn(4, 3), torch.randn(4, 3)
    p, q = teacher.sigmoid(), student.sigmoid()
    expected = (p * (p / q).log() + (1 - p) * ((1 - p) / (1 - q)).log()).mean(-1)
    torch.testing.assert_close(soft_losses(student, teacher, "kl", several=True), expected, atol=1e-5, rtol=1e-4)


def test_mse_is_the_mean_over_labels_and_states():
    student, teacher = torch.tensor([[1.0, 2.0]]), torch.tensor([[0.0, 4.0]])
    assert soft_losses(student, teacher, "mse").tolist() == [2.5]
    assert hidden_losses(student, teacher).tolist() == [2.5]
