# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Texts with labels, as many as are wanted, made in C: rows are two of some thousand made sentences, joined.

python benchmarks/made_text.py --gigabytes 5 --shards 64 --output /data/made
"""

import argparse
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

SENTENCES, WORDS = 20_000, 15_000
GROUP = 65_536  # rows of a group of parquet
LABELS = ("good", "bad", "other")


def sentences(words: int, seed: int = 0) -> tuple[pa.Array, pa.Array]:
    """Make sentences of about so many words, and a label for each, which one of its words says."""
    random = np.random.default_rng(seed)
    known = np.array([f"w{number}" for number in range(WORDS)])
    often = 1 / np.arange(2, WORDS + 2)
    lengths = 1 + random.poisson(max(0, words - 1), SENTENCES)
    drawn = np.split(random.choice(WORDS, int(lengths.sum()), p=often / often.sum()), np.cumsum(lengths)[:-1])
    labels = random.integers(len(LABELS), size=SENTENCES)
    texts = [f"{LABELS[label]} {' '.join(known[ids])}" for ids, label in zip(drawn, labels, strict=True)]
    return pa.array(texts), pa.array([LABELS[label] for label in labels])


def write_shards(folder: Path, rows: int, shards: int, words: int = 10, seed: int = 0) -> float:
    """Write shards of parquet with the columns `text` and `label`.

    Args:
        folder: new.
        rows: in all.
        shards: files.
        words: of a text, about.
        seed: of everything.

    Returns:
        Gigabytes of text.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made, labels = sentences(words // 2, seed)
    random, size = np.random.default_rng(seed + 1), 0
    for number in range(shards):
        here = rows * (number + 1) // shards - rows * number // shards
        first, second = (pa.array(random.integers(SENTENCES, size=here)) for _ in range(2))
        text = pc.binary_join_element_wise(made.take(first), made.take(second).cast(pa.string()), " ")
        table = pa.table({"text": text, "label": labels.take(first)})
        pq.write_table(table, folder / f"part-{number:05d}.parquet", row_group_size=GROUP)
        size += int(pc.sum(pc.binary_length(text)).as_py() or 0)
    return size / 1e9


def bytes_of_row(words: int = 10, seed: int = 0) -> float:
    """Return how many bytes a text has on average."""
    made, _ = sentences(words // 2, seed)
    return 2 * float(pc.mean(pc.binary_length(made)).as_py()) + 1


def main() -> None:
    """Write as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gigabytes", type=float, default=5.0)
    parser.add_argument("--shards", type=int, default=64)
    parser.add_argument("--words", type=int, default=20)
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    rows = round(given.gigabytes * 1e9 / bytes_of_row(given.words))
    size = write_shards(given.output, rows, given.shards, given.words)
    print(f"{rows:,} rows, {size:.2f} GB of text, in {given.shards} shards in {given.output}")


if __name__ == "__main__":
    main()
