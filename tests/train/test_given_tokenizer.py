# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`--tokenizer`: a model from scratch reads by a tokenizer that is there already."""

import json

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerFast

import hf_seq
from hf_seq.cli import main
from hf_seq.reports.record import Record
from hf_seq.text import train_tokenizer

TINY = [
    *("--embedding_size", "8", "--hidden_size", "8", "--num_train_epochs", "1", "--bf16", "false"),
    *("--disable_tqdm", "true", "--max_train_rows", "120"),
]
TEXTS = ["a great film and a fine plot", "the espresso was bad", "two large teas for table nine", "open the door"] * 3


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory, in_a_hurry):
    folder = tmp_path_factory.mktemp("tokenizer")
    train_tokenizer(TEXTS, kind="bpe", vocab_size=300, model_max_length=5).save_pretrained(folder)
    return folder


@pytest.mark.parametrize(
    ("task", "data", "model"),
    [
        ("classification", "builtin:reviews", "bilstm"),
        ("tagging", "builtin:orders", "bilstm"),
        pytest.param("seq2seq", "builtin:reverse", "lstm-seq2seq", marks=pytest.mark.slow),  # writes a thousand texts
    ],
)
def test_a_model_from_scratch_has_the_vocabulary_that_was_given(task, data, model, tokenizer, tmp_path):
    words = ["train", "--task", task, "--data", data, "--model", model, "--tokenizer", str(tokenizer), *TINY]
    assert main([*words, "--output_dir", str(tmp_path / "run")]) == 0
    given, used = AutoTokenizer.from_pretrained(tokenizer), AutoTokenizer.from_pretrained(tmp_path / "run")
    assert used.get_vocab() == given.get_vocab()
    assert used.model_max_length == Record.read(tmp_path / "run").recipe["max_length"] > 5
    config = json.loads((tmp_path / "run/config.json").read_text())
    assert config["vocab_size"] == len(given)
    assert hf_seq.load(tmp_path / "run").predict(["a great film"])


def test_compare_gives_it_to_models_from_scratch(tokenizer, tmp_path):
    words = ["compare", "--data", "builtin:reviews", "--models", "tfidf,bilstm", "--tokenizer", str(tokenizer)]
    quick = ["--calls", "3", "--robustness_rows", "0"]
    assert main([*words, *quick, *TINY, "--output", str(tmp_path / "c")]) == 0
    used = AutoTokenizer.from_pretrained(tmp_path / "c/models/bilstm")
    assert used.get_vocab() == AutoTokenizer.from_pretrained(tokenizer).get_vocab()


def test_what_cannot_be_a_tokenizer_is_refused_before_the_data_are_read(tokenizer, tmp_path, capsys):
    words = ["train", "--data", "nowhere.csv", "--output_dir", str(tmp_path / "run"), "--tokenizer"]
    assert main([*words, str(tmp_path / "none")]) == 2
    assert "none" in capsys.readouterr().err
    bare = PreTrainedTokenizerFast.from_pretrained(tokenizer)
    bare.pad_token = None
    bare.save_pretrained(tmp_path / "bare")
    assert main([*words, str(tmp_path / "bare")]) == 2
    assert "has no padding token; set one and save it" in capsys.readouterr().err


def test_pretrained_models_and_word_vectors_go_without(tokenizer, tmp_path, capsys):
    words = ["train", "--data", "builtin:reviews", "--output_dir", str(tmp_path / "run"), "--tokenizer", str(tokenizer)]
    assert main([*words, "--model", "distilbert"]) == 2
    assert "distilbert has a tokenizer of its own" in capsys.readouterr().err
    assert main([*words, "--word_vectors", "glove.txt"]) == 2
    assert "leave one of them out" in capsys.readouterr().err
