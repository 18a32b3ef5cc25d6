# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`builtin:grammar`: English-looking text from a small grammar whose entropy is known exactly.

    the old dogs that a girl near the river sees often bark quietly.

Words are drawn one by one from a finite automaton: a state says which words may come, how likely each is, and where it
leads. A word never leads to two states, so the words tell the state, and the entropy of a sentence is the sum over the
states of how often they are expected to be visited times the entropy of the word drawn there (Cover & Thomas 2006,
section 4.2). Sentences are independent, so entropy per word and per character follow by division.

The main verb agrees with its subject across what stands between them, so a model has to remember to get there.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random

import numpy as np

from hf_seq.data.readers.tables import Table

SPLIT_SENTENCES = {"train": 40_000, "validation": 2_000, "test": 4_000}
BUILTIN_SEED = 0
END = "."
"""Last word of a sentence; it is written without a blank before it and with a line feed after it."""

SINGULAR, PLURAL = "singular", "plural"
_NOUNS = {
    SINGULAR: ("dog", "cat", "girl", "teacher", "farmer", "horse", "king", "sailor"),
    PLURAL: ("dogs", "cats", "girls", "teachers", "farmers", "horses", "kings", "sailors"),
}
_PLACES = ("river", "house", "garden", "bridge", "tower", "harbour")
_DETERMINERS = {"the": (SINGULAR, PLURAL), "a": (SINGULAR,), "every": (SINGULAR,), "two": (PLURAL,), "many": (PLURAL,)}
_ADJECTIVES = ("old", "small", "young", "quiet", "clever", "brown")
_SEE = {
    SINGULAR: ("sees", "likes", "follows", "greets", "finds", "hears"),
    PLURAL: ("see", "like", "follow", "greet", "find", "hear"),
}
_REST = {
    SINGULAR: ("sleeps", "waits", "sings", "runs"),
    PLURAL: ("sleep", "wait", "sing", "run"),
}
_ADVERBS = ("quietly", "often", "today", "again", "slowly")

State = tuple[str, ...]
START: State = ("subject",)
ENDING: State = ("ending",)


@dataclass(frozen=True)
class Choice:
    """A word that may come, how likely it is, and the state that it leads to; None ends the sentence."""

    word: str
    probability: float
    next: State | None


@dataclass(frozen=True)
class Entropy:
    """What is known of the source.

    Attributes:
        nats_per_sentence: entropy of a sentence.
        words: expected words of a sentence, the full stop included.
        characters: expected characters of a sentence, blanks, full stop and line feed included.
    """

    nats_per_sentence: float
    words: float
    characters: float

    @property
    def nats_per_token(self) -> float:
        """No model of words, full stops included, can reach a lower mean loss."""
        return self.nats_per_sentence / self.words

    @property
    def nats_per_character(self) -> float:
        """No model of characters, whatever its tokens, can reach a lower mean loss."""
        return self.nats_per_sentence / self.characters


@cache
def grammar() -> Mapping[State, tuple[Choice, ...]]:
    """Build the automaton: the choices of every state that can be reached from `("subject",)`."""
    states: dict[State, tuple[Choice, ...]] = {}
    waiting: list[State] = [START]
    while waiting:
        state = waiting.pop()
        if state in states:
            continue
        states[state] = tuple(_choices(state))
        waiting += [choice.next for choice in states[state] if choice.next is not None]
    return states


def _choices(state: State) -> list[Choice]:
    """Return the words of a state: (role, what is remembered, place in the phrase).

    Roles: `subject`; `relative`, the subject of "that the girl sees", which remembers the number of the noun before;
    `object`; `ending`. Where no place is named, a determiner comes.
    """
    role, place = state[0], state[-1]
    if state in (("subject",), ("object",)) or (role == "relative" and len(state) == 2):
        return _spread({word: (*state, *numbers, "noun") for word, numbers in _DETERMINERS.items()}, 1.0)
    if place in ("noun", "adjective noun"):
        return _noun_phrase(state)
    if place == "after":
        return _after_subject(state[1])
    if place == "near the":
        return [Choice("the", 1.0, (*state[:-1], "near"))]
    if place == "near":
        return _spread(dict.fromkeys(_PLACES, ("subject", state[1], "verb")), 1.0)
    if place == "verb":
        return _verb(state)
    if state == ENDING:
        return [Choice(END, 0.7, None), *_spread(dict.fromkeys(_ADVERBS, ("full stop",)), 0.3)]
    return [Choice(END, 1.0, None)]


def _noun_phrase(state: State) -> list[Choice]:
    """Return an adjective, at most one, or a noun of one of the numbers that the determiner allows."""
    role, before = state[0], state[1:2] if state[0] == "relative" else ()
    numbers = [part for part in state[1 + len(before) : -1] if part in (SINGULAR, PLURAL)]
    share = 1.0 if state[-1] == "adjective noun" else 0.7
    nouns: dict[str, State] = {}
    for number in numbers:
        after = {"subject": ("subject", number, "after"), "object": ENDING, "relative": ("relative", *before, number)}
        nouns |= dict.fromkeys(_NOUNS[number], (*after[role], "verb") if role == "relative" else after[role])
    choices = _spread(nouns, share)
    if share < 1.0:
        choices += _spread(dict.fromkeys(_ADJECTIVES, (*state[:-1], "adjective noun")), 1.0 - share)
    return choices


def _after_subject(number: str) -> list[Choice]:
    """Return what follows the subject's noun: "that ...", "near the ...", or its verb."""
    verb = ("subject", number, "verb")
    return [
        Choice("that", 0.2, ("relative", number)),
        Choice("near", 0.15, ("subject", number, "near the")),
        *(Choice(each.word, 0.65 * each.probability, each.next) for each in _verb(verb)),
    ]


def _verb(state: State) -> list[Choice]:
    """Return the verb that agrees: with the subject, or with the noun inside the relative clause."""
    number = state[-2]
    if state[0] == "relative":
        return _spread(dict.fromkeys(_SEE[number], ("subject", state[1], "verb")), 1.0)
    seen, resting = dict.fromkeys(_SEE[number], ("object",)), dict.fromkeys(_REST[number], ENDING)
    return [*_spread(seen, 0.6), *_spread(resting, 0.4)]


def _spread(words: Mapping[str, State], share: float) -> list[Choice]:
    """Share a probability out among words by Zipf's law: the n-th gets a part in proportion to 1 / n."""
    weights = [1.0 / (rank + 1) for rank in range(len(words))]
    total = sum(weights)
    return [
        Choice(word, share * weight / total, after)
        for (word, after), weight in zip(words.items(), weights, strict=True)
    ]


@cache
def grammar_entropy() -> Entropy:
    """Compute the entropy of the source, in closed form.

    With Q the probabilities of going from state to state, the expected visits v to each state solve
    v = start + v Q, a linear system; everything else is a sum over the states.
    """
    states = list(grammar())
    index = {state: number for number, state in enumerate(states)}
    moves = np.zeros((len(states), len(states)))
    nats, characters = np.zeros(len(states)), np.zeros(len(states))
    for state, choices in grammar().items():
        here = index[state]
        for choice in choices:
            nats[here] -= choice.probability * math.log(choice.probability)
            characters[here] += choice.probability * _width(choice.word)
            if choice.next is not None:
                moves[here, index[choice.next]] += choice.probability
    start = np.zeros(len(states))
    start[index[START]] = 1.0
    visits = np.linalg.solve(np.eye(len(states)) - moves.T, start)
    return Entropy(float(visits @ nats), float(visits.sum()), float(visits @ characters))


def _width(word: str) -> int:
    """Count the characters that a word adds to a text: itself and a blank, or a line feed after the full stop."""
    return 1 if word == END else len(word) + 1


def draw_sentence(rng: Random) -> list[str]:
    """Draw one sentence as words, the full stop included."""
    words: list[str] = []
    state: State | None = START
    while state is not None:
        choices = grammar()[state]
        choice = rng.choices(choices, [each.probability for each in choices])[0]
        words.append(choice.word)
        state = choice.next
    return words


def write_sentence(words: list[str]) -> str:
    """Write words as a line of text, its line feed included."""
    return " ".join(words[:-1]) + words[-1] + "\n"


def sentence_nats(words: list[str]) -> float:
    """Compute minus the log of a sentence's probability under the source itself; infinite if it cannot be."""
    state: State | None = START
    nats = 0.0
    for word in words:
        choice = next((each for each in grammar().get(state, ()) if each.word == word), None) if state else None
        if choice is None:
            return math.inf
        nats -= math.log(choice.probability)
        state = choice.next
    return nats if state is None else math.inf


def draw_text(sentences: int, seed: int) -> str:
    """Draw a text of so many sentences, a line each; the same on every machine."""
    rng = Random(seed)
    return "".join(write_sentence(draw_sentence(rng)) for _ in range(sentences))


def read_builtin_grammar() -> tuple[dict[str, Table], dict[str, list[str]]]:
    """Return the three splits of `builtin:grammar`, one text each."""
    tables = {
        name: Table({"text": [draw_text(sentences, BUILTIN_SEED + number)]})
        for number, (name, sentences) in enumerate(SPLIT_SENTENCES.items())
    }
    return tables, {}
