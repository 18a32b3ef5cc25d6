# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""fastText and model2vec, where they are installed; and what is said where they are not."""

import sys

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from hf_seq.baselines import FastTextBaseline, StaticEmbeddingBaseline, load_baseline
from hf_seq.baselines.fast_text import plain_words
from hf_seq.baselines.static_vectors import (
    StaticVectors,
    distill_static_vectors,
    find_static_vectors,
    plain_tokenizer,
    principal_components,
    rarity,
)
from hf_seq.errors import InputError
from hf_seq.files.pretrained import PretrainedUnavailable
from hf_seq.predictors.text import Predictor
from hf_seq.reports.measure import count_parameters

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[unused1]", "fine", "poor", "film", "the", "plot"]
TEXTS = [f"the {'fine' if row % 2 else 'poor'} {('film', 'plot')[row % 3 == 0]}" for row in range(60)]
LABELS = [row % 2 for row in range(60)]


def tokenizer():
    made = Tokenizer(models.WordLevel({word: index for index, word in enumerate(WORDS)}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    return made


@pytest.fixture
def sentence_transformer(tmp_path):
    """A tiny BERT with random weights, and its tokenizer, as sentence-transformers would save them."""
    torch.manual_seed(0)
    BertModel(
        BertConfig(vocab_size=10, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8)
    ).save_pretrained(tmp_path / "minilm")
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer(), unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(tmp_path / "minilm")
    return tmp_path / "minilm"


def vectors(width=4):
    table = np.random.default_rng(0).normal(size=(10, width)).astype(np.float32)
    return StaticVectors(table, plain_tokenizer(tokenizer()), True, "random")


# fastText


@pytest.fixture(scope="module")
def fast():
    pytest.importorskip("fasttext")
    return FastTextBaseline(label_names=["no", "yes"]).fit(TEXTS, LABELS)


def test_fasttext_learns_words_and_is_the_same_after_saving(fast, tmp_path):
    scores = fast.predict_scores([*TEXTS, "", "nothing known"])
    assert (scores[:60].argmax(axis=1) == LABELS).all()
    assert scores.sum(axis=1) == pytest.approx(1)
    again = load_baseline(fast.save(tmp_path / "run"))
    assert np.array_equal(again.predict_scores(TEXTS), scores[:60])
    assert Predictor.from_pretrained(tmp_path / "run")("the fine film")["label"] == "yes"
    assert {path.name for path in (tmp_path / "run").iterdir()} == {"baseline.json", "model.safetensors"}


def test_fasttext_gives_the_probabilities_of_the_library(fast):
    labels, scores = fast._model.predict("the fine film", k=2)
    said = fast.predict_scores(["The fine film"])[0]
    assert [said[int(label[-1])] for label in labels] == pytest.approx(scores, abs=1e-4)


def test_every_vector_of_fasttext_was_started():
    pytest.importorskip("fasttext")
    still = FastTextBaseline(label_names=["no", "yes"], lr=1e-9, epoch=1).fit(TEXTS, LABELS)._model
    started = np.abs(still.get_input_matrix()).max(axis=1)
    assert (started > 0).mean() > 0.99
    assert started.max() <= 0.1 + 1e-6


def test_fasttext_says_yes_or_no_to_each_of_several_labels():
    pytest.importorskip("fasttext")
    gold = np.stack([LABELS, 1 - np.array(LABELS), np.ones(60, dtype=int)], axis=1)
    baseline = FastTextBaseline("multi_label_classification", ["a", "b", "c"], epoch=50).fit(TEXTS, gold)
    assert ((baseline.predict_scores(TEXTS) > 0.5) == gold).mean() > 0.95


def test_parameters_of_fasttext_are_nearly_all_vectors(fast):
    every, without = count_parameters(fast)
    assert without == 2 * 10
    assert every > 200_000 * 10


def test_a_text_of_several_lines_stays_one_row():
    assert plain_words("Not\nbad, at all!\r\n\u2028 x") == "not bad , at all ! x"


def test_fasttext_refuses_numbers():
    with pytest.raises(InputError, match="fasttext learns labels, not numbers"):
        FastTextBaseline("regression")


def test_what_is_not_installed_says_how_it_is_had(monkeypatch):
    monkeypatch.setitem(sys.modules, "fasttext", None)
    with pytest.raises(
        PretrainedUnavailable, match=r"^not installed; `pip install 'hf_seq\[rivals\]'` brings fastText"
    ):
        FastTextBaseline()
    monkeypatch.setitem(sys.modules, "model2vec", None)
    with pytest.raises(PretrainedUnavailable, match=r"^not installed; .* brings model2vec"):
        find_static_vectors(None)


# model2vec


def test_texts_are_encoded_as_model2vec_does():
    model2vec = pytest.importorskip("model2vec")
    ours = vectors()
    theirs = model2vec.StaticModel(ours.vectors, tokenizer(), normalize=True)
    texts = ["the fine film", "fine fine poor unheard", "unheard", "", "film " * 2000]
    assert ours.encode(texts) == pytest.approx(theirs.encode(texts, use_multiprocessing=False), abs=1e-5)


def test_a_saved_model_of_model2vec_is_read(tmp_path):
    model2vec = pytest.importorskip("model2vec")
    ours = vectors()
    model2vec.StaticModel(
        ours.vectors, tokenizer(), normalize=True, config={"model_type": "model2vec"}
    ).save_pretrained(tmp_path / "static")
    read = find_static_vectors(str(tmp_path / "static"))
    assert read.encode(["the fine film"]) == pytest.approx(ours.encode(["the fine film"]), abs=1e-6)
    assert read.source == "static"


def test_static_vectors_are_made_of_tokens_standing_alone(sentence_transformer):
    found = distill_static_vectors(sentence_transformer, "tiny", width=3)
    model = BertModel.from_pretrained(sentence_transformer).eval()
    with torch.no_grad():
        rows = [model(torch.tensor([[2, token, 3]])).last_hidden_state[0].mean(0).numpy() for token in range(10)]
    used = np.array([word != "[unused1]" for word in WORDS])
    by_hand = principal_components(np.stack(rows), used, 3) * rarity(used)[:, None]
    assert np.abs(found.vectors) == pytest.approx(np.abs(by_hand), abs=2e-3)  # kept in float16
    assert found.vectors[4].tolist() == [0, 0, 0]


def test_principal_components_are_scikit_learns():
    from sklearn.decomposition import PCA

    rows = np.random.default_rng(1).normal(size=(50, 6)) @ np.random.default_rng(2).normal(size=(6, 6))
    oracle = PCA(3).fit_transform(rows)
    assert np.abs(principal_components(rows, np.ones(50, bool), 3)) == pytest.approx(np.abs(oracle), abs=1e-8)


def test_frequent_tokens_weigh_less():
    weights = rarity(np.array([True, True, False, True]))
    inverse = np.array([1 / 2, 1 / 3, 1 / 4]) / (1 / 2 + 1 / 3 + 1 / 4)
    assert weights == pytest.approx([*(1e-4 / (1e-4 + inverse[:2])), 0, 1e-4 / (1e-4 + inverse[2])])


def test_static_embeddings_learn_and_answer_alike_after_saving(tmp_path, monkeypatch):
    baseline = StaticEmbeddingBaseline(label_names=["no", "yes"], vectors=vectors()).fit(TEXTS, LABELS)
    scores = baseline.predict_scores(TEXTS)
    assert (scores.argmax(axis=1) == LABELS).all()
    baseline.save(tmp_path)
    monkeypatch.setitem(sys.modules, "model2vec", None)  # nobody needs it to answer
    assert np.array_equal(load_baseline(tmp_path).predict_scores(TEXTS), scores)
    assert count_parameters(baseline) == (10 * 4 + 4 + 1, 4 + 1)


def test_static_vectors_that_cannot_be_had_are_a_state_of_the_world(monkeypatch):
    pytest.importorskip("model2vec")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(PretrainedUnavailable, match="nobody/none is not in the local cache"):
        find_static_vectors("nobody/none")
