# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""F1 is that of the rarer class, in every place that says one; scikit-learn scores beside."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score, precision_score

from hf_seq.cli import main
from hf_seq.data import load_splits
from hf_seq.data.classification.balance import describe_balance, find_positive
from hf_seq.errors import InputError
from hf_seq.metrics.classification import compute_classification_metrics
from hf_seq.reports.predictions import read_predictions
from hf_seq.reports.record import Record

SINGLE = "single_label_classification"


@pytest.fixture(scope="module")
def fraud(tmp_path_factory):
    """300 rows, a tenth of them fraud; the word that says it stands in a third of the other rows, too."""
    rng = np.random.default_rng(0)
    labels = ["fraud" if n % 10 == 0 else "ok" for n in range(300)]
    odd = [label == "fraud" or rng.random() < 0.3 for label in labels]
    texts = [f"transfer {n} of {'cash' if cash else 'wages'}" for n, cash in enumerate(odd)]
    path = tmp_path_factory.mktemp("fraud") / "fraud.csv"
    pd.DataFrame({"text": texts, "label": labels}).to_csv(path, index=False)
    return str(path)


@pytest.fixture(scope="module")
def run(fraud, tmp_path_factory, in_a_hurry):
    folder = tmp_path_factory.mktemp("runs") / "tfidf"
    assert main(["train", "--data", fraud, "--model", "tfidf", "--output_dir", str(folder)]) == 0
    return folder


@pytest.mark.parametrize(
    ("counts", "asked", "positive"),
    [((5, 95), None, "a"), ((95, 5), None, "b"), ((50, 50), None, "b"), ((45, 55), None, "b"), ((5, 95), "b", "b")],
)
def test_the_rarer_of_two_is_positive_unless_another_is_asked_for(counts, asked, positive):
    assert find_positive(["a", "b"], [0] * counts[0] + [1] * counts[1], SINGLE, asked) == positive


def test_other_problems_have_no_positive_label():
    assert find_positive(["a", "b", "c"], [0, 1, 2], SINGLE) is None
    assert find_positive(["a", "b"], [[0, 1]], "multi_label_classification") is None
    assert describe_balance(["a", "b", "c"], [0, 1, 2] * 4, None) == []
    assert "'c' has 9 rows, 'a' 1" in describe_balance(["a", "b", "c"], [0, 1, 1] + [2] * 9, None)[0]


@pytest.mark.parametrize("positive", [0, 1])
def test_scores_of_the_positive_label_are_those_of_scikit_learn(positive):
    rng = np.random.default_rng(1)
    said, true = rng.integers(0, 2, (2, 200))
    scores = compute_classification_metrics(said, true, problem_type=SINGLE, num_labels=2, positive=positive)
    assert scores["f1"] == pytest.approx(f1_score(true, said, pos_label=positive))
    assert scores["precision"] == pytest.approx(precision_score(true, said, pos_label=positive))


def test_train_evaluate_and_find_threshold_speak_of_the_same_label(run, fraud, capsys):
    record = Record.read(run)
    gold, scores = read_predictions(run)
    expected = f1_score(gold, scores.argmax(1), pos_label=record.label_names.index("fraud"), zero_division=0)
    assert (record.positive, record.unbalanced) == ("fraud", True)
    assert record.metrics["f1"] == pytest.approx(expected)
    capsys.readouterr()
    assert main(["evaluate", str(run)]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["positive"], again["metrics"]["f1"]) == ("fraud", pytest.approx(expected))
    assert main(["find-threshold", str(run)]) == 0
    assert capsys.readouterr().out.startswith("fraud: threshold")


def test_another_positive_label_may_be_asked_for(run, capsys):
    capsys.readouterr()
    assert main(["evaluate", str(run), "--positive", "ok"]) == 0
    assert json.loads(capsys.readouterr().out)["positive"] == "ok"


def test_rows_of_the_common_label_alone_are_scored_for_the_rare_one(run, tmp_path, capsys):
    pd.DataFrame({"text": ["transfer of wages"] * 4, "label": ["ok"] * 4}).to_csv(tmp_path / "new.csv", index=False)
    capsys.readouterr()
    assert main(["evaluate", str(run), "--data", str(tmp_path / "new.csv")]) == 0
    assert json.loads(capsys.readouterr().out)["positive"] == "fraud"


def test_a_label_that_does_not_exist_is_refused(fraud):
    with pytest.raises(InputError, match=r"--positive frod does not fit: the labels are fraud and ok"):
        load_splits(fraud, positive="frod")


def test_compare_shows_what_accuracy_hides(fraud, tmp_path, capsys, in_a_hurry):
    output = tmp_path / "compared"
    flags = ["--models", "majority,tfidf", "--output", str(output), "--robustness_rows", "0", "--calls", "3"]
    assert main(["compare", "--data", fraud, *flags]) == 0
    table = (output / "table.md").read_text()
    assert "macro F1" in table
    assert "F1 of fraud" in table
    assert Record.read(output / "models/majority").metrics["f1"] == 0


@pytest.mark.parametrize(
    ("task", "data", "metric", "says"),
    [
        ("classification", None, "macro_f1", "they have loss, accuracy, f1_macro.*did you mean f1_macro"),
        ("tagging", "builtin:orders", "accurracy", "did you mean accuracy"),
        ("seq2seq", "builtin:reverse", "blue", "they have loss, "),
        ("language-modeling", "builtin:grammar", "bleu", "they have loss, perplexity, nats_per"),
    ],
)
def test_a_metric_that_will_not_be_there_is_refused_before_training(task, data, metric, says, fraud, tmp_path, capsys):
    words = ["train", "--task", task, "--data", data or fraud, "--output_dir", str(tmp_path / "run")]
    rows = [] if task == "language-modeling" else ["--max_train_rows", "200"]
    assert main([*words, "--metric_for_best_model", metric, *rows]) == 2

    assert re.search(says, capsys.readouterr().err)
    assert not (tmp_path / "run").exists()
