# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Training goes on from a saved model: data and labels mean to it what they meant before."""

import csv
import json
import wave
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from transformers import DistilBertConfig, DistilBertForSequenceClassification

from hf_seq import train_tokenizer
from hf_seq.errors import InputError
from hf_seq.models.feature_extraction_audio import AudioFeatureExtractor
from hf_seq.models.feature_extraction_events import EventFeatureExtractor
from hf_seq.models.feature_extraction_forecasting import ForecastingFeatureExtractor
from hf_seq.models.feature_extraction_series import SeriesFeatureExtractor
from hf_seq.tasks.architectures import build_model, label_fields, load_pretrained
from hf_seq.tasks.registry import task_named, task_of
from hf_seq.train.parsing import recipe_for
from hf_seq.train.preparation import get_processor, read_splits
from hf_seq.train.running import train


def read(model: Path, data: Path, task: str, **settings):
    """The data of a second training, read, and the processor that encodes them."""
    recipe, _ = recipe_for(str(model), str(data), task=task, **settings)
    splits, _ = read_splits(task_of(recipe), recipe)
    return splits, get_processor(task_of(recipe), recipe, splits)


def save(extractor, folder: Path) -> Path:
    """A folder that passes for a saved model, with its feature extractor."""
    extractor.save_pretrained(folder)
    (folder / "config.json").write_text(json.dumps({"model_type": "recurrent"}))
    save_file({"weight": torch.zeros(1)}, folder / "model.safetensors")
    return folder


def write_table(path: Path, columns: list[str], rows: list[list[object]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


# How fast and how long

KINDS = [
    *(("classification", "bilstm"), ("classification", "bilstm-wide"), ("classification", "transformer")),
    *(
        ("tagging", "bilstm-crf"),
        ("seq2seq", "lstm-seq2seq"),
        ("seq2seq", "transformer-seq2seq"),
        ("series", "conv-lstm"),
    ),
    *(("language-modeling", "lstm-lm"), ("events", "gru"), ("forecasting", "transformer")),
]


@pytest.mark.parametrize(("task", "model"), KINDS)
def test_a_saved_model_is_trained_further_as_its_kind_is_trained(tmp_path, task, model):
    """At 5e-5, the rate for DistilBERT, a saved bilstm had 31 % of AG News after three passes over 5,000 texts."""
    kind = task_named(task).models.architectures[model]
    config = {"model_type": kind.family, **kind.configuration}
    (tmp_path / "config.json").write_text(json.dumps(config, default=str))
    (anew, fresh), (further, arguments) = (recipe_for(name, "x.csv", task=task) for name in (model, str(tmp_path)))
    assert arguments.learning_rate == fresh.learning_rate > 5e-4
    assert arguments.num_train_epochs == fresh.num_train_epochs
    assert further.min_updates == anew.min_updates
    assert recipe_for(str(tmp_path), "x.csv", task=task, learning_rate=1e-5)[1].learning_rate == 1e-5


def test_a_large_pretrained_model_is_fine_tuned_slowly(tmp_path):
    DistilBertConfig().save_pretrained(tmp_path)
    recipe, arguments = recipe_for(str(tmp_path), "x.csv")
    assert (arguments.learning_rate, arguments.num_train_epochs, recipe.max_length) == (5e-5, 3, 128)


# Labels


def labelled(folder: Path, task: str, model: str, names: list[str], **overrides) -> Path:
    kind = task_named(task)
    torch.manual_seed(3)
    fields = {"vocab_size": 20, "pad_token_id": 0, **label_fields(names)}
    made = build_model(
        model, kind.models.architectures[model], kind.models.auto_class_suffix, overrides=overrides, **fields
    )
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter)
    made.save_pretrained(folder)
    return folder


def again(folder: Path, task: str, names: list[str]):
    head = task_named(task).models.auto_class_suffix
    model, _ = load_pretrained(str(folder), head, baseline_path=None, overrides={}, **label_fields(names))
    return model.eval()


IDS = torch.tensor([[5, 6, 7, 8, 9]])


@pytest.mark.parametrize("now", [["c", "a", "b"], ["b", "c", "a"], ["a", "b", "c"]])
def test_a_classifier_says_the_same_of_labels_in_another_order(tmp_path, now):
    folder = labelled(tmp_path / "model", "classification", "bilstm", ["a", "b", "c"])
    before, after = (
        again(folder, "classification", names)(input_ids=IDS).logits[0] for names in (["a", "b", "c"], now)
    )
    assert {name: after[place].item() for place, name in enumerate(now)} == pytest.approx(
        {name: before["abc".index(name)].item() for name in now}, rel=1e-4
    )


def test_labels_that_stay_keep_their_weights_beside_new_ones(tmp_path):
    folder = labelled(tmp_path / "model", "classification", "bilstm", ["a", "b", "c"])
    before = again(folder, "classification", ["a", "b", "c"])(input_ids=IDS).logits[0]
    after = again(folder, "classification", ["b", "new", "c"])(input_ids=IDS).logits[0]
    assert torch.allclose(after[[0, 2]], before[[1, 2]])


def test_a_crf_finds_the_same_path_of_tags_in_another_order(tmp_path):
    names, now = ["O", "B-x", "I-x"], ["B-x", "I-x", "O"]
    folder = labelled(tmp_path / "model", "tagging", "bilstm-crf", names, character_encoder="none")
    gold = torch.tensor([[0, 1, 2, 2, 0]])
    renumbered = torch.tensor([[now.index(names[tag]) for tag in gold[0].tolist()]])
    before = again(folder, "tagging", names)(input_ids=IDS, labels=gold)
    after = again(folder, "tagging", now)(input_ids=IDS, labels=renumbered)
    assert after.loss.item() == pytest.approx(before.loss.item(), rel=1e-5)
    paths = [[order[tag] for tag in each.best_path[0].tolist()] for each, order in ((before, names), (after, now))]
    assert paths[0] == paths[1]


def test_a_classifier_of_transformers_follows_its_labels_too(tmp_path):
    config = DistilBertConfig(dim=8, n_heads=2, n_layers=1, hidden_dim=8, vocab_size=20, id2label={0: "no", 1: "yes"})
    model = DistilBertForSequenceClassification(config).eval()
    model.save_pretrained(tmp_path)
    before, after = model(IDS).logits, again(tmp_path, "classification", ["yes", "no"])(IDS).logits
    assert torch.allclose(after, before.flip(1), atol=1e-6)


def test_what_comes_next_is_numbered_as_the_model_reads_it(tmp_path):
    save(EventFeatureExtractor(vocabulary=["a", "b", "c"]).fit([["a", "b", "c"]]), tmp_path / "model")
    rows = [[user, step, event] for user in range(40) for step, event in enumerate("cb" * (user % 9 + 2))]
    data = write_table(tmp_path / "data.csv", ["user_id", "time", "event"], rows)
    splits, processor = read(tmp_path / "model", data, "next-event", time_column="none")
    task = task_named("next-event")
    assert splits.label_names == ["b", "c"]
    known = task.data.known_to(processor, splits)
    recipe, _ = recipe_for(str(tmp_path / "model"), str(data), task="next-event")
    row = task.encoding.encode(known.train, processor, recipe, "train")[0][0]
    assert [known.label_names[label] for label in row["labels"][:3]] == ["b", "c", "b"]


# Numbers


def write_series(path: Path, channels: str) -> Path:
    rng = np.random.default_rng(0)
    rows = [
        [series, step, *(100 * (name == "z") + rng.normal() for name in channels), f"label{series % 2}"]
        for series in range(40)
        for step in range(5)
    ]
    return write_table(path, ["id", "t", *channels, "label"], rows)


@pytest.fixture
def of_two_channels(tmp_path) -> Path:
    series = [np.random.default_rng(0).normal([0, 100], 1, (30, 2))]
    return save(SeriesFeatureExtractor(feature_size=2, channel_names=["x", "z"]).fit(series), tmp_path / "model")


@pytest.mark.parametrize("channels", ["xz", "zx", "zyx"])
def test_series_are_read_in_the_order_of_the_models_channels(of_two_channels, tmp_path, channels):
    splits, processor = read(of_two_channels, write_series(tmp_path / "data.csv", channels), "series")
    assert splits.channels == ["x", "z"]
    encoded = processor.standardize([np.asarray(splits.train[0]["series"]).reshape(-1, 2)])[0]
    assert np.abs(encoded).max() < 10  # of exchanged channels it is about 100


def test_a_baseline_of_series_reads_its_channels_in_any_order(tmp_path):
    first = write_series(tmp_path / "xz.csv", "xz")
    columns, *rows = csv.reader(first.open())
    turned = [[row[place] for place in (0, 1, 3, 2, 4)] for row in (columns, *rows)]  # z, x
    other = write_table(tmp_path / "zx.csv", turned[0], turned[1:])
    settings = {"task": "series", "output_dir": str(tmp_path / "run")}
    train(*recipe_for("statistics", str(first), **settings))
    predictor = task_named("series").predictor(tmp_path / "run")
    assert predictor.model.channel_names == ["x", "z"]
    scores = []
    for data in (first, other):
        recipe = task_named("series").data.as_trained(recipe_for("statistics", str(data), task="series")[0], predictor)
        scores.append(predictor.scores(task_named("series").data.inputs(task_named("series").data.load(recipe).test)))
    np.testing.assert_allclose(*scores)


def test_series_of_other_channels_are_refused(of_two_channels, tmp_path):
    data = write_series(tmp_path / "data.csv", "xz")
    with pytest.raises(InputError, match=r"was trained on x, z, in this order, and .* is read as z, x"):
        read(of_two_channels, data, "series", channels="z,x")


def test_settings_that_the_extractor_has_otherwise_are_refused(of_two_channels, tmp_path):
    data = write_series(tmp_path / "data.csv", "xz")
    with pytest.raises(InputError, match=r"max_length=3 does not go with .* trained with max_length=None"):
        read(of_two_channels, data, "series", max_length=3)
    assert read(of_two_channels, data, "series", missing="mean")[1].missing == "mean"


def test_events_have_the_models_values_in_its_order(tmp_path):
    vocabulary = {"vocabulary": ["a", "b"], "value_names": ["amount", "price"]}
    sequence = {"events": ["a", "b", "a"], "amount": [0, 1, 2], "price": [100, 101, 102]}
    save(EventFeatureExtractor(**vocabulary).fit([sequence]), tmp_path / "model")
    columns = ["user_id", "time", "event", "price", "amount", "label"]
    rows = [
        [user, step, "ab"[step % 2], 100 + step + user, step, f"label{user % 2}"]
        for user in range(40)
        for step in range(4)
    ]
    splits, processor = read(tmp_path / "model", write_table(tmp_path / "data.csv", columns, rows), "events")
    steps = processor.to_steps(task_named("events").data.inputs(splits.train)[0])
    assert steps[:, -2].tolist() == [0, 1, 2, 3]
    assert min(steps[:, -1]) >= 100


def write_clips(folder: Path, rate: int) -> Path:
    folder.mkdir()
    rows = []
    for clip in range(20):
        samples = np.sin(2 * np.pi * 500 * np.arange(rate // 5) / rate + clip) * 20_000
        with wave.open(str(folder / f"{clip}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes(samples.astype("<i2").tobytes())
        rows.append([f"{clip}.wav", f"label{clip % 2}"])
    return write_table(folder / "labels.csv", ["audio", "label"], rows)


def test_clips_are_brought_to_the_models_rate(tmp_path):
    extractor = AudioFeatureExtractor(feature_size=40, sampling_rate=8_000)
    frames = extractor.to_frames(np.sin(np.arange(8_000)))
    save(extractor.fit([frames]), tmp_path / "model")
    data = write_clips(tmp_path / "clips", 16_000)
    splits, _ = read(tmp_path / "model", data, "audio")
    assert splits.sampling_rate == 8_000
    assert {len(clip) for clip in task_named("audio").data.inputs(splits.train)} == {1_600}
    for settings in ({"sampling_rate": 16_000}, {"hop_ms": 5.0}, {"max_seconds": 1.0}):
        with pytest.raises(InputError, match=f"{next(iter(settings))}=.* does not go with"):
            read(tmp_path / "model", data, "audio", **settings)


def test_forecasts_are_of_the_models_channels_and_lengths(tmp_path):
    facts = {"horizon": 4, "context_length": 12, "patch_length": 2, "season": 1, "channel_names": ["x", "z"]}
    past = np.random.default_rng(0).normal(size=(60, 2))
    extractor = ForecastingFeatureExtractor(feature_size=2, known_names=[], **facts)
    save(extractor.fit([past]), tmp_path / "model")
    rows = [[f"2024-01-{1 + step // 24:02} {step % 24:02}:00", 1000 + step, step % 7] for step in range(200)]
    data = write_table(tmp_path / "data.csv", ["time", "z", "x"], rows)
    splits, _ = read(tmp_path / "model", data, "forecasting", horizon=4)
    assert (splits.channels, splits.context_length) == (["x", "z"], 12)
    with pytest.raises(InputError, match="was trained to forecast 4 steps"):
        read(tmp_path / "model", data, "forecasting", horizon=5)
    with pytest.raises(InputError, match=r"context_length=24 does not go with .* trained with context_length=12"):
        read(tmp_path / "model", data, "forecasting", horizon=4, context_length=24)
    with pytest.raises(InputError, match=r"trained on x, z, in this order, and .* is read as z; leave out the flags"):
        read(tmp_path / "model", data, "forecasting", horizon=4, target_columns="z")


# Texts


@pytest.mark.parametrize(
    ("length", "said", "read_whole"), [(700, {}, 700), (64, {}, 64), (700, {"max_length": 50}, 50)]
)
def test_a_saved_model_of_ours_reads_as_many_tokens_as_before(tmp_path, length, said, read_whole):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "recurrent"}))
    train_tokenizer(["a b c", "a b c"], kind="word", vocab_size=20, model_max_length=length).save_pretrained(tmp_path)
    assert recipe_for(str(tmp_path), "builtin:reviews", **said)[0].max_length == read_whole


def test_a_pretrained_model_of_others_reads_what_is_usual(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "distilbert"}))
    train_tokenizer(["a b c", "a b c"], kind="word", vocab_size=20, model_max_length=512).save_pretrained(tmp_path)
    assert recipe_for(str(tmp_path), "builtin:reviews")[0].max_length == 128
