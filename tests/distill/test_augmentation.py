# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What is made of texts, one change at a time."""

import pytest

from hf_seq.distill.augmentation import LONGEST_WALK, Augmentation, Augmenter
from hf_seq.errors import InputError

TEXTS = [line.split() for line in ("the film was good", "the film was bad", "a plot", "it was good fun")]
NOTHING = {"mask": 0.0, "replace": 0.0, "similar": 0.0, "ngram": 0.0, "splice": 0.0}


def drawn(count=400, mask_token="[MASK]", seed=(0,), texts=TEXTS, **shares):
    return list(Augmenter(texts, Augmentation(**(NOTHING | shares)), mask_token).draw(count, seed))


def test_without_changes_the_texts_come_back_long_ones_more_often():
    texts = drawn(2_000)
    assert {tuple(text) for text in texts} == {tuple(text) for text in TEXTS}
    assert texts.count(TEXTS[0]) / texts.count(TEXTS[2]) == pytest.approx(2, rel=0.2)  # four words against two


def test_the_same_seed_draws_the_same_and_another_draws_others():
    shares = {"mask": 0.2, "replace": 0.2, "ngram": 0.2, "splice": 0.2}
    assert drawn(**shares) == drawn(**shares)
    assert drawn(**shares) != drawn(seed=(1,), **shares)
    assert drawn(50, **shares) == drawn(400, **shares)[:50]


def test_the_share_of_masked_words_is_the_one_asked_for():
    words = [word for text in drawn(2_000, mask=0.3) for word in text]
    assert words.count("[MASK]") / len(words) == pytest.approx(0.3, abs=0.02)


def test_a_teacher_without_a_mask_token_gets_no_masks():
    assert {tuple(text) for text in drawn(mask=0.9, mask_token=None)} == {tuple(text) for text in TEXTS}


def test_ngrams_are_runs_of_up_to_five_words_of_a_text():
    for text in drawn(ngram=1.0):
        assert 1 <= len(text) <= 5
        assert any(text == each[start : start + len(text)] for each in TEXTS for start in range(len(each)))


def test_most_replacements_stand_beside_a_word_that_they_stand_beside_in_the_data():
    pairs = {pair for each in TEXTS for pair in zip(["", *each], [*each, ""], strict=True)}
    seen = []
    for text in drawn(4_000, replace=0.1):
        for given in TEXTS:
            places = [place for place, word in enumerate(text) if len(text) == len(given) and word != given[place]]
            if len(places) == 1:
                (place,) = places
                around = ["", *text, ""][place : place + 3]
                seen.append((around[0], around[1]) in pairs or (around[1], around[2]) in pairs)
    assert len(seen) > 300
    assert sum(seen) / len(seen) > 0.8  # a third is drawn from all words


def test_splicing_goes_on_as_another_text_that_shares_two_words():
    spliced = {" ".join(text) for text in drawn(2_000, splice=0.5)}
    assert "the film was good fun" in spliced  # `was good` stands in two texts
    assert "a plot was good" not in spliced


def test_splicing_ends_where_texts_go_in_circles():
    circle = drawn(20, splice=1.0, texts=[["a", "b", "a", "b", "a", "b"]])
    assert max(map(len, circle)) <= LONGEST_WALK


@pytest.mark.parametrize(
    ("shares", "said"), [({"mask": 1.5}, "mask=1.5"), ({"mask": 0.6, "replace": 0.6}, "more than")]
)
def test_shares_that_cannot_be_are_refused(shares, said):
    with pytest.raises(InputError, match=said):
        Augmentation(**shares)


def test_texts_without_a_word_are_refused():
    with pytest.raises(InputError, match="no word"):
        Augmenter([[]], Augmentation(), None)
