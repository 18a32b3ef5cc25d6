# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which words a teacher's embedding lets stand in for which."""

import random
from collections import Counter

import numpy as np
import pytest
import torch

from hf_seq.distill import similar
from hf_seq.distill.augmentation import Augmentation, Augmenter
from hf_seq.distill.similar import SimilarWords
from tests.distill.test_vocabulary import bert_like

NAMES = ["anna", "berta", "carla", "dora", "emil", "fritz"]
PIECES = ["##ling", "##ing", "##ed"]


@pytest.fixture
def tokenizer():
    return bert_like(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *NAMES, *PIECES, "7", "x"])


def drawn(words, word, count=400):
    generator = random.Random(0)
    return Counter(words.draw(word, generator) for _ in range(count))


def test_a_token_stands_in_for_the_words_of_the_data_nearest_to_it(tokenizer, monkeypatch):
    monkeypatch.setattr(similar, "HOSTS", 2)
    table = torch.randn(len(tokenizer), 8, generator=torch.Generator().manual_seed(1))
    hosts = ["anna", "berta", "carla"]
    found = SimilarWords(tokenizer, table, [*hosts, "7"], "key")

    vectors = table.double().numpy() - table.double().numpy().mean(0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vector = dict(zip(tokenizer.convert_ids_to_tokens(range(len(tokenizer))), vectors, strict=True))
    expected = {host: set() for host in hosts}
    for name in NAMES:
        nearest = sorted((host for host in hosts if host != name), key=lambda host: -vector[host] @ vector[name])
        for host in nearest[:2]:
            expected[host].add(name)
    assert {host: set(drawn(found, host)) for host in hosts} == expected
    assert set().union(*expected.values()) == set(NAMES)  # none is left out


def test_one_piece_of_a_word_changes_and_stays_inside_it(tokenizer):
    table = torch.randn(len(tokenizer), 8, generator=torch.Generator().manual_seed(2))
    found = SimilarWords(tokenizer, table, ["annaling", "bertaing"], "key")
    assert set(drawn(found, "annaling")) <= {f"{name}ling" for name in NAMES} | {"annaing", "annaed"}
    assert set(drawn(found, "bertaing")) & {"bertaling", "bertaed"}


@pytest.mark.parametrize("word", ["7", "x", "qqq", "fritz"])
def test_what_is_no_word_of_letters_or_unknown_or_not_of_the_data_stays(tokenizer, word):
    found = SimilarWords(tokenizer, torch.randn(len(tokenizer), 4), ["anna", "berta", "7", "x", "qqq"], "key")
    assert set(drawn(found, word, 20)) == {word}


def test_a_single_word_has_nothing_like_it_but_what_is_new(tokenizer):
    found = SimilarWords(tokenizer, torch.eye(len(tokenizer)), ["anna"], "key")
    assert "anna" not in drawn(found, "anna")
    assert set(drawn(found, "anna")) == set(NAMES) - {"anna"}


def test_texts_get_the_share_of_similar_words_that_was_asked_for(tokenizer):
    texts = [["anna", "berta", "carla"]]
    nothing = {"mask": 0.0, "replace": 0.0, "ngram": 0.0, "splice": 0.0}
    found = SimilarWords(tokenizer, torch.eye(len(tokenizer)), texts[0], "key")
    augmenter = Augmenter(texts, Augmentation(**nothing, similar=0.4), None, similar=found)
    changed = [new != old for text in augmenter.draw(2_000, (0,)) for new, old in zip(text, texts[0], strict=True)]
    assert np.mean(changed) == pytest.approx(0.4, abs=0.03)
