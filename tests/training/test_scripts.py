# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The scripts of training/ run from data to a saved model that others load, and say what it scores."""

import importlib
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import accuracy_score

import hf_seq
from hf_seq.data import load_series_splits, load_splits, load_tagged_splits
from hf_seq.data.series.loading import series_arrays
from hf_seq.data.tagging.names import gold_tags

FOLDER = Path(__file__).parents[2] / "training"
STORIES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem.startswith(("train_", "pretrain_")))
STORIES = [name for name in STORIES if not name.endswith("accelerate")]
FEW = ["--max_train_rows", "200"]
SHORT = ["--num_train_epochs", "2", "--bf16", "false", "--use_cpu", "true", "--disable_tqdm", "true"]


def run(name, folder, *more):
    script = importlib.import_module(f"training.{name}")
    return script.main(["--output_dir", str(folder), *SHORT, *more])


def test_there_is_one_for_each_kind_of_learning():
    assert len(STORIES) == 6


@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_read_in_one_go(name):
    text = (FOLDER / f"{name}.py").read_text()
    assert 40 <= len(text.splitlines()) <= 82
    assert "parse_recipe" not in text
    assert ".train()" in text
    assert "save_pretrained" in text


def test_the_classifier_is_scored_as_a_user_would(tmp_path):
    scores = run("train_classifier", tmp_path, *FEW, "--learning_rate", "0.01")
    test = load_splits("builtin:reviews", max_train_rows=200).test
    predicted = np.argmax(hf_seq.load(tmp_path).scores(test["text"][:]), axis=1)
    assert scores["test_accuracy"] == pytest.approx(accuracy_score(test["label"][:], predicted))


def test_the_classifier_of_series_is_scored_as_a_user_would(tmp_path):
    scores = run("train_series", tmp_path, *FEW)
    test = load_series_splits("builtin:waves", max_train_rows=200).test
    predicted = np.argmax(hf_seq.load(tmp_path).scores(series_arrays(test)), axis=1)
    assert scores["test_accuracy"] == pytest.approx(accuracy_score(test["label"][:], predicted))


def test_the_tagger_is_scored_word_by_word(tmp_path):
    scores = run("train_tagger", tmp_path, *FEW)
    splits = load_tagged_splits("builtin:orders", max_train_rows=200)
    said = [tags for tags, _ in hf_seq.load(tmp_path).tag_with_scores(splits.test["tokens"][:])]
    pairs = zip(gold_tags(splits.test, splits.label_names), said, strict=True)
    words = [(gold, tag) for sentence in pairs for gold, tag in zip(*sentence, strict=True) if gold is not None]
    assert scores["accuracy"] == pytest.approx(np.mean([gold == tag for gold, tag in words]))


def test_the_encoder_learns_to_guess_and_is_a_start_for_a_classifier(tmp_path):
    scores = run("pretrain_encoder", tmp_path, *FEW)
    model = hf_seq.load(tmp_path).model
    assert scores["test_nats_per_masked_token"] < np.log(model.config.vocab_size)  # better than any word
    classifier = hf_seq.TransformerEncoderForSequenceClassification.from_pretrained(tmp_path)
    assert classifier.config.vocab_size == model.config.vocab_size


def test_the_language_model_writes(tmp_path, capsys):
    (tmp_path / "play.txt").write_text("to be or not to be, that is the question.\n" * 120)
    scores = run("train_language_model", tmp_path / "run", "--data", str(tmp_path / "play.txt"))
    assert scores["eval_nats_per_character"] < 3
    assert hf_seq.load(tmp_path / "run").generate("", max_new_tokens=80, seed=0) in capsys.readouterr().out


def test_the_writer_writes(tmp_path):
    scores = run("train_seq2seq", tmp_path, *FEW)
    assert 0 <= scores["test_exact_match"] <= 100
    assert isinstance(hf_seq.load(tmp_path)("12 May 1999"), dict)
