# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""`builtin:reviews`: short synthetic reviews in three classes, where the order of the words decides.

A review is one judgement between sentences that judge nothing. Words like "not" and "but" turn the judgement around,
often from some words away, and sentences without judgement hold the same words to no effect, so that counting words
and word pairs is not enough. How a judgement p (positive, neutral, negative) is put:

plain      the soup was really lovely                                       an adjective of p
negated    nobody could call the soup lovely · not bad at all               an adjective of the opposite, turned around
contrast   the soup was dreadful when it came, but ... the waiter was kind  another judgement first, then p, which
decides concession the waiter was kind, even though the soup was dreadful           p first, and still decides

Made for demonstrations and tests. It says nothing about how people write, and a score on it nothing about real reviews.
"""

from dataclasses import dataclass
from random import Random
from typing import Any

from hf_seq.data.builtin.review_words import (
    ASIDES,
    CLOSINGS,
    DOMAINS,
    FILLERS,
    INTENSIFIERS,
    NEGATIVE,
    NEUTRAL,
    OPENINGS,
    POSITIVE,
    Aspect,
)
from hf_seq.data.readers.tables import Table

LABELS = ["negative", "neutral", "positive"]
SPLIT_ROWS = {"train": 5_000, "validation": 600, "test": 1_200}
BUILTIN_SEED = 0

# Share of each way to put a judgement; tuned so that TF-IDF with logistic regression gets about 70 %.
WAYS = {"plain": 0.46, "negated": 0.22, "contrast": 0.18, "concession": 0.14}

_NEGATED = [
    "{the} {was} not {how} {word}",
    "{the} {was} not {word} at all",
    "I would not call {the} {word}",
    "nobody in our group would describe {the} as {word}",
    "{the} {was} far from {word}",
    "{the} {was} anything but {word}",
    "at no point {was} {the} {how} {word}",
    "I never found {the} to be {how} {word}",
    "I can't say that {the} {was} in any way {word}",
    "there was nothing {word} about {the}",
    "it would be wrong to say that {the} {was} {word}",
    "I don't think anyone could say {the} {was} {how} {word}",
]
_PLAIN = [
    "{the} {was} {how} {word}",
    "{the} {was} {word}",
    "I found {the} {how} {word}",
    "we all thought that {the} {was} {how} {word}",
    "{the} turned out to be {how} {word}",
    "I would call {the} {word}",
    "to me {the} seemed {how} {word} from start to finish",
    "everybody in our group would describe {the} as {word}",
]
_NEITHER = [
    "{the} {was} neither {good} nor {bad}",
    "{the} {was} neither {bad} nor {good}",
    "I would not call {the} {good}, and I would not call {the} {bad} either",
    "{the} {was} not {bad}, and not {good} either",
    "{the} {was} not {good}, and not {bad} either",
]
_CONTRAST = [
    "{other} {aside}, but {judgement}",
    "although {other} {aside}, {judgement}",
    "{other} {aside}. Still, {judgement}",
    "{other} {aside}, yet in the end {judgement}",
    "you could say that {other} {aside}, however {judgement}",
    "friends had told us that {other}, but {judgement} {aside}",
]
_CONCESSION = [
    "{judgement} {aside}, even though {other}",
    "{judgement} {aside}, although {other}",
    "{judgement} {aside}, never mind that {other}",
    "{judgement} {aside}, despite the fact that {other}",
]


@dataclass(frozen=True)
class _Scene:
    """What one review is about, and the dice."""

    random: Random
    domain: str

    def pick(self, choices: list[Any]) -> Any:
        return choices[int(self.random.random() * len(choices))]

    def aspect(self) -> Aspect:
        return self.pick(DOMAINS[self.domain])


def make_reviews(rows: int, seed: int) -> list[dict[str, str]]:
    """Make reviews, all different, the three labels in equal shares and random order.

    Args:
        rows: how many; up to some hundred thousand.
        seed: the same seed makes the same reviews on every machine.

    Returns:
        Rows with `text` and `label`, one of `negative`, `neutral`, `positive`.
    """
    random = Random(seed)
    labels = [LABELS[index % len(LABELS)] for index in range(rows)]
    random.shuffle(labels)
    seen: set[str] = set()
    made = []
    for label in labels:
        text = _review(random, LABELS.index(label) - 1)
        while text in seen:
            text = _review(random, LABELS.index(label) - 1)
        seen.add(text)
        made.append({"text": text, "label": label})
    return made


def read_builtin_reviews() -> tuple[dict[str, Table], dict[str, list[str]]]:
    """Return the splits of `builtin:reviews`, and the names of its labels; no text is in two splits."""
    reviews = make_reviews(sum(SPLIT_ROWS.values()), BUILTIN_SEED)
    tables = {}
    start = 0
    for split, rows in SPLIT_ROWS.items():
        part = reviews[start : start + rows]
        tables[split] = Table({"text": [row["text"] for row in part], "label": [row["label"] for row in part]})
        start += rows
    return tables, {"label": LABELS}


def _review(random: Random, polarity: int) -> str:
    """Draw one to four sentences around a judgement of polarity -1, 0 or 1."""
    scene = _Scene(random, list(DOMAINS)[int(random.random() * len(DOMAINS))])
    sentences = [_judgement(scene, polarity)]
    if random.random() < 0.6:
        sentences.insert(0, _filled(scene, OPENINGS))
    if random.random() < 0.5:
        sentences.append(_filled(scene, CLOSINGS))
    return " ".join(_sentence(sentence) for sentence in sentences)


def _judgement(scene: _Scene, polarity: int) -> str:
    way = _way(scene)
    if way in ("plain", "negated"):
        return _clause(scene, polarity, way)
    others = [other for other in (-1, 0, 1) if other != polarity]
    if polarity != 0 and scene.random.random() < 0.8:
        others = [-polarity]
    other = _clause(scene, scene.pick(others), _simple_way(scene))
    judgement = _clause(scene, polarity, _simple_way(scene))
    pattern = scene.pick(_CONTRAST if way == "contrast" else _CONCESSION)
    return pattern.format(other=other, judgement=judgement, aside=_filled(scene, ASIDES))


def _way(scene: _Scene) -> str:
    dice = scene.random.random()
    for way, share in WAYS.items():
        dice -= share
        if dice < 0:
            return way
    return "plain"


def _simple_way(scene: _Scene) -> str:
    return "plain" if scene.random.random() < 0.7 else "negated"


def _clause(scene: _Scene, polarity: int, way: str) -> str:
    """Draw a judgement about one aspect, without a full stop."""
    aspect = scene.aspect()
    words = {"the": aspect.name, "was": aspect.verb, "how": scene.pick(INTENSIFIERS)}
    if polarity == 0 and way == "negated":
        return scene.pick(_NEITHER).format(good=scene.pick(POSITIVE), bad=scene.pick(NEGATIVE), **words)
    lexicon = {-1: NEGATIVE, 0: NEUTRAL, 1: POSITIVE}[polarity if way == "plain" else -polarity]
    pattern = scene.pick(_PLAIN if way == "plain" else _NEGATED)
    return pattern.format(word=scene.pick(lexicon), **words)


def _filled(scene: _Scene, templates: list[str]) -> str:
    """Draw a sentence or aside that judges nothing."""
    template = scene.pick(templates)
    slots = {name: scene.pick(choices) for name, choices in FILLERS.items() if "{" + name + "}" in template}
    return template.format(place=scene.domain, the=scene.aspect().name, **slots)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."
