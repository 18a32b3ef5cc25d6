# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What makes a step of generate() cheap changes no number: roomy caches, tables of sinusoids, scores by columns."""

import pytest
import torch
from torch import nn
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

from hf_seq.models import positions
from hf_seq.models.head_loss import step_scores
from hf_seq.models.key_value_cache import ROOM, RoomyLayer, make_roomy

from .seq2seq_factories import START, make_model, make_sources, pad


def both_caches(steps: int) -> tuple[RoomyLayer, DynamicLayer]:
    """Ours and the library's, both fed the same `steps` steps."""
    ours, theirs = RoomyLayer(), DynamicLayer()
    for _ in range(steps):
        add_step(ours, theirs)
    return ours, theirs


@torch.no_grad()
def add_step(ours: RoomyLayer, theirs: DynamicLayer, rows: int = 3) -> None:
    key, value = torch.randn(rows, 2, 1, 4), torch.randn(rows, 2, 1, 4)
    found, expected = ours.update(key, value), theirs.update(key, value)
    for one, other in zip(found, expected, strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("steps", [1, 2, ROOM + 1, 2 * ROOM + 5])
def test_a_roomy_cache_holds_what_the_librarys_holds(steps):
    ours, theirs = both_caches(steps)
    assert ours.get_seq_length() == theirs.get_seq_length() == steps


@pytest.mark.parametrize("change", ["repeat", "select", "reorder", "crop", "reset"])
def test_a_changed_cache_goes_on_as_the_librarys_does(change):
    ours, theirs = both_caches(5)
    rows = torch.tensor([2, 0, 2])
    for layer in (ours, theirs):
        if change == "repeat":
            layer.batch_repeat_interleave(2)
        elif change == "select":
            layer.batch_select_indices(rows)
        elif change == "reorder":
            layer.reorder_cache(rows)
        elif change == "crop":
            layer.crop(-2)
        else:
            layer.reset()
    for _ in range(3):
        add_step(ours, theirs, rows=6 if change == "repeat" else 3)


def test_what_was_handed_out_does_not_change_when_steps_are_added():
    ours, theirs = both_caches(4)
    handed, kept = ours.keys, ours.keys.clone()
    add_step(ours, theirs)
    assert torch.equal(handed, kept)


def test_only_new_caches_of_the_default_kind_are_changed():
    new, used = DynamicCache(), DynamicCache()
    used.update(torch.zeros(1, 1, 1, 2), torch.zeros(1, 1, 1, 2), 0)
    for cache in (new, used):
        make_roomy(cache)
    new.update(torch.zeros(1, 1, 1, 2), torch.zeros(1, 1, 1, 2), 0)
    assert type(new.layers[0]) is RoomyLayer
    assert type(used.layers[0]) is DynamicLayer


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


@pytest.mark.parametrize("kernel", ["eager", "sdpa"])
def test_generate_goes_by_the_roomy_cache_and_writes_what_it_writes_without_any(kernel):
    model = make_model(attention_kernel=kernel, position_embedding="sinusoidal")
    ids, mask = pad(make_sources((4, 1, 6) * 3))
    options = {"max_new_tokens": 40, "min_new_tokens": 40, "output_scores": True, "return_dict_in_generate": True}
    cached = model.generate(ids, attention_mask=mask, num_beams=2, num_return_sequences=2, **options)
    anew = model.generate(ids, attention_mask=mask, num_beams=2, num_return_sequences=2, use_cache=False, **options)
    assert torch.equal(cached.sequences, anew.sequences)
    torch.testing.assert_close(cached.sequences_scores, anew.sequences_scores, atol=1e-4, rtol=1e-4)
    assert type(cached.past_key_values.self_attention_cache.layers[0]) is RoomyLayer
    assert cached.sequences[0, 0] == START
