# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Recurrent layers equal torch's own packed LSTM, GRU and RNN with the same weights."""

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from .factories import WIDTH, make_batch, make_model, make_sequences

TORCH = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


def torch_twin(encoder) -> nn.RNNBase:
    """One fused torch module with the weights of all layers and directions of an encoder of ours."""
    config = encoder.config
    units = WIDTH // 2 if config.bidirectional else WIDTH
    layers = {"num_layers": config.num_hidden_layers, "bidirectional": config.bidirectional, "batch_first": True}
    twin = TORCH[config.cell_type](config.embedding_size, units, **layers)
    with torch.no_grad():
        for depth, layer in enumerate(encoder.layers):
            for suffix, cell in (("", layer.forward_cell), ("_reverse", layer.backward_cell)):
                for name, weight in cell.named_parameters() if cell is not None else ():
                    getattr(twin, name.replace("_l0", f"_l{depth}{suffix}")).copy_(weight)
    return twin


@pytest.mark.parametrize("depth", [1, 3])
@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize("cell", TORCH)
def test_states_and_gradients_equal_torch_with_packing(cell, bidirectional, depth):
    model = make_model(cell_type=cell, bidirectional=bidirectional, num_hidden_layers=depth)
    sequences = make_sequences("input_ids", lengths=(4, 1, 7, 7, 2))
    batch = make_batch("input_ids", sequences, "right")
    states = model.model(**batch).last_hidden_state

    twin, embedding = torch_twin(model.model), model.get_input_embeddings()
    packed = pack_padded_sequence(
        embedding(batch["input_ids"]), torch.tensor([len(s) for s in sequences]), batch_first=True, enforce_sorted=False
    )
    expected, _ = pad_packed_sequence(twin(packed)[0], batch_first=True, total_length=states.shape[1])
    torch.testing.assert_close(states, expected, atol=1e-5, rtol=1e-5)

    mixture = torch.randn(states.shape, generator=torch.Generator().manual_seed(3))
    ours, theirs = (
        torch.autograd.grad((each * mixture).sum(), embedding.weight, retain_graph=True)[0]
        for each in (states, expected)
    )
    torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("cell", TORCH)
def test_without_padding_nothing_is_moved_and_states_equal_torch(cell):
    model = make_model(cell_type=cell, bidirectional=True)
    ids = torch.stack(make_sequences("input_ids", lengths=(6, 6, 6)))
    expected, _ = torch_twin(model.model)(model.get_input_embeddings()(ids))
    torch.testing.assert_close(model.model(input_ids=ids).last_hidden_state, expected, atol=1e-5, rtol=1e-5)


def test_one_direction_does_not_see_what_comes_later_and_two_do():
    ids = torch.stack(make_sequences("input_ids", lengths=(6,)))
    changed = ids.clone()
    changed[0, -1] = ids[0, -1] % 20 + 1
    assert not torch.equal(ids, changed)
    for bidirectional in (False, True):
        encoder = make_model(cell_type="gru", bidirectional=bidirectional).model
        before, after = (encoder(input_ids=each).last_hidden_state[:, :-1] for each in (ids, changed))
        assert torch.equal(before, after) is not bidirectional


@pytest.mark.parametrize("bidirectional", [True, False])
def test_hidden_states_are_the_embedding_and_each_layer(bidirectional):
    encoder = make_model(cell_type="lstm", bidirectional=bidirectional, num_hidden_layers=3).model
    outputs = encoder(**make_batch("input_ids", make_sequences("input_ids")), output_hidden_states=True)
    assert [state.shape[-1] for state in outputs.hidden_states] == [6, WIDTH, WIDTH, WIDTH]
    torch.testing.assert_close(outputs.hidden_states[-1], outputs.last_hidden_state)
