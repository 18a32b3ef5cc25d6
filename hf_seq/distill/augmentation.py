# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""More text to ask a teacher about, made from the text there is: a small set says too little of what a teacher knows.

masking      words become the mask token
replacement  words become others that the data have beside the same neighbour: no part-of-speech tagger is needed
similar      words become others that the teacher embeds alike, so that the student has met, in fitting company, the
             words that its teacher knows and the data lack (similar.py)
n-grams      a run of one to five words stands for the whole text
splicing     a text goes on as another one that shares its last words, like a walk through an n-gram model

The first and third as in Tang et al. 2019, arXiv:1903.12136, section 4; they replaced words by part of speech.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hf_seq.distill.similar import SimilarWords
from hf_seq.errors import InputError

LONGEST_NGRAM = 5
MOST_SIMILAR = 0.5  # of the places of one word
LONGEST_WALK = 100  # words; splicing could otherwise go in circles
END = 0  # stands behind every text


@dataclass(frozen=True)
class Augmentation:
    """How much of each kind of change; shares lie between 0 and 1.

    Attributes:
        mask: share of the words masked.
        replace: share of the words replaced by what the data have beside their neighbours.
        similar: share of the words replaced by what the teacher embeds alike.
        ngram: share of the texts cut to an n-gram.
        splice: share of the words after which a text goes on as another.

    Raises:
        InputError: a share is outside.
    """

    mask: float = 0.05
    replace: float = 0.05
    similar: float = 0.15
    ngram: float = 0.1
    splice: float = 0.1

    def __post_init__(self) -> None:
        for name, share in asdict(self).items():
            if not 0 <= share <= 1:
                raise InputError(f"augmentation: {name}={share} is not a share; it must lie between 0 and 1.")
        if self.mask + self.replace + self.similar > 1:
            raise InputError(
                f"augmentation: mask={self.mask}, replace={self.replace} and similar={self.similar} are more than "
                "all words."
            )


class Augmenter:
    """Draws new texts from given ones; what it draws is a function of the texts, the settings and the seed of a call.

    Long texts are drawn more often than short ones, by their number of words: a short one has few variants.

    Args:
        texts: lists of words.
        settings: how much of each kind.
        mask_token: as the teacher writes it; without one no word is masked.
        similar: what the teacher embeds alike.

    Raises:
        InputError: there is no word in the texts.
    """

    def __init__(
        self,
        texts: Sequence[Sequence[str]],
        settings: Augmentation,
        mask_token: str | None,
        similar: SimilarWords | None = None,
    ) -> None:
        self.settings, self.mask_token, self.similar = settings, mask_token, similar
        names: dict[str, int] = {"": END}
        flat: list[int] = [END]
        for words in texts:
            flat += [names.setdefault(word, len(names)) for word in words if word]
            flat.append(END)
        self.words = list(names)
        self.flat = np.array(flat, dtype=np.int64)
        self.places = np.flatnonzero(self.flat)  # of all words
        if not len(self.places):
            raise InputError("There is no word to augment in the training texts.")
        self._starts = np.flatnonzero(self.flat == END)
        self._after, self._before = _Neighbours(self.flat), _Neighbours(self.flat[::-1])
        self._pairs = _Neighbours(self.flat, pairs=len(self.words))

    def draw(self, count: int, seed: Sequence[int]) -> Iterator[list[str]]:
        """Draw `count` texts as lists of words."""
        generator = random.Random(repr(tuple(seed)))
        for _ in range(count):
            ids = self._walk(generator)
            if generator.random() < self.settings.ngram:
                ids = _ngram(ids, generator)
            yield [self._word(ids, index, generator) for index in range(len(ids))]

    def _walk(self, generator: random.Random) -> list[int]:
        """Return a text, or one that jumps to another text where its last two words occur there, too."""
        place = int(self.places[generator.randrange(len(self.places))])
        place = int(self._starts[np.searchsorted(self._starts, place) - 1]) + 1
        ids: list[int] = []
        while len(ids) < LONGEST_WALK and (word := int(self.flat[place])) != END:
            ids.append(word)
            if len(ids) > 1 and generator.random() < self.settings.splice:
                place = self._pairs.draw_place(ids[-2] * len(self.words) + word, generator)
            place += 1
        return ids

    def _word(self, ids: Sequence[int], index: int, generator: random.Random) -> str:
        chance, shares, word = generator.random(), self.settings, self.words[ids[index]]
        if chance < shares.mask:
            return word if self.mask_token is None else self.mask_token
        chance -= shares.mask
        if chance < shares.replace:
            return self.words[self._replacement(ids, index, generator)]
        chance -= shares.replace
        if self.similar is not None and chance < self._similar_shares[ids[index]]:
            return self.similar.draw(word, generator)
        return word

    @cached_property
    def _similar_shares(self) -> NDArray[np.float64]:
        """How often each word is replaced by one that the teacher embeds alike.

        As often as there are such, over how often the word stands in the data, so that all are met about equally often
        and it is not "the" that is replaced most. All words together come to the share that is wanted, as far as none
        is replaced more than half of the times.
        """
        assert self.similar is not None  # the caller has looked
        counts = np.bincount(self.flat, minlength=len(self.words))
        counts[END] = 0
        rates = np.array([self.similar.count(word) if word else 0.0 for word in self.words]) / np.maximum(counts, 1)
        low, high = 0.0, 1 / max(rates[rates > 0].min(initial=1.0), 1e-9)
        for _ in range(50):
            middle = (low + high) / 2
            shares = np.minimum(MOST_SIMILAR, middle * rates)
            low, high = (middle, high) if shares @ counts < self.settings.similar * counts.sum() else (low, middle)
        return shares

    def _replacement(self, ids: Sequence[int], index: int, generator: random.Random) -> int:
        """Choose a word that the data have after the word before, or before the word after; any word at times."""
        side = generator.randrange(3)
        found = END
        if side == 0:
            found = int(self.flat[self._after.draw_place(ids[index - 1] if index else END, generator)])
        elif side == 1:
            following = ids[index + 1] if index + 1 < len(ids) else END
            found = int(self.flat[len(self.flat) - 1 - self._before.draw_place(following, generator)])
        return found or int(self.flat[self.places[generator.randrange(len(self.places))]])


class _Neighbours:
    """Where each word is followed by something: places grouped by the word before (or the pair before and at them)."""

    def __init__(self, flat: NDArray[np.int64], pairs: int = 0) -> None:
        keys = flat[:-1] * pairs + flat[1:] if pairs else flat[:-1]
        order = np.argsort(keys, kind="stable")
        self.places = order + 1
        self.keys, firsts = np.unique(keys[order], return_index=True)
        self.bounds = np.append(firsts, len(order))
        self._group = {int(key): group for group, key in enumerate(self.keys)}

    def draw_place(self, key: int, generator: random.Random) -> int:
        """Choose a place of the group, each as likely as any other, so that what is common is drawn often."""
        group = self._group[key]
        return int(self.places[generator.randrange(int(self.bounds[group]), int(self.bounds[group + 1]))])


def _ngram(ids: list[int], generator: random.Random) -> list[int]:
    length = generator.randint(1, LONGEST_NGRAM)
    start = generator.randrange(max(1, len(ids) - length + 1))
    return ids[start : start + length]


def settings_of(augmentation: Augmentation) -> dict[str, Any]:
    """Return the settings as records show them and keys are made of them, without those that are off."""
    return {name: share for name, share in asdict(augmentation).items() if share}
