# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A trained model with fewer tokens answers as before where its tokens are left."""

import numpy as np
import pytest
import torch

from hf_seq import RecurrentConfig, RecurrentForSequenceClassification, RecurrentForTokenClassification
from hf_seq.distill.pruning import prune_model
from hf_seq.errors import InputError
from hf_seq.text import train_tokenizer

TEXTS = ["the king was walking", "a king walks", "walking a walk", "the walk was the king"] * 3


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(TEXTS, kind="wordpiece", vocab_size=60, min_frequency=1)


def counts_of(tokenizer):
    ids = [each for text in TEXTS for each in tokenizer(text)["input_ids"]]
    return np.bincount(ids, minlength=len(tokenizer))


def model_of(kind, tokenizer, **more):
    torch.manual_seed(0)
    size = {"vocab_size": len(tokenizer), "embedding_size": len(tokenizer), "hidden_size": 12, "num_labels": 3}
    config = RecurrentConfig(pad_token_id=tokenizer.pad_token_id, **size, **more)
    model = kind(config).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter)
    if kind is RecurrentForTokenClassification:
        model.read_vocabulary(tokenizer)
    return model


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (RecurrentForSequenceClassification, {"pooling": "attention"}),
        (RecurrentForTokenClassification, {"use_crf": True}),
    ],
    ids=["classifier", "tagger with a CRF"],
)
@torch.no_grad()
def test_texts_of_kept_tokens_get_the_same_scores(tokenizer, kind, more):
    model = model_of(kind, tokenizer, **more)
    pruned, smaller = prune_model(model, tokenizer, counts_of(tokenizer), len(tokenizer) - 12)
    assert pruned.config.vocab_size == len(smaller) < len(tokenizer) == model.config.vocab_size
    text = "the king was"
    assert smaller.tokenize(text) == tokenizer.tokenize(text)
    before, after = (
        each(**reading(text, return_tensors="pt", return_token_type_ids=False))
        for each, reading in ((model, tokenizer), (pruned, smaller))
    )
    assert torch.equal(before.logits, after.logits)
    if kind is RecurrentForTokenClassification:
        assert torch.equal(before.best_path, after.best_path)


def test_a_model_that_reads_letters_is_refused(tokenizer):
    model = model_of(RecurrentForTokenClassification, tokenizer, character_encoder="cnn")
    with pytest.raises(InputError, match="character_encoder=cnn"):
        prune_model(model, tokenizer, counts_of(tokenizer), 40)
