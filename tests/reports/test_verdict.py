# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
import pytest

from hf_seq.metrics.power import mcnemar_rows, normal_rows
from hf_seq.reports.verdict import Contender, Difference, judge, ratio, rows_to_tell, show_difference, show_p, verdict

SMALL = Contender("bilstm", 90.0, bytes=1_000_000, latency_ms=0.5)
LARGE = Contender("distilbert", 91.0, bytes=250_000_000, latency_ms=40.0)
BAG = Contender("tfidf", 80.0, bytes=400_000, latency_ms=0.6)


@pytest.mark.parametrize(
    ("difference", "n", "expected"),
    [
        (Difference(-3.0, (-5.0, -1.0), 0.004), 872, "worse"),
        (Difference(-3.0, (-5.0, -1.0), 0.04, 0.28), 872, "worse"),  # no correction softens bad news
        (Difference(3.0, (1.0, 5.0), 0.004), 872, "better"),
        (Difference(3.0, (1.0, 4.9), 0.04, 0.16), 872, "within noise"),  # one of four: 0.04 is not enough
        (Difference(0.5, (-1.0, 2.0), 0.5), 872, "within noise"),
        (Difference(0.5, (-7.0, 8.0), 0.9), 100, "too few rows"),
        (Difference(0.0, (0.0, 0.0), 1.0), 20, "too few rows"),  # agreement on 20 rows shows little
        (Difference(float("nan"), (float("nan"), float("nan")), float("nan")), 872, "undefined"),
    ],
)
def test_a_difference_is_judged_by_fixed_rules(difference, n, expected):
    assert judge(difference, n) == expected


def test_the_margin_shrinks_with_the_scale_of_a_correlation():
    difference = Difference(0.01, (-0.2, 0.22), 0.8)
    assert judge(difference, 500, percent=False) == "too few rows"
    assert judge(difference, 500, percent=True) == "within noise"


def test_within_noise_gives_numbers_and_what_is_saved():
    said = verdict(SMALL, LARGE, Difference(-0.4, (-2.1, 1.2), 0.61, discordant=0.06), n=872)
    assert said == (
        "bilstm is within noise of distilbert on these 872 rows (−0.4, 95 % interval −2.1 to +1.2, p = 0.61), "
        "250x smaller and 80x faster; to tell a difference of 1.0 points takes about 4,800 rows."
    )


def test_rows_that_would_tell_are_those_of_the_difference_seen_by_the_test_that_is_used():
    seen = Difference(-3.0, (-7.0, 1.0), 0.2, discordant=0.1)
    assert rows_to_tell(seen, 200) == (mcnemar_rows(0.1, 0.03), 3.0)
    assert rows_to_tell(Difference(-3.0, (-7.0, 1.0), 0.2), 200) == (normal_rows(0.04, 200, 0.03), 3.0)
    assert rows_to_tell(Difference(0.02, (-0.05, 0.09), 0.2), 200, percent=False)[1] == 0.02
    assert rows_to_tell(seen, 5000) is None  # there are enough already
    assert rows_to_tell(Difference(0.0, (0.0, 0.0), 1.0), 20) is None
    assert rows_to_tell(Difference(0.0, (0.0, 0.0), 1.0, discordant=0.0), 20) == (mcnemar_rows(0.01, 0.01), 1.0)


def test_the_corrected_p_value_is_shown_where_it_reads_otherwise():
    assert show_difference(Difference(1.0, (0.1, 2.0), 0.02, 0.06)).endswith("p = 0.020, 0.060 by Holm")
    assert show_difference(Difference(1.0, (0.1, 2.0), 0.02, 0.02)).endswith("p = 0.020")
    assert show_difference(Difference(1.0, (0.1, 2.0), 1e-9, 5e-9)).endswith("p < 0.001")


def test_one_training_speaks_of_the_trained_models():
    seen = Difference(-0.4, (-2.1, 1.2), 0.61)
    one, other = (Contender(name, 90.0, seeds=seeds) for name, seeds in (("lstm", 1), ("distilbert", 1)))
    assert verdict(one, other, seen, n=872).endswith(
        ". This is one training each of lstm and distilbert: another training may order them otherwise."
    )
    assert "This is one training of lstm:" in verdict(one, BAG, seen, n=872)  # the bag of words has no seed
    several = Contender("lstm", 90.0, seeds=3)
    assert "training" not in verdict(several, BAG, seen, n=872)


def test_worse_is_said_first_and_costs_after():
    said = verdict(SMALL, LARGE, Difference(-6.2, (-8.0, -4.1), 1e-9), n=872, tried=4)
    assert said.startswith("bilstm (the best of 4 here) is worse than distilbert on these 872 rows (−6.2,")
    assert "p < 0.001); it is 250x smaller and 80x faster." in said


def test_too_few_rows_claims_nothing():
    said = verdict(SMALL, LARGE, Difference(1.0, (-9.0, 11.0), 1.0), n=50)
    assert said.startswith("50 rows are too few to tell bilstm from distilbert")
    assert "noise" not in said
    assert "better" not in said


def test_a_model_that_does_not_beat_the_bag_of_words_is_told_so():
    same = (BAG, Difference(0.2, (-1.5, 1.8), 0.8))
    assert "it does not beat tfidf" in verdict(SMALL, LARGE, Difference(-3, (-4, -2), 1e-5), n=872, floor=same)
    below = (BAG, Difference(-4.0, (-6.0, -2.0), 1e-4))
    assert "worse than tfidf" in verdict(SMALL, LARGE, Difference(-3, (-4, -2), 1e-5), n=872, floor=below)


def test_a_larger_or_slower_model_is_not_praised():
    said = verdict(LARGE, BAG, Difference(9.0, (7.0, 11.0), 1e-9), n=872)
    assert "625x larger and 67x slower" in said


def test_unknown_costs_are_left_out():
    said = verdict(Contender("a", 1), Contender("b", 1), Difference(0, (-1, 1), 1.0), n=900)
    assert "p = 1.00); to tell a difference" in said


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [(1, 40, "40x smaller"), (10, 13, "1.3x smaller"), (13, 10, "1.3x larger"), (100, 102, None), (0, 5, None)],
)
def test_ratios_keep_the_digits_that_mean_something(one, other, said):
    assert ratio(one, other, "smaller", "larger") == said


@pytest.mark.parametrize(("p", "said"), [(0.0004, "p < 0.001"), (0.0123, "p = 0.012"), (0.456, "p = 0.46")])
def test_p_values_are_not_shown_more_exactly_than_they_are(p, said):
    assert show_p(p) == said
