# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`--metric` decides checkpoint, record, baselines, table and verdict; scores by label stand beside it."""

import io
import json

import numpy as np
import pytest
from rich.console import Console
from sklearn.metrics import average_precision_score, confusion_matrix, precision_recall_fscore_support

from hf_seq.compare.options import parse_options
from hf_seq.compare.running import compare
from hf_seq.errors import InputError
from hf_seq.hub.card import CardOptions, make_card
from hf_seq.predictors.text import Predictor
from hf_seq.reports.predictions import read_predictions
from hf_seq.reports.record import Record
from hf_seq.train.answer_threshold import choose_answers, count_answered
from hf_seq.train.evaluate_model import evaluate
from hf_seq.train.find_threshold import ThresholdGoal, describe, find_threshold

LABELS = ["billing", "login", "refund", "card", "address", "order"]


@pytest.fixture(scope="module")
def tickets(tmp_path_factory):
    """Six labels, the first ten times as common as the last; one word in three is that of another label."""
    draw, path = np.random.default_rng(0), tmp_path_factory.mktemp("data") / "tickets.csv"
    lines = []
    for row in range(420):
        label = LABELS[min(int(draw.exponential(1.6)), 5)]
        word = label if draw.random() < 0.67 else draw.choice(LABELS)
        lines.append(f"{label},please help with {word} number {row}")
    path.write_text("label,text\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def compared(tickets, tmp_path_factory):
    output = tmp_path_factory.mktemp("out") / "cmp"
    argv = ["--data", str(tickets), "--models", "tfidf,bilstm", "--output", str(output), "--metric", "macro_f1"]
    argv += ["--hidden_size", "8", "--embedding_size", "8", "--num_train_epochs", "2", "--calls", "5"]
    table = io.StringIO()
    return output, compare(parse_options(argv), console=Console(file=table, width=200)), table.getvalue()


def test_the_metric_decides_everything(compared):
    output, comparison, table = compared
    record = Record.read(output / "models/bilstm")
    assert record.metric == comparison.first.metric == "f1_macro"
    assert "f1_macro" in table
    assert "settings chosen by f1_macro" in " ".join(Record.read(output / "models/tfidf").notes)
    assert "eval_f1_macro" in record.curve[-1]
    assert evaluate(str(output / "models/bilstm")).metric == "f1_macro"


def test_scores_by_label_are_those_of_scikit_learn(compared):
    output, _, _ = compared
    record = Record.read(output / "models/tfidf")
    gold, scores = read_predictions(output / "models/tfidf")
    said = scores.argmax(1)
    numbers = range(len(record.label_names))
    expected = precision_recall_fscore_support(gold, said, labels=list(numbers), zero_division=0)
    for index, name in enumerate(record.label_names):
        found = record.by_label[name]
        assert [found[each] for each in ("precision", "recall", "f1", "support")] == pytest.approx(
            [column[index] for column in expected]
        )
    assert record.confusion == confusion_matrix(gold, said, labels=list(numbers)).tolist()
    page = (output / "report.html").read_text()
    assert "Score by label" in page
    assert "6 " + record.label_names[5] in page  # columns by number, rows by number and name
    folder = output / "models/tfidf"
    card = make_card(folder, "user/model", record, folder, CardOptions())
    assert f"| {record.label_names[0]} | {100 * record.by_label[record.label_names[0]]['f1']:.1f} |" in card


def test_a_ranking_of_one_label_is_followed_through_training(train, reviews, tmp_path):
    record = train(tmp_path / "a", "bilstm", metric="ap:negative")
    gold, scores = read_predictions(tmp_path / "a")
    index = record.label_names.index("negative")
    assert record.metric == "average_precision:negative"
    assert record.score == pytest.approx(average_precision_score(gold == index, scores[:, index]), abs=1e-4)
    assert "eval_average_precision:negative" in record.curve[-1]


@pytest.mark.parametrize("model", ["bilstm", "tfidf", "bilstm-wide"])
def test_a_metric_that_does_not_fit_stops_before_anything_is_written(train, tmp_path, model):
    with pytest.raises(InputError, match="does not fit these labels"):
        train(tmp_path / "a", model, metric="mae")
    assert not (tmp_path / "a").exists()


def test_tags_and_texts_have_metrics_of_their_own(train, tmp_path):
    small = {"data": "builtin:orders", "task": "tagging", "max_train_rows": 60, "num_train_epochs": 1}
    record = train(tmp_path / "a", "bilstm", metric="accuracy", **small)
    assert record.metric == "accuracy"
    assert record.by_label
    with pytest.raises(InputError, match="does not fit these tags; choose one of f1, precision"):
        train(tmp_path / "b", "bilstm", metric="bleu", **small)


def test_beside_an_accuracy_that_hides_a_rare_label_stand_macro_f1_and_its_own(tmp_path):
    rows = [f"{'spam' if row % 20 == 0 else 'ham'},{'win ' * (row % 20 == 0)}see you {row}" for row in range(400)]
    (tmp_path / "mail.csv").write_text("label,text\n" + "\n".join(rows) + "\n")
    argv = ["--data", str(tmp_path / "mail.csv"), "--models", "majority,tfidf", "--output", str(tmp_path / "out")]
    table = io.StringIO()
    comparison = compare(parse_options([*argv, "--calls", "5"]), console=Console(file=table, width=200))
    heading = table.getvalue().split("\n")[1]
    assert "macro F1" in heading
    assert "F1 of spam" in heading
    markdown = (tmp_path / "out/table.md").read_text()
    line = next(each for each in markdown.split("\n") if each.startswith("| majority |"))
    cells = [each.strip() for each in line.split("|")]
    assert cells[2] == f"{comparison.rows[0].score:.1f}"
    assert cells[3:5] == ["48.7", "0.0"]  # by hand: ham alone is said


def test_a_model_of_many_labels_answers_what_it_is_sure_of_and_hands_the_rest_over(compared):
    output, _, _ = compared
    folder = output / "models/tfidf"
    found = find_threshold(str(folder), goal=ThresholdGoal(precision=0.7))
    said = "\n".join(describe(found))
    record, (gold, scores) = Record.read(folder), read_predictions(folder)
    sure = scores.max(1) > found.thresholds[0].value
    assert record.metrics["answered_share"] == pytest.approx(sure.mean())
    assert record.metrics["answered_precision"] == pytest.approx((scores.argmax(1) == gold)[sure].mean())
    assert f"{100 * (1 - sure.mean()):.1f} % handed over" in said
    predictor = Predictor.from_pretrained(folder)
    answers = [predictor(text) for text in ("please help with billing", "zebra")]
    assert [bool(each.get("hand_over")) for each in answers] == [
        each["score"] <= found.thresholds[0].value for each in answers
    ]
    assert json.loads((folder / "baseline.json").read_text())["answer_threshold"] == found.thresholds[0].value


def test_the_threshold_answers_most_rows_of_those_that_are_right_often_enough():
    scores = np.array([[0.9, 0.1, 0], [0.8, 0.2, 0], [0.7, 0.3, 0], [0.6, 0.4, 0]])
    gold = np.array([0, 0, 1, 0])
    every = [threshold for threshold in (0.65, 0.75, 0.85) if count_answered(scores, gold, threshold).right]
    chosen = choose_answers(scores, gold, 1.0).value
    assert 0.7 < chosen < 0.8  # by hand: the two surest rows are right, the third is wrong
    assert len(every) == 3
    assert choose_answers(scores, gold, 0.75).yes == 4
    with pytest.raises(InputError, match="None of 4 rows is answered rightly"):
        choose_answers(scores, np.full(4, 2), 0.5)
