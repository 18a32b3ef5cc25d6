# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The ways of training and inference that must not change the result: bfloat16, gradient checkpointing, dropout off."""

import pytest
import torch

from .factories import FEATURES, ONE_OF_EACH, gradients, make_batch, make_model, make_sequences, name_of, perturb

LABELS = torch.tensor([0, 1, 2, 0])


def small(**settings):
    """A model with weights of the size that training finds, so that bfloat16's three digits suffice."""
    model = make_model(**settings)
    for parameter in perturb(model).parameters():
        parameter.data.mul_(0.3)
    return model


@pytest.mark.parametrize("layout", ["right", "left", "holes"])
@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=name_of)
def test_bfloat16_autocast_is_close_to_float32(settings, layout):
    model, batch = small(**settings), make_batch("input_ids", make_sequences("input_ids"), layout)
    exact = model(**batch, labels=LABELS)
    wanted = gradients(model, exact.loss)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rough = model(**batch, labels=LABELS)
    found = gradients(model, rough.loss)
    torch.testing.assert_close(rough.logits.float(), exact.logits, atol=0.03, rtol=0.03)
    for name, gradient in wanted.items():
        difference = (found[name] - gradient).norm() / (gradient.norm() + 1e-3)
        assert difference < 0.1, f"{name}: gradients differ by {difference:.0%}"


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=name_of)
def test_a_model_cast_to_half_precision_is_close_to_float32(settings, dtype):
    model, batch = small(**settings), make_batch("input_ids", make_sequences("input_ids"), "left")
    with torch.no_grad():
        exact = model(**batch).logits
        half = model.to(dtype)(**batch).logits
    assert half.dtype == dtype
    torch.testing.assert_close(half.float(), exact, atol=0.03, rtol=0.03)


@pytest.mark.parametrize("reentrant", [True, False])
@pytest.mark.parametrize("layout", ["right", "holes"])
@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=name_of)
def test_gradient_checkpointing_gives_the_same_gradients(settings, layout, reentrant):
    model = make_model(**settings).train()
    batch = make_batch("input_ids", make_sequences("input_ids"), layout)
    expected = gradients(model, model(**batch, labels=LABELS).loss)
    enable = getattr(model, "activation_checkpointing_enable", model.gradient_checkpointing_enable)  # before 5.23
    enable({"use_reentrant": reentrant})
    found = gradients(model, model(**batch, labels=LABELS).loss)
    assert found.keys() == expected.keys()
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient)


@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=name_of)
def test_every_parameter_learns(settings):
    model = make_model(**settings).train()
    found = gradients(model, model(**make_batch("input_ids", make_sequences("input_ids")), labels=LABELS).loss)
    still = {name for name, _ in model.named_parameters() if name not in found or not found[name].any()}
    assert not still


@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=name_of)
def test_every_parameter_of_a_model_of_numbers_learns(settings):
    model = make_model(**settings, num_features=FEATURES).train()
    found = gradients(model, model(**make_batch("input_values", make_sequences("input_values")), labels=LABELS).loss)
    still = {name for name, _ in model.named_parameters() if name not in found or not found[name].any()}
    assert not still


@pytest.mark.parametrize(
    ("settings", "dropout"),
    [
        ({"cell_type": "lstm"}, "embedding_dropout"),
        ({"cell_type": "lstm"}, "token_dropout"),
        ({"cell_type": "lstm"}, "hidden_dropout"),
        ({"cell_type": "lstm"}, "classifier_dropout"),
        ({"position_embedding": "rotary"}, "embedding_dropout"),
        ({"position_embedding": "rotary"}, "token_dropout"),
        ({"position_embedding": "rotary"}, "hidden_dropout"),
        ({"position_embedding": "rotary"}, "classifier_dropout"),
        ({"position_embedding": "rotary"}, "attention_dropout"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value.values())),
)
def test_each_dropout_acts_in_training_only(settings, dropout):
    model = make_model(**settings, **{dropout: 0.5})
    ids = torch.stack(make_sequences("input_ids", lengths=(6, 6)))
    assert torch.equal(model(input_ids=ids).logits, model(input_ids=ids).logits)
    model.train()
    assert not torch.equal(model(input_ids=ids).logits, model(input_ids=ids).logits)


@pytest.mark.parametrize("kind", ["input_ids", "inputs_embeds", "input_values"])
def test_token_dropout_blanks_whole_steps_and_makes_up_for_them_in_the_others(kind):
    model = make_model(cell_type="lstm", token_dropout=0.4, num_features=FEATURES if kind == "input_values" else None)
    width = 6 if kind == "inputs_embeds" else FEATURES
    steps = torch.stack(make_sequences(kind, lengths=(50, 50), width=width))
    read = model.model.embeddings
    given = {"input_ids": None, "inputs_embeds": None, "input_values": None, "padding": None} | {kind: steps}
    whole = read(**given)
    blanked = read.train()(**given)
    gone = (blanked == 0).all(-1)
    torch.testing.assert_close(blanked[~gone], whole[~gone] / 0.6)
    assert 0.2 < gone.float().mean() < 0.6
