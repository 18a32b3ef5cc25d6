# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Taggers that learn from a tagger: with a CRF and without, from unlabelled text too; and several labels a row."""

import json
import random

import pytest
import torch

from hf_seq.distill.running import train_or_distill as run
from hf_seq.predictors.words import TaggingPredictor
from hf_seq.train.parsing import flags, parse_recipe

CALM = {"embedding_dropout": 0.0, "classifier_dropout": 0.0, "num_train_epochs": 1, "adam_epsilon": 1e-4}
"""One epoch without chance; the epsilon keeps AdamW from blowing up the rounding of gradients that are almost 0."""
SMALL = {"per_device_train_batch_size": 4, "gradient_accumulation_steps": 4}


@pytest.fixture(scope="module")
def shared(tiny, tmp_path_factory):
    """Settings of every run here, and a folder."""
    folder = tmp_path_factory.mktemp("tagging")
    return folder, tiny | {
        "task": "tagging",
        "data": "builtin:orders",
        "max_train_rows": 160,
        "data_split_seed": 1,
        "teacher_cache": str(folder / "cache"),
        "learning_rate": 0.03,
    }


def start(folder, settings):
    return run(*parse_recipe(flags(settings | {"output_dir": str(folder)})))


@pytest.fixture(scope="module")
def teacher(shared):
    folder, settings = shared
    settings = {name: value for name, value in settings.items() if name != "teacher_cache"}
    start(folder / "teacher", settings | {"model": "bilstm", "num_train_epochs": 8, "hidden_size": 24})
    return str(folder / "teacher")


@pytest.fixture(scope="module")
def distill(shared, teacher):
    folder, settings = shared
    given = settings | {"teacher": [teacher], "model": "bilstm-crf", "augmented_rows": 0}
    return lambda name, **more: start(folder / name, given | more)


@pytest.mark.parametrize(
    "settings",
    [{"hard_share": 0.3}, {"model": "bilstm", "soft_loss": "mse"}, {"hidden_share": 0.2, "temperature": 2.0}],
    ids=["crf and labels", "logits", "crf and states"],
)
def test_accumulated_batches_of_uneven_words_give_the_weights_of_whole_ones(distill, shared, weights, settings):
    name = "-".join(settings)
    distill(f"whole-{name}", **CALM, **settings)
    distill(f"parts-{name}", **CALM, **SMALL, **settings)
    whole, parts = (weights(shared[0] / f"{kind}-{name}") for kind in ("whole", "parts"))
    for key, values in whole.items():
        torch.testing.assert_close(parts[key], values, atol=3e-4, rtol=1e-3, msg=key)


def test_a_crf_learns_from_unlabelled_text_alone_what_its_teacher_knows(distill, shared, teacher):
    more = shared[0] / "more.txt"
    generator = random.Random(0)
    words = ["two", "large", "flat", "whites", "for", "table", "nine", "please", "with", "a", "small", "tea", "milk"]
    more.write_text("\n".join(" ".join(generator.choices(words, k=8)) for _ in range(60)), encoding="utf-8")
    record = distill("student", unlabelled=[str(more)], num_train_epochs=16, augmented_rows=40, hidden_size=24)
    assert record.distillation["transfer_set"] == {"labelled": 160, "more.txt": 60, "augmented": 40}
    assert record.distillation["soft_loss"] == "kl"
    sentences = [["two", "large", "flat", "whites"], ["a", "small", "tea", "for", "table", "nine"]] * 5
    said, taught = (TaggingPredictor.from_pretrained(each).tag(sentences) for each in (shared[0] / "student", teacher))
    agreed = [
        ours == theirs for row, other in zip(said, taught, strict=True) for ours, theirs in zip(row, other, strict=True)
    ]
    assert sum(agreed) / len(agreed) > 0.6


def test_matching_single_scores_of_a_crf_is_refused(distill):
    with pytest.raises(Exception, match="soft_loss=mse would match single scores of a CRF"):
        distill("never", soft_loss="mse")


def test_several_labels_a_row_are_distilled(tiny, tmp_path):
    generator = random.Random(1)
    lines = []
    for row in range(80):
        kinds = generator.sample(["fast", "cheap", "good"], k=generator.randint(1, 2))
        lines.append(json.dumps({"text": f"it was {' and '.join(kinds)} {row}", "labels": kinds}))
    (tmp_path / "train.jsonl").write_text("\n".join(lines))
    settings = tiny | {"data": str(tmp_path / "train.jsonl"), "learning_rate": 0.05, "per_device_train_batch_size": 8}
    start(tmp_path / "teacher", settings | {"model": "bilstm", "num_train_epochs": 6})
    taught = {"teacher": [str(tmp_path / "teacher")], "teacher_cache": str(tmp_path / "cache"), "hard_share": 0.2}
    for name, more in {"kl": {"soft_loss": "kl"}, "mse": {"augmented_rows": 30}}.items():
        record = start(tmp_path / name, settings | taught | more | {"model": "lstm", "num_train_epochs": 4})
        assert record.problem_type == "multi_label_classification"
        assert record.score > 60
