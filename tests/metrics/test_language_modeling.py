# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What a language model's loss is per, and intervals that know that neighbours are alike."""

import math

import numpy as np
import pytest

from hf_seq.errors import InputError
from hf_seq.metrics.language_modeling import (
    BLOCK,
    compute_language_metrics,
    into_blocks,
    language_interval,
    language_paired_difference,
)


def test_each_unit_is_what_its_name_says():
    # three tokens of probability 1/2, 1/4 and 1/8, which stand for 6 characters
    scores = compute_language_metrics(np.log([2, 4, 8]), [1, 2, 3])
    assert scores["nats_per_token"] == pytest.approx(2 * math.log(2))
    assert scores["perplexity"] == pytest.approx(4)
    assert scores["nats_per_character"] == pytest.approx(math.log(2))
    assert scores["bits_per_character"] == pytest.approx(1)
    assert (scores["tokens"], scores["characters"]) == (3, 6)


def test_blocks_lose_nothing_and_are_the_same_for_other_tokens():
    rng = np.random.default_rng(0)
    characters = rng.integers(1, 5, size=3000)
    nats = rng.exponential(size=3000)
    blocks = into_blocks(nats, characters)
    assert blocks.nats.sum() == pytest.approx(nats.sum())
    assert (blocks.characters.sum(), blocks.tokens.sum()) == (characters.sum(), 3000)
    assert np.abs(blocks.characters[1:-1] - BLOCK).max() < 5
    single = into_blocks(np.repeat(nats / characters, characters), np.ones(characters.sum()))
    assert len(single.nats) == len(blocks.nats)
    assert np.abs(np.cumsum(single.characters) - np.cumsum(blocks.characters)).max() < 5


def test_blocks_of_texts_are_the_texts():
    blocks = into_blocks([1.0, 2.0, 3.0, 4.0], [1, 1, 0, 5], documents=[0, 0, 0, 1])
    assert blocks.nats.tolist() == [6, 4]
    assert blocks.characters.tolist() == [2, 5]
    assert blocks.tokens.tolist() == [3, 1]


def test_interval_covers_the_true_mean_as_often_as_it_says_though_neighbours_are_alike():
    covered = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        passages = np.repeat(rng.gamma(4.0, 0.25, size=400), 32)  # mean 1; the same for 32 characters in a row
        low, high = language_interval(into_blocks(passages, np.ones(len(passages))))
        covered += low <= 1.0 <= high
    assert 51 <= covered <= 60  # tokens resampled one by one cover the mean about 20 times in 60


def test_interval_of_perplexity_is_that_of_its_logarithm():
    rng = np.random.default_rng(1)
    blocks = into_blocks(rng.exponential(size=5000), np.ones(5000))
    logs = language_interval(blocks, "nats_per_token")
    assert language_interval(blocks, "perplexity") == pytest.approx(np.exp(logs))


def test_a_text_of_few_blocks_has_no_interval():
    assert language_interval(into_blocks(np.ones(BLOCK), np.ones(BLOCK))) is None


def test_a_difference_in_pairs_sees_what_two_intervals_hide():
    rng = np.random.default_rng(2)
    hard = np.repeat(rng.gamma(2.0, 0.5, size=40), BLOCK)
    a, b = into_blocks(hard, np.ones(len(hard))), into_blocks(hard * 0.98, np.ones(len(hard)))
    found = language_paired_difference(a, b)
    difference, (low, high), p = found.difference, found.interval, found.p_value
    assert difference == pytest.approx(0.02 * hard.mean())
    assert 0 < low < difference < high
    assert p < 0.01
    assert language_interval(b)[1] > language_interval(a)[0]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: compute_language_metrics([], []), "no token to score"),
        (lambda: compute_language_metrics([1.0], [1, 2]), "1 costs but 2 widths"),
        (lambda: language_interval(into_blocks(np.ones(4000), np.ones(4000)), "accuracy"), "'accuracy' is not a score"),
        (
            lambda: language_paired_difference(into_blocks([1.0], [1]), into_blocks([1.0, 1], [1, 300])),
            "1 blocks and the other on 2",
        ),
    ],
)
def test_what_cannot_be_scored_is_refused(call, words):
    with pytest.raises(InputError, match=words):
        call()
