# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The library's own Trainer trains, evaluates and keeps the best of every class, without a line of ours."""

import numpy as np
import pytest
import torch
from transformers import Seq2SeqTrainer, Seq2SeqTrainingArguments, Trainer, TrainingArguments
from transformers.trainer_utils import EvalPrediction

import hf_seq

from .factories import make_sequences
from .language_models import make_language_model
from .seq2seq_factories import FAMILIES, make_model

STILL = {"embedding_dropout": 0.0, "hidden_dropout": 0.0, "classifier_dropout": 0.0}
SMALL = {"vocab_size": 23, "hidden_size": 8, "num_hidden_layers": 1} | STILL
HEADS = {"num_attention_heads": 2, "intermediate_size": 12, "attention_dropout": 0.0}


def rows(labels) -> list[dict]:
    return [{"input_ids": ids.tolist(), "labels": labels(ids)} for ids in make_sequences("input_ids", (6,) * 8)]


IDS = rows(lambda ids: ids.tolist())
TOPICS = rows(lambda ids: int(ids[0]) % 2)
TAGS = rows(lambda ids: (ids % 2).tolist())
PAIRS = [
    {"input_ids": [each % 9 + 4 for each in row["input_ids"]], "labels": [each % 9 + 4 for each in row["labels"]]}
    for row in IDS
]
CLASSES = {
    "language model": (lambda: make_language_model(vocab_size=23, output_dropout=0.0), IDS),
    "adaptive language model": (lambda: make_language_model(vocab_size=23, adaptive_softmax_cutoffs=[6, 12]), IDS),
    "masked language model": (
        lambda: hf_seq.TransformerEncoderForMaskedLM(hf_seq.TransformerEncoderConfig(**SMALL | HEADS)),
        IDS,
    ),
    "bilstm": (
        lambda: hf_seq.RecurrentForSequenceClassification(hf_seq.RecurrentConfig(**SMALL, embedding_size=6)),
        TOPICS,
    ),
    "bilstm-crf": (
        lambda: hf_seq.RecurrentForTokenClassification(hf_seq.RecurrentConfig(**SMALL, embedding_size=6, use_crf=True)),
        TAGS,
    ),
    "transformer tagger": (
        lambda: hf_seq.TransformerEncoderForTokenClassification(hf_seq.TransformerEncoderConfig(**SMALL | HEADS)),
        TAGS,
    ),
    "recurrent writer": (lambda: make_model(**FAMILIES[4]), PAIRS),
    "transformer writer": (lambda: make_model(**FAMILIES[0]), PAIRS),
}


def arguments(folder, kind=TrainingArguments, **settings):
    plain = {"output_dir": str(folder), "num_train_epochs": 2, "per_device_train_batch_size": 4, "report_to": "none"}
    best = {"eval_strategy": "epoch", "save_strategy": "epoch", "load_best_model_at_end": True}
    return kind(**plain | best | {"use_cpu": True, "disable_tqdm": True, "learning_rate": 0.05} | settings)


def mean_loss(model, data) -> float:
    """The loss of all rows at once, as a caller without a Trainer computes it."""
    batch = {name: torch.tensor([row[name] for row in data]) for name in data[0]}
    with torch.no_grad():
        return model.eval()(**batch).loss.item()


@pytest.mark.parametrize("name", CLASSES)
def test_trainer_evaluates_every_class_and_loads_the_best(name, tmp_path):
    make, data = CLASSES[name]
    torch.manual_seed(0)
    trainer = Trainer(make(), arguments(tmp_path), train_dataset=data, eval_dataset=data)
    before = mean_loss(trainer.model, data)
    assert trainer.evaluate()["eval_loss"] == pytest.approx(before, abs=1e-4)
    trainer.train()
    losses = [entry["eval_loss"] for entry in trainer.state.log_history if "eval_loss" in entry]
    assert trainer.state.best_metric == pytest.approx(min(losses), abs=1e-6)
    assert mean_loss(trainer.model, data) == pytest.approx(min(losses), abs=1e-4)
    assert min(losses) < before


def test_metrics_of_a_language_model_see_the_labels_and_the_scores_and_nothing_else(tmp_path):
    seen = []

    def compute(outputs: EvalPrediction) -> dict[str, float]:
        seen.append((outputs.predictions.shape, outputs.label_ids.shape))
        right = outputs.predictions[:, :-1].argmax(-1) == outputs.label_ids[:, 1:]
        return {"accuracy": float(np.mean(right))}

    model = make_language_model(vocab_size=23)
    trainer = Trainer(model, arguments(tmp_path), train_dataset=IDS, eval_dataset=IDS, compute_metrics=compute)
    ids = torch.tensor([row["input_ids"] for row in IDS])
    right = model(ids).logits[:, :-1].argmax(-1) == ids[:, 1:]
    assert trainer.evaluate()["eval_accuracy"] == pytest.approx(right.float().mean().item())
    assert seen == [((8, 6, 23), (8, 6))]


@pytest.mark.parametrize("settings", [FAMILIES[0], FAMILIES[4]], ids=["transformer", "recurrent"])
def test_seq2seq_trainer_evaluates_by_what_the_model_writes(settings, tmp_path):
    model = make_model(**settings)
    model.generation_config.max_new_tokens, model.generation_config.max_length = 5, None
    written = []
    options = arguments(tmp_path, Seq2SeqTrainingArguments, predict_with_generate=True)
    trainer = Seq2SeqTrainer(
        model,
        options,
        train_dataset=PAIRS,
        eval_dataset=PAIRS,
        compute_metrics=lambda outputs: written.append(outputs.predictions) or {"seen": 1.0},
    )
    expected = model.generate(torch.tensor([row["input_ids"] for row in PAIRS]), max_new_tokens=5)
    assert trainer.evaluate()["eval_loss"] == pytest.approx(mean_loss(model, PAIRS), abs=1e-4)
    assert written[0][:, : expected.shape[1]].tolist() == expected.tolist()
