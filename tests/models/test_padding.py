# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Padding never changes a result: alone or in a batch, on the right, on the left, in between, whatever it holds."""

import pytest
import torch

from .factories import (
    FEATURES,
    LABELS,
    LAYOUTS,
    ONE_OF_EACH,
    RECURRENT,
    TRANSFORMER,
    gradients,
    make_batch,
    make_model,
    make_sequences,
    name_of,
)

EXACT = {"atol": 1e-5, "rtol": 1e-5}


def assert_padding_is_harmless(model, kind, width=FEATURES):
    sequences = make_sequences(kind, width=width)
    with torch.no_grad():
        alone = torch.cat([model(**{kind: sequence.unsqueeze(0)}).logits for sequence in sequences])
        for layout in LAYOUTS:
            together = model(**make_batch(kind, sequences, layout)).logits
            torch.testing.assert_close(together, alone, **EXACT, msg=lambda said, where=layout: f"{where}: {said}")
    assert alone.std(0).min() > 1e-2  # the rows do differ, so the comparison says something


@pytest.mark.parametrize("settings", RECURRENT, ids=name_of)
def test_recurrent_logits_do_not_depend_on_padding(settings):
    assert_padding_is_harmless(make_model(**settings), "input_ids")


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
@pytest.mark.parametrize("settings", TRANSFORMER, ids=name_of)
def test_transformer_logits_do_not_depend_on_padding(settings, attention):
    assert_padding_is_harmless(make_model(**settings, attention=attention), "input_ids")


@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=name_of)
def test_logits_from_embeddings_do_not_depend_on_padding(settings):
    model = make_model(**settings)
    assert_padding_is_harmless(model, "inputs_embeds", model.get_input_embeddings().embedding_dim)


@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=name_of)
def test_logits_from_numbers_do_not_depend_on_padding(settings):
    assert_padding_is_harmless(make_model(**settings, num_features=FEATURES), "input_values")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=name_of)
def test_states_of_real_steps_do_not_depend_on_padding_and_those_of_padding_are_zero(settings, layout):
    encoder, sequences = make_model(**settings).model, make_sequences("input_ids")
    batch = make_batch("input_ids", sequences, layout)
    with torch.no_grad():
        states = encoder(**batch).last_hidden_state
        for row, sequence in enumerate(sequences):
            real = batch["attention_mask"][row].bool()
            alone = encoder(input_ids=sequence.unsqueeze(0)).last_hidden_state[0]
            torch.testing.assert_close(states[row][real], alone, **EXACT)
            assert (states[row][~real] == 0).all()


@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=name_of)
def test_gradients_do_not_depend_on_padding(settings):
    model, sequences = make_model(**settings), make_sequences("input_ids")
    labels = torch.arange(len(sequences)) % LABELS
    rows = [model(input_ids=s.unsqueeze(0), labels=labels[i : i + 1]).loss for i, s in enumerate(sequences)]
    expected = gradients(model, torch.stack(rows).mean())
    for layout in LAYOUTS:
        found = gradients(model, model(**make_batch("input_ids", sequences, layout), labels=labels).loss)
        for name, gradient in expected.items():
            torch.testing.assert_close(found[name], gradient, **EXACT)


@pytest.mark.parametrize("dtype", [torch.bool, torch.float32, torch.int32])
@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=name_of)
def test_a_mask_of_any_type_means_the_same(settings, dtype):
    model, batch = make_model(**settings), make_batch("input_ids", make_sequences("input_ids"), "left")
    expected = model(**batch).logits
    batch["attention_mask"] = batch["attention_mask"].to(dtype)
    torch.testing.assert_close(model(**batch).logits, expected)


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
@pytest.mark.parametrize("settings", [*RECURRENT[::4], *TRANSFORMER[::4], *ONE_OF_EACH], ids=name_of)
def test_a_row_of_padding_only_scores_as_an_empty_summary_and_disturbs_nobody(settings, attention):
    model = make_model(**settings, attention=None if "cell_type" in settings else attention)
    batch = make_batch("input_ids", make_sequences("input_ids"))
    expected = model(**batch).logits
    batch["attention_mask"][2] = 0
    logits = model(**batch).logits
    torch.testing.assert_close(logits[2], model.classifier.bias)
    torch.testing.assert_close(logits[[0, 1, 3]], expected[[0, 1, 3]], **EXACT)


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
@pytest.mark.parametrize("empty", [[2], [0, 1, 2, 3]], ids=["one row", "every row"])
@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=name_of)
def test_rows_of_padding_only_leave_gradients_finite(settings, empty, attention):
    model = make_model(**settings, attention=None if "cell_type" in settings else attention)
    batch = make_batch("input_ids", make_sequences("input_ids"))
    batch["attention_mask"][empty] = 0
    found = gradients(model, model(**batch, labels=torch.tensor([0, 1, 2, 0])).loss)
    assert found
    assert all(gradient.isfinite().all() for gradient in found.values())


@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=name_of)
def test_numbers_that_are_not_finite_may_stand_at_padding(settings):
    model = make_model(**settings, num_features=FEATURES)
    batch = make_batch("input_values", make_sequences("input_values"), "holes")
    expected = gradients(model, model(**batch, labels=torch.tensor([0, 1, 2, 0])).loss)
    batch["input_values"][batch["attention_mask"] == 0] = torch.nan
    found = gradients(model, model(**batch, labels=torch.tensor([0, 1, 2, 0])).loss)
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, **EXACT)
