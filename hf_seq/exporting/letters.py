# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Vectors of words, read from their letters, in a graph: what `models/characters.py` does, for any number of words.

B batch · T steps · V vocabulary · C letters of a token · W words of a batch and an empty one · M letters of the longest
K letters of all words · E width of a letter · H width of a word
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from hf_seq.exporting.cells import cell_weights
from hf_seq.exporting.graph import BOOL, FLOAT, INT32, INT64, Graph, Name
from hf_seq.exporting.steps import Rows
from hf_seq.models.characters import LONGEST_WORD, NO_LETTER, CharacterCNN
from hf_seq.models.word_starts import BEGINS, NO_WORD


@dataclass(frozen=True)
class Letters:
    """What the steps of a batch are part of.

    Attributes:
        begins: (B, T) bool, the steps that begin a word.
        part: (B, T) bool, the steps that are part of one.
        word_of: (B, T) the number of its word in the row, 0 where there is none.
        vectors: (B, T, H) read from the letters of its word.
    """

    begins: Name
    part: Name
    word_of: Name
    vectors: Name


def read_letters(graph: Graph, encoder: Any, ids: Name, rows: Rows) -> Letters:
    """Find the words and read their letters, as `CharacterEncoder` does: ids (B, T), the real steps in front."""
    begins, part = find_words(graph, encoder.starts, ids, rows)
    counted = running_sum(graph, begins, 1)  # (B, T)
    word_of = graph.op("Max", graph.op("Sub", counted, graph.weight(1)), graph.weight(0))
    flat = running_sum(graph, graph.reshape(begins, -1), 0)  # (B T,) from 1; 0 is the empty word
    words = graph.op("Add", graph.max(graph.concat(graph.ints(0), flat, axis=0), 0), graph.weight(1))
    table = spell(graph, encoder, ids, part, flat, graph.reshape(words, 1), LONGEST_WORD)
    read = _read_cnn if isinstance(encoder.reader, CharacterCNN) else _read_lstm
    vectors = graph.op("Gather", read(graph, encoder.reader, *table), flat)  # (B T, H)
    shape = graph.concat(graph.op("Shape", ids), graph.ints(encoder.width), axis=0)
    vectors = graph.op("Where", graph.unsqueeze(part, 2), graph.op("Reshape", vectors, shape), graph.number(0))
    return Letters(begins, part, word_of, vectors)


def find_words(graph: Graph, starts: Any, ids: Name, rows: Rows) -> tuple[Name, Name]:
    """Tell which steps begin a word, and which are part of one: (B, T) bool each."""
    kinds = graph.cast(graph.op("Gather", graph.weight(starts.kinds.numpy().astype(np.int8)), ids), INT64)
    known = graph.op("Not", graph.op("Equal", kinds, graph.weight(NO_WORD)))
    part = graph.op("And", known, rows.mask)
    marked = graph.op("And", graph.op("Equal", kinds, graph.weight(BEGINS)), part)
    first = graph.op("And", part, graph.op("Equal", running_sum(graph, part, 1), graph.weight(1)))
    return graph.op("Or", marked, first), part


def spell(
    graph: Graph, encoder: Any, ids: Name, part: Name, word: Name, words: Name, longest_word: int
) -> tuple[Name, Name]:
    """Join the letters of all pieces of each word: (W, M) letters, and how many there are, (W,)."""
    letters = graph.cast(graph.op("Gather", graph.weight(encoder.letters.numpy()), ids), INT64)  # (B, T, C)
    letters = graph.op("Mul", letters, graph.cast(graph.unsqueeze(part, 2), INT64))
    letters = graph.reshape(letters, -1, encoder.letters.shape[1])  # (B T, C)
    places = graph.op("NonZero", letters)  # (2, K) of all letters, in order
    step = graph.op("Gather", places, graph.weight(0))
    found = graph.op("GatherND", letters, graph.op("Transpose", places, perm=[1, 0]))  # (K,)
    owner = graph.op("Gather", word, step)
    none = graph.cast(graph.zeros(words), INT64)
    ones = graph.op("Add", graph.op("Mul", owner, graph.weight(0)), graph.weight(1))
    counts = graph.op("ScatterElements", none, owner, ones, axis=0, reduction="add")  # (W,)
    before = graph.op("Sub", running_sum(graph, counts, 0), counts)
    place = graph.op("Sub", graph.count(graph.size(owner, 0)), graph.op("Gather", before, owner))  # (K,)
    kept = graph.op("Less", place, graph.weight(longest_word))
    owner, place, found = (graph.op("Compress", each, kept, axis=0) for each in (owner, place, found))
    counts = graph.op("Min", counts, graph.weight(longest_word))
    longest = graph.reshape(graph.op("Max", graph.max(counts, 0), graph.weight(1)), 1)
    empty = graph.cast(graph.zeros(graph.concat(words, longest, axis=0)), INT64)
    where = graph.concat(graph.unsqueeze(owner, 1), graph.unsqueeze(place, 1))
    return graph.op("ScatterND", empty, where, found), counts


def _read_cnn(graph: Graph, reader: Any, letters: Name, counts: Name) -> Name:
    """Three neighbouring letters at a time, and the maximum over the word: (W, M) to (W, H)."""
    table = reader.embedding.weight.detach().clone()
    table[NO_LETTER] = 0
    width = table.shape[1]
    vectors = graph.op("Transpose", graph.op("Gather", graph.weight(table), letters), perm=[0, 2, 1])  # (W, E, M)
    kernel = reader.window.weight.view(-1, 3, width).transpose(1, 2)  # (H, E, 3)
    seen = graph.op("Conv", vectors, graph.weight(kernel), graph.weight(reader.window.bias), pads=[1, 1])
    steps = graph.count(graph.size(letters, 1))
    inside = graph.cast(graph.op("Less", steps, graph.unsqueeze(counts, 1)), FLOAT)  # (W, M)
    return graph.max(graph.op("Mul", graph.op("Relu", seen), graph.unsqueeze(inside, 1)), 2)


def _read_lstm(graph: Graph, reader: Any, letters: Name, counts: Name) -> Name:
    """Both ways; the state after the last letter and, from behind, the one after the first: (W, M) to (W, H)."""
    vectors = graph.op("Gather", graph.weight(reader.embedding.weight), graph.op("Transpose", letters, perm=[1, 0]))
    cells = (reader.forward_cell, reader.backward_cell)
    weights = [graph.weight(np.stack(parts)) for parts in zip(*map(cell_weights, cells), strict=True)]
    settings = {"hidden_size": cells[0].hidden_size, "direction": "bidirectional"}
    _, ends, _ = graph.ops("LSTM", 3, vectors, *weights, graph.cast(counts, INT32), **settings)
    both = graph.reshape(graph.op("Transpose", ends, perm=[1, 0, 2]), 0, 2 * cells[0].hidden_size)
    some = graph.unsqueeze(graph.cast(counts, BOOL), 1)
    return graph.op("Where", some, both, graph.number(0))


def running_sum(graph: Graph, value: Name, axis: int) -> Name:
    """Add up along an axis, from its start to each place."""
    return graph.op("CumSum", graph.cast(value, INT64), graph.weight(axis))
