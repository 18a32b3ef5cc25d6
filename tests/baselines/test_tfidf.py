# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
import random

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from hf_seq.baselines import TfidfBaseline


def test_texts_without_blanks_between_words_are_read_by_letters(tmp_path):
    """A whole sentence is one word to a tokenizer that splits at blanks, and no sentence comes twice."""
    good, bad, fill = "好喜欢", "难讨厌", "这部电影我们昨天晚上一起在家里"
    draw = random.Random(0)
    texts, labels = [], []
    for row in range(120):
        words = [draw.choice(fill) for _ in range(9)]
        words.insert(draw.randrange(9), draw.choice((good, bad)[row % 2]))
        texts.append("".join(words))
        labels.append(row % 2)
    baseline = TfidfBaseline(label_names=["good", "bad"]).fit(texts[:80], labels[:80])
    right = (baseline.predict_scores(texts[80:]).argmax(1) == labels[80:]).mean()
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    by_words = LogisticRegression().fit(words.fit_transform(texts[:80]), labels[:80])
    assert right > 0.8
    assert by_words.score(words.transform(texts[80:]), labels[80:]) < 0.7
    baseline.save(tmp_path / "saved")
    again = TfidfBaseline.load(tmp_path / "saved")
    assert np.array_equal(again.predict_scores(texts), baseline.predict_scores(texts))
