# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Thresholds against brute force over scikit-learn's scores."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_recall_curve, precision_score, recall_score

from hf_seq.errors import InputError
from hf_seq.metrics.classification import decide
from hf_seq.metrics.thresholds import all_thresholds, best_f1, for_precision

RNG = np.random.default_rng(0)


def rows(n=200, digits=2):
    gold = RNG.random(n) < 0.3
    return np.round(np.clip(0.5 * gold + 0.6 * RNG.random(n), 0, 1), digits), gold


def test_what_a_threshold_promises_is_what_it_gives():
    scores, gold = rows()
    for each in all_thresholds(scores, gold):
        said = scores > each.value
        assert each.yes == said.sum()
        assert each.precision == pytest.approx(precision_score(gold, said))
        assert each.recall == pytest.approx(recall_score(gold, said))
        assert each.f1 == pytest.approx(f1_score(gold, said))


def test_every_way_to_part_the_rows_is_there_once():
    scores, gold = rows()
    precision, recall, _ = precision_recall_curve(gold, scores)  # its last point is no threshold
    found = {(round(each.precision, 9), round(each.recall, 9)) for each in all_thresholds(scores, gold)}
    assert found == {(round(p, 9), round(r, 9)) for p, r in zip(precision[:-1], recall[:-1], strict=True)}


@pytest.mark.parametrize("digits", [1, 2, 12])
def test_the_best_f1_is_that_of_all_cuts(digits):
    scores, gold = rows(digits=digits)
    cuts = np.unique(scores) - 1e-13
    assert best_f1(scores, gold).f1 == pytest.approx(max(f1_score(gold, scores > cut) for cut in cuts))


@pytest.mark.parametrize("wanted", [0.5, 0.8, 1.0])
def test_a_wanted_precision_is_kept_with_the_best_recall_there_is(wanted):
    scores, gold = rows()
    found = for_precision(scores, gold, wanted)
    assert found.precision >= wanted
    cuts = [scores > cut for cut in np.unique(scores) - 1e-13]
    assert found.recall == pytest.approx(
        max(recall_score(gold, said) for said in cuts if precision_score(gold, said) >= wanted)
    )


def test_a_precision_out_of_reach_is_refused_with_the_highest_there_is():
    with pytest.raises(
        InputError, match=r"No threshold gives a precision of 0.9 .* highest is 0.500, at a recall of 1"
    ):
        for_precision([0.9, 0.9, 0.1], [True, False, False], 0.9)
    with pytest.raises(InputError, match="none of 2 rows is positive"):
        best_f1([0.1, 0.2], [False, False])


def test_two_labels_are_parted_at_the_threshold_of_the_second():
    yes = np.array([0.1, 0.29, 0.31, 0.9])
    scores = np.stack([1 - yes, yes], axis=1)
    assert decide(scores, "single_label_classification", thresholds=[0.7, 0.3]).tolist() == [0, 0, 1, 1]
    assert decide(scores, "single_label_classification", thresholds=[0.5, 0.5]).tolist() == scores.argmax(1).tolist()


def test_several_labels_have_a_threshold_each():
    scores = [[0.4, 0.4], [0.6, 0.6]]
    assert decide(scores, "multi_label_classification", thresholds=[0.5, 0.3]).tolist() == [[0, 1], [1, 1]]
