# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from hf_seq.compare.robustness import measure_robustness
from hf_seq.data.disturbances import disturb
from hf_seq.reports.record import Record
from hf_seq.tasks.registry import task_named
from hf_seq.train.parsing import recipe_for


def measured(folder, task_name, data, rows):
    task = task_named(task_name)
    recipe, _ = recipe_for(Record.read(folder).model, data, task=task_name, max_train_rows=200)
    splits = task.data.load(recipe)
    predictor, record = task.predictor(folder), Record.read(folder)
    return measure_robustness(task, recipe, predictor, splits, record, rows), splits, predictor, record


@pytest.fixture(scope="module")
def cased(tmp_path_factory, train):
    """A model that tells the label by capitals."""
    path = tmp_path_factory.mktemp("data") / "cased.csv"
    rows = [
        f"{label},the {word} of row{n % 7}" for n in range(50) for label, word in (("a", "MONDAY"), ("b", "monday"))
    ]
    path.write_text("label,text\n" + "\n".join(rows) + "\n")
    folder = tmp_path_factory.mktemp("run") / "bilstm"
    settings = {"lowercase": False, "learning_rate": 0.05, "num_train_epochs": 8}
    train(folder, data=str(path), **settings)
    return folder, str(path)


def test_the_difference_is_that_of_scoring_disturbed_rows(cased):
    folder, data = cased
    found, splits, predictor, record = measured(folder, "classification", data, 1000)
    assert (found["rows"], record.score) == (len(splits.test), 100)
    gold = np.array(splits.test["label"][:])
    for kind in ("capitals", "lower case", "typos"):
        said = predictor.scores(disturb(splits.test["text"][:], kind)).argmax(1)
        assert found[kind]["difference"] == pytest.approx(100 * np.mean(said == gold) - 100)
        low, high = found[kind]["interval"]
        assert low <= found[kind]["difference"] <= high
    assert found["lower case"]["difference"] == pytest.approx(-50, abs=1)


def test_a_sample_is_the_same_for_every_model_and_run(cased):
    folder, data = cased
    assert measured(folder, "classification", data, 6)[0] == measured(folder, "classification", data, 6)[0]


def test_taggers_read_disturbed_words(tmp_path, train):
    train(tmp_path / "run", "most-frequent", data="builtin:orders", task="tagging", max_train_rows=200)
    found, *_ = measured(tmp_path / "run", "tagging", "builtin:orders", 60)
    assert found["typos"]["difference"] < 0  # a word with a slip was never seen
    assert found["rows"] == 60
