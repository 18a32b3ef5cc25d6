# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The student of a comparison: taught by the very model beside it, seed by seed, once, and honestly judged."""

import io
import json
import shutil
from contextlib import redirect_stdout

import numpy as np
import pytest
from rich.console import Console

from hf_seq.compare.options import CompareOptions, parse_options, plan_runs
from hf_seq.compare.running import compare
from hf_seq.compare.student_runs import start_over_for_others
from hf_seq.distill.preparation import TEACHERS, unlabelled_facts
from hf_seq.distill.teacher import weights_key
from hf_seq.errors import InputError
from hf_seq.predictors.text import Predictor
from hf_seq.reports.comparison import compare_runs
from hf_seq.reports.record import Record
from hf_seq.reports.students import judge_students
from hf_seq.reports.verdict import Difference

SMALL = [
    *("--hidden_size", "8", "--embedding_size=8", "--num_train_epochs", "1", "--vocab_size", "200", "--calls", "5"),
    *("--robustness_rows", "0", "--student.augmented_rows", "24"),
]


@pytest.fixture(scope="module", autouse=True)
def _own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_SEQ_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def big(train, tmp_path_factory):
    """What stands in for a pretrained model: a folder that can be trained further."""
    folder = tmp_path_factory.mktemp("pretrained") / "big"
    train(folder, "transformer", hidden_size=16, embedding_size=None, num_attention_heads=2, intermediate_size=16)
    return folder


def run(data, output, models, *more):
    options = parse_options(["--data", data, "--models", models, "--output", str(output), *SMALL, *more])
    with redirect_stdout(io.StringIO()) as printed:
        comparison = compare(options, console=Console(file=io.StringIO()))
    return comparison, printed.getvalue()


def words_for(big):
    return "--seeds", "0,1", f"--{big}.num_train_epochs", "1"


@pytest.fixture(scope="module")
def finished(reviews, big, tmp_path_factory):
    output = tmp_path_factory.mktemp("out") / "cmp"
    comparison, said = run(
        reviews, output, f"bilstm-wide,student,{big}", "--seeds", "0,1", f"--{big}.num_train_epochs", "1"
    )
    return output, comparison, said


def test_the_student_of_a_seed_learns_from_the_model_of_that_seed(finished):
    output, comparison, said = finished
    assert [row.record.model for row in comparison.rows][:2] == [
        "bilstm-wide",
        "student",
    ]  # the order that was asked for
    for folder in ("student", "student.seed1"):
        (teacher,) = Record.read(output / "models" / folder).distillation["teachers"]
        assert teacher["name"].endswith(folder.replace("student", comparison.rows[2].home.name))
    assert said.index("student, seed 0") > said.index("big, seed 1")
    answer = Predictor.from_pretrained(output / "models/student")("the film was good")
    assert answer["label"] in ("negative", "positive")


def test_the_teacher_of_the_table_is_the_one_who_taught(finished):
    _, comparison, _ = finished
    assert comparison.teacher is comparison.rows[2]
    assert comparison.rows[1].record.label == "student (bilstm-wide of big)"


def test_the_verdict_tells_what_teaching_brought(finished):
    _, comparison, _ = finished
    student, alone = comparison.rows[1], comparison.rows[0]
    points = np.mean(student.seed_scores) - np.mean(alone.seed_scores)
    assert f"{points:+.1f}".replace("-", "−") in comparison.verdict
    assert "which learned from labels alone" in comparison.verdict


def test_run_again_nothing_is_trained_and_a_moved_folder_is_known_again(finished, reviews, big, tmp_path):
    output, comparison, _ = finished
    moved = tmp_path / "moved"
    output.rename(moved)
    try:
        again, said = run(
            reviews, moved, f"bilstm-wide,student,{big}", "--seeds", "0,1", f"--{big}.num_train_epochs", "1"
        )
    finally:
        moved.rename(output)
    assert again.verdict == comparison.verdict
    assert "epoch" not in said
    assert again.teacher is again.rows[2]


def test_a_student_of_other_weights_is_trained_again(reviews, big, tmp_path):
    run(reviews, tmp_path, f"{big},student", f"--{big}.num_train_epochs", "1")
    first = json.loads((tmp_path / "models/student/.run.json").read_text())["the teacher"]
    _, said = run(reviews, tmp_path, f"{big},student", f"--{big}.num_train_epochs", "2", "--redo")
    assert json.loads((tmp_path / "models/student/.run.json").read_text())["the teacher"] != first
    assert "texts answered" in said


@pytest.mark.parametrize("changed", ["the teacher", "the unlabelled text", None])
def test_a_finished_student_starts_over_where_what_it_learned_from_is_another(big, tmp_path, changed):
    teacher, more = tmp_path / "teacher", tmp_path / "more.txt"
    shutil.copytree(big, teacher)
    more.write_text("a fine film\n")
    words = ["--data=builtin:reviews", f"--output={tmp_path}", "--models=lstm,student"]
    options = parse_options([*words, f"--student.teacher={teacher}", f"--student.unlabelled={more}"])
    (student,) = plan_runs(options)["student"]
    student.folder.mkdir(parents=True)
    facts = {TEACHERS: [weights_key(teacher)], **unlabelled_facts(student.recipe)}
    (student.folder / ".run.json").write_text(json.dumps(facts))
    if changed == "the teacher":
        (teacher / "model.safetensors").write_bytes(b"other weights")
    elif changed is not None:
        more.write_text("a dull film\n")
    student.recipe.resume = True
    start_over_for_others(student)
    assert (student.recipe.overwrite, student.recipe.resume) == (changed is not None, changed is None)


def test_a_student_whose_teacher_is_out_of_reach_is_a_row_that_says_so(reviews, tmp_path, monkeypatch):
    monkeypatch.setattr("hf_seq.files.pretrained._from_wheel", lambda: None)
    comparison, _ = run(reviews, tmp_path, "majority,bilstm,distilbert,student")
    assert [row.done for row in comparison.rows] == [True, True, False, False]
    assert "student was not run: its teacher distilbert was not run." in comparison.verdict


def test_the_usual_models_have_a_student_wherever_they_have_a_teacher():
    for task in ("classification", "tagging"):
        plan = plan_runs(CompareOptions(data="builtin:reviews", task=task, output="out", seeds="0,3"))
        (first, second) = plan["student"]
        assert first.recipe.teacher == ["out/models/distilbert"]
        assert second.recipe.teacher == ["out/models/distilbert.seed3"]


def test_flags_for_models_from_scratch_go_to_the_student_where_they_mean_something(big):
    argv = ["--data", "builtin:reviews", "--output", "out", "--models", f"lstm,{big},student", "--hidden_size", "32"]
    argv += ["--label_smoothing_factor", "0.1", "--student.model", "gru", "--student.temperature", "2"]
    plan = plan_runs(parse_options(argv))
    recipe, arguments = plan["student"][0].recipe, plan["student"][0].arguments
    assert (recipe.model, recipe.hidden_size, recipe.temperature) == ("gru", 32, 2.0)
    assert (arguments.label_smoothing_factor, plan["lstm"][0].arguments.label_smoothing_factor) == (0.0, 0.1)


def test_another_teacher_may_be_named(big, tmp_path):
    argv = ["--data", "builtin:reviews", "--output", "out", "--models", "lstm,student", "--student.teacher", str(big)]
    assert plan_runs(parse_options(argv))["student"][0].recipe.teacher == [str(big)]
    argv[5] = f"distilbert,{big},student"
    folder = str(big).strip("/").replace("/", "--")
    assert plan_runs(parse_options(argv))["student"][0].recipe.teacher == [f"out/models/{folder}"]


@pytest.mark.parametrize(
    ("task", "models", "words"),
    [
        (
            "classification",
            "lstm,student",
            "no pretrained model that it could learn from.*lstm,student,distil",
        ),
        ("classification", "tfidf,student", r"--student\.teacher FOLDER"),
        ("series", "lstm,student", "models of the task series learn from no teacher"),
    ],
)
def test_a_student_whom_nobody_can_teach_is_refused(task, models, words):
    with pytest.raises(InputError, match=words):
        plan_runs(CompareOptions(data="builtin:reviews", task=task, output="out", models=models))


def test_a_difference_that_the_verdict_has_told_is_not_told_twice(finished):
    output, comparison, _ = finished
    _, student, teacher = comparison.rows
    said = judge_students(
        [student, teacher], [student, teacher], lambda *_: Difference(1, (0, 2), 0.01), percent=True, lower=False
    )
    assert said == ""
    told = judge_students([student, teacher], [], lambda *_: Difference(-7, (-9, -5), 0.001), percent=True, lower=False)
    assert told.startswith("student (bilstm-wide of big) is ")
    assert compare_runs({"student": [output / "models/student"]}).verdict.startswith("Only student")


def test_a_row_that_starts_from_a_pretrained_model_is_named_by_both(reviews, big, tmp_path):
    comparison, _ = run(reviews, tmp_path, f"bilstm,bilstm+{big},student,{big}")
    started = comparison.rows[1]
    assert comparison.teacher is comparison.rows[3]
    assert (started.record.label, started.small, started.kind) == ("bilstm+big", True, "bilstm")
    assert started.record.recipe["start_from"] == str(big)
    argv = ["--data", "d", "--output", "o", "--models", "lstm,bilstm+distilbert", "--word_vectors", "v.txt"]
    plan = plan_runs(parse_options([*argv, "--hidden_size", "32"]))
    assert plan["bilstm+distilbert"][0].recipe.word_vectors is None
    assert plan["bilstm+distilbert"][0].recipe.hidden_size == 32
    with pytest.raises(InputError, match=r"write bilstm\+distilbert"):
        plan_runs(CompareOptions(data="d", output="o", models="bilstm+"))
    with pytest.raises(InputError, match="models of series start from no pretrained one"):
        plan_runs(CompareOptions(data="d", output="o", task="series", models="bilstm+distilbert"))
