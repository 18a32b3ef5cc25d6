# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
import csv
import json
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score

import hf_seq
from hf_seq.cli import main
from hf_seq.errors import InputError
from hf_seq.files.model_folders import DEPLOY
from hf_seq.predictors.text import ANSWER_THRESHOLD, THRESHOLDS, Predictor
from hf_seq.reports.comparison import compare_runs
from hf_seq.reports.predictions import read_predictions
from hf_seq.reports.record import Record
from hf_seq.search.forms import ONNX, place_of, write_exports
from hf_seq.train.answer_threshold import save_decision
from hf_seq.train.evaluate_model import evaluate
from hf_seq.train.find_threshold import ThresholdGoal, find_threshold

FIXTURES = Path(__file__).parents[1] / "fixtures/0.1.0.dev0"
WORDS = {"red": ["scarlet", "crimson"], "blue": ["navy", "azure"], "green": ["lime", "moss"]}


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory):
    """Two labels, of which the rarer is said by a word that lies one time in four."""
    folder, rng = tmp_path_factory.mktemp("doubtful"), random.Random(0)
    for name, rows in (("train", 300), ("validation", 120), ("test", 120)):
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["text", "label"])
            for row in range(rows):
                spam = rng.random() < 0.3
                honest = rng.random() < 0.75
                word = ("free", "hello")[spam != honest]
                writer.writerow([f"{word} {rng.choice(['you', 'me', 'all'])} {row}", ("ham", "spam")[spam]])
    return folder


@pytest.fixture(scope="module")
def fitted(doubtful, tmp_path_factory, train):
    folder = tmp_path_factory.mktemp("runs") / "tfidf"
    train(folder, "tfidf", data=str(doubtful))
    return folder


@pytest.fixture
def run(fitted, tmp_path):
    return shutil.copytree(fitted, tmp_path / "run")


def labels(predictor, texts):
    return [answer["label"] for answer in predictor.predict(texts)]


def test_predict_evaluate_and_compare_answer_by_the_saved_threshold(run, doubtful):
    before = Record.read(run)
    found = find_threshold(str(run))
    (value,) = (each.value for each in found.thresholds)
    predictor = Predictor.from_pretrained(run)
    assert predictor.thresholds == pytest.approx([1 - value, value])
    with (doubtful / "test.csv").open() as file:
        rows = list(csv.DictReader(file))
    said = labels(predictor, [row["text"] for row in rows])
    assert said == [predictor(row["text"])["label"] for row in rows]
    right = 100 * np.mean([label == row["label"] for label, row in zip(said, rows, strict=True)])
    record = Record.read(run)
    assert record.score == pytest.approx(right) != before.score
    assert evaluate(str(run)).score == pytest.approx(right)
    assert compare_runs({"tfidf": [run]}).rows[0].answers[0].tolist() == [label == "spam" for label in said]
    assert f"thresholds:{1 - value:.4g},{value:.4g}" in record.signature
    assert any("thresholds chosen on 120 validation rows, for the best F1" in note for note in record.notes)


def test_it_is_the_threshold_with_the_best_f1_on_validation(run, doubtful):
    with (doubtful / "validation.csv").open() as file:
        rows = list(csv.DictReader(file))
    scores = Predictor.from_pretrained(run).scores([row["text"] for row in rows])[:, 1]
    gold = [row["label"] == "spam" for row in rows]
    best = max(f1_score(gold, scores > cut) for cut in np.unique(scores) - 1e-12)
    found = find_threshold(str(run))
    assert found.after == pytest.approx(100 * best)
    assert found.before == pytest.approx(100 * f1_score(gold, scores > 0.5))


def test_another_wish_takes_the_place_of_the_first(run):
    find_threshold(str(run))
    find_threshold(str(run), goal=ThresholdGoal(precision=0.7, positive="ham"))
    notes = [note for note in Record.read(run).notes if note.startswith("thresholds chosen")]
    assert notes == ["thresholds chosen on 120 validation rows, for a precision of 0.7"]
    gold, scores = read_predictions(run)
    thresholds = Record.read(run).thresholds
    assert precision_score(gold == 0, scores[:, 0] > thresholds[0]) > 0.6
    assert sum(thresholds) == pytest.approx(1)


@pytest.fixture
def several(tmp_path):
    rng, rows = random.Random(0), []
    for number in range(300):
        topics = [name for name in WORDS if rng.random() < 0.3]
        text = " ".join(["paint", *(rng.choice(WORDS[name]) for name in topics if rng.random() < 0.8), str(number)])
        rows.append(json.dumps({"text": text, "label": topics}))
    path = tmp_path / "topics.jsonl"
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.mark.parametrize("per_label", [False, True])
def test_several_labels_share_a_threshold_or_have_one_each(several, tmp_path, train, per_label):
    run = tmp_path / "run"
    train(run, "tfidf", data=str(several))
    found = find_threshold(str(run), goal=ThresholdGoal(per_label=per_label))
    assert len(found.thresholds) == (3 if per_label else 1)
    assert found.after >= found.before
    predictor = Predictor.from_pretrained(run)
    assert len(set(predictor.thresholds)) == (3 if per_label else 1)
    text = "paint scarlet lime"
    (scores,) = predictor.scores([text])
    over = [n for n, s, least in zip(predictor.label_names, scores, predictor.thresholds, strict=True) if s > least]
    assert predictor(text)["labels"] == over


def test_a_model_keeps_its_threshold_in_its_configuration(doubtful, tmp_path, train, capsys):
    train(tmp_path / "run", data=str(doubtful))
    assert main(["find-threshold", str(tmp_path / "run"), "--best", "f1"]) == 0
    said = capsys.readouterr().out
    assert "spam: threshold 0." in said
    assert "On the 120 test rows, which chose nothing: accuracy" in said
    saved = json.loads((tmp_path / "run/config.json").read_text())["decision_thresholds"]
    assert Predictor.from_pretrained(tmp_path / "run").thresholds == saved
    assert saved[1] < 0.5  # the rare label


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (ThresholdGoal(positive="eggs"), "--positive eggs does not fit: the model knows ham and spam"),
        (ThresholdGoal(precision=2.0), "precision=2.0 must be above 0"),
        (ThresholdGoal(per_label=True), "--per_label is for several labels a row"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_and_nothing_is_saved(run, goal, words):
    with pytest.raises(InputError, match=words):
        find_threshold(str(run), goal=goal)
    assert Predictor.from_pretrained(run).thresholds is None


def test_models_without_a_yes_and_a_no_are_refused(tmp_path, train):
    data = tmp_path / "three.csv"
    data.write_text("text,label\n" + "\n".join(f"word{n} {n},{'abc'[n % 3]}" for n in range(90)) + "\n")
    train(tmp_path / "run", "majority", data=str(data))
    with pytest.raises(
        InputError, match=r"answers with one of 3 labels; say how often it must be right.*--precision 0.95"
    ):
        find_threshold(str(tmp_path / "run"))
    with pytest.raises(InputError, match="is not a folder"):
        find_threshold("someone/some-model")


def test_thresholds_that_do_not_fit_the_model_are_refused(run):
    description = json.loads((run / "baseline.json").read_text())
    (run / "baseline.json").write_text(json.dumps(description | {"decision_thresholds": [0.5]}))
    with pytest.raises(InputError, match=r"decision_thresholds=\[0.5\] must be 2 numbers from 0 to 1"):
        Predictor.from_pretrained(run)


def test_the_graph_that_a_search_chose_answers_by_the_threshold_too(tmp_path):
    pytest.importorskip("onnxruntime")
    folder = shutil.copytree(FIXTURES / "bilstm", tmp_path / "fitted")
    torch_model = Predictor.from_pretrained(folder)
    write_exports(folder, torch_model.model, torch_model.processor, "classification")
    shutil.copytree(place_of(folder, ONNX), folder / DEPLOY)
    texts = ["a good film", "very dull", "the plot was long", "short"]
    scores = torch_model.scores(texts)
    second = float(np.sort(scores[:, 0])[1:3].mean())  # two texts on either side
    values = [second, *[1 - second] * (scores.shape[1] - 1)]
    save_decision(folder, THRESHOLDS, values)
    wanted = [torch_model.label_names[best] for best in (scores - np.array(values)).argmax(axis=1)]
    assert labels(hf_seq.load(folder), texts) == labels(hf_seq.load(folder / DEPLOY), texts) == wanted
    save_decision(folder, ANSWER_THRESHOLD, 0.999)
    assert [answer["hand_over"] for answer in hf_seq.load(folder / DEPLOY).predict(texts)] == [True] * 4
