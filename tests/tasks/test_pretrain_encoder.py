# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""An encoder learns from text without labels, and a classifier goes on from it."""

import csv
import json
import random
from functools import partial

import numpy as np
import pytest
import torch
from transformers import AutoModelForMaskedLM, AutoTokenizer

from hf_seq.data.builtin.grammar import draw_sentence
from hf_seq.distill.running import train_main
from hf_seq.errors import InputError
from hf_seq.predictors.masked_language import MaskedLanguageModel, hide_rows
from hf_seq.tasks.masked_language_modeling.trainer import MaskedTrainer
from hf_seq.train.evaluate_model import evaluate
from hf_seq.train.parsing import flags

pretrain_main = partial(train_main, task="masked-language-modeling")
TINY = {
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "num_train_epochs": 2,
    "learning_rate": 0.01,
    "bf16": False,
    "disable_tqdm": True,
}


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    folder, rng = tmp_path_factory.mktemp("texts"), random.Random(0)
    for name, rows in (("train", 800), ("validation", 60), ("test", 250)):
        lines = [json.dumps({"text": " ".join(draw_sentence(rng))}) for _ in range(rows)]
        (folder / f"{name}.jsonl").write_text("\n".join(lines))
    return str(folder)


@pytest.fixture(scope="module")
def pretrain(texts):
    return lambda folder, **settings: pretrain_main(
        flags({"data": texts, **TINY, **settings, "output_dir": str(folder)})
    )


@pytest.fixture(scope="module")
def encoder(pretrain, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "encoder"
    pretrain(folder, num_train_epochs=12, hidden_size=32, masked_share=0.25)
    return folder


def test_hidden_words_are_told_better_than_by_their_frequency(encoder, texts):
    record = evaluate(str(encoder))
    with open(f"{texts}/train.jsonl") as file:
        words = " ".join(json.loads(line)["text"] for line in file).split()
    shares = np.unique(words, return_counts=True)[1] / len(words)
    by_frequency = -(shares * np.log(shares)).sum()
    assert (record.task, record.metric) == ("fill-mask", "nats_per_masked_token")
    assert record.score < by_frequency - 0.2
    assert record.interval[0] < record.score < record.interval[1]


def test_the_score_is_minus_the_log_probability_of_the_hidden_tokens(encoder):
    model, tokenizer = AutoModelForMaskedLM.from_pretrained(encoder).eval(), AutoTokenizer.from_pretrained(encoder)
    rows = tokenizer(["the old dogs wait today .", "a cat sees the small horse ."])["input_ids"]
    expected = []
    for shown, truth in hide_rows(rows, 0.15, tokenizer.mask_token_id, len(tokenizer)):
        with torch.no_grad():
            logs = model(shown[None]).logits[0].log_softmax(-1)
        expected += [-logs[place, gold].item() for place, gold in enumerate(truth.tolist()) if gold != -100]
    costs = MaskedLanguageModel(model, tokenizer).costs(tokenizer.batch_decode(rows))
    assert sorted(costs.nats) == pytest.approx(sorted(expected), abs=1e-5)
    assert len(expected) > 0


def test_the_same_tokens_are_hidden_whatever_the_batch(encoder):
    texts = ["the old dogs wait .", "a cat", "many horses like every quiet king near the house ."] * 4
    one, many = (MaskedLanguageModel.from_pretrained(encoder, batch_size=size).costs(texts) for size in (1, 5))
    assert sorted(one.nats) == pytest.approx(sorted(many.nats), abs=1e-5)


def test_a_mask_is_filled_with_what_fits(encoder):
    (answer,) = MaskedLanguageModel.from_pretrained(encoder).predict(["the old dogs wait [MASK]"])
    (filled,) = answer["filled"]
    assert filled[0]["token"] == "."
    assert [each["score"] for each in filled] == sorted((each["score"] for each in filled), reverse=True)


def test_training_hides_other_tokens_in_every_step(pretrain, tmp_path, monkeypatch):
    seen = []
    original = torch.nn.Module.__call__

    class Watching(MaskedTrainer):
        def compute_loss(self, model, inputs, *args, **kwargs):
            def watched(**arguments):
                seen.append((arguments["labels"] != -100).float().sum() / inputs["attention_mask"].sum())
                return original(model, **arguments)

            return super().compute_loss(watched, inputs, *args, **kwargs)

    monkeypatch.setattr("hf_seq.tasks.masked_language_modeling.scoring.HiddenTraining.trainer_class", Watching)
    pretrain(tmp_path / "run", masked_share=0.3, max_steps=10)
    assert len(seen) == 10
    assert len(set(map(float, seen))) > 5
    assert np.mean(seen) == pytest.approx(0.3, abs=0.05)


def test_a_run_resumed_hides_the_same_tokens(pretrain, tmp_path, weights, same_bits):
    settings = {"num_train_epochs": 3, "save_total_limit": 5, "keep_checkpoints": True}
    pretrain(tmp_path / "run", **settings)
    whole = weights(tmp_path / "run")
    (tmp_path / "run" / "record.json").unlink()
    (tmp_path / "run" / "checkpoint-75" / "trainer_state.json").unlink()
    pretrain(tmp_path / "run", resume=True, **settings)
    assert same_bits(whole, weights(tmp_path / "run"))


def test_a_classifier_starts_from_the_pretrained_encoder(encoder, tmp_path, weights):
    data = tmp_path / "labels.csv"
    rng = random.Random(1)
    with data.open("w", newline="") as file:
        sentences = [draw_sentence(rng) for _ in range(120)]
        rows = [[" ".join(words), "many" if words[0] in ("two", "many") else "one"] for words in sentences]
        csv.writer(file).writerows([["text", "label"], *rows])
    values = {"data": str(data), "model": str(encoder), "output_dir": str(tmp_path / "run"), "learning_rate": 1e-12}
    train_main(flags({**values, "num_train_epochs": 1, "bf16": False, "disable_tqdm": True, "max_length": 64}))
    before, after = weights(encoder), weights(tmp_path / "run")
    shared = [name for name in before if name.startswith("model.")]
    assert len(shared) > 10
    assert all(torch.allclose(before[name], after[name], atol=1e-6) for name in shared)
    assert (tmp_path / "run" / "tokenizer.json").read_text() == (encoder / "tokenizer.json").read_text()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"masked_share": 0.0}, r"masked_share=0.0 must lie between 0 and 1"),
        ({"masked_share": 1.0}, r"masked_share=1.0 must lie between 0 and 1"),
        ({"label_smoothing_factor": 0.1}, r"label_smoothing_factor=0.1 would change what a nat means"),
        ({"data": "builtin:grammar"}, r"is one text of .* characters, of which only the begin would be read"),
        ({"model": "bilstm"}, r"bilstm"),
    ],
)
def test_what_cannot_be_pretrained_is_refused(pretrain, tmp_path, settings, words):
    with pytest.raises(InputError, match=words):
        pretrain(tmp_path / "run", **settings)


def test_a_classifier_is_no_masked_language_model(tmp_path):
    import hf_seq

    config = hf_seq.TransformerEncoderConfig(vocab_size=20, hidden_size=8, num_attention_heads=2, num_hidden_layers=1)
    hf_seq.TransformerEncoderForSequenceClassification(config).save_pretrained(tmp_path)
    hf_seq.train_tokenizer(["a b"], min_frequency=1).save_pretrained(tmp_path)
    with pytest.raises(InputError, match=r"not a masked language model; use .* or train a masked language model with"):
        MaskedLanguageModel.from_pretrained(tmp_path)
