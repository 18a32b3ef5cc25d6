# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from hf_seq.errors import InputError
from hf_seq.reports.predictions import read_predictions, write_predictions


@pytest.mark.parametrize("gold", [[0, 2], [[1, 0, 1], [0, 0, 1]], [0.5, -3.25]], ids=["one", "several", "values"])
def test_predictions_come_back_as_they_were_written(tmp_path, gold):
    scores = np.array([[0.1, 0.2, 0.7], [0.25, 0.5, 0.25]])
    write_predictions(tmp_path, gold, scores)
    read_gold, read_scores = read_predictions(tmp_path)
    np.testing.assert_array_equal(read_gold, gold)
    np.testing.assert_allclose(read_scores, scores)


@pytest.mark.parametrize("unit", [1e-9, 1e-4, 1.0, 1e5])
def test_values_in_any_unit_come_back_with_six_digits(tmp_path, unit):
    values = unit * np.random.default_rng(0).normal(size=(50, 1))
    write_predictions(tmp_path, values[:, 0], values)
    np.testing.assert_allclose(read_predictions(tmp_path)[1], values, rtol=1e-5)


def test_unlikely_labels_keep_their_ranks(tmp_path):
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 2, 60)
    rare = 10 ** (rng.uniform(-12, -7, 60) + gold)  # where a yes is rare, all of its probabilities may be tiny
    scores = np.stack([1 - rare, rare], axis=1)
    write_predictions(tmp_path, gold, scores)
    assert roc_auc_score(gold, read_predictions(tmp_path)[1][:, 1]) == roc_auc_score(gold, rare) != 0.5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "does not exist"),
        ('{"row": 0, "gold": 1, "scores": [1]}\n{"row": 0', "line 2 is broken"),
        ('{"row": 1, "gold": 1, "scores": [1]}\n', "row 1 stands where row 0 should"),
        ('{"row": 0, "gold": 1}\n', "line 1 is broken"),
        ('{"row": 0, "gold": 1, "scores": ["much"]}\n', "is broken .*'much'"),
        (
            '{"row": 0, "gold": 1, "scores": [1]}\n{"row": 1, "gold": 1, "scores": [0, 1]}\n',
            "is broken",
        ),
    ],
)
def test_missing_or_broken_predictions_are_refused_with_their_line(tmp_path, content, words):
    if content is not None:
        (tmp_path / "predictions.jsonl").write_text(content)
    with pytest.raises(InputError, match=words):
        read_predictions(tmp_path)
