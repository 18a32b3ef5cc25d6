# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A tagger's score on raw text, where the words are its own: what is right has the right characters, too.

Where the tags mark spans, spans count, else words, as in the CoNLL shared tasks on parsing from raw text (Zeman et al.
2017, doi:10.18653/v1/K17-3001): F1 of (start, end, label). Words of one place (du = de + le) count in their order.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hf_seq.models.spans import spans_of

EntityCounts = Counter[tuple[Any, ...]]


def f1_on_raw_text(
    answers: Iterable[Mapping[str, Any]],
    gold: Iterable[Sequence[str | None]],
    places: Iterable[Sequence[Sequence[int]]],
) -> float:
    """Compare what a tagger says of texts with the tags of their words.

    Args:
        answers: of a `TaggingPredictor` for each text: `entities`, or `tokens`.
        gold: tags of the words of each text; None for a word that is not to be tagged.
        places: start and end of each word in the text.

    Returns:
        F1, 0 to 1.

    Example:
        >>> answer = {"entities": [{"start": 0, "end": 3, "label": "PER"}]}
        >>> f1_on_raw_text([answer], [["B-PER", "O"]], [[[0, 3], [4, 8]]])
        1.0
    """
    right = predicted_count = gold_count = 0
    for answer, tags, where in zip(answers, gold, places, strict=True):
        spans = "entities" in answer
        items = answer["entities" if spans else "tokens"]
        predicted = _items((item["start"], item["end"], item["label"]) for item in items)
        wanted = _items(_spans(tags, where) if spans else _words(tags, where))
        right += (predicted & wanted).total()
        predicted_count, gold_count = predicted_count + predicted.total(), gold_count + wanted.total()
    return 2 * right / (predicted_count + gold_count) if predicted_count + gold_count else 1.0


def _items(found: Iterable[tuple[int, int, str]]) -> EntityCounts:
    """Count what is found, numbered at each place, since the order of words there matters."""
    at: Counter[tuple[int, int]] = Counter()
    items: EntityCounts = Counter()
    for start, end, label in found:
        items[start, end, at[start, end], label] += 1
        at[start, end] += 1
    return items


def _spans(tags: Sequence[str | None], where: Sequence[Sequence[int]]) -> Iterable[tuple[int, int, str]]:
    for kind, start, end in spans_of([tag or "O" for tag in tags]):
        yield where[start][0], where[end - 1][1], kind


def _words(tags: Sequence[str | None], where: Sequence[Sequence[int]]) -> Iterable[tuple[int, int, str]]:
    for tag, (start, end) in zip(tags, where, strict=True):
        if tag is not None:
            yield start, end, tag
