"""Regression on several targets: lists of amounts, or columns of numbers that are named together."""

import csv
import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hf_seq import load
from hf_seq.cli import main
from hf_seq.data import load_splits
from hf_seq.errors import InputError

ROWS = [(f"{'good ' * (n % 4)}film number {n} of {n % 7} hours", (n % 4) / 2 - 0.5, 10.0 * (n % 7)) for n in range(120)]


def _write(path, rows=ROWS, names=("text", "quality", "hours")):
    with path.open("w", newline="") as sink:
        csv.writer(sink).writerows([names, *rows])
    return path


def test_columns_of_numbers_named_together_are_targets(tmp_path):
    splits = load_splits(_write(tmp_path / "a.csv"), label_columns=["quality", "hours"])
    assert (splits.problem_type, splits.label_names, splits.num_labels) == ("regression", ["quality", "hours"], 2)
    assert splits.train["label"][:] == [list(ROWS[row - 1][1:]) for row in splits.train["row"]]
    assert any("hours" in note and "differ in scale" in note for note in splits.notes)
    assert splits.positive is None


def test_a_list_of_amounts_in_a_cell_is_targets_without_names(tmp_path):
    rows = [{"text": f"text number {n}", "label": [-0.97, n / 7, 1.25 * n]} for n in range(40)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    splits = load_splits(tmp_path / "a.jsonl")
    assert splits.label_names == ["target 1", "target 2", "target 3"]
    assert splits.test["label"][:] == [rows[n - 1]["label"] for n in splits.test["row"]]
    as_text = [(row["text"], json.dumps(row["label"])) for row in rows]
    again = load_splits(_write(tmp_path / "a.csv", as_text, ("text", "label")))
    assert again.test["label"][:] == splits.test["label"][:]


def test_ids_and_bits_stay_names_of_labels(tmp_path):
    rows = [{"text": f"text number {n}", "label": [n % 3, 3 + n % 2]} for n in range(40)]
    (tmp_path / "ids.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert load_splits(tmp_path / "ids.jsonl").problem_type == "multi_label_classification"
    bits = [(f"text number {n}", n % 2, n // 2 % 2) for n in range(40)]
    splits = load_splits(_write(tmp_path / "b.csv", bits), label_columns=["quality", "hours"])
    assert splits.problem_type == "multi_label_classification"
    asked = load_splits(tmp_path / "b.csv", label_columns=["quality", "hours"], problem_type="regression")
    assert asked.problem_type == "regression"
    assert asked.train["label"][:] == [[float(n % 2), float(n // 2 % 2)] for n in (r - 1 for r in asked.train["row"])]


@pytest.mark.parametrize(
    ("cell", "words"), [("many", "'many' in column 'hours', which is not a finite number"), ("inf", "'inf' in column")]
)
def test_what_is_no_number_among_targets_is_refused(tmp_path, cell, words):
    rows = [*ROWS[:60], ("a film", 1.0, cell)]
    with pytest.raises(InputError, match=words):
        load_splits(_write(tmp_path / "a.csv", rows), label_columns=["quality", "hours"], problem_type="regression")


def test_a_slip_among_bits_stays_an_error_that_names_regression(tmp_path):
    rows = [(f"text number {n}", n % 2, 7 if n == 30 else n // 2 % 2) for n in range(60)]
    with pytest.raises(InputError, match=r"row 31 has '7' in column 'hours'.*--problem_type regression"):
        load_splits(_write(tmp_path / "a.csv", rows), label_columns=["quality", "hours"])


def test_a_row_with_fewer_targets_is_named(tmp_path):
    rows = [{"text": f"text number {n}", "label": [n / 7, 1.5][: 1 if n == 4 else 2]} for n in range(40)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(InputError, match=r"not a list of 2 finite numbers.*row 5"):
        load_splits(tmp_path / "a.jsonl")


def test_several_targets_are_trained_scored_answered_and_compared(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    _write(tmp_path / "a.csv")
    small = ["--embedding_size", "8", "--hidden_size", "8", "--num_train_epochs", "2", "--disable_tqdm", "true"]
    data = ["--data", "a.csv", "--label_columns", "quality", "hours"]
    models = ["--models", "majority,tfidf,fasttext,bilstm"]
    assert main(["compare", *data, *models, "--output", "cmp", *small]) in (0, None)
    capsys.readouterr()
    record = json.loads((tmp_path / "cmp" / "models" / "bilstm" / "record.json").read_text())
    splits = load_splits("a.csv", label_columns=["quality", "hours"])
    gold = np.array(splits.test["label"][:])
    predictor = load(tmp_path / "cmp" / "models" / "bilstm")
    said = np.array([each["score"] for each in predictor.predict(splits.test["text"][:])])
    by_hand = np.mean([stats.pearsonr(said[:, k], gold[:, k])[0] for k in range(2)])
    assert record["score"] == pytest.approx(by_hand, abs=1e-5)
    assert "fasttext learns labels, not numbers" in (tmp_path / "cmp" / "table.md").read_text()
    assert "quality" in (tmp_path / "cmp" / "report.html").read_text()

    model = str(tmp_path / "cmp" / "models" / "bilstm")
    for kind in ("csv", "parquet"):
        assert main(["predict", model, "--data", "a.csv", "--output", f"said.{kind}"]) in (0, None)
    table = pd.read_csv(tmp_path / "said.csv")
    texts = pd.read_csv(tmp_path / "a.csv")["text"]
    expected = np.array([each["score"] for each in predictor.predict(texts)])
    np.testing.assert_allclose(table[["quality", "hours"]], expected, atol=1e-5)
    assert list(pd.read_parquet(tmp_path / "said.parquet")) == list(table)
    assert main(["predict", model, "--input", "a.csv", "--output", "bulk", "--workers", "1"]) in (0, None)
    bulk = pd.read_csv(tmp_path / "bulk" / "a.csv")
    np.testing.assert_allclose(bulk[["predicted_quality", "predicted_hours"]], expected, atol=1e-5)
    capsys.readouterr()
    assert main(["predict", model, "--output_columns", "h=hours", "--", "text number 3"]) in (0, None)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]).keys() == {"h"}
