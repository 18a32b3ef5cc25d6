# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Exercises on texts and ids."""

from collections import Counter
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from hf_seq.teach.exercise import Case, Exercise

PAD, UNKNOWN = 0, 1


def words(text: str) -> list[str]:
    """Cut a text into words in lower case."""
    return text.lower().split()


def vocabulary(texts: Sequence[str]) -> dict[str, int]:
    """Give words numbers from 2, the most frequent first, the first seen first among equals."""
    counts = Counter(word for text in texts for word in text.split())
    return {word: number for number, (word, _) in enumerate(counts.most_common(), start=2)}


def encode(text: str, ids: Mapping[str, int]) -> list[int]:
    """Look up the id of every word; unknown ones are 1."""
    return [ids.get(word, UNKNOWN) for word in text.split()]


def pad(rows: Sequence[Sequence[int]], pad_id: int) -> list[list[int]]:
    """Fill rows on the right to the length of the longest."""
    longest = max((len(row) for row in rows), default=0)
    return [[*row, *[pad_id] * (longest - len(row))] for row in rows]


def mask_of_lengths(lengths: Sequence[int]) -> list[list[int]]:
    """Write 1 for each real step of a row, 0 up to the longest."""
    longest = max(lengths, default=0)
    return [[1] * length + [0] * (longest - length) for length in lengths]


def one_hot(ids: Tensor, size: int) -> Tensor:
    """Write ids (T,) as rows of zeros with one 1: (T, V)."""
    return torch.eye(size)[ids]


IDS = {"good": 2, "bad": 3}
TEXT = {
    "words": Exercise(
        "words(text): a list of its words in lower case; blanks part them, however many.",
        words,
        (
            Case("a capital letter", ("Not BAD",)),
            Case("two blanks in a row and a line break", (" not  bad\nat all ",)),
            Case("an empty text", ("",)),
        ),
        "str.lower() and str.split() without an argument.",
    ),
    "vocabulary": Exercise(
        "vocabulary(texts): a dict from word to id. 0 is for padding and 1 for unknown words, so words begin "
        "at 2: the most "
        "frequent first, among equals the one seen first.",
        vocabulary,
        (
            Case("three texts", (["b a", "a c", "a b"],)),
            Case("words that are equally frequent", (["z y", "x z y x"],)),
            Case("no texts", ([],)),
        ),
        "collections.Counter, and its most_common() keeps the order in which equals were seen.",
    ),
    "encode": Exercise(
        "encode(text, ids): the id of each word of a text, 1 for a word that ids lacks.",
        encode,
        (
            Case("known words", ("good bad good", IDS)),
            Case("an unknown word in the middle", ("good grief bad", IDS)),
            Case("an empty text", ("", IDS)),
        ),
        "dict.get takes a default. An unknown word stays a word: dropping it shifts all that follows.",
    ),
    "pad": Exercise(
        "pad(rows, pad_id): lists of ids, filled with pad_id on the right to the length of the longest.",
        pad,
        (
            Case("rows of different lengths", ([[5, 6, 7], [8]], 0)),
            Case("a padding id that is not 0", ([[5], [6, 7]], 9)),
            Case("an empty row", ([[], [4]], 0)),
            Case("no rows", ([], 0)),
        ),
        "The longest row decides; nothing is cut. max() of nothing needs a default.",
    ),
    "mask_of_lengths": Exercise(
        "mask_of_lengths(lengths): for each row a list of 1 for every real step and 0 for padding, as long as "
        "the longest.",
        mask_of_lengths,
        (
            Case("different lengths", ([3, 1],)),
            Case("a row without a step", ([2, 0],)),
            Case("one row", ([2],)),
        ),
        "[1] * length + [0] * (longest - length).",
    ),
    "one_hot": Exercise(
        "one_hot(ids, size): ids (T,) as a float tensor (T, size) with a single 1 in each row.",
        one_hot,
        (
            Case("three ids", (torch.tensor([2, 0, 1]), 3)),
            Case("a vocabulary that is larger than the largest id", (torch.tensor([1, 0]), 4)),
            Case("no ids", (torch.tensor([], dtype=torch.long), 3)),
        ),
        "Rows of torch.eye(size).",
    ),
}
