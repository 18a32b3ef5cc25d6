# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The masked language model: its loss is of the masked steps alone, and its encoder starts classifiers and taggers."""

import pytest
import torch
from torch.nn import functional as F
from transformers import AutoModel, AutoModelForMaskedLM, pipeline

from hf_seq import (
    TransformerEncoderConfig,
    TransformerEncoderForMaskedLM,
    TransformerEncoderForSequenceClassification,
    TransformerEncoderForTokenClassification,
    train_tokenizer,
)

from .factories import LAYOUTS, POSITIONS, VOCABULARY, gradients, make_batch, make_config, make_sequences, perturb

LABELS_AT = ([0, 0, 1, 3], [1, 4, 2, 6])  # rows and steps of the masked tokens
EXACT = {"atol": 1e-5, "rtol": 1e-5}


def make_masked_model(seed: int = 0, **settings) -> TransformerEncoderForMaskedLM:
    """A masked language model in evaluation mode, every parameter random."""
    model = TransformerEncoderForMaskedLM(make_config(**{"position_embedding": "rotary"} | settings))
    return perturb(model, seed).eval()


def make_masked() -> tuple[torch.Tensor, torch.Tensor]:
    """Ids (4, 7), some of them masked, and labels, -100 where nothing was."""
    true = torch.stack(make_sequences("input_ids", (7,) * 4))
    ids, labels = true.clone(), torch.full_like(true, -100)
    labels[LABELS_AT] = true[LABELS_AT]
    ids[LABELS_AT] = 1
    return ids, labels


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("tied", [True, False])
def test_the_loss_is_torchs_cross_entropy_of_the_masked_tokens(tied, training):
    model, (ids, labels) = make_masked_model(tie_word_embeddings=tied), make_masked()
    logits = model(ids).logits
    expected = F.cross_entropy(logits[LABELS_AT], labels[LABELS_AT])
    outputs = model.train(training)(ids, labels=labels)
    torch.testing.assert_close(outputs.loss, expected)
    assert (outputs.logits is None) is training
    found, wanted = gradients(model, outputs.loss), gradients(model, expected)
    for name, gradient in wanted.items():
        torch.testing.assert_close(found[name], gradient, atol=1e-4, rtol=1e-4)


def test_four_batches_have_the_gradients_of_one():
    model, (ids, labels) = make_masked_model().train(), make_masked()
    whole = gradients(model, model(ids, labels=labels).loss)
    losses = [model(ids[i : i + 1], labels=labels[i : i + 1], num_items_in_batch=4).loss for i in range(4)]
    accumulated = gradients(model, torch.stack(losses).sum())  # one of the rows has nothing masked
    for name, gradient in whole.items():
        torch.testing.assert_close(accumulated[name], gradient, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_logits_do_not_depend_on_padding(layout, position):
    model, sequences = make_masked_model(position_embedding=position), make_sequences("input_ids")
    batch = make_batch("input_ids", sequences, layout)
    together = model(**batch).logits
    for row, sequence in enumerate(sequences):
        real = batch["attention_mask"][row].bool()
        torch.testing.assert_close(together[row][real], model(sequence.unsqueeze(0)).logits[0], **EXACT)


def test_a_tied_head_is_the_embedding_after_saving_too(tmp_path):
    model, (ids, _) = make_masked_model(tie_word_embeddings=True), make_masked()
    model.save_pretrained(tmp_path)
    loaded = AutoModelForMaskedLM.from_pretrained(tmp_path).eval()
    assert loaded.lm_head.weight is loaded.get_input_embeddings().weight
    torch.testing.assert_close(loaded(ids).logits, model(ids).logits)
    assert make_masked_model().lm_head.weight.shape == (VOCABULARY, 8)
    assert make_masked_model().lm_head.weight is not make_masked_model().get_input_embeddings().weight


@pytest.mark.parametrize(
    "head", [TransformerEncoderForSequenceClassification, TransformerEncoderForTokenClassification]
)
def test_classifiers_and_taggers_start_from_its_encoder(head, tmp_path):
    model, (ids, _) = make_masked_model(), make_masked()
    model.save_pretrained(tmp_path)
    loaded = head.from_pretrained(tmp_path, num_labels=5).eval()
    states = model.model(ids).last_hidden_state
    torch.testing.assert_close(loaded.model(ids).last_hidden_state, states)
    torch.testing.assert_close(AutoModel.from_pretrained(tmp_path).eval()(ids).last_hidden_state, states)
    assert loaded.classifier.weight.shape == (5, 8)


@pytest.mark.parametrize("tied", [True, False])
def test_a_new_model_starts_at_chance_and_learns_to_fill_in(tied):
    torch.manual_seed(0)
    sizes = {"vocab_size": 60, "hidden_size": 32, "num_hidden_layers": 1, "intermediate_size": 64}
    model = TransformerEncoderForMaskedLM(TransformerEncoderConfig(**sizes, tie_word_embeddings=tied))
    ids, optimizer, losses = torch.randint(2, 60, (16, 10)), torch.optim.AdamW(model.parameters(), lr=3e-3), []
    labels = ids.masked_fill(torch.rand(ids.shape) > 0.3, -100)
    masked = ids.masked_fill(labels != -100, 1)
    for _ in range(120):
        losses.append(model(masked, labels=labels).loss)
        optimizer.zero_grad()
        losses[-1].backward()
        optimizer.step()
    assert losses[0].item() == pytest.approx(torch.tensor(60.0).log().item(), rel=0.2)
    assert losses[-1] < 0.2 * losses[0]


def test_the_pipeline_fills_the_mask_with_the_likeliest_token(tmp_path):
    tokenizer = train_tokenizer(["the cat sat on the mat", "a dog ran to the cat"], kind="word", min_frequency=1)
    model = make_masked_model(vocab_size=len(tokenizer), pad_token_id=tokenizer.pad_token_id)
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    fill = pipeline("fill-mask", model=str(tmp_path), device="cpu")
    text = f"the cat {tokenizer.mask_token} on the mat"
    answers, batch = fill(text, top_k=3), tokenizer(text, return_tensors="pt")
    step = (batch["input_ids"][0] == tokenizer.mask_token_id).nonzero()[0, 0]
    logits = model(batch["input_ids"], attention_mask=batch["attention_mask"]).logits[0, step]
    best = logits.softmax(-1).topk(3)
    assert [answer["token"] for answer in answers] == best.indices.tolist()
    torch.testing.assert_close(torch.tensor([answer["score"] for answer in answers]), best.values)


def test_numbers_in_place_of_tokens_are_refused_when_built():
    with pytest.raises(ValueError, match=r"num_features=3: masked language modelling reads tokens, not numbers"):
        TransformerEncoderForMaskedLM(TransformerEncoderConfig(num_features=3))


def test_labels_of_another_shape_are_refused_with_both_shapes():
    ids, labels = make_masked()
    with pytest.raises(ValueError, match=r"labels have shape \(4, 6\), the inputs \(4, 7\)"):
        make_masked_model()(ids, labels=labels[:, 1:])
