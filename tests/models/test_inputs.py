# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The three kinds of input: what is taken, and what is refused in words that say what to do."""

import pytest
import torch

from .factories import FEATURES, ONE_OF_EACH, VOCABULARY, make_model, make_sequences, name_of

IDS = torch.tensor([[1, 2, 3], [4, 5, 6]])
NUMBERS = torch.zeros(2, 3, FEATURES)

FAMILIES = [{"cell_type": "lstm"}, {"position_embedding": "learned"}]


@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=name_of)
def test_embeddings_given_by_hand_score_as_the_tokens_they_stand_for(settings):
    model = make_model(**settings)
    embedded = model.get_input_embeddings()(IDS)
    torch.testing.assert_close(model(inputs_embeds=embedded).logits, model(input_ids=IDS).logits)


@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=name_of)
def test_numbers_are_projected_and_then_read_like_embeddings(settings):
    model = make_model(**settings, num_features=FEATURES)
    numbers = torch.stack(make_sequences("input_values", lengths=(4, 4)))
    project = model.model.embeddings.project
    embedded = numbers @ project.weight.T + project.bias
    torch.testing.assert_close(model(input_values=numbers).logits, model(inputs_embeds=embedded).logits)


@pytest.mark.parametrize("family", FAMILIES, ids=name_of)
def test_a_model_of_numbers_takes_half_precision_and_whole_numbers(family):
    model = make_model(**family, num_features=FEATURES)
    numbers = torch.arange(18).view(2, 3, FEATURES) % 4
    expected = model(input_values=numbers.float()).logits
    torch.testing.assert_close(model(input_values=numbers).logits, expected)
    torch.testing.assert_close(model(input_values=numbers.half()).logits, expected)


@pytest.mark.parametrize("family", FAMILIES, ids=name_of)
@pytest.mark.parametrize("part", ["classifier", "encoder"])
@pytest.mark.parametrize(
    ("features", "given", "words"),
    [
        (None, {}, r"give exactly one of input_ids, inputs_embeds and input_values; got none"),
        (
            None,
            {"input_ids": IDS, "inputs_embeds": torch.zeros(2, 3, 6)},
            r"exactly one .* got \['input_ids', 'inputs_embeds'\]",
        ),
        (
            None,
            {"input_values": NUMBERS},
            r"reads tokens, but got input_values; give input_ids, or configure num_features",
        ),
        (FEATURES, {"input_ids": IDS}, r"num_features=3 numbers a step; give input_values \(B, T, F\), not input_ids"),
        (
            FEATURES,
            {"input_values": torch.zeros(2, 3, 5)},
            r"5 features a step, but the model was made for num_features=3",
        ),
        (
            FEATURES,
            {"input_values": torch.zeros(2, 3)},
            r"input_values has shape \(2, 3\); it must be \(batch, steps, width\)",
        ),
        (None, {"input_ids": IDS[0]}, r"input_ids has shape \(3,\); it must be \(batch, steps\)"),
        (
            None,
            {"input_ids": IDS, "attention_mask": torch.ones(2, 4)},
            r"attention_mask has shape \(2, 4\), the inputs \(2, 3\)",
        ),
    ],
)
def test_inputs_of_the_wrong_kind_or_shape_are_refused(family, part, features, given, words):
    model = make_model(**family, num_features=features)
    with pytest.raises(ValueError, match=words):
        (model if part == "classifier" else model.model)(**given)


@pytest.mark.parametrize("family", FAMILIES, ids=name_of)
def test_a_token_outside_the_vocabulary_is_named(family):
    model = make_model(**family)
    with pytest.raises(
        IndexError, match=rf"token id 500 .* {VOCABULARY} rows; was the text encoded by this model's own tokenizer"
    ):
        model(input_ids=torch.tensor([[1, 500]]))


def test_more_steps_than_learned_positions_are_refused_with_a_remedy():
    model = make_model(position_embedding="learned", max_position_embeddings=4)
    assert model(input_ids=torch.ones(1, 4, dtype=torch.long)).logits.isfinite().all()
    with pytest.raises(ValueError, match=r"5 steps, but learned positions end at max_position_embeddings=4; truncate"):
        model(input_ids=torch.ones(1, 5, dtype=torch.long))


def test_learned_positions_limit_real_steps_not_padding():
    model = make_model(position_embedding="learned", max_position_embeddings=4)
    ids, mask = torch.ones(1, 9, dtype=torch.long), torch.zeros(1, 9, dtype=torch.long)
    mask[0, 3:7] = 1
    torch.testing.assert_close(model(input_ids=ids, attention_mask=mask).logits, model(input_ids=ids[:, :4]).logits)


@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=name_of)
def test_inputs_are_left_as_they_were(settings):
    model = make_model(**settings)
    ids, mask = IDS.clone(), torch.tensor([[1, 1, 0], [0, 1, 1]])
    model(input_ids=ids, attention_mask=mask)
    assert torch.equal(ids, IDS)
    assert mask.tolist() == [[1, 1, 0], [0, 1, 1]]


@pytest.mark.parametrize("family", FAMILIES, ids=name_of)
def test_a_negative_token_id_is_named(family):
    with pytest.raises(IndexError, match=r"token id -1 is outside"):
        make_model(**family)(input_ids=torch.tensor([[-1, 2]]))


@pytest.mark.parametrize("family", FAMILIES, ids=name_of)
def test_a_batch_without_a_step_is_answered_as_rows_of_padding_are(family):
    model = make_model(**family)
    padding = model(input_ids=IDS, attention_mask=torch.zeros_like(IDS)).logits
    for ids in (torch.zeros(2, 0, dtype=torch.long), torch.zeros(2, 0)):  # tokenizers write nothing as floats
        torch.testing.assert_close(model(input_ids=ids, attention_mask=ids).logits, padding)
        assert model.base_model(input_ids=ids).last_hidden_state.shape == (2, 0, model.config.hidden_size)


@pytest.mark.parametrize("label", [3, -1])
def test_a_label_outside_the_labels_is_refused_with_their_range(label):
    with pytest.raises(
        IndexError, match=rf"labels run from .*{label}.*, but num_labels=3; they must lie between 0 and 2"
    ):
        make_model(cell_type="lstm")(input_ids=IDS, labels=torch.tensor([1, label]))
