# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The recurrent language model: its state, its loss, its regularisation; the oracles are torch's own modules."""

import copy

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from transformers import Trainer, TrainingArguments

from hf_seq import RecurrentConfig, RecurrentForCausalLM

from .factories import CELLS, LAYOUTS, VOCABULARY, gradients, make_batch, make_model, make_sequences, name_of, perturb
from .language_models import LANGUAGE_MODELS, make_ids, make_language_model, states_of
from .test_recurrence import torch_twin

EXACT = {"atol": 1e-5, "rtol": 1e-5}


@pytest.mark.parametrize("cell", CELLS)
def test_state_and_gradients_over_two_chunks_equal_torch(cell):
    model, ids = make_language_model(cell_type=cell), make_ids()
    twin, vectors = torch_twin(model.model), model.get_input_embeddings()(ids)
    first = model(ids[:, :4], use_cache=True)
    second = model(ids[:, 4:], past_key_values=first.past_key_values)
    expected, state = twin(vectors[:, :4])
    expected, state = twin(vectors[:, 4:], state)
    torch.testing.assert_close(second.logits, model.score(expected), **EXACT)
    ends = torch.stack(state, 1) if cell == "lstm" else state.unsqueeze(1)  # (layers, 1 or 2, B, H)
    torch.testing.assert_close(torch.stack(states_of(second.past_key_values)), ends.flatten(0, 1), **EXACT)
    table = model.get_input_embeddings().weight
    ours, theirs = (
        torch.autograd.grad(each.square().sum(), table)[0] for each in (second.logits, model.score(expected))
    )
    torch.testing.assert_close(ours, theirs, atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("cuts", [(4, 4, 1), (1, 8), (1,) * 9])
@pytest.mark.parametrize("settings", LANGUAGE_MODELS, ids=name_of)
def test_a_text_read_in_chunks_gives_what_it_gives_whole(settings, cuts, training):
    model, ids = make_language_model(**settings).train(training), make_ids()
    whole, state, logits = model(ids, use_cache=True), None, []
    for chunk in ids.split(cuts, dim=1):
        outputs = model(chunk, past_key_values=state, use_cache=True)
        state = outputs.past_key_values
        logits.append(outputs.logits)
    torch.testing.assert_close(torch.cat(logits, 1), whole.logits, **EXACT)
    torch.testing.assert_close(states_of(state), states_of(whole.past_key_values), **EXACT)
    assert state.get_seq_length() == 9


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("settings", LANGUAGE_MODELS, ids=name_of)
def test_padding_leaves_logits_and_state_as_they_are_alone(settings, layout):
    model, sequences = make_language_model(**settings), make_sequences("input_ids")
    batch = make_batch("input_ids", sequences, layout)
    together = model(**batch)
    for row, sequence in enumerate(sequences):
        alone, real = model(sequence.unsqueeze(0)), batch["attention_mask"][row].bool()
        torch.testing.assert_close(together.logits[row][real], alone.logits[0], **EXACT)
        for found, expected in zip(states_of(together.past_key_values), states_of(alone.past_key_values), strict=True):
            torch.testing.assert_close(found[row], expected[0], **EXACT)


@pytest.mark.parametrize("columns", ["of the chunk", "of the whole text"])
@pytest.mark.parametrize("settings", LANGUAGE_MODELS, ids=name_of)
def test_padding_leaves_a_state_that_is_carried_on_alone_even_where_a_chunk_is_padding_only(settings, columns):
    model, sequences = make_language_model(**settings), make_sequences("input_ids", lengths=(2, 5, 9))
    batch = make_batch("input_ids", sequences, "left", extra=0)
    state = None
    for start in (0, 3, 6, 8):
        end = {0: 3, 3: 6, 6: 8, 8: 9}[start]
        mask = batch["attention_mask"][:, 0 if columns == "of the whole text" else start : end]
        outputs = model(batch["input_ids"][:, start:end], attention_mask=mask, past_key_values=state)
        state = outputs.past_key_values
    for row, sequence in enumerate(sequences):
        alone = model(sequence.unsqueeze(0))
        torch.testing.assert_close(outputs.logits[row, -1], alone.logits[0, -1], **EXACT)
        for found, expected in zip(states_of(state), states_of(alone.past_key_values), strict=True):
            torch.testing.assert_close(found[row], expected[0], **EXACT)


@pytest.mark.parametrize("settings", LANGUAGE_MODELS, ids=name_of)
def test_the_loss_is_torchs_cross_entropy_of_what_follows(settings):
    model, ids = make_language_model(**settings), make_ids()
    labels = ids.clone()
    labels[0, :4], labels[2, 7] = -100, -100
    outputs = model(ids, labels=labels)
    pairs = [(row, step) for row in range(3) for step in range(8) if labels[row, step + 1] != -100]
    each = [F.cross_entropy(outputs.logits[row, step], labels[row, step + 1]) for row, step in pairs]
    torch.testing.assert_close(outputs.loss, torch.stack(each).mean())
    shifted = F.pad(labels[:, 1:], (0, 1), value=-100)
    torch.testing.assert_close(model(ids, shift_labels=shifted).loss, outputs.loss)


def test_labels_shifted_by_the_caller_count_the_last_step_too():
    model, ids = make_language_model(), make_ids(steps=10)
    outputs = model(ids[:, :-1], shift_labels=ids[:, 1:])
    torch.testing.assert_close(outputs.loss, F.cross_entropy(outputs.logits.flatten(0, 1), ids[:, 1:].flatten()))


@pytest.mark.parametrize("penalty", [{}, {"activation_regularization": 2.0, "temporal_activation_regularization": 1.0}])
def test_four_batches_have_the_gradients_of_one(penalty):
    model, ids = make_language_model(**penalty).train(), make_ids(rows=8)
    labels = ids.clone()
    labels[:3, 2:5] = -100
    count = (labels[:, 1:] != -100).sum()
    whole = gradients(model, model(ids, labels=labels).loss)
    losses = [model(ids[i : i + 2], labels=labels[i : i + 2], num_items_in_batch=count).loss for i in range(0, 8, 2)]
    accumulated = gradients(model, torch.stack(losses).sum())
    for name, gradient in whole.items():
        torch.testing.assert_close(accumulated[name], gradient, atol=1e-5, rtol=1e-4)


def test_a_batch_without_labels_has_loss_zero_and_a_label_outside_the_vocabulary_is_named():
    model, ids = make_language_model(), make_ids()
    assert model(ids, labels=torch.full_like(ids, -100)).loss.item() == 0
    with pytest.raises(IndexError, match=r"labels run from 1 to 23, but the vocabulary has 23 tokens; .* 0 and 22"):
        model(ids, labels=ids.clamp(max=1).index_fill(1, torch.tensor([5]), VOCABULARY))


@pytest.mark.parametrize("checkpointing", [False, True])
def test_in_training_the_state_comes_back_and_carries_gradients_until_it_is_detached(checkpointing):
    model, ids = make_language_model().train(), make_ids()
    if checkpointing:
        enable = getattr(model, "activation_checkpointing_enable", model.gradient_checkpointing_enable)  # before 5.23
        enable({"use_reentrant": False})
    vectors = model.get_input_embeddings()(ids).detach().requires_grad_()
    for detached in (False, True):
        state = model(inputs_embeds=vectors[:, :5], use_cache=True).past_key_values
        if detached:
            state.detach_()
        loss = model(inputs_embeds=vectors[:, 5:], labels=ids[:, 5:], past_key_values=state).loss
        gradient = torch.autograd.grad(loss, vectors)[0]
        assert (gradient[:, :5].abs().sum() > 0).item() is not detached
        whole = model(inputs_embeds=vectors, labels=ids.index_fill(1, torch.arange(6), -100)).loss
        expected = torch.autograd.grad(whole, vectors)[0]
        torch.testing.assert_close(gradient[:, 5:], expected[:, 5:], **EXACT)


def test_a_state_is_given_in_evaluation_and_in_training_only_when_asked_for():
    model, ids = make_language_model(), make_ids()
    assert model(ids).past_key_values is not None
    assert model(ids, use_cache=False).past_key_values is None
    assert model.train()(ids).past_key_values is None
    assert make_language_model(use_cache=False)(ids).past_key_values is None


@pytest.mark.parametrize("widths", [{"embedding_size": 8}, {"embedding_size": 6}], ids=["E is H", "E is not H"])
def test_a_tied_head_is_the_embedding_after_saving_and_resizing_too(widths, tmp_path):
    model = make_language_model(tie_word_embeddings=True, **widths)
    assert model.lm_head.weight is model.get_input_embeddings().weight
    model.save_pretrained(tmp_path)
    loaded = RecurrentForCausalLM.from_pretrained(tmp_path).eval()
    assert loaded.lm_head.weight is loaded.get_input_embeddings().weight
    torch.testing.assert_close(loaded(make_ids()).logits, model(make_ids()).logits)
    loaded.resize_token_embeddings(VOCABULARY + 4)
    assert loaded.lm_head.weight is loaded.get_input_embeddings().weight
    resized = loaded(make_ids()).logits
    assert resized.shape[-1] == VOCABULARY + 4
    torch.testing.assert_close(resized[..., :VOCABULARY], model(make_ids()).logits)


def test_an_untied_head_has_weights_of_its_own():
    model = make_language_model(embedding_size=8)
    assert model.lm_head.weight is not model.get_input_embeddings().weight
    assert not torch.equal(model.lm_head.weight, model.get_input_embeddings().weight)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("tied", [True, False])
def test_a_new_model_starts_at_chance_and_learns_a_small_text_by_heart(cell, tied):
    torch.manual_seed(0)
    sizes = {"vocab_size": 100, "embedding_size": 32, "hidden_size": 48, "bidirectional": False}
    model = RecurrentForCausalLM(RecurrentConfig(**sizes, cell_type=cell, tie_word_embeddings=tied))
    ids, optimizer, losses = torch.randint(1, 100, (8, 12)), torch.optim.AdamW(model.parameters(), lr=1e-2), []
    for _ in range(100):
        losses.append(model(ids, labels=ids).loss)
        optimizer.zero_grad()
        losses[-1].backward()
        optimizer.step()
    assert losses[0].item() == pytest.approx(torch.tensor(100.0).log().item(), rel=0.5 if tied else 0.05)
    assert losses[-1] < 0.1 * losses[0]


@pytest.mark.parametrize(("settings", "std"), [({}, 1.0), ({"tie_word_embeddings": True}, 0.375)])
def test_embeddings_start_wide_and_narrower_where_the_head_is_tied_to_them(settings, std):
    config = RecurrentConfig(vocab_size=500, embedding_size=64, hidden_size=64, bidirectional=False, **settings)
    assert RecurrentForCausalLM(config).get_input_embeddings().weight[1:].std().item() == pytest.approx(std, rel=0.05)
    config.initializer_range = 0.01
    assert RecurrentForCausalLM(config).get_input_embeddings().weight[1:].std().item() == pytest.approx(0.01, rel=0.05)


def test_activation_regularisation_is_added_in_training_as_merity_writes_it_and_can_be_seen():
    penalty = {"activation_regularization": 2.0, "temporal_activation_regularization": 0.5}
    model, ids = make_language_model(**penalty), make_ids(steps=10)
    plain = model(ids[:, :-1], shift_labels=ids[:, 1:])
    assert plain.regularization is None
    outputs = model.train()(ids[:, :-1], shift_labels=ids[:, 1:], output_hidden_states=True)
    states = outputs.hidden_states[-1]
    slow = 2.0 * states.pow(2).mean() + 0.5 * (states[:, 1:] - states[:, :-1]).pow(2).mean() * 8 / 9
    torch.testing.assert_close(outputs.regularization, slow)
    torch.testing.assert_close(outputs.loss - outputs.regularization, plain.loss)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_activation_regularisation_does_not_see_padding(layout):
    penalty = {"activation_regularization": 2.0}
    model, sequences = make_language_model(**penalty).train(), make_sequences("input_ids", (5, 2, 7))
    alone = [
        model(sequence.unsqueeze(0), labels=sequence.unsqueeze(0), num_items_in_batch=11) for sequence in sequences
    ]
    batch = make_batch("input_ids", sequences, layout, extra=0)
    if layout == "holes":
        return  # labels cannot be shifted over holes
    labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
    together = model(**batch, labels=labels, num_items_in_batch=11)
    torch.testing.assert_close(together.regularization, sum(each.regularization for each in alone))


def test_locked_dropout_blanks_the_same_units_at_every_step_and_nothing_in_evaluation():
    model, ids = make_language_model(variational_dropout=True, embedding_dropout=0.5), make_ids(steps=30)
    dropout, ones = model.model.embeddings.dropout, torch.ones(4, 30, 50)
    dropped = dropout.train()(ones)
    assert set(dropped.unique().tolist()) == {0.0, 2.0}
    assert (dropped == dropped[:, :1]).all()
    assert 0.3 < (dropped == 0).float().mean() < 0.7
    assert not torch.equal(dropped[0], dropped[1])
    torch.testing.assert_close(model(ids).logits, make_language_model()(ids).logits)
    assert not torch.equal(model.train()(ids).logits, model(ids).logits)


def test_word_dropout_blanks_every_place_of_a_word_and_scales_the_others():
    embeddings = make_language_model(word_dropout=0.4).model.embeddings.train()
    ids = torch.arange(VOCABULARY).repeat(4, 3)
    seen = embeddings(ids, None, None, None) / embeddings.tokens(ids)  # (4, 3 V, E)
    factors = seen[..., 0].nan_to_num().round(decimals=4)
    assert (factors == factors[:1, :VOCABULARY].repeat(4, 3)).all()
    assert set(factors.unique().tolist()) == {0.0, torch.tensor(1 / 0.6).round(decimals=4).item()}


def test_weight_dropout_drops_recurrent_weights_alone_anew_for_every_batch_and_never_in_evaluation():
    model, ids = make_language_model(weight_dropout=0.5, num_hidden_layers=1), make_ids()
    torch.testing.assert_close(model(ids).logits, make_language_model(num_hidden_layers=1)(ids).logits)
    model.train()
    torch.testing.assert_close(model(ids[:, :1]).logits, model(ids[:, :1]).logits)  # the first step reads no state
    first, second = model(ids).logits, model(ids).logits
    assert not torch.equal(first, second)
    cell = model.model.layers[0].forward_cell
    model.zero_grad()
    model(ids, labels=ids).loss.backward()
    dropped = cell.weight_hh_l0.grad == 0
    assert 0.3 < dropped.float().mean() < 0.7
    assert (cell.weight_ih_l0.grad != 0).all()


def test_output_dropout_is_between_the_states_and_the_head():
    model, ids = make_language_model(output_dropout=0.5), make_ids()
    outputs = model.train()(ids, output_hidden_states=True)
    plain = make_language_model()(ids, output_hidden_states=True)
    torch.testing.assert_close(outputs.hidden_states[-1], plain.hidden_states[-1])
    assert not torch.equal(outputs.logits, plain.logits)


@pytest.mark.parametrize("settings", LANGUAGE_MODELS, ids=name_of)
def test_under_bfloat16_the_loss_is_float32_and_the_state_can_be_carried_on(settings):
    model, ids = make_language_model(scale=0.3, **settings), make_ids()
    exact = model(ids, labels=ids)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs = model(ids, labels=ids)
        state = model(ids[:, :4], use_cache=True).past_key_values
        for chunk in ids[:, 4:].split((4, 1), 1):
            last = model(chunk, past_key_values=state)
    assert outputs.loss.dtype == torch.float32
    torch.testing.assert_close(outputs.loss, exact.loss, atol=0.03, rtol=0.03)
    torch.testing.assert_close(last.logits[:, -1].float(), exact.logits[:, -1], atol=0.05, rtol=0.05)


def test_only_the_steps_asked_for_are_scored():
    model, ids = make_language_model(), make_ids()
    whole = model(ids).logits
    torch.testing.assert_close(model(ids, logits_to_keep=2).logits, whole[:, -2:])
    torch.testing.assert_close(model(ids, logits_to_keep=torch.tensor([0, 4])).logits, whole[:, [0, 4]])


def test_label_smoothing_of_trainer_shifts_the_labels(tmp_path):
    model, ids = make_language_model(), make_ids(rows=2)
    quiet = {"report_to": "none", "use_cpu": True, "disable_tqdm": True}
    trainer = Trainer(model, TrainingArguments(tmp_path, label_smoothing_factor=0.1, **quiet))
    loss = trainer.compute_loss(model, {"input_ids": ids, "labels": ids.clone()})
    logits = model(ids).logits
    expected = F.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten(), label_smoothing=0.1)
    torch.testing.assert_close(loss, expected)


def test_a_classifier_starts_from_a_language_model_of_one_direction(tmp_path):
    model = make_language_model(tie_word_embeddings=True)
    model.save_pretrained(tmp_path)
    classifier = make_model(cell_type="lstm").from_pretrained(tmp_path, num_labels=2).eval()
    torch.testing.assert_close(
        classifier.model(make_ids()).last_hidden_state, model.model(make_ids()).last_hidden_state, **EXACT
    )


def test_two_directions_are_refused_when_built_with_a_remedy():
    with pytest.raises(ValueError, match=r"bidirectional=True lets .* use RecurrentConfig\(bidirectional=False\)"):
        RecurrentForCausalLM(RecurrentConfig())


def test_numbers_in_place_of_tokens_are_refused_when_built():
    with pytest.raises(ValueError, match=r"num_features=3: a language model reads and writes tokens"):
        RecurrentForCausalLM(RecurrentConfig(bidirectional=False, num_features=3))


def test_an_encoder_of_two_directions_has_no_state_and_says_so():
    encoder = make_model(cell_type="lstm", bidirectional=True).model
    with pytest.raises(ValueError, match=r"bidirectional=True has no state to read on from.*leave out"):
        encoder(make_ids(), use_cache=True)


def test_a_state_of_another_batch_or_model_is_refused():
    model, ids = make_language_model(), make_ids()
    state = model(ids).past_key_values
    with pytest.raises(ValueError, match=r"state of 3 rows, but 2 are to be read"):
        model(ids[:2], past_key_values=state)
    with pytest.raises(ValueError, match=r"not the state of 2 recurrent layers"):
        model(ids, past_key_values=make_language_model(num_hidden_layers=1)(ids).past_key_values)


def test_a_mask_that_does_not_fit_what_was_read_is_refused():
    model, ids = make_language_model(), make_ids()
    state = model(ids[:, :6]).past_key_values
    with pytest.raises(
        ValueError, match=r"attention_mask has 5 columns; .* read 6 steps and 3 are to be read.* 3 or 9"
    ):
        model(ids[:, 6:], attention_mask=torch.ones(3, 5), past_key_values=copy.deepcopy(state))
    mask = torch.ones(3, 9)
    mask[1, 4] = 0
    with pytest.raises(ValueError, match=r"row 1: attention_mask calls steps padding that past_key_values has read"):
        model(ids[:, 6:], attention_mask=mask, past_key_values=copy.deepcopy(state))


def test_a_penalty_below_zero_is_refused():
    with pytest.raises(Exception, match=r"activation_regularization=-1 must be 0 or more"):
        RecurrentConfig(activation_regularization=-1)


def test_perturbed_heads_differ_so_the_comparisons_say_something():
    logits = make_language_model()(make_ids()).logits
    assert logits.std() > 0.5
    assert perturb(nn.Linear(2, 2)).bias.abs().min() > 0
