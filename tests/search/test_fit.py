# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`hf-seq fit` at toy size: limits hold, a kill changes no answer, the folder is a model."""

import json
import shutil

import numpy as np
import pytest
from sklearn.metrics import accuracy_score

import hf_seq
from hf_seq.errors import InputError
from hf_seq.hub.staging import stage
from hf_seq.reports.record import Record
from hf_seq.runtime import runtime
from hf_seq.search import running
from hf_seq.search import runs as runs_module
from hf_seq.search.deploying import deployed_at
from hf_seq.search.folder import claim
from hf_seq.search.options import parse_options
from hf_seq.search.running import run_fit

FLAGS = ["--num_train_epochs=2", "--per_device_train_batch_size=16", "--bf16=false", "--embedding_size=16"]
LIMITS = ["--max_size=150kB", "--max_latency=50ms"]


@pytest.fixture(scope="module")
def here(tmp_path_factory, in_a_hurry):
    """A cache of its own, no pretrained model, no baseline, few timed calls."""
    pytest.importorskip("optuna")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_SEQ_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setattr(running, "start_at_hand", lambda: None)
        patch.setattr("hf_seq.search.study.baselines_of", lambda workshop: [])
        patch.setattr(runs_module, "PROBES", (2, 4))
        patch.setattr("hf_seq.search.forms.TEXTS", 5)
        yield


def fitted(data, output, *more):
    words = [f"--data={data}", f"--output={output}", "--minutes=30", "--trials=2", *FLAGS, *LIMITS, *more]
    return run_fit(parse_options(words))


@pytest.fixture(scope="module")
def found(here, reviews, tmp_path_factory):
    return fitted(reviews, tmp_path_factory.mktemp("fit") / "a")


def test_limits_hold_and_the_bytes_are_those_of_the_deployed_files(found):
    record = Record.read(found.folder)
    form = found.summary["chosen"]["form"]
    left_out = {"certificate.json", "server.py", "Dockerfile"}
    if form == "torch":
        names = ("model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json", "baseline.json")
        files = [found.deployed / name for name in names]
    else:
        files = [each for each in found.deployed.rglob("*") if each.name not in left_out]
    assert record.bytes == sum(each.stat().st_size for each in files if each.is_file()) <= 150_000
    assert 0 < record.latency_ms["p50"] <= 50


def test_what_is_deployed_answers_and_scores_as_the_record_says(found, reviews):
    record = Record.read(found.folder)
    rows = [json.loads(line) for line in (found.folder / "predictions.jsonl").read_text().splitlines()]
    splits = hf_seq.load_splits(reviews)
    assert record.split == "test"
    assert record.n == len(rows) == len(splits.test)
    answers = [answer["label"] for answer in hf_seq.load(found.deployed).predict(splits.test["text"][:])]
    gold = [splits.label_names[label] for label in splits.test["label"][:]]
    assert record.score == pytest.approx(100 * accuracy_score(gold, answers))


def test_no_run_of_the_search_saw_a_test_row(found):
    records = sorted((found.folder / ".search").glob("*/record.json"))
    assert len(records) >= 3
    assert {Record.read(path.parent).split for path in records} == {"validation"}


def test_the_answer_is_the_best_on_validation_among_those_within_the_limits(found):
    allowed = [each for each in found.summary["candidates"] if each["bytes"] <= 150_000 and each["milliseconds"] <= 45]
    assert found.summary["chosen"]["score"] == max(each["score"] for each in allowed)


def test_the_folder_tells_what_was_found(found):
    page, table = ((found.folder / name).read_text() for name in ("report.html", "table.md"))
    assert "chosen" in table
    assert "bilstm" in table
    assert "One more megabyte" in table
    assert page.count("<svg") == 2
    assert "The frontier" in page
    assert (found.folder / "recipe.yaml").is_file()


def test_beyond_each_limit_something_was_trained_that_breaks_it(found):
    scouts = [each for each in found.summary["candidates"] if each["run"] == "scout-megabyte"]
    assert scouts
    assert 150_000 < min(each["bytes"] for each in scouts) <= 1_150_000
    assert "at a third of the training" in found.summary["more"][0]


def test_what_is_pushed_is_the_graph_that_was_chosen_beside_its_weights(found, tmp_path):
    form = found.summary["chosen"]["form"]
    stage(found.folder, tmp_path, "ada/reviews")
    assert (tmp_path / "runtime.json").is_file() == (form != "torch")
    if form == "torch":
        return
    for name in ("onnx/model.onnx", "runtime.json"):
        assert (tmp_path / name).read_bytes() == (found.deployed / name).read_bytes()
    assert {"model.safetensors", "runtime.py", "certificate.json"} <= {path.name for path in tmp_path.iterdir()}
    card = (tmp_path / "README.md").read_text()
    assert f"are those of the graph ({form})" in card
    (answer,) = hf_seq.load(found.deployed).predict(["the film was great"])
    assert runtime.load(tmp_path)("the film was great")["label"] == answer["label"]


def test_run_again_it_is_finished_and_trains_nothing(found, reviews, monkeypatch):
    monkeypatch.setattr(runs_module, "train", None)
    again = fitted(reviews, found.folder)
    assert again.record.score == found.record.score
    assert again.deployed == found.deployed


@pytest.mark.parametrize(("fact", "what"), [("fingerprint", "data"), ("teacher_weights", "teacher's weights")])
def test_a_finished_search_is_no_answer_about_other_data_or_of_another_teacher(found, reviews, tmp_path, fact, what):
    shutil.copytree(found.folder, tmp_path / "copy")
    path = tmp_path / "copy" / "fit.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {fact: "another"}))
    with pytest.raises(InputError, match=f"The {what} changed since the search .* --redo"):
        fitted(reviews, tmp_path / "copy")


def test_what_a_teacher_weighs_is_what_its_files_hold(train, tmp_path):
    train(tmp_path / "teacher", num_train_epochs=1)
    options = parse_options(["--data=builtin:reviews", f"--teacher={tmp_path / 'teacher'}"])
    before = running.weights_of_teacher(options)
    weights = tmp_path / "teacher" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\1")
    assert before is not None
    assert running.weights_of_teacher(options) != before
    assert running.weights_of_teacher(parse_options(["--data=builtin:reviews", "--teacher=distilbert"])) is None


def test_a_search_that_ended_before_anything_was_tried_may_be_asked_otherwise(here, reviews, tmp_path, monkeypatch):
    def unreadable(*_, **__):
        raise InputError("57% of the validation tokens are unknown to the tokenizer; say --tokenizer_kind bpe")

    with monkeypatch.context() as patch:
        patch.setattr(runs_module, "prepare", unreadable)
        with pytest.raises(InputError, match="tokenizer_kind bpe"):
            fitted(reviews, tmp_path, "--hidden_dropout=0.25")  # nobody has measured how fast this is
    assert claim(tmp_path, parse_options([f"--data={reviews}", "--tokenizer_kind=bpe", "--minutes=30"])) == {}


def test_killed_at_any_moment_it_ends_with_the_same_answer(found, reviews, tmp_path, monkeypatch):
    whole = runs_module.Workshop._make
    left = {"runs": 0}

    def dying(self, folder, *others):
        if not left["runs"]:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "half.txt").write_text("half")
            raise KeyboardInterrupt
        left["runs"] -= 1
        return whole(self, folder, *others)

    monkeypatch.setattr(runs_module.Workshop, "_make", dying)
    for allowed in (1, 2):
        left["runs"] = allowed
        with pytest.raises(KeyboardInterrupt):
            fitted(reviews, tmp_path / "b")
    monkeypatch.undo()
    again = fitted(reviews, tmp_path / "b")
    for name in ("run", "form", "score", "bytes"):
        assert again.summary["chosen"][name] == found.summary["chosen"][name]
    assert weights(again) == weights(found)


def weights(fit):
    """The bytes of what is deployed, by file."""
    place = deployed_at(fit.folder, fit.summary["chosen"]["form"])
    return {path.name: path.read_bytes() for path in place.rglob("*") if path.suffix in (".onnx", ".safetensors")}


def test_minutes_that_are_over_at_once_still_give_a_model(here, reviews, tmp_path):
    quick = fitted(reviews, tmp_path / "quick", "--minutes=0.001", "--trials=9")
    assert quick.summary["tried"] == 1
    assert hf_seq.load(quick.deployed)("the film was great")["label"] in ("negative", "positive")


def test_another_search_in_the_same_folder_is_refused(found, reviews):
    with pytest.raises(InputError, match=r"holds another search .*seed was 0, now 1.* --redo"):
        fitted(reviews, found.folder, "--seed=1")


def test_a_folder_of_others_is_left_alone(here, reviews, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="is in use: it holds files, but no search of ours"):
        fitted(reviews, tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize(("limit", "seen"), [("--max_size=3kB", "MB"), ("--max_latency=1us", "ms")])
def test_limits_that_nothing_meets_end_in_words(here, reviews, tmp_path, limit, seen):
    name = limit.partition("=")[0]
    with pytest.raises(InputError, match=rf"No model keeps the limits.*{seen}.*Give a wider .*{name}"):
        fitted(reviews, tmp_path / "c", limit)


def test_a_teacher_of_other_labels_is_refused_before_anything_is_trained(here, train, tmp_path):
    train(tmp_path / "teacher", num_train_epochs=1)
    with pytest.raises(InputError, match="does not know the labels of the data"):
        fitted("builtin:reviews", tmp_path / "d", f"--teacher={tmp_path / 'teacher'}")
    assert not (tmp_path / "d").exists()


def test_baselines_compete(here, reviews, tmp_path, monkeypatch):
    monkeypatch.setattr("hf_seq.search.study.baselines_of", lambda workshop: ["tfidf"])
    rival = fitted(reviews, tmp_path / "f", "--trials=1", "--max_size=20kB")
    assert rival.summary["chosen"]["label"] == "tfidf"  # nothing of ours is so small
    assert hf_seq.load(rival.folder)("the film was great")["label"] == "positive"


@pytest.mark.slow
def test_a_student_is_among_the_candidates_where_there_is_a_teacher(here, reviews, train, tmp_path):
    train(tmp_path / "teacher")
    taught = fitted(reviews, tmp_path / "e", f"--teacher={tmp_path / 'teacher'}", "--trials=1")
    assert any("taught" in each["label"] for each in taught.summary["candidates"])
    assert np.isfinite(taught.record.score)
