# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The adaptive head equals torch's `AdaptiveLogSoftmaxWithLoss`, and a softmax over all tokens written by hand."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from transformers.trainer_pt_utils import LabelSmoother

from hf_seq import RecurrentConfig, RecurrentForCausalLM
from hf_seq.models.adaptive_head import AdaptiveHead

from .factories import gradients, perturb
from .language_models import make_ids, make_language_model

CUTOFFS, VOCABULARY, WIDTH = [4, 11, 12], 23, 64
MODEL = {"adaptive_softmax_cutoffs": [4, 11], "vocab_size": 23}
EXACT = {"atol": 1e-6, "rtol": 1e-6}


def make_head() -> tuple[AdaptiveHead, nn.AdaptiveLogSoftmaxWithLoss]:
    """A head of ours with random weights, and torch's with the same."""
    config = RecurrentConfig(vocab_size=VOCABULARY, bidirectional=False, adaptive_softmax_cutoffs=CUTOFFS)
    ours = perturb(AdaptiveHead(config, WIDTH))
    theirs = nn.AdaptiveLogSoftmaxWithLoss(WIDTH, VOCABULARY, CUTOFFS, head_bias=True)
    theirs.load_state_dict(ours.state_dict())
    return ours.double(), theirs.double()


def make_states(rows: int = 40) -> tuple[torch.Tensor, torch.Tensor]:
    """States (40, 64) and a target for each, every token among them."""
    torch.manual_seed(0)
    states = torch.randn(rows, WIDTH, dtype=torch.float64) / 4
    return states.requires_grad_(), torch.randperm(rows) % VOCABULARY


def by_hand(head: AdaptiveHead, state: torch.Tensor, token: int) -> float:
    """The probability of one token after one state: of its cluster, times its own within the cluster."""
    first = torch.softmax(head.head.weight @ state + head.head.bias, 0)
    if token < CUTOFFS[0]:
        return first[token].item()
    depth = max(place for place, start in enumerate(CUTOFFS) if start <= token)
    narrow, score = head.tail[depth]
    return (first[CUTOFFS[0] + depth] * torch.softmax(score.weight @ (narrow.weight @ state), 0))[
        token - CUTOFFS[depth]
    ].item()


def test_every_probability_is_that_of_the_formula_and_they_sum_to_one():
    (head, _), (states, _) = make_head(), make_states(5)
    found = head(states).exp()
    expected = [[by_hand(head, state, token) for token in range(VOCABULARY)] for state in states.detach()]
    torch.testing.assert_close(found, torch.tensor(expected, dtype=found.dtype), **EXACT)
    torch.testing.assert_close(found.sum(1), torch.ones(5, dtype=found.dtype))


def test_loss_and_gradients_equal_torchs():
    (ours, theirs), (states, targets) = make_head(), make_states()
    found, expected = ours.loss(states, targets), theirs(states, targets).loss
    torch.testing.assert_close(found, expected, **EXACT)
    for own, other in zip(
        torch.autograd.grad(3 * found, [states, *ours.parameters()]),
        torch.autograd.grad(3 * expected, [states, *theirs.parameters()]),
        strict=True,
    ):
        torch.testing.assert_close(own, other, **EXACT)


@pytest.mark.parametrize("items", [None, 90])
def test_missing_targets_and_empty_clusters_are_as_in_the_full_softmax(items):
    (head, _), (states, targets) = make_head(), make_states()
    targets[targets >= CUTOFFS[1]] = -100  # two clusters are never asked for
    found = head.loss(states.view(4, 10, WIDTH), targets.view(4, 10), items)
    asked = targets != -100
    nats = -head(states)[asked].gather(1, targets[asked, None]).sum()
    torch.testing.assert_close(found, nats / (items or asked.sum()), **EXACT)
    gradients = torch.autograd.grad(found, list(head.parameters()))
    assert all(gradient is not None for gradient in gradients)
    assert gradients[-1].abs().sum() == 0
    assert head.loss(states, torch.full_like(targets, -100)).item() == 0


def test_a_target_outside_the_vocabulary_is_named():
    (head, _), (states, targets) = make_head(), make_states()
    for wrong in (VOCABULARY, -1):
        with pytest.raises(IndexError, match=r"labels run from -?\d+ to \d+, but the vocabulary has 23 tokens"):
            head.loss(states, targets.index_fill(0, torch.tensor([3]), wrong))


@pytest.mark.parametrize("training", [True, False])
def test_the_loss_of_a_model_is_that_of_its_own_scores(training):
    model, ids = make_language_model(**MODEL).train(training), make_ids()
    labels = ids.clone()
    labels[0, :3] = -100
    found = model(ids, labels=labels)
    scores = model(ids).logits
    wanted = F.pad(labels[:, 1:], (0, 1), value=-100)
    torch.testing.assert_close(found.loss, F.cross_entropy(scores.flatten(0, 1), wanted.flatten()), **EXACT)
    assert (found.logits is None) is training
    torch.testing.assert_close(scores.exp().sum(-1), torch.ones(scores.shape[:2]))


def test_under_bfloat16_the_probabilities_still_sum_to_one_and_the_loss_is_near():
    model, ids = make_language_model(scale=0.3, **MODEL).train(), make_ids(rows=20)
    exact = model(ids, labels=ids).loss
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores, rough = model(ids).logits, model(ids, labels=ids).loss
    assert scores.dtype == rough.dtype == torch.float32
    torch.testing.assert_close(scores.exp().sum(-1), torch.ones(scores.shape[:2]))
    torch.testing.assert_close(rough, exact, atol=0.02, rtol=0.02)
    whole = model.to(torch.bfloat16)(ids, labels=ids).loss
    torch.testing.assert_close(whole, exact, atol=0.05, rtol=0.05)


@pytest.mark.parametrize("size", [15, 23, 40])
def test_a_resized_vocabulary_grows_and_shrinks_the_last_cluster(size):
    model, ids = make_language_model(**MODEL), make_ids(steps=4).clamp(max=13)
    before = model(ids).logits
    model.resize_token_embeddings(size)
    after = model(ids).logits
    assert after.shape[-1] == size
    torch.testing.assert_close(after[..., :11], before[..., :11])
    torch.testing.assert_close(after.exp().sum(-1), torch.ones(after.shape[:2]))
    labels = ids.index_fill(1, torch.tensor([2]), size - 1)
    torch.testing.assert_close(model.train()(ids, labels=labels).loss, model.eval()(ids, labels=labels).loss)


def test_a_vocabulary_that_leaves_nothing_of_the_last_cluster_is_refused():
    with pytest.raises(
        ValueError, match=r"a vocabulary of 11 leaves nothing of the cluster that begins at 11 .* use 12"
    ):
        make_language_model(**MODEL).resize_token_embeddings(11)


@pytest.mark.parametrize("cutoffs", [[], [0], [9, 9], [9, 4], [23], [4, 30]])
def test_cutoffs_that_do_not_part_the_vocabulary_are_refused(cutoffs):
    with pytest.raises(ValueError, match=r"adaptive_softmax_cutoffs=\[.*\] must be ids that grow, .* vocab_size=23"):
        make_language_model(vocab_size=23, adaptive_softmax_cutoffs=cutoffs)


def test_an_embedding_that_is_to_score_too_is_refused():
    with pytest.raises(ValueError, match=r"use tie_word_embeddings=False"):
        make_language_model(**MODEL, tie_word_embeddings=True)


def test_a_saved_model_comes_back_by_its_class(tmp_path):
    model, ids = make_language_model(**MODEL), make_ids()
    model.save_pretrained(tmp_path)
    again, info = RecurrentForCausalLM.from_pretrained(tmp_path, output_loading_info=True)
    assert not info["missing_keys"]
    assert not info["unexpected_keys"]
    torch.testing.assert_close(again(ids).logits, model(ids).logits)


def test_trainers_label_smoothing_is_over_all_tokens():
    model, ids = make_language_model(**MODEL).train(), make_ids()
    found = LabelSmoother(epsilon=0.3)(model(ids), ids, shift_labels=True)
    scores, wanted = model(ids).logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten()
    expected = F.cross_entropy(scores, wanted, label_smoothing=0.3)
    torch.testing.assert_close(found, expected)
    for own, other in zip(gradients(model, found).values(), gradients(model, expected).values(), strict=True):
        torch.testing.assert_close(own, other)
