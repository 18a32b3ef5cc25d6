# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Every score against scikit-learn's or scipy's, weights against repeated rows."""

import numpy as np
import pytest
import scipy.stats
from sklearn import metrics as sk

from hf_seq.errors import InputError
from hf_seq.metrics.scores import LABEL_SCORES, VALUE_SCORES, prepare, score

RNG = np.random.default_rng(0)


def labels(num_labels, rows=60):
    references = RNG.integers(0, num_labels, rows)
    return np.where(RNG.random(rows) < 0.6, references, RNG.integers(0, num_labels, rows)), references


@pytest.mark.parametrize("average", ["micro", "macro", "weighted"])
@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
@pytest.mark.parametrize("shape", ["two", "seven", "rare", "several"])
def test_averaged_scores_are_those_of_scikit_learn(name, average, shape):
    if shape == "several":
        predictions, references = RNG.integers(0, 2, (2, 40, 5))
        predictions[:, 3] = references[:, 3] = 0  # a column that nobody uses still counts
    elif shape == "rare":
        predictions, references = np.array([0, 4, 4, 0, 9]), np.array([0, 4, 0, 0, 2])  # 1, 3, 5..8 never occur
    else:
        predictions, references = labels({"two": 2, "seven": 7}[shape])
    oracle = getattr(sk, f"{name}_score")(references, predictions, average=average, zero_division=0)
    assert score(f"{name}_{average}", predictions, references) == pytest.approx(oracle)


@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
def test_plain_score_is_that_of_label_one_or_the_micro_average_of_several_labels(name):
    oracle = getattr(sk, f"{name}_score")
    predictions, references = labels(2)
    assert score(name, predictions, references) == pytest.approx(oracle(references, predictions))
    predictions, references = RNG.integers(0, 2, (2, 30, 4))
    assert score(name, predictions, references) == pytest.approx(oracle(references, predictions, average="micro"))
    assert score(name, [0, 0], [0, 0]) == 0.0


@pytest.mark.parametrize("num_labels", [2, 5])
def test_accuracy_and_matthews_are_those_of_scikit_learn(num_labels):
    predictions, references = labels(num_labels)
    assert score("accuracy", predictions, references) == pytest.approx(sk.accuracy_score(references, predictions))
    oracle = sk.matthews_corrcoef(references, predictions)
    assert score("matthews_correlation", predictions, references) == pytest.approx(oracle)


def test_accuracy_of_several_labels_wants_the_whole_row_right():
    predictions, references = RNG.integers(0, 2, (2, 30, 2))
    assert score("accuracy", predictions, references) == pytest.approx(sk.accuracy_score(references, predictions))


def test_regression_scores_are_those_of_scipy_and_scikit_learn():
    predictions, references = RNG.normal(size=(2, 40)).round(1)  # rounded, so that there are ties
    assert score("pearson", predictions, references) == pytest.approx(scipy.stats.pearsonr(predictions, references)[0])
    oracle = scipy.stats.spearmanr(predictions, references)[0]
    assert score("spearman", predictions, references) == pytest.approx(oracle)
    oracle = sk.mean_squared_error(references, predictions)
    assert score("mean_squared_error", predictions, references) == pytest.approx(oracle)


@pytest.mark.parametrize("name", list(VALUE_SCORES))
def test_regression_with_two_outputs_is_the_mean_over_outputs(name):
    predictions, references = RNG.normal(size=(2, 20, 2))
    columns = [score(name, predictions[:, column], references[:, column]) for column in range(2)]
    assert score(name, predictions, references) == pytest.approx(np.mean(columns))


@pytest.mark.parametrize("name", ["pearson", "spearman"])
def test_correlation_with_a_constant_is_zero(name):
    assert score(name, [0.1, 0.1, 0.1], [1.0, 2.0, 3.5]) == 0.0


@pytest.mark.parametrize("name", [*LABEL_SCORES, *VALUE_SCORES])
def test_a_weight_counts_a_row_as_often_as_repeating_it(name):
    predictions, references = labels(2, rows=25) if name in LABEL_SCORES else RNG.normal(size=(2, 25)).round(1)
    weights = RNG.integers(0, 4, (3, 25))
    function, p, r = prepare(name, predictions, references)
    repeated = [score(name, np.repeat(predictions, w), np.repeat(references, w)) for w in weights]
    np.testing.assert_allclose(function(p, r, weights.astype(float)), repeated, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "predictions", "references", "words"),
    [
        ("accuracy", [0, 1], [0], r"shape \(2,\), references \(1,\)"),
        ("accuracy", [], [], "at least one row"),
        ("accuracy", [0.7], [1], "label ids .* hold 0.7"),
        ("accuracy", [1], [-100], "label ids .* hold -100"),
        ("f1_macro", [[0, 2]], [[0, 1]], "0 or 1, but hold 2"),
        ("f1", [0, 2], [0, 1], "average='binary'"),
        ("matthews_correlation", [[0, 1]], [[0, 1]], "one label per row"),
        ("pearson", [1.0, float("nan")], [1.0, 2.0], "row 1 holds nan"),
        ("acuracy", [0], [0], "no metric 'acuracy'; choose one of accuracy"),
    ],
)
def test_unfit_input_is_refused_with_the_value_seen(name, predictions, references, words):
    with pytest.raises(InputError, match=words):
        score(name, predictions, references)
