# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a trace says at the end is what the model says: labels, values, tags and paths, guesses, tokens written."""

import numpy as np
import pytest
import torch
from transformers import DistilBertForMaskedLM

from hf_seq import trace

from .factories import (
    FEATURES,
    TAGS,
    TEXT,
    make_distilbert,
    make_recurrent,
    make_seq2seq,
    make_tokenizer,
    make_transformer,
)


def test_labels_are_in_order_of_their_softmax():
    model = make_recurrent()
    seen = trace(model, make_tokenizer(), TEXT)
    logits = seen.outputs.logits[0].numpy()
    scores = np.exp(logits) / np.exp(logits).sum()
    order = np.argsort(-scores)
    expected = [(model.config.id2label[i], f"{logits[i]:.3f}", f"{scores[i]:.4f}") for i in order]
    assert seen.answer[0].rows == expected


def test_several_labels_are_asked_for_one_by_one():
    seen = trace(make_recurrent(problem_type="multi_label_classification"), make_tokenizer(), TEXT)
    logits = sorted(seen.outputs.logits[0].tolist(), reverse=True)
    assert [row[2] for row in seen.answer[0].rows] == [f"{1 / (1 + np.exp(-logit)):.4f}" for logit in logits]


def test_regression_gives_its_values_as_they_are():
    seen = trace(make_recurrent(problem_type="regression", id2label={0: "stars"}), make_tokenizer(), TEXT)
    assert seen.answer[0].rows == [("stars", f"{seen.outputs.logits.item():.4g}")]


@pytest.mark.parametrize("make", [make_recurrent, make_transformer])
def test_tags_show_the_best_path_beside_the_best_tags(make):
    seen = trace(make("TokenClassification", use_crf=True), make_tokenizer(), TEXT)
    best, path = seen.outputs.logits[0].argmax(-1).tolist(), seen.outputs.best_path[0].tolist()
    assert [(row[2], row[5]) for row in seen.answer[0].rows] == [
        (TAGS[one], TAGS[two]) for one, two in zip(best, path, strict=True)
    ]
    differ = sum(one != two for one, two in zip(best, path, strict=True))
    assert f"differs from the best tags by themselves at {differ} step" in seen.answer[0].note


def test_padding_gets_no_tag():
    seen = trace(make_recurrent("TokenClassification"), make_tokenizer(), [TEXT, "good film"])
    assert [row[1] for row in seen.answer[1].rows] == ["good", "film"]


def test_a_mask_is_guessed():
    model, tokenizer = make_distilbert(DistilBertForMaskedLM), make_tokenizer()
    seen = trace(model, tokenizer, "the film was [MASK]")
    top = seen.outputs.logits[0, 3].softmax(-1).topk(1)
    assert len(seen.answer[0].rows) == 1
    assert (
        seen.answer[0]
        .rows[0][2]
        .startswith(f"{tokenizer.convert_ids_to_tokens(int(top.indices))} {top.values.item():.3f}")
    )


def test_written_tokens_are_those_of_generate_with_their_probabilities():
    model, tokenizer = make_recurrent("CausalLM", bidirectional=False, eos_token_id=None), make_tokenizer()
    seen = trace(model, tokenizer, TEXT, max_new_tokens=5)
    ids = tokenizer(TEXT, return_tensors="pt")["input_ids"]
    expected = []
    for _ in range(5):  # greedy, without generate() and without its state
        scores = model(ids, use_cache=False).logits[0, -1].softmax(-1)
        best = int(scores.argmax())
        expected.append((tokenizer.convert_ids_to_tokens(best), f"{scores[best]:.4f}"))
        ids = torch.cat([ids, torch.tensor([[best]])], 1)
        if best == tokenizer.eos_token_id:
            break
    assert [(row[1], row[2]) for row in seen.answer[0].rows] == expected[: len(seen.answer[0].rows)]
    assert len(seen.answer[0].rows) == len(expected)


@pytest.mark.parametrize("family", ["Recurrent", "Transformer"])
def test_a_decoder_is_traced_over_what_it_wrote(family):
    model, tokenizer = make_seq2seq(family), make_tokenizer()
    seen = trace(model, tokenizer, TEXT, max_new_tokens=4)
    start = tokenizer.convert_ids_to_tokens(2)
    written = [row[1] for row in seen.answer[0].rows]
    assert [step.text for step in seen.decoder_steps[0]] == [start, *written[:-1]]
    shares = seen.outputs.logits[0].softmax(-1)  # of one pass over all steps; those of the table came one by one
    best = [tokenizer.convert_ids_to_tokens(int(each)) for each in shares.argmax(-1)]
    assert best == written
    assert [row[2] for row in seen.answer[0].rows] == pytest.approx([f"{each:.4f}" for each in shares.amax(-1)])


@pytest.mark.parametrize("family", ["Recurrent", "Transformer"])
def test_a_decoder_shows_where_in_the_source_it_looks(family):
    seen = trace(make_seq2seq(family), make_tokenizer(), TEXT, max_new_tokens=4)
    weights = seen.attention["decoder to source, layer 1"]
    assert weights.shape[0] == 1
    assert weights.shape[2:] == (len(seen.decoder_steps[0]), 8)
    torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:-1]))


def test_pooling_weights_are_the_models_own():
    model, tokenizer = make_recurrent(pooling="attention"), make_tokenizer()
    seen = trace(model, tokenizer, TEXT)
    own = model(**tokenizer(TEXT, return_tensors="pt"), output_attentions=True).pooling_weights
    torch.testing.assert_close(seen.attention["pooling"], own.detach())


def test_attention_of_layers_is_the_models_own():
    model, tokenizer = make_distilbert(attn_implementation="eager"), make_tokenizer()
    seen = trace(model, tokenizer, TEXT)
    own = model(**tokenizer(TEXT, return_tensors="pt"), output_attentions=True).attentions
    for depth, weights in enumerate(own):
        torch.testing.assert_close(seen.attention[f"layer {depth + 1}"], weights.detach())
    assert seen.notes == []


def test_a_numeric_model_tags_its_steps():
    series = np.random.default_rng(0).normal(size=(4, FEATURES))
    seen = trace(make_recurrent("TokenClassification", num_features=FEATURES), None, series)
    best = seen.outputs.logits[0].argmax(-1).tolist()
    assert [row[1:3] for row in seen.answer[0].rows] == [(f"t{step}", TAGS[tag]) for step, tag in enumerate(best)]
