# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Baselines of series against the plain definition of each, and again after saving; without sktime they say so."""

import sys

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from hf_seq.baselines import DtwBaseline, MiniRocketBaseline, StatisticsBaseline, load_baseline
from hf_seq.baselines.series import MOST_CELLS, SERIES_BASELINES, _draw, fast_enough, means_of_steps, statistics
from hf_seq.errors import InputError
from hf_seq.files.pretrained import PretrainedUnavailable


def make_rows(count=30, seed=0):
    """Two classes that differ in the slope of the first channel."""
    draw = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    series = []
    for label in labels:
        row = draw.normal(size=(int(draw.integers(9, 14)), 2))
        row[:, 0] += (1 if label else -1) * np.linspace(0, 4, len(row))
        series.append(row)
    return series, labels


def dtw(one, two):
    """Dynamic time warping as it is written down: squared differences, the cheapest of three steps."""
    cost = np.full((len(one) + 1, len(two) + 1), np.inf)
    cost[0, 0] = 0
    for i, x in enumerate(one, 1):
        for j, y in enumerate(two, 1):
            cost[i, j] = ((x - y) ** 2).sum() + min(cost[i - 1, j], cost[i, j - 1], cost[i - 1, j - 1])
    return cost[-1, -1]


def needs_sktime():
    pytest.importorskip("numba")
    pytest.importorskip("sktime")


def test_statistics_are_what_they_are_called():
    series = np.array([[1.0, -4.0], [3.0, 0.0], [2.0, 4.0]])
    found = statistics([series])[0]
    expected = [[2, 0], series.std(0), [1, -4], [3, 4], [1, -4], [2, 4], [1.5, 4]]
    np.testing.assert_allclose(found, [*np.concatenate(expected), np.log(3)])


def test_logistic_regression_over_statistics_is_that_of_scikit_learn():
    series, labels = make_rows()
    baseline = StatisticsBaseline(label_names=["down", "up"]).fit(series, labels)
    steps = np.concatenate(series)
    scaled = [(row - steps.mean(0)) / steps.std(0) for row in series]
    features = statistics(scaled)
    features = (features - features.mean(0)) / features.std(0)
    expected = LogisticRegression(max_iter=1000).fit(features, labels).predict_proba(features)
    np.testing.assert_allclose(baseline.predict_scores(series), expected, atol=1e-3)


def test_the_nearest_series_by_warping_is_the_nearest_by_its_definition():
    needs_sktime()
    series, labels = make_rows()
    series[2][3, 1] = np.nan
    test, _ = make_rows(8, seed=1)
    baseline = DtwBaseline(label_names=["down", "up"]).fit(series, labels)
    steps = np.concatenate(series)
    mean, std = np.nanmean(steps, 0), np.nanstd(steps, 0)
    scaled = [np.nan_to_num((row - mean) / std) for row in series]
    nearest = [int(np.argmin([dtw((row - mean) / std, other) for other in scaled])) for row in test]
    np.testing.assert_array_equal(baseline.predict_scores(test), np.eye(2)[labels[nearest]])


@pytest.mark.slow
def test_minirocket_tells_classes_apart_and_gives_values_for_values():
    needs_sktime()
    series, labels = make_rows()
    test, gold = make_rows(20, seed=1)
    scores = MiniRocketBaseline(label_names=["down", "up"]).fit(series, labels).predict_scores(test)
    assert (scores.argmax(1) == gold).mean() > 0.85
    np.testing.assert_allclose(scores.sum(1), 1)
    slopes = [row[-1, 0] - row[0, 0] for row in series]
    values = MiniRocketBaseline("regression").fit(series, slopes).predict_scores(test)
    assert np.corrcoef(values[:, 0], [row[-1, 0] - row[0, 0] for row in test])[0, 1] > 0.8


@pytest.mark.parametrize(
    "kind", [pytest.param(k, marks=pytest.mark.slow if k == "minirocket" else ()) for k in SERIES_BASELINES]
)
def test_a_saved_baseline_answers_as_before(tmp_path, kind):
    if kind != "statistics":
        needs_sktime()
    series, labels = make_rows()
    test, _ = make_rows(6, seed=2)
    baseline = SERIES_BASELINES[kind](label_names=["down", "up"]).fit(series, labels)
    baseline.save(tmp_path)
    again = load_baseline(tmp_path)
    assert type(again) is type(baseline)
    np.testing.assert_allclose(again.predict_scores(test), baseline.predict_scores(test), atol=1e-5)
    assert not list(tmp_path.glob("*.pkl"))


def test_several_labels_and_values_are_answered():
    series, labels = make_rows()
    several = StatisticsBaseline("multi_label_classification").fit(series, np.stack([labels, 1 - labels], axis=1))
    assert ((several.predict_scores(series) > 0.5) == np.stack([labels, 1 - labels], axis=1)).mean() > 0.9
    lengths = [len(row) for row in series]
    values = StatisticsBaseline("regression").fit(series, lengths).predict_scores(series)
    assert np.corrcoef(values[:, 0], lengths)[0, 1] > 0.9


@pytest.mark.parametrize("kind", ["dtw", "minirocket"])
def test_without_sktime_a_baseline_says_what_to_install(kind, monkeypatch):
    for name in ("sktime", "numba"):
        monkeypatch.setitem(sys.modules, name, None)
    for name in [name for name in sys.modules if name.startswith(("sktime.", "numba."))]:
        monkeypatch.delitem(sys.modules, name)
    series, labels = make_rows()
    with pytest.raises(PretrainedUnavailable, match=rf"{kind} needs sktime and numba.*hf_seq\[timeseries\]"):
        SERIES_BASELINES[kind](label_names=["down", "up"]).fit(series, labels)


def test_series_of_other_channels_are_refused():
    series, labels = make_rows()
    baseline = StatisticsBaseline(label_names=["down", "up"]).fit(series, labels)
    with pytest.raises(InputError, match="series 0 has 3 channels a step, but 2 are expected"):
        baseline.predict_scores([np.zeros((4, 3))])


@pytest.mark.parametrize(
    ("rows", "longest", "joined", "kept"),
    [
        (270, 29, 1, 270),
        (7494, 8, 1, 7494),
        (537, 1344, 7, 537),  # 192 steps: 537 x 192 x 192 = 2.0e7
        (100_000, 1344, 21, 4882),  # 64 steps, 2e7 / 4,096 series
        (1, 10_000, 3, 1),
    ],
)
def test_dtw_looks_at_so_many_pairs_of_steps_that_an_answer_is_quick(rows, longest, joined, kept):
    assert fast_enough(rows, longest) == (joined, kept)
    assert kept * (-(-longest // joined)) ** 2 <= MOST_CELLS


def test_neighbouring_steps_are_averaged_and_the_last_few_too():
    row = np.arange(14.0).reshape(7, 2)
    expected = [row[:3].mean(0), row[3:6].mean(0), row[6]]
    np.testing.assert_allclose(means_of_steps(row, 3), expected)
    assert means_of_steps(row, 1) is row


def test_rows_are_drawn_in_the_proportions_of_their_labels():
    labels = np.repeat([0, 1, 2], [600, 300, 100])
    chosen = _draw(labels, 100, "single_label_classification")
    assert len(set(chosen)) == 100
    np.testing.assert_allclose(np.bincount(labels[chosen]), [60, 30, 10], atol=1)


def test_what_dtw_leaves_out_is_said_and_kept(monkeypatch, tmp_path):
    needs_sktime()
    monkeypatch.setattr("hf_seq.baselines.series.MOST_CELLS", 20 * 5**2)
    monkeypatch.setattr("hf_seq.baselines.series.FEWEST_STEPS", 5)
    series, labels = make_rows()
    baseline = DtwBaseline("single_label_classification", ["down", "up"]).fit(series, labels)
    assert [note.split(",")[0] for note in baseline.notes] == [
        "dtw sees the means of 3 neighbouring steps",
        "dtw keeps 20 of 30 train series",
    ]
    baseline.save(tmp_path)
    answers = [int(row.argmax()) for row in load_baseline(tmp_path).predict_scores(series)]
    assert np.mean(np.array(answers) == labels) > 0.9
