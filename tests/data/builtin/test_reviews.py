# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""builtin:reviews: quick, the same everywhere, balanced, and not to be solved by counting words."""

import hashlib
import json
from collections import Counter

import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from hf_seq.data import check_splits, load_splits
from hf_seq.data.builtin.reviews import LABELS, make_reviews
from hf_seq.text import train_tokenizer


@pytest.fixture(scope="module")
def splits():
    return load_splits("builtin:reviews")


def test_the_same_seed_makes_the_same_reviews_on_every_machine():
    content = json.dumps(make_reviews(500, seed=0)).encode()
    assert hashlib.sha256(content).hexdigest() == "4200421711f7ef2b1f0dd75164ed1f38df0f349e6920cb2368a81c52b8ff91c4"
    assert make_reviews(500, seed=1) != make_reviews(500, seed=0)


def test_as_many_are_made_as_asked():
    assert len(make_reviews(7_000, seed=0)) == 7_000


def test_labels_are_balanced_and_no_text_comes_twice():
    reviews = make_reviews(3_000, seed=0)
    assert Counter(review["label"] for review in reviews) == dict.fromkeys(LABELS, 1_000)
    assert len({review["text"] for review in reviews}) == 3_000


def test_the_checks_have_nothing_to_say(splits):
    report = check_splits(splits, tokenizer=train_tokenizer(splits.train["text"]), max_length=128)
    assert (report.errors, report.warnings) == ([], [])


def test_splits_do_not_depend_on_the_seed_of_training(splits):
    assert load_splits("builtin:reviews", seed=5).fingerprint == splits.fingerprint
    assert (splits.label_names, splits.test_split) == (["negative", "neutral", "positive"], "test")


def test_word_and_word_pair_counts_stay_far_below_what_is_there_to_know(splits):
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    model = LogisticRegression(C=10, max_iter=500).fit(
        vectorizer.fit_transform(splits.train["text"]), splits.train["label"]
    )
    assert 0.6 < model.score(vectorizer.transform(splits.test["text"]), splits.test["label"]) < 0.8
