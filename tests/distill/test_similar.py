# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which words a teacher's embedding lets stand in for which."""

import random
from collections import Counter

import numpy as np
import pytest
import torch
from torch import nn

from hf_seq.distill import similar
from hf_seq.distill.augmentation import Augmentation, Augmenter
from hf_seq.distill.similar import SimilarWords
from tests.text.test_borrowed_tokenizers import bert_like

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


def vectors_by_letter(tokenizer):
    """Words with the same first letter are alike."""

    def describe(pieces):
        spelled = [tokenizer.convert_ids_to_tokens(list(each))[0] for each in pieces]
        return torch.stack(
            [nn.functional.one_hot(torch.tensor(ord(word[0]) - ord("a")), 26) for word in spelled]
        ).float()

    return describe


def test_words_of_unlabelled_texts_that_the_teacher_parts_stand_in_whole_for_the_words_of_the_data_like_them(
    tokenizer, monkeypatch
):
    monkeypatch.setattr(similar, "HOSTS", 1)
    texts = ["annaing and bertaling!", "7 bertaing qqq", "emil berta, annaling"]
    table = torch.randn(len(tokenizer), 8, generator=torch.Generator().manual_seed(3))
    given = tokenizer, table, ["anna", "berta"], "key"
    found, alone = SimilarWords(*given, vectors_by_letter(tokenizer), lambda: texts), SimilarWords(*given)
    words_like = {word: set(words) for word, words in found._words_like.items()}
    assert words_like == {"anna": {"annaing", "annaling"}, "berta": {"bertaling", "bertaing"}}
    assert set(drawn(found, "anna")) >= {"annaing", "annaling"}
    assert not set(drawn(found, "anna")) & {"bertaing", "bertaling"}
    assert found.count("anna") == alone.count("anna") + 2


def test_words_of_the_data_are_no_news_to_them(tokenizer):
    words, texts = ["anna", "annaing"], ["annaing", "anna"]
    found = SimilarWords(
        tokenizer, torch.eye(len(tokenizer)), words, "key", vectors_by_letter(tokenizer), lambda: texts
    )
    assert found._words_like == {}


def test_words_that_are_alike_are_found_once_and_kept(tokenizer, tmp_path):
    given = tokenizer, torch.eye(len(tokenizer)), ["anna", "berta"]
    describe, texts = vectors_by_letter(tokenizer), ["annaing"]
    found = SimilarWords(*given, "key", describe, lambda: texts, tmp_path)._words_like
    assert found == SimilarWords(*given, "key", describe, lambda: texts)._words_like
    asked = []
    again = SimilarWords(*given, "key", asked.append, lambda: asked, tmp_path)
    assert again._words_like == found
    assert not asked
    changed = SimilarWords(*given, "other", describe, lambda: ["annaling"], tmp_path)
    assert set(changed._words_like["anna"]) == {"annaling"}


def test_only_the_commonest_words_of_unlabelled_texts_are_looked_at(tokenizer, monkeypatch):
    monkeypatch.setattr(similar, "MOST_WORDS", 1)
    describe, texts = vectors_by_letter(tokenizer), ["annaing", "annaling", "annaling"]
    found = SimilarWords(tokenizer, torch.eye(len(tokenizer)), ["anna"], "key", describe, lambda: texts)
    assert found._words_like == {"anna": ["annaling"]}


def test_a_frequent_word_is_not_replaced_more_often_than_a_rare_one_with_as_many_like_it(tokenizer):
    texts = [["anna"] * 20 + ["berta"] * 5 + ["carla"] * 5]
    nothing = {"mask": 0.0, "replace": 0.0, "ngram": 0.0, "splice": 0.0}
    found = SimilarWords(tokenizer, torch.eye(len(tokenizer)), texts[0], "key")
    augmenter = Augmenter(texts, Augmentation(**nothing, similar=0.2), None, similar=found)
    replaced = Counter(
        old for text in augmenter.draw(2_000, (0,)) for new, old in zip(text, texts[0], strict=True) if new != old
    )
    stand_ins = {word: found.count(word) for word in replaced}
    expected = 0.2 * 30 * 2_000 * np.array([stand_ins[word] for word in ["anna", "berta", "carla"]])
    expected /= sum(stand_ins.values())
    assert [replaced["anna"], replaced["berta"], replaced["carla"]] == pytest.approx(expected.tolist(), rel=0.1)


def test_no_word_is_replaced_more_than_half_of_the_times(tokenizer):
    texts = [["anna", *["7"] * 9]]  # nothing is like a number
    nothing = {"mask": 0.0, "replace": 0.0, "ngram": 0.0, "splice": 0.0}
    found = SimilarWords(tokenizer, torch.eye(len(tokenizer)), texts[0], "key")
    augmenter = Augmenter(texts, Augmentation(**nothing, similar=0.4), None, similar=found)
    assert np.mean([text[0] != "anna" for text in augmenter.draw(2_000, (0,))]) == pytest.approx(0.5, abs=0.04)


def test_texts_get_the_share_of_similar_words_that_was_asked_for(tokenizer):
    texts = [["anna", "berta", "carla"]]
    nothing = {"mask": 0.0, "replace": 0.0, "ngram": 0.0, "splice": 0.0}
    found = SimilarWords(tokenizer, torch.eye(len(tokenizer)), texts[0], "key")
    augmenter = Augmenter(texts, Augmentation(**nothing, similar=0.4), None, similar=found)
    changed = [new != old for text in augmenter.draw(2_000, (0,)) for new, old in zip(text, texts[0], strict=True)]
    assert np.mean(changed) == pytest.approx(0.4, abs=0.03)


def test_what_is_drawn_does_not_depend_on_the_order_of_the_vocabulary(tokenizer, monkeypatch):
    # that of a fast tokenizer is another in each process; two processes of one distillation would mean other texts
    table = torch.randn(len(tokenizer), 8, generator=torch.Generator().manual_seed(1))
    vocabulary = sorted(tokenizer.get_vocab().items())

    def texts(order):
        monkeypatch.setattr(tokenizer, "get_vocab", lambda: dict(order))
        found = SimilarWords(tokenizer, table, NAMES, "key")
        return list(Augmenter([NAMES] * 20, Augmentation(similar=0.5), None, found).draw(50, [0]))

    assert texts(vocabulary) == texts(vocabulary[::-1])
