# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Any metric by name, and its value, influence and interval against scikit-learn and leaving rows out."""

import numpy as np
import pytest
from sklearn import metrics as sk

from hf_seq.errors import InputError
from hf_seq.metrics.chosen import chosen_score, linearise_chosen, resolve_metric
from hf_seq.metrics.intervals import interval_of
from hf_seq.metrics.ranking import linearise_ranking

NAMES = ["ham", "spam"]
SINGLE, SEVERAL, VALUES = "single_label_classification", "multi_label_classification", "regression"


def rows(number=80, labels=2, seed=0):
    draw = np.random.default_rng(seed)
    gold = draw.integers(0, labels, number)
    scores = draw.dirichlet(np.ones(labels), number).round(1) + 0.3 * np.eye(labels)[gold]  # rounded: with ties
    return scores / scores.sum(1, keepdims=True), gold


@pytest.mark.parametrize(
    ("wanted", "kind", "names", "found"),
    [
        (None, SINGLE, NAMES, "accuracy"),
        ("MCC", SINGLE, NAMES, "matthews_correlation"),
        ("macro-f1", SINGLE, ["a", "b", "c"], "f1_macro"),
        ("f1:spam", SINGLE, NAMES, "f1:spam"),
        ("auc", SEVERAL, ["a", "b"], "roc_auc"),
        ("mae", VALUES, [], "mean_absolute_error"),
    ],
)
def test_names_that_people_write_are_understood(wanted, kind, names, found):
    assert resolve_metric(wanted, kind, names) == found


def test_the_label_that_is_a_yes_makes_f1_its_own():
    assert resolve_metric("f1", SINGLE, NAMES, "ham") == "f1:ham"
    assert resolve_metric("f1", SINGLE, NAMES) == "f1"


@pytest.mark.parametrize(
    ("wanted", "kind", "names", "words"),
    [
        ("f1", SINGLE, ["a", "b", "c"], r"f1_macro is the mean over labels.*such as f1:a"),
        ("mae", SINGLE, NAMES, "does not fit these labels; choose one of accuracy"),
        ("accuracy", VALUES, [], "choose one of pearson, spearman"),
        ("f1:eggs", SINGLE, NAMES, "there is no label 'eggs'; the data have ham, spam"),
        ("mcc:spam", SINGLE, NAMES, "only f1, precision, recall, roc_auc"),
    ],
)
def test_a_metric_that_does_not_fit_is_refused_with_those_that_do(wanted, kind, names, words):
    with pytest.raises(InputError, match=words):
        resolve_metric(wanted, kind, names)


@pytest.mark.parametrize("seed", range(3))
def test_scores_are_those_of_scikit_learn(seed):
    scores, gold = rows(seed=seed)
    said = scores.argmax(1)
    expected = {
        "roc_auc": sk.roc_auc_score(gold, scores[:, 1]),
        "average_precision": sk.average_precision_score(gold, scores[:, 1]),
        "average_precision:ham": sk.average_precision_score(gold == 0, scores[:, 0]),
        "f1:ham": sk.f1_score(gold, said, pos_label=0),
        "recall:spam": sk.recall_score(gold, said),
        "matthews_correlation": sk.matthews_corrcoef(gold, said),
        "balanced_accuracy": sk.balanced_accuracy_score(gold, said),
    }
    for name, value in expected.items():
        assert chosen_score(name, scores, said, gold, NAMES) == pytest.approx(value, abs=1e-12)
        assert linearise_chosen(name, scores, said, gold, NAMES).score == pytest.approx(value, abs=1e-12)


@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
def test_balanced_accuracy_counts_no_label_that_is_predicted_alone():
    gold, said = np.array([0, 0, 1, 1]), np.array([0, 2, 1, 1])
    expected = sk.balanced_accuracy_score(gold, said)
    assert expected == 0.75
    assert resolve_metric("balanced_accuracy", SINGLE, ["a", "b", "c"]) == "balanced_accuracy"
    assert chosen_score("balanced_accuracy", np.eye(3)[said], said, gold) == pytest.approx(expected)
    found = linearise_chosen("balanced_accuracy", np.eye(3)[said], said, gold)
    low, high = interval_of(found)
    assert found.score == pytest.approx(expected)
    assert 0 < low < expected < high <= 1
    with pytest.raises(InputError, match="does not fit these labels"):
        resolve_metric("balanced_accuracy", SEVERAL, ["a", "b", "c"])


def test_of_many_labels_and_of_several_a_row_rankings_are_the_mean_over_labels():
    scores, gold = rows(labels=4)
    marked = np.eye(4)[gold]
    for name, oracle in (("roc_auc", sk.roc_auc_score), ("average_precision", sk.average_precision_score)):
        expected = np.mean([oracle(marked[:, label], scores[:, label]) for label in range(4)])
        assert linearise_ranking(name, scores, gold).score == pytest.approx(expected)
        assert linearise_ranking(name, scores, marked).score == pytest.approx(expected)


@pytest.mark.parametrize("name", ["roc_auc", "average_precision"])
def test_what_a_row_adds_is_what_the_score_loses_without_it(name):
    scores, gold = rows(400)
    oracle = {"roc_auc": sk.roc_auc_score, "average_precision": sk.average_precision_score}[name]
    influence, whole = linearise_ranking(name, scores, gold).influence, oracle(gold, scores[:, 1])
    kept = [np.arange(400) != row for row in range(400)]
    jackknife = [399 * (whole - oracle(gold[rest], scores[rest, 1])) for rest in kept]
    assert abs(influence.mean()) < 1e-9
    assert np.corrcoef(influence, jackknife)[0, 1] > 0.999
    assert np.std(influence) == pytest.approx(np.std(jackknife), rel=0.05)


def test_intervals_of_rankings_hold_the_true_value_about_as_often_as_they_say():
    draw, held = np.random.default_rng(1), 0
    for _ in range(300):
        gold = draw.random(120) < 0.3
        score = 1 / (1 + np.exp(-draw.normal(gold * 1.0, 1.0)))
        low, high = interval_of(linearise_ranking("roc_auc", np.stack([1 - score, score], 1), gold.astype(int)))
        held += low <= 0.760250 <= high  # P(N(1, 2) > 0) = Phi(1 / sqrt 2)
    assert 0.91 <= held / 300 <= 0.99


def test_rows_of_one_kind_have_no_ranking_and_choose_nothing():
    scores, _ = rows()
    with pytest.raises(InputError, match="these 80 rows have one kind"):
        linearise_ranking("roc_auc", scores, np.zeros(80, int))
    assert chosen_score("roc_auc", scores, scores.argmax(1), np.zeros(80, int), NAMES) == 0.0


def test_absolute_errors_are_those_of_scikit_learn_and_less_is_better():
    draw = np.random.default_rng(0)
    gold, said = draw.normal(size=50), draw.normal(size=50)
    found = linearise_chosen("mean_absolute_error", said, said, gold)
    assert found.score == pytest.approx(sk.mean_absolute_error(gold, said))
    low, high = interval_of(found)
    assert low < found.score < high
