# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What the command line does, called from Python: same results, objects back, errors that name keywords."""

import contextlib
import io
import logging
import os
from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import accuracy_score

import hf_seq
from hf_seq.api import verbs
from hf_seq.api.trained import TrainedModel
from hf_seq.api.words import keywords
from hf_seq.cli import main
from hf_seq.compare.options import plan_runs
from hf_seq.progress import logger

CELLS = [(a, b, c) for a in ("a", "my", "one") for b in ("good", "bad") for c in ("film", "book", "song", "game")]
TEXTS = [f"{a} {b} {c} {d}" for a, b, c in CELLS for d in ("here", "now", "again")]
LABELS = ["praise" if " good " in text else "blame" for text in TEXTS]
FRAME = pd.DataFrame({"body": TEXTS, "verdict": LABELS})
DATA = {"train": FRAME, "test": FRAME[::2]}
TINY = {"num_train_epochs": 1, "hidden_size": 8, "vocab_size": 100}


@pytest.fixture(scope="module")
def trained():
    return hf_seq.train(DATA, "bilstm", text_column="body", label_column="verdict", **TINY)


def test_a_trained_model_answers_as_its_folder_does(trained):
    again = hf_seq.load(trained.folder)
    assert trained("a good film now") == again("a good film now")
    assert list(trained.predict(TEXTS[:3])) == list(again.predict(TEXTS[:3]))


def test_its_score_is_that_of_its_answers(trained):
    answers = [answer["label"] for answer in trained.predict(TEXTS[::2])]
    assert trained.score == pytest.approx(100 * accuracy_score(LABELS[::2], answers))
    assert trained.record.n == len(TEXTS[::2])


def test_the_same_file_by_the_command_line_gives_the_same_weights(trained, tmp_path):
    for split, rows in DATA.items():
        rows.to_csv(tmp_path / f"{split}.csv", index=False)
    flags = [f"--{name}={value}" for name, value in TINY.items()]
    flags += ["--data", str(tmp_path), "--model", "bilstm", "--output_dir", str(tmp_path / "run")]
    with contextlib.redirect_stdout(io.StringIO()):
        assert main(["train", *flags]) == 0
    mine, theirs = trained.model.state_dict(), hf_seq.load(tmp_path / "run").model.state_dict()
    assert all(value.equal(theirs[name]) for name, value in mine.items())


def test_its_folder_is_what_transformers_loads_and_can_be_kept(trained, tmp_path):
    from transformers import AutoModelForSequenceClassification

    assert AutoModelForSequenceClassification.from_pretrained(trained.folder).config.hidden_size == 8
    kept = trained.save(tmp_path / "kept")
    assert kept.record == trained.record
    with pytest.raises(hf_seq.InputError, match="is in use"):
        trained.save(tmp_path / "kept")


def test_a_program_that_goes_to_another_directory_still_knows_where_its_model_is(trained, tmp_path, monkeypatch):
    folder = trained.folder.absolute()
    monkeypatch.chdir(folder.parent)
    relative = TrainedModel(folder.name)
    assert str(relative.folder) == folder.name
    monkeypatch.chdir(tmp_path)
    assert relative.folder == Path(os.fspath(relative)) == folder
    assert relative.record == trained.record


def test_a_folder_a_trained_model_and_a_predictor_are_scored_alike(trained):
    rows = (TEXTS[:10], LABELS[:10])
    predictor = hf_seq.Predictor(trained.model, trained.tokenizer)
    scores = {hf_seq.evaluate(each, rows).score for each in (trained, str(trained.folder), predictor)}
    assert scores == {100 * accuracy_score(LABELS[:10], [answer["label"] for answer in trained.predict(TEXTS[:10])])}
    assert hf_seq.evaluate(trained).score == trained.score


def test_nothing_is_printed_and_the_log_says_how_it_goes(capsys, caplog, monkeypatch):
    monkeypatch.setattr(logger, "handlers", [])  # as in a program that did not ask
    caplog.set_level(logging.INFO, logger="hf_seq")
    hf_seq.train(DATA, "majority")
    hf_seq.compare(DATA, ["majority"], calls=1, robustness_rows=0)
    assert capsys.readouterr().out == ""
    assert "memory:" in caplog.text


def test_a_comparison_is_that_of_the_command_line(tmp_path):
    found = hf_seq.compare(DATA, ["majority", "tfidf"], output=tmp_path / "out", calls=1, robustness_rows=0)
    assert [row.record.model for row in found.rows] == ["majority", "tfidf"]
    assert (tmp_path / "out" / "report.html").is_file()
    assert found.verdict in (tmp_path / "out" / "table.md").read_text(encoding="utf-8").replace("&lt;", "<")


def test_settings_for_one_model_reach_that_model_alone(monkeypatch):
    monkeypatch.setattr(verbs, "run_comparison", lambda options, console: plan_runs(options))
    plan = hf_seq.compare(DATA, ["gru", "lstm"], seeds=[1, 2], per_model={"gru": {"hidden_size": 6}}, **TINY)
    assert {name: [run.recipe.hidden_size for run in runs] for name, runs in plan.items()} == {
        "gru": [6, 6],
        "lstm": [8, 8],
    }
    assert [run.seed for run in plan["gru"]] == [1, 2]
    with pytest.raises(hf_seq.InputError, match="no setting 'hidden_sise'; did you mean hidden_size"):
        hf_seq.compare(DATA, ["gru"], per_model={"gru": {"hidden_sise": 6}})


def test_a_student_learns_from_a_trained_model(trained):
    texts = ["a good bad film", "my song\nagain"]
    student = hf_seq.distill(trained, DATA, "gru", unlabelled_texts=texts, augmented_rows=0, **TINY)
    assert student.record.distillation["transfer_set"] == {"labelled": 65, "unlabelled.txt": 2}  # 7 are validation


def test_a_check_finds_what_is_wrong():
    report = hf_seq.check({"text": [*TEXTS, ""], "label": [*LABELS, "praise"]})
    assert "text-empty" in {finding.code for finding in report.warnings}
    assert hf_seq.check(DATA).errors == []


def test_errors_name_keywords_and_nothing_is_lost(trained):
    before = trained.record
    with pytest.raises(hf_seq.InputError, match=r"output_dir .* is in use; .* add resume=True .*, overwrite=True"):
        hf_seq.train(DATA, "bilstm", output=trained.folder, **TINY)
    with pytest.raises(hf_seq.InputError, match=r"no setting 'num_epochs'; did you mean num_train_epochs"):
        hf_seq.train(DATA, num_epochs=3)
    with pytest.raises(hf_seq.InputError, match=r"output='a' and output_dir='b' name the same thing"):
        hf_seq.train(DATA, output="a", output_dir="b")
    with pytest.raises(hf_seq.InputError, match=r"unlabelled_texts must be a list of strings"):
        hf_seq.distill(trained, DATA, unlabelled_texts="a text")
    assert trained.record == before


def test_commands_in_errors_stay_commands():
    said = "--text_column body is not there; see `hf-seq check --data x`, or add --redo."
    assert keywords(said) == "text_column body is not there; see `hf-seq check --data x`, or add redo=True."
