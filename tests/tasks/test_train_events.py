# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Training, scoring and asking models of events end to end: labels of sequences, and which event comes next."""

import json
import re
from functools import partial

import numpy as np
import pandas as pd
import pytest

import hf_seq
from hf_seq.cli import main as cli
from hf_seq.data.builtin.visits import KINDS, make_visits
from hf_seq.distill.running import train_main
from hf_seq.errors import InputError
from hf_seq.predictors.events import EventPredictor, NextEventPredictor
from hf_seq.tasks.registry import task_of_saved
from hf_seq.train.parsing import flags

main, follow = partial(train_main, task="events"), partial(train_main, task="next-event")
SMALL = {"hidden_size": 24, "embedding_size": 12, "learning_rate": 0.01, "per_device_train_batch_size": 32}
TINY = flags({**SMALL, "num_train_epochs": 8, "min_updates": 1})


def as_log(rows, first=0):
    """A frame with an event a line, in the order of time over all visits."""
    columns = {"user_id": [], "timestamp": [], "event": [], "amount": [], "label": []}
    for number, row in enumerate(rows, first):
        count = len(row["events"])
        columns["user_id"] += [number] * count
        columns["timestamp"] += row["times"]
        columns["event"] += row["events"]
        columns["amount"] += row["amount"]
        columns["label"] += [row["label"].split("-")[0]] * count
    return pd.DataFrame(columns).sort_values("timestamp")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Visits in train and test, labelled by the way that people go."""
    folder = tmp_path_factory.mktemp("visits")
    for split, rows, first in (("train", 240, 0), ("validation", 60, 300), ("test", 80, 360)):
        as_log(make_visits(rows, first), first).to_csv(folder / f"{split}.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "gru"
    return folder, main(["--data", str(data), "--model", "gru", "--output_dir", str(folder), *TINY])


@pytest.fixture(scope="module")
def following(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "next"
    return folder, follow(["--data", str(data), "--model", "gru", "--output_dir", str(folder), *TINY])


def test_it_learns_the_order_that_counts_do_not_tell(trained, data, tmp_path):
    folder, record = trained
    assert (record.task, record.metric, record.n) == ("event-sequence-classification", "accuracy", 80)
    assert record.score > 80
    assert task_of_saved(folder).name == "events"
    counts = main(["--data", str(data), "--model", "counts", "--output_dir", str(tmp_path / "counts")])
    assert counts.score < 70
    assert isinstance(hf_seq.load(tmp_path / "counts"), EventPredictor)
    majority = main(["--data", str(data), "--model", "majority", "--output_dir", str(tmp_path / "majority")])
    assert 40 < majority.score < 60


def test_next_events_are_told_better_than_by_the_last_one_alone(following, data, tmp_path):
    folder, record = following
    assert (record.task, record.metric, record.n) == ("next-event-prediction", "accuracy", 80)
    bigrams = follow(["--data", str(data), "--model", "bigrams", "--output_dir", str(tmp_path / "bigrams")])
    frequent = follow(["--data", str(data), "--model", "majority", "--output_dir", str(tmp_path / "frequent")])
    assert frequent.score < bigrams.score < record.score - 5
    assert record.metrics["nats_per_event"] < bigrams.metrics["nats_per_event"] < frequent.metrics["nats_per_event"]
    assert record.metrics["top_5_accuracy"] > record.metrics["accuracy"]
    assert task_of_saved(folder).name == "next-event"
    for saved in (folder, tmp_path / "bigrams"):
        assert isinstance(hf_seq.load(saved), NextEventPredictor)


def test_scores_of_next_events_are_those_of_a_loop_over_prefixes(following, data):
    folder, record = following
    predictor = hf_seq.load(folder)
    predictor.with_probabilities = True
    right, cost, count = 0, 0.0, 0
    table = pd.read_csv(data / "test.csv", parse_dates=["timestamp"])
    for _, rows in list(table.groupby("user_id"))[:8]:
        events, times, amounts = (rows[name].to_list() for name in ("event", "timestamp", "amount"))
        whole = {"events": events, "times": np.array(times, dtype="datetime64[us]"), "amount": amounts}
        (steps,) = predictor.step_scores([whole])
        for place in range(1, len(events)):
            answer = predictor({name: each[:place] for name, each in whole.items()})
            chances = answer["probabilities"]
            np.testing.assert_allclose(steps[place - 1], list(chances.values()), atol=1e-5)
            right += answer["label"] == events[place]
            cost -= np.log(chances[events[place]])
            count += 1
    assert right / count == pytest.approx(record.metrics["accuracy"], abs=0.15)
    assert cost / count == pytest.approx(record.metrics["nats_per_event"], abs=0.3)


def test_a_sequence_has_one_answer_alone_in_a_batch_and_in_a_file(trained, data, capsys):
    folder, record = trained
    predictor = hf_seq.load(folder)
    table = pd.read_csv(data / "test.csv", parse_dates=["timestamp"])
    given = [
        {
            "events": rows["event"].to_list(),
            "times": [str(each) for each in rows["timestamp"]],
            "amount": rows["amount"].to_list(),
        }
        for _, rows in table.groupby("user_id")
    ]
    alone, together = [predictor(each) for each in given], list(predictor.predict(given))
    capsys.readouterr()
    cli(["predict", str(folder), "--data", str(data / "test.csv")])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    by_user = {int(line["user_id"]): line for line in lines}
    users = [user for user, _ in table.groupby("user_id")]
    for user, one, other in zip(users, alone, together, strict=True):
        assert one["label"] == other["label"] == by_user[user]["label"]
        assert one["score"] == pytest.approx(other["score"], abs=1e-5)
        assert one["score"] == pytest.approx(by_user[user]["score"], abs=1e-5)
    cli(["evaluate", str(folder), "--data", str(data)])
    assert json.loads(capsys.readouterr().out)["score"] == pytest.approx(record.score)


def test_ids_of_another_name_are_said_and_stand_beside_the_answers(trained, data, tmp_path, capsys):
    table = pd.read_csv(data / "test.csv").rename(columns={"user_id": "who"})
    table["trip"] = "x"
    table.to_csv(tmp_path / "new.csv", index=False)
    for flag, column in (("who", "who"), ("who,trip", '"who,trip"')):
        cli(["predict", str(trained[0]), "--data", str(tmp_path / "new.csv"), "--id_column", flag])
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 80
        assert column.strip('"') in json.loads(lines[0])
    assert cli(["predict", str(trained[0]), "--data", str(tmp_path / "new.csv"), "--id_column", "whom"]) == 2
    assert "'whom' is not there" in capsys.readouterr().err


def test_the_command_line_takes_json_and_a_trace_names_the_events(trained, following, data, capsys):
    given = json.dumps({"events": ["home", "teleport"], "times": [0, 60], "amount": [None, 2.5]})
    for folder, _ in (trained, following):
        cli(["predict", str(folder), given])
        assert json.loads(capsys.readouterr().out)["label"]
        cli(["trace", str(folder), given])
        shown = capsys.readouterr().out
        assert "home" in shown
        assert "teleport" in shown
    assert cli(["predict", str(trained[0]), "home teleport"]) == 2
    assert "no sequence of events; write one as JSON" in capsys.readouterr().err
    cli(["evaluate", str(following[0]), "--data", str(data)])
    assert json.loads(capsys.readouterr().out)["score"] == pytest.approx(following[1].score)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"events": ["home"]}, "has no times"),
        ({"events": ["home"], "times": [0]}, "has no 'amount'"),
        ({"events": []}, "has no events"),
        ({"events": ["home", "cart"], "times": [5, 0], "amount": [0, 0]}, "times that are missing or fall"),
        (["home", 3], "has no times"),
        (7, "give {"),
    ],
)
def test_bad_sequences_are_refused_in_words(trained, given, words):
    with pytest.raises(InputError, match=words):
        hf_seq.load(trained[0])(given)


@pytest.mark.parametrize(
    ("task", "settings", "words"),
    [
        (main, ["--augmentation", "jitter"], "--augmentation 'jitter' is none of time_mask"),
        (main, ["--statistics", "true"], "would take the ids of events for amounts"),
        (main, ["--min_event_count", "0"], "min_event_count=0 must be 1 or more"),
        (main, ["--min_event_count", "9999"], "no event occurs in 9999 train sequences"),
        (main, ["--value_columns", "price"], "value_columns='price' is not there"),
        (follow, ["--label_column", "label"], "what comes next is learned without labels"),
        (follow, ["--front", "conv"], "would let a model see the event that it is to tell"),
        (follow, ["--pooling", "max"], "pooling=max makes one vector of a sequence"),
        (follow, ["--metric", "f1"], "compared by accuracy"),
    ],
)
def test_settings_that_cannot_be_are_refused(data, tmp_path, task, settings, words):
    with pytest.raises(InputError, match=words):
        task(["--data", str(data), "--model", "gru", "--output_dir", str(tmp_path / "run"), *TINY, *settings])
    assert not (tmp_path / "run").exists()


def test_long_sequences_keep_their_last_events_and_are_counted(data, tmp_path):
    for task in (main, follow):
        run = tmp_path / task.keywords["task"]
        short = ["--data", str(data / "test.csv"), "--model", "gru", "--output_dir", str(run), "--max_length", "9"]
        record = task([*short, "--max_steps", "2", "--hidden_size", "8"])
        assert any(re.search(r"sequences are cut to 9 steps", note) for note in record.notes)
        with pytest.warns(UserWarning, match="cut to its last 9 events"):
            answer = hf_seq.load(run)({"events": ["home"] * 12, "times": range(12), "amount": [1.0] * 12})
        assert answer["truncated"] is True


@pytest.mark.parametrize("which", [pytest.param("trained", marks=pytest.mark.slow), "following"])
def test_an_export_answers_as_torch_does(which, request, data, tmp_path, capsys):
    pytest.importorskip("onnxruntime")
    folder, record = request.getfixturevalue(which)
    exported = hf_seq.export(folder, tmp_path / "out", data=str(data))
    assert exported.certificate["comparison"]["greatest_difference"] < 1e-5
    assert exported.certificate["scores"]["fp32"]["score"] == pytest.approx(record.score)
    here, there = hf_seq.load(folder), hf_seq.load(tmp_path / "out")
    dates = ["2026-03-01T10:00", "2026-03-01T10:05", "2026-03-02"]
    given = {"events": ["home", "teleport", "cart"], "times": dates, "amount": [None, 2.5, 9]}
    together = {"events": given["events"], "times": dates, "values": [[None], [2.5], [9]]}
    for each in (given, together):
        assert there(each)["label"] == here(given)["label"]
        assert there(each)["score"] == pytest.approx(here(given)["score"], abs=1e-5)
    for bad in ({"events": []}, {"events": ["home"]}, {"events": ["home"], "times": ["noon"], "amount": [1]}, "home"):
        with pytest.raises(InputError, match="sequence 0"):
            there(bad)
    cli(["predict", str(tmp_path / "out"), "--data", str(data / "test.csv")])
    assert len(capsys.readouterr().out.splitlines()) == 80


def test_data_in_memory_and_a_second_training(trained, data, tmp_path):
    rows = make_visits(40, 3)
    data_in_memory = {name: [row[name] for row in rows] for name in ("events", "times", "amount", "label")}
    model = hf_seq.train(data_in_memory, "conv", task="events", hidden_size=8, max_steps=2)
    given = {name: rows[0][name] for name in ("events", "times", "amount")}
    assert model(given)["label"] in KINDS
    again = ["--data", str(data), "--model", str(trained[0]), "--output_dir", str(tmp_path / "again")]
    assert main([*again, "--max_steps", "1", "--learning_rate", "1e-6"]).score == pytest.approx(trained[1].score, abs=5)
    with pytest.raises(InputError, match=r"sees the events that it is to tell|does not read events"):
        follow([*again[:2], "--model", str(make_both_ways(tmp_path)), "--output_dir", str(tmp_path / "no")])


def make_both_ways(tmp_path):
    """A saved tagger that reads events from both ends."""
    extractor = hf_seq.EventFeatureExtractor(vocabulary=["home"])
    fields = {"num_features": 1, "num_events": 2, "vocab_size": 1, "pad_token_id": None, "hidden_size": 8}
    hf_seq.RecurrentForTokenClassification(hf_seq.RecurrentConfig(**fields)).save_pretrained(tmp_path / "both")
    extractor.save_pretrained(tmp_path / "both")
    return tmp_path / "both"
