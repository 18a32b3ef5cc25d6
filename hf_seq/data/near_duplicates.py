# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Texts that are nearly the same: most of their words and pairs of words are.

Exact, without drawing hashes: two sets whose Jaccard index is `LEAST` or more share one of the rarest elements of each
(prefix filtering; Bayardo, Ma & Srikant 2007, doi:10.1145/1242572.1242591), so that few pairs have to be compared.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil

LEAST = 0.75  # of the words and pairs of words of both texts that are in both
FEWEST_WORDS = 5  # of a text; shorter ones are alike by chance
COMMON = 2_000  # texts that share a rare element; beyond, the element is passed over
_WORD = re.compile(r"\w+")


class NearDuplicates:
    """Texts that are looked among.

    Args:
        texts: N of them; the rarest words and pairs are those that are rarest here.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._sets = [_elements(text) for text in texts]
        self._counts = Counter(element for elements in self._sets for element in elements)
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, elements in enumerate(self._sets):
            for element in self._rarest(elements):
                self._places[element].append(place)

    def of(self, text: str) -> Iterator[int]:
        """Yield the numbers of the texts that are nearly the same as this one, or the same."""
        elements = _elements(text)
        if not elements:
            return
        seen: set[int] = set()
        for element in self._rarest(elements):
            places = self._places.get(element, ())
            if len(places) <= COMMON:
                seen.update(places)
        for place in sorted(seen):
            other = self._sets[place]
            if min(len(other), len(elements)) >= LEAST * max(len(other), len(elements)):
                both = len(elements & other)
                if both >= LEAST * (len(elements) + len(other) - both):
                    yield place

    def _rarest(self, elements: frozenset[str]) -> list[str]:
        """List as many of the rarest elements as two sets so alike cannot both lack."""
        ordered = sorted(elements, key=lambda element: (self._counts[element], element))
        return ordered[: len(ordered) - ceil(LEAST * len(ordered)) + 1]


def _elements(text: str) -> frozenset[str]:
    words = _WORD.findall(text.casefold())
    if len(words) < FEWEST_WORDS:
        return frozenset()
    return frozenset([*words, *(f"{first} {second}" for first, second in pairwise(words))])
