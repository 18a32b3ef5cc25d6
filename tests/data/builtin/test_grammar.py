# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The entropy in closed form, against drawing many sentences and against adding up all of them."""

import math
from random import Random

import pytest

from hf_seq.data.builtin import grammar as source
from hf_seq.data.builtin.grammar import (
    draw_sentence,
    draw_text,
    grammar,
    grammar_entropy,
    sentence_nats,
    write_sentence,
)


def test_every_state_gives_a_distribution_and_a_word_leads_to_one_state():
    for state, choices in grammar().items():
        assert sum(choice.probability for choice in choices) == pytest.approx(1.0), state
        assert len({choice.word for choice in choices}) == len(choices), state


def test_entropy_is_the_mean_surprise_of_sentences_that_are_drawn():
    rng = Random(3)
    sentences = [draw_sentence(rng) for _ in range(20_000)]
    expected = grammar_entropy()
    count = len(sentences)
    nats = sum(map(sentence_nats, sentences)) / count
    words = sum(map(len, sentences)) / count
    characters = sum(len(write_sentence(words)) for words in sentences) / count
    assert nats == pytest.approx(expected.nats_per_sentence, rel=0.01)  # the deviation of the mean is 0.3 %
    assert words == pytest.approx(expected.words, rel=0.01)
    assert characters == pytest.approx(expected.characters, rel=0.01)
    assert nats / words == pytest.approx(expected.nats_per_token, rel=0.01)
    assert nats / characters == pytest.approx(expected.nats_per_character, rel=0.01)


def test_entropy_is_the_sum_over_all_sentences(monkeypatch):
    monkeypatch.setattr(source, "_NOUNS", {"singular": ("dog", "cat"), "plural": ("dogs",)})
    monkeypatch.setattr(source, "_ADJECTIVES", ("old",))
    monkeypatch.setattr(source, "_PLACES", ("river",))
    monkeypatch.setattr(source, "_SEE", {"singular": ("sees",), "plural": ("see",)})
    monkeypatch.setattr(source, "_REST", {"singular": ("waits",), "plural": ("wait",)})
    source.grammar.cache_clear()
    source.grammar_entropy.cache_clear()
    try:
        total = nats = words = characters = 0.0
        waiting = [((), source.START, 1.0)]
        while waiting:
            said, state, probability = waiting.pop()
            for choice in source.grammar()[state]:
                sentence, p = (*said, choice.word), probability * choice.probability
                if choice.next is not None:
                    waiting.append((sentence, choice.next, p))
                    continue
                total += p
                nats -= p * math.log(p)
                words += p * len(sentence)
                characters += p * len(write_sentence(list(sentence)))
        entropy = source.grammar_entropy()
        assert total == pytest.approx(1.0)
        assert (nats, words, characters) == pytest.approx(
            (entropy.nats_per_sentence, entropy.words, entropy.characters)
        )
    finally:
        source.grammar.cache_clear()
        source.grammar_entropy.cache_clear()


def test_what_the_grammar_forbids_costs_infinitely_much():
    assert math.isfinite(sentence_nats(["the", "dogs", "that", "a", "girl", "sees", "wait", "."]))
    for wrong in ("the dogs that a girl sees waits .", "the dogs", "a dogs wait .", "wait .", "the dog waits . the"):
        assert sentence_nats(wrong.split()) == math.inf


def test_text_is_the_same_every_time_and_another_for_another_seed():
    assert draw_text(30, 7) == draw_text(30, 7) != draw_text(30, 8)
    assert draw_text(2, 0) == draw_text(30, 0)[: len(draw_text(2, 0))]
