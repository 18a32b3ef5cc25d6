# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""An empty text has one answer, whoever asks: alone or in a batch, by predictor, pipeline, Trainer or collator."""

import pytest
import torch
from datasets import Dataset
from transformers import AutoModel, DataCollatorWithPadding, Trainer, TrainingArguments, pipeline

import hf_seq
from hf_seq.data import ClassificationCollator

WORDS = ["the cat sees a dog", "a dog"]
ROWS = ["", "the cat", "  \n", "a dog sees the cat"]
POOLINGS = ["first", "last", "mean", "max", "attention"]
FAMILIES = [("Recurrent", pooling) for pooling in POOLINGS] + [("TransformerEncoder", pooling) for pooling in POOLINGS]


def save(folder, family, head, **fields):
    tokenizer = hf_seq.train_tokenizer(WORDS, kind="word", min_frequency=1)
    sizes = {"hidden_size": 12, "vocab_size": len(tokenizer)}
    sizes |= {"num_attention_heads": 2, "intermediate_size": 16} if family == "TransformerEncoder" else {}
    torch.manual_seed(0)
    model = getattr(hf_seq, family + head)(getattr(hf_seq, family + "Config")(**sizes, **fields)).eval()
    for weight in model.parameters():
        torch.nn.init.normal_(weight.data, std=0.5)
    if head == "ForTokenClassification":
        model.read_vocabulary(tokenizer)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return model, tokenizer


@pytest.mark.parametrize(("family", "pooling"), FAMILIES)
def test_every_road_gives_the_answer_of_a_row_of_padding(family, pooling, tmp_path):
    model, _ = save(tmp_path, family, "ForSequenceClassification", pooling=pooling)
    with torch.no_grad():
        logits = model(torch.tensor([[0, 0], [5, 6]]), attention_mask=torch.tensor([[0, 0], [1, 1]])).logits[0]
    wanted = pytest.approx(logits.softmax(-1).max().item(), abs=1e-6)
    classify = pipeline("text-classification", model=str(tmp_path))
    predictor = hf_seq.load(tmp_path)
    roads = {
        "pipeline, alone": classify("")[0]["score"],
        "pipeline, a list": classify(ROWS)[0]["score"],
        "pipeline, blanks": classify(ROWS)[2]["score"],
        "pipeline, batches": classify(ROWS, batch_size=4)[0]["score"],
        "pipeline, batches of nothing": classify(["", " "], batch_size=2)[1]["score"],
        "predictor, alone": predictor("")["score"],
        "predictor, blanks": predictor(" \n")["score"],
        "predictor, a list": next(predictor.predict(ROWS))["score"],
        "predictor, nothing else": next(predictor.predict(["", ""]))["score"],
        "scores": predictor.scores(ROWS)[2].max(),
    }
    assert roads == dict.fromkeys(roads, wanted)


@pytest.mark.parametrize("family", ["Recurrent", "TransformerEncoder"])
@pytest.mark.parametrize("batch_size", [1, 2, 4])
def test_the_trainer_of_transformers_and_our_collator_agree_with_the_predictor(family, batch_size, tmp_path):
    model, tokenizer = save(tmp_path, family, "ForSequenceClassification")
    rows = [*ROWS, "", ""]
    encoded = [dict(tokenizer(text)) for text in rows]
    wanted = torch.tensor(hf_seq.load(tmp_path).scores(rows), dtype=torch.float32)
    collators = (DataCollatorWithPadding(tokenizer), ClassificationCollator(tokenizer.pad_token_id))
    for data, collate in zip((Dataset.from_list(encoded), encoded), collators, strict=True):
        arguments = TrainingArguments(tmp_path, per_device_eval_batch_size=batch_size, use_cpu=True, report_to=[])
        found = Trainer(model, arguments, data_collator=collate).predict(data).predictions
        torch.testing.assert_close(torch.tensor(found).softmax(-1), wanted, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("fields", [{}, {"use_crf": True}])
@pytest.mark.parametrize("family", ["Recurrent", "TransformerEncoder"])
def test_an_empty_text_has_no_tags_on_any_road(family, fields, tmp_path):
    save(tmp_path, family, "ForTokenClassification", id2label={0: "O", 1: "B-X", 2: "I-X"}, **fields)
    for task in ("token-classification", "sequence-tagging"):
        tag = pipeline(task, model=str(tmp_path))
        assert tag("") == []
        assert [bool(each) for each in tag(["", "the cat sees the dog"], ignore_labels=[])] == [False, True]
    assert hf_seq.load(tmp_path)("") == {"entities": []}
    assert hf_seq.load(tmp_path).tag([[], ["cat"], []])[::2] == [[], []]


@pytest.mark.parametrize("family", ["Recurrent", "TransformerEncoder"])
def test_an_empty_text_has_no_features(family, tmp_path):
    save(tmp_path, family, "ForSequenceClassification")
    extract = pipeline("feature-extraction", model=str(tmp_path))
    assert extract("") == [[]]
    assert [len(each[0]) for each in extract(["", "the cat"])] == [0, 2]
    assert AutoModel.from_pretrained(tmp_path)(torch.zeros(3, 0)).last_hidden_state.shape == (3, 0, 12)
