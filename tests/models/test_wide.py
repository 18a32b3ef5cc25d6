# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The bag of n-grams equals scikit-learn's TF-IDF, whatever the padding, and outlives saving."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from transformers import AutoModelForSequenceClassification

from hf_seq import train_tokenizer
from hf_seq.data import EncodedDataset
from hf_seq.errors import InputError
from hf_seq.models import mixing
from hf_seq.models.configuration_recurrent_wide import RecurrentWideConfig
from hf_seq.models.modeling_recurrent_wide import RecurrentWideForSequenceClassification
from hf_seq.models.ngrams import BagOfNgrams
from hf_seq.models.padding import find_padding
from hf_seq.tasks.classification import wide
from hf_seq.tasks.classification.linear_choice import spread_labels
from hf_seq.tasks.classification.wide import (
    COLDEST,
    choose_share,
    count_ngrams,
    features_of,
    some_rows,
    strongest,
    telling,
)

TEXTS = [
    "the film was good and the cast was good",
    "not bad at all really",
    "awful awful plot but fine acting",
    "good film good plot good acting",
    "the plot was really not that good",
]


def bag_of(tokenizer, labels=2):
    bag = BagOfNgrams(RecurrentWideConfig(vocab_size=len(tokenizer), num_labels=labels))
    bag.starts.read_vocabulary(tokenizer)
    bag.read_vocabulary(tokenizer)
    return bag


@pytest.mark.parametrize("kind", ["word", "wordpiece", "bpe"])
def test_features_are_those_of_scikit_learn(kind):
    """Rows' dot products tell, since hashes come in another order than words."""
    tokenizer = train_tokenizer(TEXTS, kind=kind, vocab_size=300, min_frequency=1)
    bag, rows = bag_of(tokenizer), EncodedDataset([tokenizer(text)["input_ids"] for text in TEXTS], [0] * len(TEXTS))
    keys, idf, inside = count_ngrams(bag, rows)
    bag.learn(keys, idf, inside, torch.zeros(len(keys), 2), torch.zeros(2))
    ours = features_of(bag, rows)
    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\S+", sublinear_tf=True).fit_transform(TEXTS)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2).fit_transform(TEXTS)
    theirs = hstack([words, letters])
    assert ours.shape == theirs.shape
    np.testing.assert_allclose((ours @ ours.T).toarray(), (theirs @ theirs.T).toarray(), atol=1e-5)


def test_letters_of_words_that_the_vocabulary_lacks_are_read_from_their_pieces():
    whole = train_tokenizer([*TEXTS, "goodness"], kind="wordpiece", vocab_size=200, min_frequency=1)
    pieces = train_tokenizer(TEXTS, kind="wordpiece", vocab_size=45, min_frequency=1)
    assert len(pieces.tokenize("goodness")) > 1
    found = [
        set(bag_of(each).spell(torch.tensor([each("goodness good")["input_ids"]]), None)[1].tolist())
        for each in (whole, pieces)
    ]
    assert found[0] == found[1] == {len("goodness") + 2, len("good") + 2}


def test_padding_on_either_side_changes_nothing():
    tokenizer = train_tokenizer(TEXTS, kind="wordpiece", vocab_size=60, min_frequency=1)
    bag = bag_of(tokenizer)
    ids = [tokenizer(text)["input_ids"] for text in TEXTS]
    keys = bag.find(torch.tensor([ids[0]]))[1].unique()
    bag.learn(keys, torch.rand(len(keys)) + 1, keys % 2 == 0, torch.randn(len(keys), 2), torch.randn(2))
    alone = bag(torch.tensor([ids[0]]))[0]
    for left in (0, 1, 4):
        row = [7] * left + ids[0] + [7] * (4 - left)
        mask = torch.tensor([[0] * left + [1] * len(ids[0]) + [0] * (4 - left)] * 2)
        inputs = torch.tensor([row, [9] * len(row)])
        assert torch.allclose(bag(inputs, find_padding(mask, inputs))[0], alone, atol=1e-6)
    nothing = torch.tensor([[5, 5]])
    assert torch.equal(bag(nothing, find_padding(torch.zeros(1, 2), nothing))[0], bag.bias)


def test_a_label_without_a_row_is_never_likeliest_and_two_share_one_margin():
    weight, bias = spread_labels(
        {"coefficients": np.array([[2.0], [1.0]]), "intercepts": np.array([0.5]), "labels": np.array([0, 2])}, 3
    )
    assert weight.tolist() == [[-1, 0, 1], [-0.5, 0, 0.5]]
    assert bias.tolist() == [-0.25, -30, 0.25]


def test_the_share_is_where_the_loss_of_both_is_least_and_is_saved(tmp_path):
    torch.manual_seed(0)
    sizes = {"vocab_size": 20, "hidden_size": 8, "embedding_size": 4, "embedding_dropout": 0.0}
    model = RecurrentWideForSequenceClassification(RecurrentWideConfig(**sizes, classifier_dropout=0.0))
    model.wide.bias.data = torch.tensor([0.0, 3.0])  # all that the wide part says
    batch = {"input_ids": torch.randint(1, 20, (8, 5)), "attention_mask": torch.ones(8, 5).long()}
    choose_share(model, [batch | {"labels": torch.ones(8).long()}], "single_label_classification")
    assert model.config.deep_share == 0.0
    assert torch.allclose(model(**batch).logits, torch.tensor([[0.0, 3.0 / COLDEST]] * 8))  # always right, so surer
    model.config.deep_share = 0.25
    deep = model.train()(**batch).logits
    assert torch.allclose(model.eval()(**batch).logits, 0.25 * deep + 0.75 * model.wide.bias, atol=1e-6)
    assert torch.equal(model.score_tokens(batch["input_ids"]), model(input_ids=batch["input_ids"]).logits)
    model.save_pretrained(tmp_path)
    again = AutoModelForSequenceClassification.from_pretrained(tmp_path)
    assert torch.equal(again(**batch).logits, model(**batch).logits)


def test_each_part_is_as_sure_as_it_is_right_before_they_are_mixed():
    torch.manual_seed(0)
    sizes = {"vocab_size": 20, "hidden_size": 8, "embedding_size": 4}
    model = RecurrentWideForSequenceClassification(RecurrentWideConfig(**sizes))
    model.wide.bias.data = torch.tensor([0.0, 9.0])  # far too sure, since one of four is of the other label
    labels = torch.tensor([1, 1, 1, 0] * 2)
    choose_share(model, [{"input_ids": torch.randint(1, 20, (8, 5)), "labels": labels}], "single_label_classification")
    assert model.wide.bias.softmax(0)[1].item() == pytest.approx(0.75, abs=1e-3)


@pytest.mark.parametrize(("rows", "even"), [(8, True), (400, False)])
def test_few_rows_leave_parts_that_are_about_as_good_at_a_half_and_make_neither_much_surer(rows, even):
    """Five rows of eight speak for the wide part: of 8 rows that is chance, of 400 it is not."""
    torch.manual_seed(0)
    sizes = {"vocab_size": 20, "hidden_size": 8, "embedding_size": 4, "embedding_dropout": 0.0}
    model = RecurrentWideForSequenceClassification(RecurrentWideConfig(**sizes, classifier_dropout=0.0))
    model.classifier.weight.data.zero_()
    model.classifier.bias.data = torch.tensor([0.0, 0.0])
    model.wide.bias.data = torch.tensor([0.0, 0.5])
    labels = (torch.arange(rows) % 8 < 5).long()
    batch = {"input_ids": torch.randint(1, 20, (rows, 5)), "labels": labels}
    choose_share(model, [batch], "single_label_classification", even=True)
    assert (model.config.deep_share == 0.5) == even
    assert model.wide.bias[1] == pytest.approx(np.log(5 / 3), abs=1e-3)  # as sure as it is right
    model.wide.bias.data = torch.tensor([0.0, 0.1])
    choose_share(model, [batch], "single_label_classification", even=True)
    assert model.wide.bias[1] == pytest.approx(0.2)  # and no more than twice as sure


def test_training_leaves_the_fitted_part_alone(train, reviews, tmp_path):
    record = train(tmp_path / "wide", "bilstm-wide", num_train_epochs=1)
    notes = " ".join(record.notes)
    assert "wide part" in notes
    assert "least loss on validation" in notes
    assert record.score >= 90  # one word says the label: a linear model finds it in 96 rows, an LSTM in no one epoch
    again = train(tmp_path / "wide", "bilstm-wide", num_train_epochs=1, resume=True)
    assert again.score == record.score
    calibrated = train(tmp_path / "calibrated", "bilstm-wide", num_train_epochs=1, calibrate=True)
    assert calibrated.score == record.score


def test_the_strongest_ngrams_tell_labels_apart_in_many_rows():
    weight = np.array([[5.0, 5.0, 5.0], [2.0, -1.0, -1.0], [2.0, -1.0, -1.0], [0.1, 0.0, 0.0], [0.0, 9.0, 0.0]])
    features = np.array([[1, 1, 0, 1, 0], [1, 1, 0, 1, 0], [1, 1, 1, 1, 1], [1, 0, 0, 1, 0]], float)
    kept = [strongest(csr_matrix(features), weight, number).tolist() for number in (1, 2, 3)]
    assert kept == [
        [4],
        [1, 4],
        [1, 2, 4],
    ]  # the first and fourth say nothing, the second says more often than the third


def test_many_labels_leave_the_ngrams_that_go_along_with_them_most(train, tmp_path, monkeypatch):
    draw = np.random.default_rng(0)
    labels, features = draw.integers(0, 3, 200), draw.random((200, 6)) * 0.2
    features[:, 1] += labels == 2
    features[:, 4] += 0.5 * (labels == 0)
    kinds = SimpleNamespace(num_labels=3, problem_type="single_label_classification")
    assert telling(csr_matrix(features), labels, kinds, 2).tolist() == [1, 4]
    values = np.eye(3)[labels]  # one of several labels a row, or values
    assert telling(csr_matrix(features), values, kinds, 2).tolist() == [1, 4]
    monkeypatch.setattr(wide, "MOST_WEIGHTS", 60)
    monkeypatch.setattr(wide, "_last", {})
    record = train(tmp_path / "few", "bilstm-wide", num_train_epochs=1, seed=3)
    model = AutoModelForSequenceClassification.from_pretrained(tmp_path / "few")
    assert model.wide.weight.numel() == 60
    assert "wide part: 30 of " in " ".join(record.notes)
    assert record.score >= 80


def test_more_tokens_than_are_fitted_in_a_minute_leave_rows_of_every_label(monkeypatch):
    kinds = SimpleNamespace(num_labels=3, problem_type="single_label_classification")
    labels = [0] * 60 + [2] + [1] * 39
    rows = EncodedDataset([[place] * 10 for place in range(100)], labels)
    assert some_rows(rows, kinds) is rows
    monkeypatch.setattr(wide, "MOST_TOKENS_BY_LABELS", 900)
    assert len(some_rows(rows, kinds)) == 31  # 300 tokens for each of three labels, and the one row of the third
    monkeypatch.setattr(wide, "MOST_TOKENS", 100)
    some = some_rows(rows, kinds)
    assert 10 <= len(some) <= 13
    assert {row["labels"] for row in some.rows} == {0, 1, 2}
    assert all(row["labels"] == labels[row["input_ids"][0]] for row in some.rows)


def test_few_ngrams_are_fitted_anew_and_saved(train, tmp_path):
    record = train(tmp_path / "few", "bilstm-wide", num_train_epochs=1, num_ngrams=20)
    assert "wide part: 20 of " in " ".join(record.notes)
    model = AutoModelForSequenceClassification.from_pretrained(tmp_path / "few")
    assert model.config.num_ngrams == len(model.wide.keys) == 20
    assert record.score >= 90  # they hold the words that say the label
    with pytest.raises(InputError, match="num_ngrams=20 does not apply to model bilstm"):
        train(tmp_path / "plain", "bilstm", num_train_epochs=1, num_ngrams=20)
    with pytest.raises(InputError, match="num_ngrams=0 must be 1 or more"):
        train(tmp_path / "none", "bilstm-wide", num_ngrams=0)


def test_what_was_fitted_serves_the_next_model_on_the_same_rows_alone(train, tmp_path, monkeypatch):
    first = train(tmp_path / "one", "bilstm-wide", num_train_epochs=1)
    monkeypatch.setattr(wide, "_fit", None)  # whoever fits again fails
    second = train(tmp_path / "two", "bilstm-wide", num_train_epochs=1)
    assert second.score == first.score
    one, two = (load_file(tmp_path / name / "model.safetensors") for name in ("one", "two"))
    assert all(torch.equal(one[name], two[name]) for name in one)
    with pytest.raises(TypeError, match="NoneType"):
        train(tmp_path / "three", "bilstm-wide", num_train_epochs=1, vocab_size=60)


def test_other_labels_leave_the_fitted_part_out_and_the_deep_part_answers(tmp_path):
    torch.manual_seed(0)
    sizes = {"vocab_size": 20, "hidden_size": 8, "embedding_size": 4, "deep_share": 0.0}
    RecurrentWideForSequenceClassification(RecurrentWideConfig(**sizes)).save_pretrained(tmp_path)
    load = AutoModelForSequenceClassification.from_pretrained
    assert load(tmp_path).config.deep_share == 0.0  # nothing that was saved is changed
    model, info = load(tmp_path, num_labels=5, ignore_mismatched_sizes=True, output_loading_info=True)
    assert {name for name, *_ in info["mismatched_keys"]} >= {"wide.weight", "wide.bias"}
    ids = torch.randint(1, 20, (8, 5))
    deep = model.classifier(model.pooling(model.model(ids).last_hidden_state, None)[0])
    assert model(ids).logits.std(0).min() > 0
    torch.testing.assert_close(model(ids).logits, deep)


def test_training_beside_a_fitted_part_that_has_a_say_is_warned_of(monkeypatch):
    said = []
    monkeypatch.setattr(mixing.logger, "warning_once", said.append)
    sizes = {"vocab_size": 20, "hidden_size": 8, "embedding_size": 4}
    model = RecurrentWideForSequenceClassification(RecurrentWideConfig(**sizes, deep_share=0.25)).eval()
    batch = {"input_ids": torch.randint(1, 20, (8, 5)), "labels": torch.ones(8).long()}
    model(**batch)
    model.config.deep_share = 1.0
    model.train()(**batch)
    assert said == []
    model.config.deep_share = 0.25
    model(**batch)
    assert len(said) == 1
    assert "counts 25 % of the model's answers" in said[0]
    assert "deep_share = 1.0" in said[0]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_scores_in_half_precision_are_near_those_in_float32(dtype):
    """Weights are rounded to 8 bits, sums are not: the error is that of one rounding, not of a thousand."""
    torch.manual_seed(0)
    tokenizer = train_tokenizer(TEXTS, kind="word", vocab_size=300, min_frequency=1)
    bag = bag_of(tokenizer)
    ids = torch.tensor([tokenizer(" ".join(TEXTS))["input_ids"]])
    keys = bag.find(ids)[1].unique()
    bag.learn(keys, torch.rand(len(keys)) + 1, keys % 2 == 0, torch.rand(len(keys), 2), torch.zeros(2))
    exact = bag(ids)
    torch.testing.assert_close(bag.to(dtype)(ids).float(), exact, rtol=2e-3, atol=0)
