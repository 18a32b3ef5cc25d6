# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From a tagger's scores for pieces to tags for words and spans, whatever the tokenizer and whichever way it is asked.

A word is tagged at its first piece, as in training. A sentence of more pieces than the model reads is read in windows
that overlap; a word in two windows is tagged by the one it lies deeper in.

B batch · T steps · L labels
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from .sentence_places import sentence_places
from .spans import spans_of

OVERLAP = 4  # the share of a window that overlaps with the next is 1 / OVERLAP


class Window(NamedTuple):
    """Pieces from `start` up to `end`, and the words in them whose tags are taken from here."""

    start: int
    end: int
    words: range


class Found(NamedTuple):
    """A span of words, and the mean score of its words."""

    label: str
    score: float
    start: int
    end: int


def first_pieces(word_of: Sequence[int | None]) -> list[int]:
    """Where each word begins, in the order of the words.

    Args:
        word_of: the number of the word that each piece belongs to; None for special tokens.

    Example:
        >>> first_pieces([None, 0, 0, 1, None])
        [1, 3]
    """
    seen, firsts = None, []
    for position, word in enumerate(word_of):
        if word is not None and word != seen:
            firsts.append(position)
            seen = word
    return firsts


def word_places(word_of: Sequence[int | None], offsets: Sequence[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Start and end of each word in characters, from those of its pieces; there are no special tokens among them.

    Words that stand for one word of the text together (du = de + le) have the place of it all; the tokenizer gives its
    last letter.
    """
    firsts = first_pieces(word_of)
    ends = [*firsts[1:], len(word_of)][: len(firsts)]
    positions = [(offsets[first][0], offsets[end - 1][1]) for first, end in zip(firsts, ends, strict=True)]
    whole: list[tuple[int, int]] = []
    for number, (start, end) in enumerate(positions):
        if number and positions[number - 1] == (start, end):
            whole.append(whole[-1])
            continue
        if positions[number + 1 : number + 2] == [(start, end)]:
            while start > (whole[-1][1] if whole else 0) and text[start - 1].isalnum():
                start -= 1  # noqa: PLW2901
        whole.append((start, end))
    return whole


def sentence_begins(places: Sequence[tuple[int, int]], text: str, how: str | None) -> list[int]:
    """Find the words that begin a sentence of a text.

    Args:
        places: of the words.
        text: that they are in.
        how: what the tokenizer learnt of its train rows: `split` where a row was one sentence, `split-lower` where
            these may begin with small letters; else the text is one row.
    """
    if how not in ("split", "split-lower") or not places:
        return [0]
    starts = [start for start, _ in sentence_places(text, lower_starts=how == "split-lower")]
    firsts = [bisect_left(places, (start, -1)) for start in starts]
    return sorted({0, *(first for first in firsts if first < len(places))})


def cut_windows(firsts: Sequence[int], length: int, room: int, begins: Sequence[int] = (0,)) -> list[Window]:
    """Cut a sentence, or several, into windows of at most `room` pieces that begin with a word.

    Args:
        firsts: where each word begins.
        length: pieces of the sentence.
        room: pieces that a model reads; what a longer word has beyond is not read.
        begins: the words that begin a sentence; no window goes over these.

    Returns:
        Windows in order; each word is in `words` of exactly one.

    Example:
        >>> [window.words for window in cut_windows([0, 1, 2, 3, 4], 5, 4)]
        [range(0, 4), range(4, 5)]
    """
    if len(begins) > 1:
        found = []
        for word, after in zip(begins, [*begins[1:], len(firsts)], strict=True):
            start, end = firsts[word], firsts[after] if after < len(firsts) else length
            for window in cut_windows([first - start for first in firsts[word:after]], end - start, room):
                words = range(window.words.start + word, window.words.stop + word)
                found.append(Window(window.start + start, window.end + start, words))
        return found
    if length <= room:
        return [Window(0, length, range(len(firsts)))]
    windows: list[Window] = []
    word = done = 0  # the first word of the window, and how many words have a tag
    while done < len(firsts):
        start = firsts[word]
        end = min(start + room, length)
        following = bisect_left(firsts, end)  # the first word that is not inside
        back = bisect_left(firsts, end - room // OVERLAP, word + 1, following)  # the next window may begin there
        last = len(firsts) if end == length else max(done + 1, (back + following + 1) // 2)
        windows.append(Window(start, end, range(done, last)))
        done = last
        while back < last < len(firsts) and firsts[last] >= firsts[back] + room:
            back += 1  # a long word would keep the next one out
        word = min(back, last)
    return windows


def choose_tags(model: Any, outputs: Any, tagged: Tensor, *, scores: bool = True) -> tuple[Tensor, Tensor | None]:
    """Return the label of every tagged step, and how probable it is.

    With a CRF, the labels are those of the best path through the tagged steps and the probabilities are marginals;
    without, each step is on its own.

    Args:
        model: a token classifier; its CRF, if it has one, is `model.crf`.
        outputs: what it gave.
        tagged: (B, T) bool.
        scores: whether probabilities are wanted.

    Returns:
        Label ids (B, T), meaningless where not tagged, and probabilities (B, T) or None.
    """
    crf = getattr(model, "crf", None)
    logits = outputs.logits.float()  # (B, T, L)
    if crf is None:
        best = logits.softmax(-1).max(-1)
        return best.indices, best.values
    path = outputs.best_path
    if path is None or not torch.equal(path >= 0, tagged):  # it tagged pieces that begin no word here, or too few
        path = crf.decode(logits, tagged)
    path = path.clamp(min=0)  # (B, T)
    if not scores:
        return path, None
    return path, crf.marginals(logits, tagged).gather(-1, path.unsqueeze(-1)).squeeze(-1).float()


def find_spans(tags: Sequence[str], scores: Sequence[float]) -> list[Found]:
    """Spans of the tags of a sentence, read as conlleval reads them."""
    spans = spans_of(tags)
    return [Found(kind, sum(scores[start:end]) / (end - start), start, end) for kind, start, end in spans]


__all__ = [
    "Found",
    "Window",
    "choose_tags",
    "cut_windows",
    "find_spans",
    "first_pieces",
    "sentence_begins",
    "word_places",
]
