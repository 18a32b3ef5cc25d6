# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The transformer encoder equals torch's, and its positions equal their formulae."""

import cmath
import math

import pytest
import torch
from torch import nn

from hf_seq.models.padding import Padding
from hf_seq.models.positions import count_positions, rotate, rotations, sinusoids

from .factories import LAYOUTS, WIDTH, make_batch, make_model, make_sequences

SCALE = math.sqrt(WIDTH)  # of token vectors and learned positions, Vaswani et al. 2017, section 3.4


def torch_twin(encoder) -> nn.TransformerEncoder:
    """torch's encoder with the weights of ours."""
    config = encoder.config
    options = {"dropout": 0.0, "activation": nn.functional.gelu, "batch_first": True, "norm_first": config.norm_first}
    layer = nn.TransformerEncoderLayer(WIDTH, config.num_attention_heads, config.intermediate_size, **options)
    final = nn.LayerNorm(WIDTH) if config.norm_first else None
    twin = nn.TransformerEncoder(layer, config.num_hidden_layers, norm=final, enable_nested_tensor=False)
    for theirs, ours in zip(twin.layers, encoder.layers, strict=True):
        attention = {"in_proj_weight": ours.attention.qkv.weight, "in_proj_bias": ours.attention.qkv.bias}
        theirs.self_attn.load_state_dict(attention, strict=False)
        theirs.self_attn.out_proj.load_state_dict(ours.attention.output.state_dict())
        theirs.linear1.load_state_dict(ours.widen.state_dict())
        theirs.linear2.load_state_dict(ours.narrow.state_dict())
        theirs.norm1.load_state_dict(ours.attention_norm.state_dict())
        theirs.norm2.load_state_dict(ours.feed_forward_norm.state_dict())
    if config.norm_first:
        twin.norm.load_state_dict(encoder.norm.state_dict())
    return twin.train()  # keeps torch off its inference-only kernel; there is no dropout


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
@pytest.mark.parametrize("norm_first", [True, False])
def test_states_equal_torch_with_the_same_weights(norm_first, attention):
    encoder = make_model(position_embedding="none", norm_first=norm_first, attention=attention).model
    batch = make_batch("input_ids", make_sequences("input_ids"), "right")
    padding = batch["attention_mask"] == 0
    embedded = SCALE * encoder.get_input_embeddings()(batch["input_ids"])
    expected = torch_twin(encoder)(embedded, src_key_padding_mask=padding)
    states = encoder(**batch).last_hidden_state
    torch.testing.assert_close(states[~padding], expected[~padding], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("position", ["sinusoidal", "learned"])
def test_added_positions_are_added_to_the_embedding(position):
    encoder = make_model(position_embedding=position, norm_first=True).model
    ids = torch.stack(make_sequences("input_ids", lengths=(6, 6)))
    steps = torch.arange(6)
    added = sinusoids(steps, WIDTH) if position == "sinusoidal" else SCALE * encoder.positions.embedding.weight[steps]
    expected = torch_twin(encoder)(SCALE * encoder.get_input_embeddings()(ids) + added)
    torch.testing.assert_close(encoder(input_ids=ids).last_hidden_state, expected, atol=1e-5, rtol=1e-5)


def test_sinusoids_are_those_of_vaswani():
    width, positions = 6, torch.tensor([[0, 1, 7, 500]])
    found = sinusoids(positions, width)[0]
    for row, position in enumerate(positions[0].tolist()):
        for pair in range(width // 2):
            angle = position / 10_000 ** (2 * pair / width)
            assert found[row, 2 * pair].item() == pytest.approx(math.sin(angle), abs=1e-4)
            assert found[row, 2 * pair + 1].item() == pytest.approx(math.cos(angle), abs=1e-4)


def test_rotation_turns_each_pair_as_a_complex_number():
    width, position = 6, 11
    state = torch.randn(1, 1, 1, width, generator=torch.Generator().manual_seed(0))
    turned = rotate(state, *rotations(torch.tensor([[position]]), width)).flatten()
    for pair in range(width // 2):
        angle = position / 10_000 ** (2 * pair / width)
        expected = complex(state.flatten()[pair], state.flatten()[pair + width // 2]) * cmath.exp(1j * angle)
        assert complex(turned[pair], turned[pair + width // 2]) == pytest.approx(expected, abs=1e-5)


def test_rotated_products_depend_on_the_distance_only():
    query, key = torch.randn(2, 1, 1, 1, 8, generator=torch.Generator().manual_seed(0))

    def product(at: int, other: int) -> float:
        turned = [rotate(each, *rotations(torch.tensor([[p]]), 8)) for each, p in ((query, at), (key, other))]
        return (turned[0] * turned[1]).sum().item()

    assert product(3, 5) == pytest.approx(product(103, 105), abs=1e-4)
    assert product(3, 5) != pytest.approx(product(3, 6), abs=1e-2)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_positions_count_real_steps_from_zero(layout):
    sequences = make_sequences("input_ids")
    batch = make_batch("input_ids", sequences, layout)
    real = batch["attention_mask"].bool()
    counted = count_positions(Padding(real), batch["input_ids"])
    for row, sequence in enumerate(sequences):
        assert counted[row][real[row]].tolist() == list(range(len(sequence)))


@pytest.mark.parametrize("position", ["sinusoidal", "learned", "rotary", "none"])
def test_order_matters_unless_there_are_no_positions(position):
    encoder = make_model(position_embedding=position).model
    ids = torch.tensor([[3, 1, 4, 1, 5, 9]])
    states, reversed_states = (encoder(input_ids=each).last_hidden_state.mean(1) for each in (ids, ids.flip(1)))
    assert torch.allclose(states, reversed_states, atol=1e-5) is (position == "none")


@pytest.mark.parametrize("position", ["sinusoidal", "rotary", "none"])
def test_positions_without_a_table_take_any_length(position):
    model = make_model(position_embedding=position, max_position_embeddings=16)
    assert model(input_ids=torch.ones(1, 40, dtype=torch.long)).logits.isfinite().all()


def test_attention_weights_of_a_layer_sum_to_one_and_leave_padding_out():
    model = make_model(position_embedding="rotary", attention="eager")
    batch = make_batch("input_ids", make_sequences("input_ids"), "holes")
    attentions = model(**batch, output_attentions=True).attentions
    real = batch["attention_mask"].bool()
    assert len(attentions) == 2
    for weights in attentions:  # (B, N, T, T)
        torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:3]))
        assert (weights.permute(0, 3, 1, 2)[~real] == 0).all()


@pytest.mark.parametrize("activation", ["relu", "silu", "gelu_new", "quick_gelu"])
def test_any_activation_of_transformers_can_be_named(activation):
    model = make_model(position_embedding="none", hidden_act=activation)
    other = make_model(position_embedding="none", hidden_act="gelu")
    ids = torch.stack(make_sequences("input_ids", lengths=(5,)))
    assert model(input_ids=ids).logits.isfinite().all()
    assert not torch.allclose(model(input_ids=ids).logits, other(input_ids=ids).logits, atol=1e-5)
