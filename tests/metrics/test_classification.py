# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The evaluate modules, alone and combined, and the dictionary for Trainer."""

import json

import evaluate
import numpy as np
import pytest
from sklearn import metrics as sk

from hf_seq.errors import InputError
from hf_seq.metrics.classification import (
    F1,
    Accuracy,
    ConfusionMatrix,
    MatthewsCorrelation,
    MeanSquaredError,
    Pearson,
    Precision,
    Recall,
    Spearman,
    compute_classification_metrics,
    confusion_matrix,
    decide,
    headline_metric,
    metric_signature,
)

PREDICTIONS, REFERENCES = [0, 1, 2, 2, 1], [0, 1, 1, 2, 0]


def test_modules_combine_and_agree_with_scikit_learn():
    combined = evaluate.combine([Accuracy(), F1(average="macro"), F1(average="weighted"), MatthewsCorrelation()])
    scores = combined.compute(predictions=PREDICTIONS, references=REFERENCES)
    assert scores == {
        "accuracy": pytest.approx(0.6),
        "f1_macro": pytest.approx(sk.f1_score(REFERENCES, PREDICTIONS, average="macro")),
        "f1_weighted": pytest.approx(sk.f1_score(REFERENCES, PREDICTIONS, average="weighted")),
        "matthews_correlation": pytest.approx(sk.matthews_corrcoef(REFERENCES, PREDICTIONS)),
    }


def test_modules_gather_rows_and_batches_and_start_afresh():
    metric = evaluate.combine([Accuracy(), ConfusionMatrix(num_labels=3)])
    metric.add(prediction=0, reference=0)
    metric.add_batch(predictions=np.array(PREDICTIONS[1:]), references=np.array(REFERENCES[1:]))
    gathered = metric.compute()
    assert gathered["accuracy"] == pytest.approx(0.6)
    assert gathered["confusion_matrix"] == sk.confusion_matrix(REFERENCES, PREDICTIONS).tolist()
    assert metric.compute(predictions=[1], references=[1])["accuracy"] == 1.0


@pytest.mark.parametrize("module", [Precision, Recall, F1])
def test_averaged_modules_default_to_label_one_and_take_several_labels(module):
    name = module.__name__.lower()
    oracle = getattr(sk, f"{name}_score")
    assert module().compute(predictions=[1, 0, 1], references=[1, 1, 0]) == {
        name: pytest.approx(oracle([1, 1, 0], [1, 0, 1]))
    }
    rows = {"predictions": [[1, 0], [1, 1]], "references": [[1, 1], [0, 1]]}
    expected = oracle(rows["references"], rows["predictions"], average="macro")
    assert module(average="macro").compute(**rows) == {f"{name}_macro": pytest.approx(expected)}


def test_regression_modules_combine():
    combined = evaluate.combine([Pearson(), Spearman(), MeanSquaredError()])
    scores = combined.compute(predictions=[1.0, 2.0, 4.0], references=[1.5, 2.0, 3.0])
    assert scores["mean_squared_error"] == pytest.approx((0.25 + 0 + 1) / 3)
    assert scores["spearman"] == pytest.approx(1.0)
    assert scores["pearson"] == pytest.approx(np.corrcoef([1.0, 2.0, 4.0], [1.5, 2.0, 3.0])[0, 1])


def test_modules_leave_no_file_behind(tmp_path):
    Accuracy(cache_dir=str(tmp_path / "cache")).compute(predictions=[0], references=[0])
    assert list(tmp_path.iterdir()) == []


def test_modules_refuse_what_is_no_label():
    with pytest.raises(InputError, match=r"label ids .* hold 0.7"):
        Accuracy().compute(predictions=[0.7], references=[1])
    with pytest.raises(InputError, match="average='mean' is unknown; choose one of binary"):
        F1(average="mean")


def test_trainer_dictionary_takes_logits_and_labels_alike():
    logits = np.eye(3)[PREDICTIONS] * 4 - 2
    arguments = {"problem_type": "single_label_classification", "num_labels": 3}
    scores = compute_classification_metrics(logits, REFERENCES, **arguments)
    assert scores == compute_classification_metrics(PREDICTIONS, REFERENCES, **arguments)
    assert next(iter(scores)) == "accuracy"
    assert {"f1_macro", "f1_micro", "f1_weighted", "precision_macro", "recall_weighted"} < set(scores)
    json.dumps(scores)


def test_trainer_dictionary_cuts_several_label_logits_at_zero():
    logits, gold = np.array([[0.2, -3.0], [-0.1, 0.1]]), np.array([[1.0, 0.0], [1.0, 1.0]])
    scores = compute_classification_metrics(logits, gold, problem_type="multi_label_classification", num_labels=2)
    assert scores["f1"] == pytest.approx(sk.f1_score(gold, logits > 0, average="micro"))
    assert scores["accuracy"] == pytest.approx(0.5)


def test_trainer_dictionary_takes_regression_columns():
    scores = compute_classification_metrics(
        np.array([[1.0], [2.0], [4.0]]), np.array([1.0, 3.0, 2.0]), problem_type="regression", num_labels=1
    )
    assert list(scores) == ["pearson", "spearman", "mean_squared_error", "mean_absolute_error"]
    assert scores["mean_absolute_error"] == pytest.approx(1.0)
    assert scores["spearman"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("predictions", "references", "problem_type", "words"),
    [
        ([0, 5], [0, 1], "single_label_classification", r"predictions hold label 5, but there are 2 labels \(0 to 1\)"),
        ([0, 1], [0, 7], "single_label_classification", "references hold label 7"),
        ([0, 1], [0, 1], "multi_label_classification", "do not fit problem_type"),
        ([0, 1], [0, 1], "tagging", "problem_type='tagging' is unknown"),
    ],
)
def test_trainer_dictionary_refuses_unfit_labels(predictions, references, problem_type, words):
    with pytest.raises(InputError, match=words):
        compute_classification_metrics(predictions, references, problem_type=problem_type, num_labels=2)


def test_confusion_matrix_is_that_of_scikit_learn_at_a_fixed_size():
    oracle = sk.confusion_matrix(REFERENCES, PREDICTIONS, labels=range(4))
    np.testing.assert_array_equal(confusion_matrix(PREDICTIONS, REFERENCES, 4), oracle)


def test_decide_follows_the_problem():
    assert decide([[0.2, 0.8]], "single_label_classification").tolist() == [1]
    assert decide([[0.2, 0.8]], "multi_label_classification").tolist() == [[0, 1]]
    assert decide([[0.2, -0.8]], "multi_label_classification", probabilities=False).tolist() == [[1, 0]]
    assert decide([[3.5], [1.0]], "regression").tolist() == [3.5, 1.0]


def test_headline_is_part_of_the_scores():
    assert [
        headline_metric(p) for p in ("single_label_classification", "multi_label_classification", "regression")
    ] == [
        "accuracy",
        "f1",
        "pearson",
    ]


def test_signature_tells_averages_and_versions():
    assert metric_signature("f1_macro").startswith("f1_macro|average:macro|zero_division:0|hf_seq:")
    assert "average:micro" in metric_signature("f1", "multi_label_classification")
    assert "average:binary" in metric_signature("f1")
    assert f"numpy:{np.__version__}" in metric_signature("accuracy")
