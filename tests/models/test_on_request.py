# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What callers may ask of every head: tuples, logits in training, logits of a few steps, half precision."""

import pytest
import torch

import hf_seq

from .factories import make_batch, make_model, make_sequences, perturb
from .language_models import make_ids, make_language_model
from .seq2seq_factories import FAMILIES, START, make_sources, name_of, pad
from .seq2seq_factories import make_model as make_writer

SMALL = {"vocab_size": 23, "hidden_size": 8, "num_hidden_layers": 1}
STILL = {"embedding_dropout": 0.0, "hidden_dropout": 0.0}
HEADS = {"num_attention_heads": 2, "intermediate_size": 12, "attention_dropout": 0.0}
TAGS = {"id2label": {0: "O", 1: "B-X", 2: "I-X"}, "label2id": {"O": 0, "B-X": 1, "I-X": 2}}


def masked_model():
    return perturb(hf_seq.TransformerEncoderForMaskedLM(hf_seq.TransformerEncoderConfig(**SMALL | HEADS | STILL)))


def tagger(family):
    if family == "recurrent":
        config = hf_seq.RecurrentConfig(**SMALL | TAGS, embedding_size=6, use_crf=True)
        return perturb(hf_seq.RecurrentForTokenClassification(config)).eval()
    config = hf_seq.TransformerEncoderConfig(**SMALL | TAGS | HEADS, use_crf=True)
    return perturb(hf_seq.TransformerEncoderForTokenClassification(config)).eval()


EVERY_HEAD = {
    "bilstm": lambda: make_model(cell_type="lstm"),
    "transformer": lambda: make_model(position_embedding="learned"),
    "bilstm-crf": lambda: tagger("recurrent"),
    "transformer-crf": lambda: tagger("transformer"),
    "language model": make_language_model,
    "masked language model": masked_model,
    "recurrent writer": lambda: make_writer(**FAMILIES[4]),
    "transformer writer": lambda: make_writer(**FAMILIES[0]),
}


@pytest.mark.parametrize("name", EVERY_HEAD)
def test_a_configuration_may_ask_for_tuples(name):
    model, ids = EVERY_HEAD[name]().eval(), make_ids() % 13
    inputs = {"input_ids": ids} | ({"decoder_input_ids": ids} if model.config.is_encoder_decoder else {})
    expected = model(**inputs).logits
    model.config.return_dict = False
    found = model(**inputs)
    assert isinstance(found, tuple)
    assert torch.equal(found[0], expected)
    assert torch.equal(model(**inputs, return_dict=True).logits, expected)
    if hasattr(model, "generate"):
        options = {"max_new_tokens": 3, "do_sample": False, "pad_token_id": 0}
        assert model.generate(ids, **options).shape[0] == 3


@pytest.mark.parametrize("name", ["language model", "masked language model", "recurrent writer", "transformer writer"])
def test_logits_in_training_can_be_asked_for_and_the_loss_stays(name):
    model, ids = EVERY_HEAD[name]().train(), make_ids() % 13
    plain = model(input_ids=ids, labels=ids)
    asked = model(input_ids=ids, labels=ids, return_logits=True)
    assert plain.logits is None
    torch.testing.assert_close(asked.loss, plain.loss)
    torch.testing.assert_close(asked.logits, model.eval()(input_ids=ids, labels=ids).logits)


@pytest.mark.parametrize("kept", [1, 2, torch.tensor([0, 3])], ids=["last", "last two", "places"])
@pytest.mark.parametrize("settings", FAMILIES, ids=name_of)
def test_an_encoder_decoder_scores_only_the_steps_asked_for(settings, kept):
    model, (ids, mask) = make_writer(**settings), pad(make_sources())
    target = torch.cat([torch.full((3, 1), START), ids[:, :4]], 1)
    inputs = {"input_ids": ids, "attention_mask": mask, "decoder_input_ids": target}
    whole = model(**inputs).logits
    expected = whole[:, -kept:] if isinstance(kept, int) else whole[:, kept]
    torch.testing.assert_close(model(**inputs, logits_to_keep=kept).logits, expected)


@pytest.mark.parametrize("family", [{"cell_type": "gru"}, {"position_embedding": "rotary"}], ids=["gru", "rotary"])
def test_word_dropout_works_in_bfloat16(family):
    model = make_model(**family, word_dropout=0.5).to(torch.bfloat16).train()
    batch = make_batch("input_ids", make_sequences("input_ids"))
    model(**batch, labels=torch.tensor([0, 1, 2, 0])).loss.backward()
    assert model.get_input_embeddings().weight.grad.isfinite().all()


def test_a_static_cache_is_refused_in_words():
    model, (ids, mask) = make_writer(**FAMILIES[0]), pad(make_sources())
    with pytest.raises(ValueError, match=r"cache_implementation='static' is not supported by this model; .* 'dynamic'"):
        model.generate(ids, attention_mask=mask, cache_implementation="static", max_new_tokens=3)


def penalty_by_hand(model, sequences) -> float:
    """The penalties of each sequence alone, whose sums are divided by the targets of all."""
    config, total, targets = model.config, 0.0, 0
    for sequence in sequences:
        with torch.no_grad():
            states = model.model(sequence[None]).last_hidden_state[0][:-1]  # of the steps that have a target
        total += config.activation_regularization * states.square().mean(-1).sum()
        total += config.temporal_activation_regularization * (states[1:] - states[:-1]).square().mean(-1).sum()
        targets += len(states)
    return total / targets


@pytest.mark.parametrize("layout", ["right", "left"])
@pytest.mark.parametrize("factors", [(2.0, 0.0), (0.0, 3.0), (1.0, 1.0)], ids=["activation", "temporal", "both"])
def test_activation_regularization_does_not_count_padding(layout, factors):
    names = ("activation_regularization", "temporal_activation_regularization")
    model = make_language_model(**dict(zip(names, factors, strict=True))).train()
    sequences = make_sequences("input_ids", (2, 7, 4, 5))
    batch = make_batch("input_ids", sequences, layout)
    labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
    if layout == "left":  # the first step of a row is what the padding before it would predict
        begins = batch["attention_mask"].argmax(1)
        labels[torch.arange(4), begins] = -100
    found = model(**batch, labels=labels).regularization
    torch.testing.assert_close(found, torch.as_tensor(penalty_by_hand(model, sequences)))
