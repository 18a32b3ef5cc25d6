# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Weights start as they should, what was loaded stays, what is missing is started, word vectors are taken over."""

import pytest
import torch
from safetensors.torch import load_file, save_file

from hf_seq import RecurrentConfig, RecurrentForSequenceClassification

from .factories import ONE_OF_EACH, make_config, make_model, make_sequences, name_of

WORDS = {"[PAD]": 0, "[UNK]": 1, "good": 2, "bad": 3, "film": 4}


def fresh(**settings):
    """A model as it is made, nothing perturbed."""
    model = make_model(**settings)
    torch.manual_seed(0)
    return type(model)(make_config(**settings))


def gates_of(weight: torch.Tensor, units: int) -> tuple[torch.Tensor, ...]:
    return weight.split(units)


@pytest.mark.parametrize("bias", [1.0, 0.0, 2.5])
def test_the_forget_gate_starts_at_its_bias_and_every_other_bias_at_zero(bias):
    model = fresh(cell_type="lstm", bidirectional=True, forget_gate_bias=bias)
    for layer in model.model.layers:
        for cell in (layer.forward_cell, layer.backward_cell):
            # torch adds bias_ih and bias_hh; the gates come in the order input, forget, cell, output
            both = torch.stack(gates_of(cell.bias_ih_l0 + cell.bias_hh_l0, cell.hidden_size))
            torch.testing.assert_close(both[1], torch.full_like(both[1], bias))
            assert (both[[0, 2, 3]] == 0).all()


@pytest.mark.parametrize("cell_type", ["lstm", "gru", "rnn"])
def test_recurrent_matrices_start_orthogonal_gate_by_gate(cell_type):
    model = fresh(cell_type=cell_type, bidirectional=True)
    for layer in model.model.layers:
        for cell in (layer.forward_cell, layer.backward_cell):
            for gate in gates_of(cell.weight_hh_l0, cell.hidden_size):
                torch.testing.assert_close(gate @ gate.T, torch.eye(len(gate)), atol=1e-5, rtol=0)


@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=name_of)
def test_the_padding_vector_starts_at_zero_and_no_other_does(settings):
    table = fresh(**settings).get_input_embeddings().weight
    assert (table[0] == 0).all()
    assert (table[1:].abs().sum(1) > 0).all()


@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=name_of)
def test_two_models_of_one_seed_are_equal_and_of_two_seeds_differ(settings):
    config, states = make_config(**settings), []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        states.append(type(make_model(**settings))(config).state_dict())
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert any(not torch.equal(states[0][name], states[2][name]) for name in states[0])


@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=name_of)
def test_loaded_weights_are_exactly_the_saved_ones(settings, tmp_path):
    model = make_model(**settings)
    model.save_pretrained(tmp_path)
    loaded = type(model).from_pretrained(tmp_path)
    for name, weight in model.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], weight), name


@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=name_of)
def test_a_missing_weight_starts_as_in_a_new_model_and_leaves_the_others_alone(settings, tmp_path):
    model, new = make_model(**settings), fresh(**settings).state_dict()
    model.save_pretrained(tmp_path)
    saved = load_file(tmp_path / "model.safetensors")
    for missing in saved:
        others = {name: weight for name, weight in saved.items() if name != missing}
        save_file(others, tmp_path / "model.safetensors", metadata={"format": "pt"})
        loaded = type(model).from_pretrained(tmp_path).state_dict()
        assert all(torch.equal(loaded[name], weight) for name, weight in others.items()), f"without {missing}"
        assert_started_alike(missing, loaded[missing], new[missing])


def assert_started_alike(name: str, found: torch.Tensor, new: torch.Tensor) -> None:
    """Both are constants alike, or both are random draws of like spread."""
    assert found.isfinite().all(), name
    constant = ((new == 0) | (new == 1)).all()
    if constant:
        torch.testing.assert_close(found, new, msg=f"{name} does not start at its constant")
    else:
        assert not torch.equal(found, new) or "weight_hh" in name, f"{name} was not drawn"
        assert 0.5 < found.std() / new.std() < 2, f"{name} starts with spread {found.std():.3f}, not {new.std():.3f}"


def test_the_classifier_is_started_when_only_the_encoder_was_saved(tmp_path):
    model = make_model(cell_type="lstm", pooling="attention")
    model.model.save_pretrained(tmp_path)
    loaded = type(model).from_pretrained(tmp_path, num_labels=7)
    assert loaded.classifier.weight.shape[0] == 7
    assert loaded.classifier.weight.std() > 0.05
    for name, weight in model.model.state_dict().items():
        assert torch.equal(loaded.model.state_dict()[name], weight), name


def test_word_vectors_go_to_the_tokens_that_have_one():
    model = make_model(cell_type="lstm")
    before = model.get_input_embeddings().weight.detach().clone()
    vectors = torch.arange(18.0).view(3, 6)
    count = model.load_word_vectors(vectors, ["bad", "unheard", "film"], WORDS)
    after = model.get_input_embeddings().weight
    assert count == 2
    torch.testing.assert_close(after[3], vectors[0])
    torch.testing.assert_close(after[4], vectors[2])
    assert torch.equal(after[[0, 1, 2, *range(5, 23)]], before[[0, 1, 2, *range(5, 23)]])


def test_word_vectors_may_be_a_numpy_array():
    model = make_model(cell_type="gru")
    model.load_word_vectors(torch.ones(1, 6).numpy(), ["good"], WORDS)
    assert (model.get_input_embeddings().weight[2] == 1).all()


def test_word_vectors_of_the_wrong_shape_are_refused_with_the_right_one():
    with pytest.raises(ValueError, match=r"vectors have shape \(2, 5\) for 2 words and an embedding 6 wide.*\(2, 6\)"):
        make_model(cell_type="lstm").load_word_vectors(torch.zeros(2, 5), ["good", "bad"], WORDS)


@pytest.mark.parametrize("loaded", [False, True], ids=["new", "loaded"])
@pytest.mark.parametrize("family", [{"cell_type": "lstm"}, {"position_embedding": "rotary"}], ids=["lstm", "rotary"])
def test_frozen_embeddings_stay_while_the_rest_learns(family, loaded, tmp_path):
    model = make_model(**family, freeze_embeddings=True)
    if loaded:
        model.save_pretrained(tmp_path)
        model = type(model).from_pretrained(tmp_path)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.5)
    ids = torch.stack(make_sequences("input_ids", lengths=(5, 5)))
    model(input_ids=ids, labels=torch.tensor([0, 1])).loss.backward()
    optimizer.step()
    table = "model.embeddings.tokens.weight"
    assert torch.equal(model.state_dict()[table], before[table])
    assert not torch.equal(model.state_dict()["classifier.weight"], before["classifier.weight"])
    assert model.get_input_embeddings().weight.requires_grad is False


def test_embeddings_that_are_not_frozen_learn():
    model = make_model(cell_type="lstm")
    model(input_ids=torch.tensor([[2, 3]]), labels=torch.tensor([0])).loss.backward()
    assert model.get_input_embeddings().weight.grad[2].abs().sum() > 0


def test_signal_and_gradient_pass_through_a_deep_lstm_from_the_start():
    torch.manual_seed(0)
    config = RecurrentConfig(vocab_size=50, embedding_size=32, hidden_size=64, num_hidden_layers=4, pooling="mean")
    model = RecurrentForSequenceClassification(config).eval()
    ids = torch.randint(1, 50, (8, 12))
    outputs = model(input_ids=ids, labels=torch.arange(8) % 2, output_hidden_states=True)
    outputs.loss.backward()
    spreads = [states.std().item() for states in outputs.hidden_states[1:]]
    steps = [layer.forward_cell.weight_ih_l0.grad.norm().item() for layer in model.model.layers]
    assert min(spreads) > max(spreads) / 3
    assert min(steps) > max(steps) / 30
