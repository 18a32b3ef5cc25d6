# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The bag of n-grams of a wide model in a graph: what `models/ngrams.py` does, hashes of 64 bits included.

ONNX cannot search a sorted list, so the known n-grams stand in buckets by the remainder of their hash, and a lookup
compares with the few of one bucket. What is not known goes to a place whose weights are zero.

B batch · T steps · W words of a batch · M letters of the longest · N places of a word, its edges included (M + 2)
K n-grams looked up · U the same, each once a row · F known n-grams · S buckets · D n-grams of the fullest · L labels
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from hf_seq.exporting.graph import FLOAT, INT64, Graph, Name
from hf_seq.exporting.letters import find_words, running_sum, spell
from hf_seq.exporting.steps import Rows
from hf_seq.models.ngrams import BASE, BOUNDARY, LENGTHS, LONGEST_WORD, MIX, PAIR, WORD

MODULUS = 1 << 64


@dataclass(frozen=True)
class FoundNgrams:
    """N-grams of a batch, of one kind: the row of each, its hash, and whether there is one, (K,) each."""

    rows: Name
    hashes: Name
    real: Name
    kind: int


def score_ngrams(graph: Graph, bag: Any, ids: Name, rows: Rows) -> Name:
    """Score as `BagOfNgrams` does: ids (B, T), the real steps in front, to (B, L)."""
    found = _find(graph, bag, ids, rows)
    owners = graph.concat(*(each.rows for each in found), axis=0)  # (K,)
    keys = graph.concat(*(_key(graph, each) for each in found), axis=0)
    owners, keys = _kept(graph, graph.concat(*(each.real for each in found), axis=0), owners, keys)
    buckets = Buckets.of(bag)
    columns = buckets.look_up(graph, keys)
    known = graph.op("Less", columns, graph.weight(np.int64(buckets.unknown)))
    owners, columns = _kept(graph, known, owners, columns)
    return _weigh(graph, buckets, owners, columns, graph.size(ids, 0))


def _kept(graph: Graph, mask: Name, *values: Name) -> list[Name]:
    """Keep what a mask (K,) says of values (K,): most n-grams are unknown, and what follows costs by their number."""
    positions = graph.reshape(graph.op("NonZero", mask), -1)
    return [graph.op("Gather", each, positions) for each in values]


def _find(graph: Graph, bag: Any, ids: Name, rows: Rows) -> list[FoundNgrams]:
    """Find words, pairs of words and the letters in words."""
    begins, part = find_words(graph, bag.starts, ids, rows)
    flat = running_sum(graph, graph.reshape(begins, -1), 0)  # (B T,) from 1; 0 is the empty word
    words = graph.op("Add", graph.max(graph.concat(graph.ints(0), flat, axis=0), 0), graph.weight(1))
    letters, counts = spell(graph, bag, ids, part, flat, graph.reshape(words, 1), LONGEST_WORD)
    after = graph.ints(1), graph.ints(np.iinfo(np.int64).max), graph.ints(0)
    letters, counts = (graph.op("Slice", each, *after) for each in (letters, counts))  # (W, M), (W,)
    owner = graph.op("Gather", graph.op("NonZero", begins), graph.weight(0))  # (W,)
    edge = graph.op("Add", graph.op("Mul", counts, graph.weight(0)), graph.weight(BOUNDARY))
    edge = graph.unsqueeze(edge, 1)  # (W, 1)
    none = graph.op("Mul", edge, graph.weight(0))
    grid = graph.concat(edge, letters, none)  # (W, N)
    last = graph.op("Equal", graph.count(graph.size(grid, 1)), graph.unsqueeze(_plus(graph, counts, 1), 1))
    grid = graph.op("Add", grid, graph.op("Mul", graph.cast(last, INT64), graph.weight(BOUNDARY)))
    places = graph.size(grid, 1)
    powers = graph.op("Slice", graph.weight(_powers(LONGEST_WORD + 2)), graph.ints(0), places)
    sums = graph.op("CumSum", graph.op("Mul", grid, powers), graph.weight(1))  # ReduceSum would add up in float64
    whole = graph.op("Gather", sums, graph.weight(np.int64(-1)), axis=1)  # (W,)
    yes = graph.op("GreaterOrEqual", counts, graph.weight(0))
    return [
        FoundNgrams(owner, whole, yes, WORD),
        _pairs(graph, owner, whole),
        *_inside(graph, owner, grid, counts, places),
    ]


def _pairs(graph: Graph, owner: Name, whole: Name) -> FoundNgrams:
    """Join neighbouring words of a row."""
    most = graph.ints(np.iinfo(np.int64).max)
    left, before = (graph.op("Slice", each, graph.ints(0), graph.ints(-1), graph.ints(0)) for each in (whole, owner))
    right, after = (graph.op("Slice", each, graph.ints(1), most, graph.ints(0)) for each in (whole, owner))
    hashes = graph.op("Add", graph.op("Mul", left, graph.weight(BASE)), right)
    return FoundNgrams(before, hashes, graph.op("Equal", before, after), PAIR)


def _inside(graph: Graph, owner: Name, grid: Name, counts: Name, places: Name) -> list[FoundNgrams]:
    """List letters in a row: from every place of every word, with whether so many are left."""
    found, powers = [], _powers(max(LENGTHS)).tolist()
    none = graph.op("Mul", graph.op("Slice", grid, graph.ints(0), graph.ints(1), graph.ints(1)), graph.weight(0))
    wider = graph.concat(grid, *[none] * max(LENGTHS))
    starts = graph.count(places)
    owners = graph.reshape(graph.op("Expand", graph.unsqueeze(owner, 1), graph.op("Shape", grid)), -1)
    for length in LENGTHS:
        hashes = ""
        for step in range(length):
            ends = graph.op("Add", places, graph.ints(step))
            seen = graph.op("Slice", wider, graph.ints(step), ends, graph.ints(1))
            part = graph.op("Mul", seen, graph.weight(np.int64(powers[step])))
            hashes = graph.op("Add", hashes, part) if hashes else part
        left = graph.op("LessOrEqual", _plus(graph, starts, length), graph.unsqueeze(_plus(graph, counts, 2), 1))
        found.append(FoundNgrams(owners, graph.reshape(hashes, -1), graph.reshape(left, -1), length))
    return found


def _key(graph: Graph, found: FoundNgrams) -> Name:
    kind = (found.kind * BASE + MODULUS // 2) % MODULUS - MODULUS // 2
    return graph.op("Add", graph.op("Mul", found.hashes, graph.weight(MIX)), graph.weight(np.int64(kind)))


@dataclass(frozen=True)
class Buckets:
    """The known n-grams in the order of their buckets, and behind them a place for what is not known.

    Attributes:
        starts: (S,) where each bucket begins.
        depth: D.
        keys: (F + 1,).
        idf: (F + 1,).
        inside: (F + 1,) bool.
        weight: (F + 1, L).
        bias: (L,).
    """

    starts: np.ndarray
    depth: int
    keys: np.ndarray
    idf: np.ndarray
    inside: np.ndarray
    weight: np.ndarray
    bias: np.ndarray

    @classmethod
    def of(cls, bag: Any) -> "Buckets":
        """Sort the n-grams of a bag by bucket."""
        keys, idf, inside, weight, bias = (
            each.detach().cpu().numpy() for each in (bag.keys, bag.idf, bag.inside, bag.weight, bag.bias)
        )
        size = max(1, len(keys)) | 1  # odd: the low bits of a hash are its worst
        bucket = np.mod(keys, size)
        order = np.argsort(bucket, kind="stable")
        filled = np.bincount(bucket, minlength=size)
        starts = np.cumsum(filled) - filled
        keys, idf, inside = (np.append(each[order], each.dtype.type(0)) for each in (keys, idf, inside))
        weight = np.concatenate([weight[order], np.zeros((1, weight.shape[1]), weight.dtype)])
        return cls(starts, int(filled.max()), keys, idf, inside, weight, bias)

    @property
    def unknown(self) -> int:
        """Place of what is not known."""
        return len(self.keys) - 1

    def look_up(self, graph: Graph, keys: Name) -> Name:
        """Find hashes (K,) among the known ones: their places (K,)."""
        bucket = graph.op("Mod", keys, graph.weight(np.int64(len(self.starts))))
        start = graph.op("Gather", graph.weight(self.starts.astype(np.int32)), bucket)
        tried = graph.op("Add", graph.unsqueeze(graph.cast(start, INT64), 1), graph.weight(np.arange(self.depth)))
        tried = graph.op("Min", tried, graph.weight(np.int64(self.unknown)))  # (K, D)
        same = graph.op("Equal", graph.op("Gather", graph.weight(self.keys), tried), graph.unsqueeze(keys, 1))
        place = graph.max(graph.op("Where", same, tried, graph.weight(np.int64(-1))), 1)
        unknown = graph.op("Less", place, graph.weight(np.int64(0)))
        return graph.op("Where", unknown, graph.weight(np.int64(self.unknown)), place)


def _weigh(graph: Graph, buckets: Buckets, owners: Name, columns: Name, batch: Name) -> Name:
    """Compute TF-IDF, of length one for words and for letters, and the scores of the labels: (B, L)."""
    width = graph.weight(np.int64(len(buckets.keys)))
    pairs = graph.op("Add", graph.op("Mul", owners, width), columns)
    nothing = graph.ints(buckets.unknown)  # of row 0, so that there is one
    unique, _, _, counts = graph.ops("Unique", 4, graph.concat(nothing, pairs, axis=0), sorted=1)  # (U,)
    rows, columns = graph.op("Div", unique, width), graph.op("Mod", unique, width)
    place = graph.unsqueeze(columns, 1)
    idf = graph.op("GatherND", graph.weight(buckets.idf), place)  # Gather would become int8
    common = graph.op("Add", graph.op("Log", graph.cast(counts, FLOAT)), graph.number(1))
    values = graph.op("Mul", common, idf)  # (U,)
    inside = graph.op("GatherND", graph.weight(buckets.inside.astype(np.int32)), place)
    kinds = graph.op("Add", graph.op("Mul", rows, graph.weight(np.int64(2))), graph.cast(inside, INT64))
    squares = graph.zeros(graph.op("Mul", batch, graph.ints(2)))
    squares = graph.op(
        "ScatterElements", squares, kinds, graph.op("Mul", values, values), axis=0, reduction="add"
    )  # (2 B,)
    lengths = graph.op("Sqrt", graph.op("Max", graph.op("Gather", squares, kinds), graph.number(1e-30)))
    values = graph.unsqueeze(graph.op("Div", values, lengths), 1)
    scored = graph.op("Mul", values, graph.op("Gather", graph.weight(buckets.weight), columns))  # (U, L)
    start = graph.op("Expand", graph.weight(buckets.bias), graph.concat(batch, graph.ints(len(buckets.bias)), axis=0))
    return graph.op("ScatterND", start, graph.unsqueeze(rows, 1), scored, reduction="add")


def _powers(number: int) -> np.ndarray:
    """Return powers of the base in 64 bits, which wrap around: (number,)."""
    powers = [1]
    while len(powers) < number:
        powers.append(powers[-1] * BASE % MODULUS)
    return np.array(powers, dtype=np.uint64).astype(np.int64)


def _plus(graph: Graph, value: Name, number: int) -> Name:
    return graph.op("Add", value, graph.weight(np.int64(number)))
