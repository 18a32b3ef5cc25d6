# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Training, scoring and comparing models of series end to end, on series whose class is the order of two events."""

import csv
import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoFeatureExtractor, AutoModelForSequenceClassification

from hf_seq.compare.running import main as compare
from hf_seq.data.series.loading import series_arrays
from hf_seq.distill.running import train_main
from hf_seq.predictors.series import SeriesPredictor, SeriesTagger
from hf_seq.reports.record import Record
from hf_seq.tasks.registry import task_named, task_of_saved
from hf_seq.train.evaluate_model import evaluate
from hf_seq.train.parsing import flags, parse_recipe
from hf_seq.train.preparation import prepare
from hf_seq.train.running import train
from training import train_classifier_accelerate

main = partial(train_main, task="series")
TINY = flags({"embedding_size": 12, "hidden_size": 16, "learning_rate": 0.02, "num_train_epochs": 6, "bf16": False})


def make_series(draw):
    """Two bumps in one channel, up and down; which comes first is the class, and a second channel is noise."""
    first = int(draw.integers(2))
    length = int(draw.integers(10, 16))
    series = draw.normal(scale=0.1, size=(length, 2)) * [1, 100] + [5, 300]
    places = sorted(draw.choice(np.arange(1, length), size=2, replace=False).tolist())
    tags = ["none"] * length
    for place, up in zip(places, (first, 1 - first), strict=True):
        series[place, 0] += 2 if up else -2
        tags[place] = "up" if up else "down"
    return {"series": series.round(4).tolist(), "label": ("down first", "up first")[first], "tags": tags}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bumps")
    draw = np.random.default_rng(0)
    for split, rows in (("train", 240), ("validation", 60), ("test", 80)):
        lines = [json.dumps(make_series(draw)) for _ in range(rows)]
        (folder / f"{split}.jsonl").write_text("\n".join(lines))
    return str(folder)


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "bilstm"
    return folder, main(["--data", data, "--model", "bilstm-attention", "--output_dir", str(folder), *TINY])


def test_it_learns_what_means_cannot_and_says_so_in_the_record(trained, data):
    _, record = trained
    assert record.task == "sequence-feature-classification"
    assert record.metric == "accuracy"
    assert record.score > 90
    assert record.n == 80
    means = train(*parse_recipe(["--data", data, "--model", "statistics", "--output_dir", data + "-s"], task="series"))
    assert means.score < record.score - 20


def test_the_commonest_label_is_a_baseline_of_series_too(data, tmp_path):
    folder = str(tmp_path / "majority")
    record = train(*parse_recipe(["--data", data, "--model", "majority", "--output_dir", folder], task="series"))
    labels = [json.loads(line)["label"] for line in Path(data, "test.jsonl").read_text().splitlines()]
    commonest = [json.loads(line)["label"] for line in Path(data, "train.jsonl").read_text().splitlines()]
    most = max(set(commonest), key=commonest.count)
    assert record.score == pytest.approx(100 * labels.count(most) / len(labels))
    assert SeriesPredictor.from_pretrained(folder)([[0.0, 1.0]])["label"] == most


def test_what_was_saved_answers_by_the_auto_classes_as_the_predictor_does(trained, data):
    folder, _ = trained
    rows = series_arrays(task_named("series").data.load(recipe_of(data)).test)[:9]
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    inputs = AutoFeatureExtractor.from_pretrained(folder)(rows, return_tensors="pt")
    with torch.no_grad():
        expected = model(**inputs).logits.softmax(-1).numpy()
    predictor = SeriesPredictor.from_pretrained(folder, batch_size=4)
    np.testing.assert_allclose(predictor.scores(rows), expected, atol=1e-5)
    for row, scores in zip(rows, expected, strict=True):
        assert predictor(row)["score"] == pytest.approx(scores.max(), abs=1e-5)
    weights = predictor.attention(rows[0])
    assert weights.shape == (len(rows[0]),)
    assert weights.sum() == pytest.approx(1, abs=1e-5)


def recipe_of(data, task="series"):
    return parse_recipe(["--data", data, "--task", task])[0]


def test_the_saved_folder_says_what_task_it_is_even_without_a_record(trained, tmp_path):
    folder, _ = trained
    for name in ("config.json", "preprocessor_config.json", "model.safetensors"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    assert task_of_saved(tmp_path).name == "series"


def test_scored_again_it_gets_the_same_score(trained, data):
    folder, record = trained
    assert evaluate(str(folder)).score == record.score
    assert evaluate(str(folder), data).score == record.score
    assert Record.read(folder).fingerprint == record.fingerprint


def test_the_plain_loop_learns_the_same_thing(data, tmp_path):
    arguments = [
        "--task",
        "series",
        "--data",
        data,
        "--model",
        "bilstm-attention",
        "--output_dir",
        str(tmp_path),
        *TINY,
    ]
    assert train_classifier_accelerate.main(arguments).score > 90


def test_windows_and_class_weights_train_and_windows_are_averaged(data, tmp_path):
    settings = flags({"window_length": 8, "window_stride": 2, "class_weights": "balanced", "num_train_epochs": 1})
    arguments = ["--data", data, "--model", "gru", "--output_dir", str(tmp_path), *TINY, *settings]
    record = main(arguments)
    assert any("are read as" in note and "windows" in note for note in record.notes)
    model = AutoModelForSequenceClassification.from_pretrained(tmp_path).eval()
    extractor = AutoFeatureExtractor.from_pretrained(tmp_path)
    row = series_arrays(task_named("series").data.load(recipe_of(data)).test)[0]
    read = extractor(row, return_tensors="pt")
    assert len(read["series_index"]) > 1
    with torch.no_grad():
        logits = model(input_values=read["input_values"], attention_mask=read["attention_mask"]).logits
    expected = logits.mean(0).softmax(-1).max().item()
    assert SeriesPredictor.from_pretrained(tmp_path)(row)["score"] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("model", ["bilstm-crf", pytest.param("transformer", marks=pytest.mark.slow)])
def test_a_tag_for_every_step_is_learned_where_a_step_shows_it(data, tmp_path, model):
    tiny = TINY if model != "transformer" else [*TINY[1:], "--num_attention_heads", "2"]
    arguments = ["--task", "series-tagging", "--data", data, "--model", model, "--output_dir", str(tmp_path)]
    record = train(*parse_recipe([*arguments, *tiny]))
    assert record.task == "sequence-feature-tagging"
    assert record.score > 95
    splits = task_named("series-tagging").data.load(recipe_of(data, "series-tagging"))
    rows = series_arrays(splits.test)
    tags = SeriesTagger.from_pretrained(tmp_path, batch_size=7).tag(rows)
    gold = [[splits.label_names[tag] for tag in each] for each in splits.test["tags"][:]]
    right = np.mean([one == two for a, b in zip(tags, gold, strict=True) for one, two in zip(a, b, strict=True)])
    assert 100 * right == pytest.approx(record.score)


def test_a_label_at_every_third_step_is_learned_and_scored_there_alone(tmp_path):
    lines = [[s, t, (s + t) % 2 * 2 - 1 + s / 100, "ab"[(s + t) % 2] if t % 3 == 2 else ""]
             for s in range(30) for t in range(9)]  # fmt: skip
    with (tmp_path / "x.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["id", "time", "value", "state"], *lines])
    tiny = ["--model", "bilstm-crf", "--hidden_size", "4", "--max_steps", "2", "--bf16", "false"]
    arguments = ["--task", "series-tagging", "--data", str(tmp_path / "x.csv"), "--output_dir", str(tmp_path / "run")]
    record = train(*parse_recipe([*arguments, *tiny]))
    splits = task_named("series-tagging").data.load(recipe_of(str(tmp_path / "x.csv"), "series-tagging"))
    tags = SeriesTagger.from_pretrained(tmp_path / "run").tag(series_arrays(splits.test))
    assert {len(each) for each in tags} == {9}
    right = [
        tags[row][t] == splits.label_names[gold[t]] for row, gold in enumerate(splits.test["tags"]) for t in (2, 5, 8)
    ]
    assert record.score == pytest.approx(100 * np.mean(right))


def test_statistics_of_channels_are_fitted_beside_convolutions_and_count_as_much_as_they_help(data, tmp_path):
    sizes = ("--model", "conv-lstm", "--recurrent_size", "8", *TINY)
    record = main(["--data", data, "--output_dir", str(tmp_path / "both"), *sizes])
    notes = " ".join(record.notes)
    assert "15 statistics of channels (--statistics false leaves it out)" in notes
    config = json.loads((tmp_path / "both/config.json").read_text())
    assert f"the encoder counts {100 * config['deep_share']:.0f} %" in notes
    assert config["deep_share"] >= 0.5  # the order of events is the class, and statistics see none
    assert record.score > 85
    assert "labels are smoothed by 0.1" in notes
    assert "label_smoothing_factor" not in (tmp_path / "both/recipe.yaml").read_text()  # a recipe leaves it to the data


@pytest.mark.parametrize(
    ("said", "share"),
    [
        ([], 0.1),
        (["--label_smoothing_factor", "0"], 0.0),
        (["--label_smoothing_factor", "0.2"], 0.2),
        (["--class_weights", "balanced"], 0.0),
        (["--statistics", "false"], 0.0),
        (["--model", "bilstm"], 0.0),
    ],
    ids=["usual", "none", "more", "weights", "no statistics", "no convolutions"],
)
def test_labels_of_few_series_are_smoothed_unless_that_would_break_or_somebody_says_how(data, tmp_path, said, share):
    recipe, arguments = parse_recipe(["--task", "series", "--data", data, "--output_dir", str(tmp_path / "run"), *said])
    prepare(recipe, arguments)
    assert arguments.label_smoothing_factor == share


def test_numbers_are_learned_as_numbers(tmp_path):
    draw = np.random.default_rng(1)
    series = [draw.normal(size=(int(draw.integers(4, 9)), 1)) for _ in range(150)]
    lines = [json.dumps({"series": row.tolist(), "label": float(row.max())}) for row in series]
    (tmp_path / "x.jsonl").write_text("\n".join(lines))
    arguments = ["--data", str(tmp_path / "x.jsonl"), "--model", "bilstm", "--pooling", "max"]
    record = main([*arguments, "--output_dir", str(tmp_path / "run"), *TINY])
    assert record.metric == "pearson"
    assert record.score > 0.8
    recipe, options = parse_recipe(["--task", "series", "--data", str(tmp_path / "x.jsonl"), "--model", "conv-lstm"])
    prepare(recipe, options)
    assert options.label_smoothing_factor == 0  # numbers are no labels


def test_several_labels_a_series_train_score_and_predict(tmp_path):
    draw = np.random.default_rng(2)
    for split, rows in (("train", 240), ("test", 60)):
        lines = []
        for _ in range(rows):
            holds = draw.integers(2, size=2)
            series = draw.normal(scale=0.1, size=(int(draw.integers(6, 10)), 2))
            series[draw.integers(len(series), size=2), [0, 1]] += 2 * holds
            names = [name for name, there in zip(("hot", "loud"), holds, strict=True) if there]
            lines.append(json.dumps({"series": series.round(4).tolist(), "label": names}))
        (tmp_path / f"{split}.jsonl").write_text("\n".join(lines))
    folder = tmp_path / "run"
    record = main(
        ["--data", str(tmp_path), "--model", "bilstm", "--pooling", "max", "--output_dir", str(folder), *TINY]
    )
    assert record.problem_type == "multi_label_classification"
    assert record.score > (90 if record.score > 1 else 0.9)
    assert evaluate(str(folder)).score == record.score
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    assert model.config.problem_type == "multi_label_classification"
    both = np.zeros((8, 2))
    both[3] = 2
    rows = [np.zeros((8, 2)), both, both * [1, 0]]
    inputs = AutoFeatureExtractor.from_pretrained(folder)(rows, return_tensors="pt")
    with torch.no_grad():
        expected = model(**inputs).logits.sigmoid().numpy()
    scores = SeriesPredictor.from_pretrained(folder).scores(rows)
    np.testing.assert_allclose(scores, expected, atol=1e-5)
    names = [model.config.id2label[index] for index in range(2)]
    order = [names.index("hot"), names.index("loud")]
    assert (scores[:, order] > 0.5).tolist() == [[False, False], [True, True], [True, False]]


@pytest.mark.slow
def test_comparing_draws_doubtful_series_and_says_what_could_not_be_run(data, tmp_path):
    arguments = ["--task", "series", "--data", data, "--output", str(tmp_path), "--calls", "3"]
    comparison = compare([*arguments, "--models", "statistics,dtw,bilstm-attention", *TINY])
    by_name = {row.record.model: row.record for row in comparison.rows}
    assert by_name["bilstm-attention"].score > by_name["statistics"].score
    try:
        import numba  # noqa: F401
        import sktime  # noqa: F401
    except ImportError:
        assert "pip install 'hf_seq[timeseries]'" in by_name["dtw"].reason
    else:
        assert by_name["dtw"].score > 60
    page = (tmp_path / "report.html").read_text()
    assert page.count("the model says") == 6
    assert "the bars are the weights" in page
