# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The linear part of a wide model is scikit-learn's regression and naive Bayes, added, by what held-out rows say."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB

from hf_seq.tasks.classification.linear_choice import LinearSetting, choose_linear

KIND = "single_label_classification"


def bags(rows, labels, seed, width=60):
    """Counts of words, of which each label has some of its own: features (rows, width) and labels."""
    draw = np.random.default_rng(seed)
    gold = draw.integers(0, labels, rows)
    likely = np.full((labels, width), 1.0)
    for label in range(labels):
        likely[label, label * 8 : label * 8 + 8] = 4.0
    counts = np.stack([draw.multinomial(8, likely[each] / likely[each].sum()) for each in gold])
    return csr_matrix(counts / np.linalg.norm(counts, axis=1, keepdims=True)), gold


def splits(labels, kind=KIND):
    return SimpleNamespace(problem_type=kind, num_labels=labels, label_names=[str(each) for each in range(labels)])


@pytest.mark.parametrize("labels", [2, 4])
def test_weights_answer_as_the_sum_of_both_models_of_scikit_learn(labels):
    (known, gold), (asked, _) = bags(60, labels, 0), bags(20, labels, 1)
    weight, bias = LinearSetting(10.0, 0.3).fit(KIND, known, gold, labels)
    regression = LogisticRegression(C=10.0, max_iter=1000).fit(known, gold).predict_log_proba(asked)
    bayes = MultinomialNB(alpha=0.1).fit(known, gold).predict_joint_log_proba(asked)
    theirs, ours = regression + 0.3 * bayes, asked @ weight + bias
    apart = (theirs - ours) - (theirs - ours).mean(1, keepdims=True)
    np.testing.assert_allclose(apart, 0, atol=1e-5)  # all labels of a row are off by the same


def test_a_label_that_weighs_three_times_counts_as_three_rows():
    known, gold = bags(60, 3, 0)
    places = np.concatenate([np.arange(60), np.flatnonzero(gold == 1), np.flatnonzero(gold == 1)])
    weighted = LinearSetting(10.0, 0.3, (1.0, 3.0, 1.0)).fit(KIND, known, gold, 3)
    repeated = LinearSetting(10.0, 0.3).fit(KIND, known[places], gold[places], 3)
    for ours, theirs in zip(weighted, repeated, strict=True):
        np.testing.assert_allclose(
            ours - ours.mean(-1, keepdims=True), theirs - theirs.mean(-1, keepdims=True), atol=5e-3
        )
    best, _ = choose_linear(known, gold, (known, gold), splits(3), "accuracy", [1.0, 3.0, 1.0])
    assert best.label_weights == (1.0, 3.0, 1.0)


def test_a_label_without_a_row_is_never_the_answer_of_either():
    known, gold = bags(60, 2, 0)
    weight, bias = LinearSetting(1.0, 1.0).fit(KIND, known, 2 * gold, 3)
    assert 1 not in (known @ weight + bias).argmax(1)


def test_few_rows_are_held_out_in_turn_and_many_ask_validation():
    known, asked = bags(80, 3, 0), bags(30, 3, 1)
    best, note = choose_linear(*known, asked, splits(3), "accuracy")
    assert "80 train rows held out in 5 turns" in note
    assert str(best) in note
    assert "on validation" in choose_linear(*known, bags(1000, 3, 1), splits(3), "accuracy")[1]
    alone = known[0], np.array([0] * 79 + [1])  # a turn without the only row of a label has nothing to learn
    assert "on validation" in choose_linear(*alone, asked, splits(2), "accuracy")[1]


def test_the_setting_is_the_best_of_those_tried_on_the_rows_asked():
    known, asked = bags(40, 4, 2), bags(1500, 4, 3)
    best, _ = choose_linear(*known, asked, splits(4), "accuracy")
    right = {}
    for strength in (1.0, 10.0, 100.0):
        regression = LogisticRegression(C=strength, max_iter=1000).fit(*known).predict_log_proba(asked[0])
        for share in (0.0, 0.3, 1.0):
            bayes = MultinomialNB(alpha=0.1).fit(*known).predict_joint_log_proba(asked[0])
            right[strength, share] = np.mean((regression + share * bayes).argmax(1) == asked[1])
    assert right[best.strength, best.bayes] == max(right.values())
    assert best.bayes > 0  # the rows are drawn as naive Bayes believes


@pytest.mark.parametrize("kind", ["multi_label_classification", "regression"])
def test_naive_bayes_is_for_one_label_a_row(kind):
    features, gold = bags(60, 2, 0)
    labels = np.stack([gold, 1 - gold], 1) if kind.startswith("multi") else gold[:, None].astype(float)
    metric = "f1_micro" if kind.startswith("multi") else "mean_squared_error"
    best, note = choose_linear(features, labels, (features, labels), splits(labels.shape[1], kind), metric)
    assert best.bayes == 0
    assert "Bayes" not in note
