# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
import random

import pytest

from hf_seq.data.disturbances import DISTURBANCES, NEIGHBOURS, add_typos, disturb, slip

TEXT = "Nobody expected the weather to change so quickly after lunch, 2024 and all"


def edits(one, other):
    """Damerau-Levenshtein distance with neighbours changing places as one step."""
    table = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            steps = [table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (one[i - 1] != other[j - 1])]
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                steps.append(table[i - 2, j - 2] + 1)
            table[i, j] = min(steps)
    return table[len(one), len(other)]


@pytest.mark.parametrize("word", ["the", "weather", "Letter", "été", "aaa"])
def test_a_slip_is_one_step_behind_the_first_letter(word):
    rng = random.Random(0)
    slips = {slip(word, rng) for _ in range(300)}
    assert all(edits(word, each) <= 1 for each in slips)
    assert all(each[0] == word[0] for each in slips)
    assert len(slips) > 2


def test_one_word_in_ten_has_a_slip_and_short_words_and_numbers_have_none():
    words = ["weather", "to", "2024", "don't"] * 2000
    changed = [
        index for index, (a, b) in enumerate(zip(words, add_typos(words, random.Random(1)), strict=True)) if a != b
    ]
    assert {words[index] for index in changed} == {"weather"}
    assert len(changed) == pytest.approx(200, abs=45)


def test_neighbours_lie_beside_each_other_both_ways():
    assert set(NEIGHBOURS["g"]) == set("fhtyvb")
    assert all(key in NEIGHBOURS[other] for key, others in NEIGHBOURS.items() for other in others)


@pytest.mark.parametrize("kind", DISTURBANCES)
def test_the_number_of_words_stays_and_a_seed_says_it_all(kind):
    texts = [TEXT, "", "two  spaces"]
    for given in (texts, [text.split() for text in texts]):
        once = disturb(given, kind)
        assert once == disturb(given, kind) == [*disturb(given[:2], kind), once[2]]
        assert [len(each.split(" ") if isinstance(each, str) else each) for each in once] == [
            len(each.split(" ") if isinstance(each, str) else each) for each in given
        ]
    assert disturb([TEXT] * 9, "typos", seed=1) != disturb([TEXT] * 9, "typos", seed=2)
