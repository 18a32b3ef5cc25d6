# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
import csv
import json
import random
from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification, default_data_collator, pipeline

from hf_seq.errors import InputError
from hf_seq.metrics.calibration import log_loss
from hf_seq.models.configuration_recurrent import RecurrentConfig
from hf_seq.models.modeling_recurrent_tagging import RecurrentForTokenClassification
from hf_seq.predictors.text import Predictor
from hf_seq.predictors.words import TaggingPredictor
from hf_seq.reports.record import Record
from hf_seq.tasks.registry import task_named
from hf_seq.train.calibrate import check_last_layer, divide_logits
from hf_seq.train.run_folder import recipe_changes

SETTING = [f"thing{number}" for number in range(9)]
TEXTS = ["fine film and thing1", "poor film and thing2 thing3", "film"]


@pytest.fixture(scope="module")
def noisy(tmp_path_factory):
    """Labels that the word tells in 70 of 100 rows: a model that learns them by heart is too sure."""
    folder, rng = tmp_path_factory.mktemp("noisy"), random.Random(0)
    for name, rows in (("train", 96), ("validation", 200), ("test", 60)):
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["text", "label"])
            for _ in range(rows):
                good = rng.random() < 0.5
                said = good if rng.random() < 0.7 else not good
                writer.writerow(
                    [f"{'fine' if said else 'poor'} film and {' '.join(rng.sample(SETTING, 3))}", ("no", "yes")[good]]
                )
    return str(folder)


@pytest.fixture(scope="module")
def pair(noisy, tmp_path_factory, train):
    """The same training with and without calibration."""
    folders = [tmp_path_factory.mktemp("runs") / name for name in ("plain", "calibrated")]
    for folder, calibrate in zip(folders, (False, True), strict=True):
        train(folder, data=noisy, num_train_epochs=12, learning_rate=0.03, calibrate=calibrate)
    return folders


def test_probabilities_move_by_the_temperature_and_no_answer_does(pair, noisy):
    plain, calibrated = (Predictor.from_pretrained(folder) for folder in pair)
    facts = Record.read(pair[1]).calibration
    temperature = facts["temperature"]
    before, after = (np.log(each.scores(TEXTS)) for each in (plain, calibrated))
    gap = lambda logs: logs[:, 1] - logs[:, 0]  # noqa: E731
    assert gap(after) * temperature == pytest.approx(gap(before), rel=1e-3)
    assert Record.read(pair[0]).score == Record.read(pair[1]).score
    assert temperature != pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("model", ["bilstm", "bilstm-wide"])
def test_a_training_in_bfloat16_is_calibrated_as_it_is_saved(train, noisy, tmp_path, model):
    """Rounded to three digits, logits divided by a temperature are not what they were."""
    record = train(tmp_path / "run", model, data=noisy, num_train_epochs=2, bf16=True, calibrate=True)
    with open(f"{noisy}/validation.csv") as file:
        rows = list(csv.DictReader(file))
    gold = np.array([row["label"] == "yes" for row in rows]).astype(int)
    logits = np.log(Predictor.from_pretrained(tmp_path / "run").scores([row["text"] for row in rows]))
    assert log_loss(logits, gold, 1.0) == pytest.approx(record.calibration["log_loss_after"], abs=1e-5)


def test_the_temperature_is_the_best_for_the_validation_rows(pair, noisy):
    with open(f"{noisy}/validation.csv") as file:
        rows = list(csv.DictReader(file))
    gold = np.array([row["label"] == "yes" for row in rows]).astype(int)
    logits = np.log(Predictor.from_pretrained(pair[1]).scores([row["text"] for row in rows]))
    losses = {heat: log_loss(logits, gold, heat) for heat in (0.9, 0.98, 1.0, 1.02, 1.1)}
    assert min(losses, key=losses.get) == 1.0
    facts = Record.read(pair[1]).calibration
    assert facts["log_loss_after"] == pytest.approx(losses[1.0], abs=1e-4)
    assert facts["log_loss_after"] < facts["log_loss_before"]
    assert facts["rows"] == 200


def test_predictor_and_pipeline_give_the_same_probabilities(pair):
    classify = pipeline("text-classification", str(pair[1]), top_k=None)
    predictor = Predictor.from_pretrained(pair[1])
    for text in TEXTS:
        said = {each["label"]: each["score"] for each in classify([text])[0]}
        assert [said[name] for name in predictor.label_names] == pytest.approx(predictor.scores([text])[0], abs=1e-5)


def test_the_temperature_is_written_down_and_forgotten_when_training_goes_on(pair, noisy, tmp_path, train):
    config = json.loads((pair[1] / "config.json").read_text())
    assert config["logit_temperature"] == Record.read(pair[1]).calibration["temperature"]
    config["decision_thresholds"] = [0.4, 0.6]
    (pair[1] / "config.json").write_text(json.dumps(config))
    train(tmp_path / "on", str(pair[1]), data=noisy, num_train_epochs=1, hidden_size=None, embedding_size=None)
    assert (
        not {"logit_temperature", "decision_thresholds"} & json.loads((tmp_path / "on/config.json").read_text()).keys()
    )


def test_a_bag_of_words_is_calibrated_too_and_keeps_its_answers(noisy, tmp_path, train):
    plain, calibrated = (tmp_path / name for name in ("plain", "calibrated"))
    train(plain, "tfidf", data=noisy)
    record = train(calibrated, "tfidf", data=noisy, calibrate=True)
    before, after = (np.log(Predictor.from_pretrained(each).scores(TEXTS)) for each in (plain, calibrated))
    gap = [logs[:, 1] - logs[:, 0] for logs in (before, after)]
    assert gap[1] * record.calibration["temperature"] == pytest.approx(gap[0], rel=1e-4)
    assert "calibrated: logits divided by" in record.notes[-1]


def test_the_majority_says_that_it_has_no_logits(noisy, tmp_path, train):
    record = train(tmp_path / "run", "majority", data=noisy, calibrate=True)
    assert record.notes[-1] == "majority has no logits to calibrate"


def test_a_crf_is_cooled_as_a_whole(tmp_path, train):
    """Marginals of divided emissions and transitions are those of the divided model, and the path stays."""
    torch.manual_seed(0)
    names = {"id2label": dict(enumerate(["O", "B-x", "I-x"])), "label2id": {"O": 0, "B-x": 1, "I-x": 2}}
    config = RecurrentConfig(vocab_size=9, hidden_size=8, embedding_size=4, use_crf=True, num_labels=3, **names)
    model = RecurrentForTokenClassification(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_()
    ids = torch.randint(1, 9, (4, 6))
    with torch.no_grad():
        path, logits = model.crf.decode(model(ids).logits), model(ids).logits
        divide_logits(model, 2.5)
        assert torch.equal(model.crf.decode(model(ids).logits), path)
        assert torch.allclose(model(ids).logits * 2.5, logits, atol=1e-5)
        found = model.crf(model(ids).logits, path)
        by_hand = [_log_share(model.crf, row / 2.5, tags, 2.5) for row, tags in zip(logits, path, strict=True)]
    assert found.tolist() == pytest.approx(by_hand, abs=1e-4)


def _log_share(crf, emissions, tags, temperature):
    """Log-probability of a path among all legal paths, by listing them; `crf` is divided already."""
    import itertools

    forbidden = (crf.start_forbidden.bool(), crf.pair_forbidden.bool(), crf.end_forbidden.bool())

    def total(path):
        if (
            forbidden[0][path[0]]
            or forbidden[2][path[-1]]
            or any(forbidden[1][a, b] for a, b in itertools.pairwise(path))
        ):
            return -np.inf
        steps = sum(emissions[step, tag].item() for step, tag in enumerate(path))
        pairs = sum(crf.pair[a, b].item() for a, b in itertools.pairwise(path))
        return steps + pairs + crf.start[path[0]].item() + crf.end[path[-1]].item()

    every = [total(path) for path in itertools.product(range(3), repeat=len(tags))]
    return total(tags.tolist()) - np.logaddexp.reduce(every)


def test_a_tagger_is_calibrated_and_tags_as_before(tmp_path, train):
    words = {"data": "builtin:orders", "task": "tagging", "max_train_rows": 60, "num_train_epochs": 1}
    plain, calibrated = tmp_path / "plain", tmp_path / "calibrated"
    train(plain, "bilstm-crf", **words)
    record = train(calibrated, "bilstm-crf", calibrate=True, **words)
    assert record.calibration["log_loss_after"] < record.calibration["log_loss_before"]
    sentences = [["two", "large", "lattes", "please"], ["one", "tea"]]
    one, two = (TaggingPredictor.from_pretrained(each) for each in (plain, calibrated))
    assert one.tag(sentences) == two.tag(sentences)
    scores = [each.tag_with_scores(sentences) for each in (one, two)]
    assert scores[0] != scores[1]


def test_other_peoples_models_are_divided_at_their_last_layer():
    model = BertForSequenceClassification(
        BertConfig(vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8)
    ).eval()
    ids = torch.tensor([[1, 2, 3]])
    with torch.no_grad():
        before = model(ids).logits
        divide_logits(model, 2.0)
        assert torch.allclose(model(ids).logits * 2, before, atol=1e-6)


class Softened(BertForSequenceClassification):
    """Does something to its logits after its last layer."""

    def forward(self, *args, **kwargs):
        output = super().forward(*args, **kwargs)
        output.logits = output.logits.tanh()
        return output


@pytest.mark.parametrize("kind", [BertForSequenceClassification, Softened])
def test_a_model_is_looked_at_before_it_is_trained_and_left_as_it_is(kind):
    torch.manual_seed(0)
    shape = {"vocab_size": 20, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
    model = kind(BertConfig(**shape, intermediate_size=8, initializer_range=1.0))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    rows = [{"input_ids": torch.tensor([1, 2, row]), "labels": torch.tensor(0)} for row in (3, 4)]
    prepared = SimpleNamespace(
        model=model,
        validation=rows,
        collator=default_data_collator,
        task=task_named("classification"),
        splits=SimpleNamespace(problem_type="single_label_classification"),
    )
    refused = pytest.raises(InputError, match="Softened does more to its logits") if kind is Softened else nullcontext()
    with refused:
        check_last_layer(prepared, 2)
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"data": "numbers"}, "leave it out for numbers"), ({"task": "seq2seq", "data": "builtin:dates"}, "for seq2seq")],
)
def test_answers_without_a_probability_are_refused_before_training(tmp_path, train, settings, words):
    if settings["data"] == "numbers":
        path = tmp_path / "numbers.csv"
        path.write_text("text,label\n" + "\n".join(f"the word is thing {n % 20},{n / 7:.3f}" for n in range(60)) + "\n")
        settings = {"data": str(path)}
    model = "lstm-seq2seq" if "task" in settings else "bilstm"
    with pytest.raises(InputError, match=words):
        train(tmp_path / "run", model, calibrate=True, **settings)
    assert not (tmp_path / "run").exists()


def test_a_recipe_of_a_version_without_a_field_has_its_default():
    assert recipe_changes({"task": "classification", "data": "x"}, {"data": "x", "calibrate": False}) == ""
    assert "calibrate was False, now True" in recipe_changes({"data": "x"}, {"data": "x", "calibrate": True})
