# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Every suspicion is planted once and found, by itself; what is in order is not pointed at."""

import numpy as np
import pytest
import torch
from torch import nn
from transformers import DistilBertForTokenClassification

from hf_seq import InputError, Predictor, trace

from .factories import (
    FEATURES,
    TEXT,
    make_distilbert,
    make_recurrent,
    make_seq2seq,
    make_tokenizer,
    make_transformer,
)


def kinds(seen):
    return [finding.kind for finding in seen.findings]


def the_one(seen, kind):
    found = [finding for finding in seen.findings if finding.kind == kind]
    assert len(found) == 1, seen.findings
    assert found[0].message.endswith((".", "?"))
    assert found[0].advice.endswith(".")
    return found[0].message


def set_weight(model, name, value):
    with torch.no_grad():
        parameter = model.get_parameter(name)
        parameter.copy_(value(parameter))
    return model


def test_unknown_tokens_are_pointed_at_from_half_of_them_on():
    model, tokenizer = make_recurrent(), make_tokenizer()
    assert the_one(trace(model, tokenizer, "кот сидит дома"), "unknown").startswith("The input: All 3 tokens")
    assert the_one(trace(model, tokenizer, "good zyzzyva"), "unknown").startswith("The input: 1 of 2 tokens")
    assert kinds(trace(model, tokenizer, "the good zyzzyva")) == []


def test_special_tokens_do_not_dilute_the_unknown_ones():
    seen = trace(make_distilbert(), make_tokenizer(special=True), "zyzzyva")
    assert the_one(seen, "unknown").startswith("The input: All 1 tokens")


def test_an_empty_row_is_all_padding():
    seen = trace(make_recurrent(), make_tokenizer(), [TEXT, ""])
    assert the_one(seen, "all padding").startswith("Row 2 is padding from end to end")
    assert kinds(seen) == ["all padding"]


def test_an_empty_row_may_be_special_tokens_alone():
    assert kinds(trace(make_distilbert(), make_tokenizer(special=True), [TEXT, " "])) == ["no content"]


@pytest.mark.parametrize("mask", [None, [[1, 1, 1, 1, 1]]])
def test_pad_ids_that_no_mask_hides(mask):
    inputs = {"input_ids": [[5, 6, 7, 0, 0]]} | ({} if mask is None else {"attention_mask": mask})
    message = the_one(trace(make_recurrent(), None, inputs), "unmasked padding")
    assert message == "The input has 2 padding tokens (id 0) that no mask hides, so the model reads them as words."
    hidden = {"input_ids": [[5, 6, 7, 0, 0]], "attention_mask": [[1, 1, 1, 0, 0]]}
    assert kinds(trace(make_recurrent(), None, hidden)) == []
    assert kinds(trace(make_recurrent(), None, {"input_ids": [[5, 6, 7]]})) == []


def test_a_pad_id_that_also_ends_a_text_may_stand_there_once():
    model = make_recurrent(pad_token_id=3, eos_token_id=3)
    assert kinds(trace(model, None, {"input_ids": [[5, 6, 3]]})) == []
    assert "2 padding tokens (id 3)" in the_one(trace(model, None, {"input_ids": [[5, 3, 3]]}), "unmasked padding")


def test_zeros_at_the_end_of_a_series_of_a_batch_without_a_mask():
    values = torch.randn(2, 5, FEATURES)
    values[1, 3:] = 0
    model = make_recurrent(num_features=FEATURES)
    message = the_one(trace(model, None, {"input_values": values}), "unmasked padding")
    assert message.startswith("Row 2 has 2 steps of zeros at its end that no mask hides")
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    assert kinds(trace(model, None, {"input_values": values, "attention_mask": mask})) == []
    assert kinds(trace(model, None, {"input_values": values[1:]})) == []  # alone, it may be silence


def test_capitals_that_the_vocabulary_does_not_have():
    model, tokenizer = make_recurrent(), make_tokenizer(lowercase=False)
    seen = trace(model, tokenizer, "The Film Was good")
    assert "in lower case it would have 3 unknown tokens fewer" in the_one(seen, "other case")
    assert "other case" not in kinds(trace(model, make_tokenizer(lowercase=True), "The Film Was good"))
    assert "other case" not in kinds(trace(model, tokenizer, "Zyzzyva was good at the film"))


def test_a_text_that_is_cut():
    seen = trace(make_recurrent(), make_tokenizer(limit=5), TEXT)
    assert the_one(seen, "truncated") == "The input has 8 steps, but the model read 5: 3 were cut."
    assert kinds(trace(make_recurrent(), make_tokenizer(limit=8), TEXT)) == []


def test_a_text_longer_than_the_positions_is_traced_up_to_where_it_stops():
    seen = trace(make_distilbert(), make_tokenizer(), "good " * 20, truncation=False)
    assert kinds(seen) == ["stopped", "positions"]
    assert "20 steps, but distilbert.embeddings.position_embeddings is a table of 16 positions" in the_one(
        seen, "positions"
    )
    assert seen.outputs is None
    assert [stage.name for stage in seen.stages][:3] == [
        "DistilBertForSequenceClassification",
        "distilbert",
        "distilbert.embeddings",
    ]


def test_positions_that_can_be_computed_but_were_never_trained():
    model = make_transformer(position_embedding="rotary")
    seen = trace(model, make_tokenizer(limit=5), TEXT, truncation=False)
    assert "8 steps" in the_one(seen, "positions")
    assert "at most 5 (model_max_length)" in the_one(seen, "positions")
    assert seen.failure is None


def test_a_token_id_beyond_the_table():
    seen = trace(make_recurrent(), None, {"input_ids": [[5, 99]]})
    assert "stopped in model.embeddings" in the_one(seen, "stopped")
    assert "99" in the_one(seen, "stopped")


@pytest.mark.parametrize("label", ["positiv", "7"])
def test_a_label_that_the_model_does_not_have(label):
    says = the_one(trace(make_recurrent(), make_tokenizer(), TEXT, label=label), "label")
    assert f"'{label}' is none of the model's 3 labels (negative, neutral, positive)" in says
    assert ("Did you mean 'positive'?" in says) == (label == "positiv")


@pytest.mark.parametrize("label", ["positive", "2", 2])
def test_a_label_that_it_has_is_compared_with_the_answer(label):
    seen = trace(make_recurrent(), make_tokenizer(), TEXT, label=label)
    assert kinds(seen) == []
    scores = seen.outputs.logits.softmax(-1)[0]
    right = "right" if int(scores.argmax()) == 2 else "wrong"
    assert seen.answer[-1].rows == [("positive", f"{scores[2]:.4f}", str(int((scores > scores[2]).sum()) + 1), right)]


def test_the_thresholds_of_a_model_say_what_its_answer_is():
    model, tokenizer = make_recurrent(), make_tokenizer()
    order = trace(model, tokenizer, TEXT).outputs.logits[0].argsort(descending=True).tolist()
    model.config.decision_thresholds = [float(label == order[0]) for label in range(len(order))]
    answer = Predictor(model, tokenizer)(TEXT)["label"]
    seen = trace(model, tokenizer, TEXT, label=answer)
    assert answer == model.config.id2label[order[1]]
    assert f"the answer is {answer}." in seen.answer[0].note
    assert seen.answer[-1].rows[0][2:] == ("2", "right")


def test_gold_tags_meet_the_tokens_in_order():
    model, tokenizer = make_distilbert(DistilBertForTokenClassification), make_tokenizer(special=True)
    rows = trace(model, tokenizer, "the film was", label="O B-PER I-PER").answer[-1].rows
    assert [row[:2] for row in rows] == [("the", "O"), ("film", "B-PER"), ("was", "I-PER")]
    assert "B-ORG" in the_one(trace(model, tokenizer, "the film was", label="O B-ORG O"), "label")
    with pytest.raises(InputError, match="names 2 tags, but the model tags 3 steps"):
        trace(model, tokenizer, "the film was", label="O O")


def test_several_labels_and_values_are_compared():
    tokenizer = make_tokenizer()
    several = make_recurrent(problem_type="multi_label_classification")
    assert [row[0] for row in trace(several, tokenizer, TEXT, label="neutral, positive").answer[-1].rows] == [
        "neutral",
        "positive",
    ]
    value = make_recurrent(problem_type="regression", id2label={0: "stars"})
    seen = trace(value, tokenizer, TEXT, label="3.5")
    assert seen.answer[-1].rows[0][0] == "3.5"
    with pytest.raises(InputError, match="label='many': this model gives a number"):
        trace(value, tokenizer, TEXT, label="many")


def test_a_label_for_a_model_without_labels_is_refused():
    with pytest.raises(InputError, match="gives no labels"):
        trace(make_seq2seq("Recurrent"), make_tokenizer(), TEXT, label="positive")


@pytest.mark.parametrize(("cell", "gate"), [("lstm", "forget gate"), ("gru", "update gate"), ("rnn", "state")])
def test_saturated_gates(cell, gate):
    model = make_recurrent(cell_type=cell, bidirectional=False, num_hidden_layers=1)
    set_weight(model, "model.layers.0.forward_cell.weight_ih_l0", lambda weight: weight * 1e4)
    found = [
        finding.message
        for finding in trace(model, make_tokenizer(), TEXT).findings
        if finding.kind == "saturated gates"
    ]
    assert any(f"model.layers.0.forward_cell: 100% of the values of its {gate}" in says for says in found)


def test_dead_units_are_named_where_they_arise():
    model = set_weight(
        make_recurrent(), "model.embeddings.tokens.weight", lambda w: w * torch.tensor([1, 0, 1, 0, 1, 1])
    )
    says = the_one(trace(model, make_tokenizer(), TEXT), "dead units")
    assert says == "model.embeddings.tokens: 2 of its 6 units are zero over the whole input."


def test_units_that_one_row_uses_are_not_dead():
    table = torch.ones(18, 6)
    table[5:9, 2] = 0
    model = set_weight(make_recurrent(), "model.embeddings.tokens.weight", lambda w: w * table)
    assert kinds(trace(model, make_tokenizer(), ["the film was good", "very dull ."])) == []
    assert kinds(trace(model, make_tokenizer(), "the film was good")) == ["dead units"]


def test_silence_behind_a_relu_is_in_order_until_all_is_silent():
    model = make_transformer(hidden_act="relu")
    assert kinds(trace(model, make_tokenizer(), "film")) == []
    set_weight(model, "model.layers.0.widen.bias", lambda bias: bias - 1e6)
    assert "model.layers.0.activation: 14 of its 14 units" in the_one(
        trace(model, make_tokenizer(), "film"), "dead units"
    )


def test_nan_weights_name_the_innermost_module():
    model = set_weight(make_recurrent(), "model.layers.1.backward_cell.bias_hh_l0", lambda bias: bias * torch.nan)
    says = the_one(trace(model, make_tokenizer(), TEXT), "not finite")
    assert says.startswith("model.layers.1.backward_cell (LSTM) is the first module whose output holds NaN")
    assert "its weights hold it already (weight" in says or "(bias_hh_l0)" in says


def test_overflow_is_told_from_broken_weights():
    model = set_weight(make_recurrent(), "classifier.weight", lambda weight: torch.full_like(weight, 3e38))
    says = the_one(
        trace(set_weight(model, "classifier.bias", lambda b: b + 3.4e38), make_tokenizer(), TEXT), "not finite"
    )
    assert says.startswith("classifier (Linear) is the first module")
    assert "its input and its weights were finite" in says


class Divides(nn.Module):
    """Passes on its input; its owner has divided by zero before."""

    def forward(self, states):
        return states + 1


def test_nan_between_modules_is_told_from_nan_within():
    model = make_recurrent(num_hidden_layers=1)
    layer = model.model.layers[0]
    original = layer.forward
    layer.forward = lambda states, *rest: layer.after(original(states, *rest) / 0)
    layer.after = Divides()
    says = the_one(trace(model, make_tokenizer(), TEXT), "not finite")
    assert says.startswith("model.layers.0.after (Divides)")
    assert "its input held it already" in says


def test_nan_in_the_input_itself():
    series = np.random.default_rng(0).normal(size=(6, FEATURES))
    series[2:, 1] = np.nan
    seen = trace(make_recurrent(num_features=FEATURES), None, series)
    assert "The input itself (input_values) holds NaN" in the_one(seen, "not finite")
    assert "4 of 6 steps have missing numbers" in the_one(seen, "unknown")


def test_junk_at_padding_is_no_nan():
    values = torch.randn(1, 5, FEATURES)
    values[0, 3:] = torch.nan
    inputs = {"input_values": values, "attention_mask": torch.tensor([[1, 1, 1, 0, 0]])}
    assert kinds(trace(make_recurrent(num_features=FEATURES), None, inputs)) == []


def test_a_softmax_without_any_doubt():
    model = set_weight(make_recurrent(), "classifier.weight", lambda weight: weight * 1e3)
    assert "probability of 1 to six digits" in the_one(trace(model, make_tokenizer(), TEXT), "saturated softmax")


def test_pooling_that_sees_one_step():
    model = set_weight(make_recurrent(pooling="attention"), "pooling.query.weight", lambda weight: weight * 1e4)
    assert "the pooling sees a single step" in the_one(trace(model, make_tokenizer(), TEXT), "saturated softmax")
    assert kinds(trace(model, make_tokenizer(), "good film")) == []  # of two steps one may well win


def test_attention_that_sees_one_step_per_head():
    model = set_weight(make_transformer(), "model.layers.0.attention.qkv.weight", lambda weight: weight * 1e4)
    says = the_one(trace(model, make_tokenizer(), TEXT), "saturated softmax")
    assert says.startswith("Attention of layer 1: every head at every step sees a single step")
