# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A student from its teacher's answers to its record: what it learns, what is refused, how it goes on after a kill."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from hf_seq.distill import answers, shards, transfer
from hf_seq.distill import running as distilling
from hf_seq.distill.preparation import shortest_unique_tail
from hf_seq.distill.running import train_or_distill as run
from hf_seq.distill.teacher import Teacher
from hf_seq.distill.trainer import DistilledClassifierTrainer
from hf_seq.errors import InputError
from hf_seq.predictors.text import Predictor
from hf_seq.train.parsing import flags, parse_recipe


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def teacher(train, tmp_path_factory):
    """A classifier of reviews that knows them well."""
    folder = tmp_path_factory.mktemp("teacher") / "run"
    record = train(folder, num_train_epochs=6, hidden_size=16, learning_rate=0.05, per_device_train_batch_size=8)
    assert record.score > 90
    return str(folder)


@pytest.fixture(scope="module")
def distill(teacher, reviews, tiny, cache):
    """Distil a tiny student: `distill(folder, **settings)` gives the record."""

    def start(folder, **settings):
        given = {"teacher": [teacher], "data": reviews, "model": "lstm", "teacher_cache": cache, "augmented_rows": 0}
        settings = given | tiny | settings
        return run(*parse_recipe(flags(settings | {"output_dir": str(folder)})))

    return start


def test_a_student_learns_without_a_single_label_of_its_own(distill, teacher, reviews, tmp_path):
    record = distill(tmp_path, num_train_epochs=6, learning_rate=0.05, augmented_rows=300, student_embeddings="table")
    assert record.score > 85
    assert record.distillation["transfer_set"] == {"labelled": 96, "augmented": 300}
    assert record.distillation["teachers"][0]["score"] > 90
    assert record.distillation["soft_loss"] == "mse"
    assert record.recipe["teacher"] == [teacher]
    assert json.loads((tmp_path / "record.json").read_text())["distillation"] == record.distillation
    assert Predictor.from_pretrained(tmp_path)("the film was great")["label"] == "positive"


def test_files_that_are_named_alike_are_told_apart_by_their_folders(distill, tmp_path):
    for folder in ("news", "posts"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "train.txt").write_text(f"the {folder} were great\n" * 3, encoding="utf-8")
    files = [str(tmp_path / folder / "train.txt") for folder in ("news", "posts")]
    record = distill(tmp_path / "run", num_train_epochs=1, unlabelled=files)
    assert record.distillation["transfer_set"] == {"labelled": 96, "news/train.txt": 3, "posts/train.txt": 3}
    assert record.how_taught == ", distilled"


@pytest.mark.parametrize(
    ("path", "others", "name"),
    [
        ("/a/train.txt", [], "train.txt"),
        ("/a/train.txt", ["/a/test.txt"], "train.txt"),
        ("/a/train.txt", ["/b/train.txt"], "a/train.txt"),
        ("/x/news/train.txt", ["/y/news/train.txt", "/z.txt"], "x/news/train.txt"),
        ("/news/train.txt", ["/x/news/train.txt"], "/news/train.txt"),
    ],
)
def test_a_file_goes_by_as_much_of_its_path_as_tells_it(path, others, name):
    paths = [Path(each) for each in (path, *others)]
    assert shortest_unique_tail(paths[0], paths) == name


def test_a_student_that_hears_only_labels_is_called_so(distill, tmp_path):
    record = distill(tmp_path, num_train_epochs=1, hard_share=1.0, student_embeddings="random")
    assert record.how_taught == ", labels alone"


def test_texts_are_made_without_being_asked_for(distill, tmp_path):
    record = distill(tmp_path, num_train_epochs=1, augmented_rows=None)
    assert record.distillation["transfer_set"] == {"labelled": 96, "augmented": 1_920}


@pytest.mark.parametrize(
    "settings",
    [
        {"hard_share": 0.3},
        {"soft_loss": "kl", "temperature": 2.0, "hard_share": 0.5, "augmented_rows": 64},
        {"hidden_share": 0.5},
    ],
    ids=["logits and labels", "distributions", "hidden states"],
)
def test_accumulated_batches_give_the_weights_of_whole_ones(distill, weights, tmp_path, settings):
    calm = {"num_train_epochs": 1, "embedding_dropout": 0.0, "classifier_dropout": 0.0, "eval_strategy": "epoch"}
    distill(tmp_path / "whole", **calm, **settings)
    small = {"per_device_train_batch_size": 4, "gradient_accumulation_steps": 4}
    distill(tmp_path / "parts", **calm, **small, **settings)
    whole, parts = weights(tmp_path / "whole"), weights(tmp_path / "parts")
    assert whole.keys() == parts.keys()
    assert not [name for name in whole if "projection" in name]
    for name, values in whole.items():
        torch.testing.assert_close(parts[name], values, atol=2e-4, rtol=1e-3, msg=name)


class Interrupted(Exception):  # noqa: N818
    pass


def test_a_run_that_is_cut_in_the_teachers_pass_asks_only_what_is_missing(distill, tmp_path, monkeypatch):
    for module in (shards, transfer):
        monkeypatch.setattr(module, "SHARD_ROWS", 40)
    asked, ask = [], Teacher.ask

    def failing(self, texts):
        if len(asked) == 1:
            raise Interrupted
        asked.append(len(texts))
        return ask(self, texts)

    settings = {"augmented_rows": 50, "augmentation_seed": 5, "teacher_cache": str(tmp_path / "cache")}
    monkeypatch.setattr(Teacher, "ask", failing)
    with pytest.raises(Interrupted):
        distill(tmp_path / "run", **settings)
    monkeypatch.setattr(Teacher, "ask", lambda self, texts: asked.append(len(texts)) or ask(self, texts))
    record = distilling.main(["--resume", "--output", str(tmp_path / "run")])
    assert asked == [40, 40, 16, 40, 10]
    assert record.distillation["transfer_set"] == {"labelled": 96, "augmented": 50}


def test_a_run_that_is_cut_while_training_ends_with_the_same_bits(distill, weights, same_bits, tmp_path, monkeypatch):
    whole = distill(tmp_path / "whole", num_train_epochs=3)
    evaluate = DistilledClassifierTrainer.evaluate

    def failing(self, *args, **kwargs):
        if self.state.epoch == 2:
            raise Interrupted
        return evaluate(self, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(DistilledClassifierTrainer, "evaluate", failing)
        with pytest.raises(Interrupted):
            distill(tmp_path / "cut", num_train_epochs=3)
    resumed = distill(tmp_path / "cut", num_train_epochs=3, resume=True)
    assert same_bits(weights(tmp_path / "whole"), weights(tmp_path / "cut"))
    assert resumed.score == whole.score


def test_a_run_is_not_gone_on_with_on_other_unlabelled_text(distill, tmp_path, monkeypatch):
    more = tmp_path / "more.txt"
    more.write_text("a fine film\nwhat a bore\n")

    def cut(*_, **__):
        raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr(DistilledClassifierTrainer, "train", cut)
        with pytest.raises(Interrupted):
            distill(tmp_path / "run", unlabelled=[str(more)])
    more.write_text("a fine film\nwhat a dull bore\n")
    with pytest.raises(InputError, match="the unlabelled text changed since the run"):
        distill(tmp_path / "run", unlabelled=[str(more)], resume=True)


def test_a_second_run_asks_nothing(distill, tmp_path, monkeypatch):
    distill(tmp_path / "one", num_train_epochs=1)
    monkeypatch.setattr(Teacher, "ask", None)
    monkeypatch.setattr(answers, "encode_texts", None)
    distill(tmp_path / "two", num_train_epochs=1, seed=1)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"teacher": ["/nowhere/at/all"]}, "nowhere"),
        ({"model": "tfidf"}, r"student tfidf must be one of"),
        ({"unlabelled": ["/nowhere.txt"]}, "is not a file"),
        ({"mask_share": 2.0}, "mask_share=2.0 is not a share"),
        ({"teacher_cache": "/proc/nothing"}, "/proc/nothing, where the teacher's answers .* --teacher_cache"),
        ({"unlabelled": ["a.txt", "b.txt", "a.txt"]}, "a.txt more than once"),
        ({"label_smoothing_factor": 0.1}, "has no meaning beside a teacher"),
        ({"task": "tagging", "data": "builtin:orders", "model": "bilstm-crf"}, "must be one that tags words"),
    ],
)
def test_what_does_not_fit_is_refused_before_any_work(distill, tmp_path, settings, said):
    with pytest.raises(InputError, match=said):
        distill(tmp_path / "run", **settings)
    assert not (tmp_path / "run").exists()


def test_a_teacher_of_other_labels_is_refused_with_what_differs(distill, reviews, tmp_path):
    data = shutil.copytree(reviews, tmp_path / "data")
    for path in data.glob("*.csv"):
        path.write_text(path.read_text().replace("negative", "dull"))
    with pytest.raises(InputError, match=r"only the data have dull; only the teacher has negative"):
        distill(tmp_path / "run", data=str(data))


def test_several_teachers_and_the_teachers_own_tokenizer(distill, train, teacher, tmp_path):
    train(tmp_path / "second", num_train_epochs=2, seed=1)
    pair = [teacher, str(tmp_path / "second")]
    record = distill(tmp_path / "run", teacher=pair, num_train_epochs=1, student_tokenizer="teacher")
    assert [each["name"] for each in record.distillation["teachers"]] == pair
    assert (tmp_path / "run" / "tokenizer.json").is_file()


def test_a_finished_run_is_pruned_and_scored(train, tmp_path):
    from hf_seq.distill.prune_vocabulary import main

    before = train(tmp_path / "run", tokenizer_kind="wordpiece", vocab_size=90, num_train_epochs=1)
    record = main([str(tmp_path / "run"), "--vocab_size", "70", "--output", str(tmp_path / "small")])
    assert record.parameters < before.parameters
    assert record.n == before.n
    assert "vocabulary pruned after training" in record.notes[-1]
    with pytest.raises(InputError, match="is in use"):
        main([str(tmp_path / "run"), "--vocab_size", "70", "--output", str(tmp_path / "small")])


def test_the_task_is_the_teachers_where_nobody_names_one(teacher, tmp_path):
    assert distilling.task_of_teacher(["--teacher", teacher, "--data", "d"]) == "classification"
    (tmp_path / "config.json").write_text('{"architectures": ["BertForTokenClassification"]}')
    for words in (["--teacher", str(tmp_path)], [f"--teacher={tmp_path}"], ["--teacher", str(tmp_path), teacher]):
        assert distilling.task_of_teacher(["--data", "d", *words]) == "tagging"
    assert distilling.task_of_teacher(["--teacher", "some/hub-id"]) is None


def test_the_verb_has_its_own_names_for_model_and_folder():
    spelled = distilling.as_train_flags(["--student", "lstm", "--output=x", "--data", "d"])
    assert spelled == ["--model", "lstm", "--output_dir=x", "--data", "d"]


def test_a_students_ngrams_learn_from_the_labels(distill, reviews, tmp_path):
    from hf_seq.tasks.registry import task_named

    record = distill(tmp_path, model="bilstm-wide", num_train_epochs=1)
    assert any("wide part" in note for note in record.notes)
    assert any("n-grams" in note and "counts" in note for note in record.notes)
    model = task_named("classification").predictor(tmp_path).model
    assert model.config.num_ngrams == len(model.wide.keys) > 50
    assert model.wide.weight.abs().sum() > 0


def test_a_vocabulary_too_small_for_the_teachers_letters_is_of_the_students_own(distill, train, tmp_path):
    teacher = {"tokenizer_kind": "wordpiece", "vocab_size": 90, "num_train_epochs": 1}
    train(tmp_path / "teacher", **teacher)
    sizes = []
    for size in (16, 60):
        distill(tmp_path / str(size), teacher=[str(tmp_path / "teacher")], num_train_epochs=1, vocab_size=size)
        vocabulary = json.loads((tmp_path / str(size) / "tokenizer.json").read_text())["model"]
        sizes.append((vocabulary["type"], len(vocabulary["vocab"])))
    assert sizes == [("WordLevel", 16), ("WordPiece", 60)]
