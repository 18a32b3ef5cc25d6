# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What makes a step of generate() cheap changes no number: tables of sinusoids, scores by columns."""

import pytest
import torch
from torch import nn

from hf_seq.models import positions
from hf_seq.models.head_loss import step_scores
from hf_seq.models.transformer_steps import Glance

from .seq2seq_factories import TRANSFORMERS, make_model, name_of


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


def test_a_short_source_that_is_multiplied_into_the_weights_is_looked_at_as_ever():
    torch.manual_seed(0)
    attention = make_model(**TRANSFORMERS[0]).model.decoder.layers[0].cross_attention.double()
    source, states = torch.randn(1, 3, 8).double(), torch.randn(1, 1, 8).double()
    keys, values = attention.split_heads(attention.key_value(source), 2)
    with torch.no_grad():
        expected = attention(states, source)[0]
        torch.testing.assert_close(Glance(attention, keys, values)(states), expected, atol=1e-12, rtol=1e-12)


@pytest.mark.parametrize("settings", TRANSFORMERS, ids=name_of)
def test_a_short_source_alone_is_written_from_as_transformers_does(settings, monkeypatch):
    model, source = make_model(**settings), torch.tensor([[5, 9, 7]])
    options = {"do_sample": False, "max_new_tokens": 8, "attention_mask": torch.ones_like(source)}
    looked, look = [], Glance.__call__
    monkeypatch.setattr(Glance, "__call__", lambda self, states: looked.append(1) or look(self, states))
    written = model.generate(source, **options)
    assert len(looked) == 7 * len(model.model.decoder.layers)  # at each step but the first
    library = model.generate(source, **options, return_dict_in_generate=True)
    assert torch.equal(written, library.sequences)


def test_an_adapter_on_the_attention_is_heard_by_a_short_source_alone():
    class Louder(nn.Linear):
        def forward(self, states):
            return super().forward(states) * 3

    model, source = make_model(**TRANSFORMERS[0]), torch.tensor([[5, 9, 7]])
    for layer in model.model.decoder.layers:
        layer.cross_attention.query.__class__ = Louder
    options = {"do_sample": False, "max_new_tokens": 8, "attention_mask": torch.ones_like(source)}
    library = model.generate(source, **options, return_dict_in_generate=True)
    assert torch.equal(model.generate(source, **options), library.sequences)
