# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The two passes over a transfer set, each kept in shards: what teachers say, and the ids that the student reads.

CACHE/teacher/TEACHER/SOURCE/   logits, counts, hidden
CACHE/tokens/TOKENIZER/SOURCE/  ids, lengths, and for tagging places: where the first piece of each word is
CACHE/similar/WORDS.json        which words stand in for which (similar.py)
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from transformers import PreTrainedTokenizerBase

from hf_seq.data.batching import IGNORED
from hf_seq.distill.shards import ShardStore, digest
from hf_seq.distill.teacher import Teacher, Text, cache_name
from hf_seq.distill.transfer import Source
from hf_seq.progress import logger
from hf_seq.text import encode_texts, encode_words


def ask_teacher(teacher: Teacher, sources: Sequence[Source], cache: Path) -> list[ShardStore]:
    """Have a teacher's answers about every source, asking only about shards that are missing.

    Args:
        teacher: to be asked.
        sources: the transfer set.
        cache: folder of the cache.

    Returns:
        A store for each source, complete.
    """
    stores = [ShardStore(cache / "teacher" / teacher.key / source.key, _about(teacher, source)) for source in sources]
    total = sum(source.rows for source in sources)
    missing = _missing(sources, stores)
    known = total - sum(rows for *_, rows in missing)
    if known:
        logger.info(f"{teacher.name}: {known:,} of {total:,} answers are in the cache")
    for source, store, shard, rows in missing:
        store.write(shard, rows, teacher.ask(source.shard(shard)))
        known += rows
        logger.info(f"{teacher.name}: {known:,} of {total:,} texts answered")
    return stores


def encode_for_student(
    tokenizer: PreTrainedTokenizerBase, max_length: int, per_word: bool, sources: Sequence[Source], cache: Path
) -> list[ShardStore]:
    """Have the ids of every source as the student's tokenizer gives them; what is missing is made.

    Args:
        tokenizer: of the student.
        max_length: tokens that the student reads.
        per_word: whether the places of words are wanted, too.
        sources: the transfer set.
        cache: folder of the cache.

    Returns:
        A store for each source, complete.
    """
    key = digest(tokenizer_state(tokenizer), max_length, cache_name(per_word))
    about = {"tokenizer": type(tokenizer).__name__, "vocabulary": len(tokenizer), "max_length": max_length}
    stores = [ShardStore(cache / "tokens" / key / source.key, about | _facts(source)) for source in sources]
    for source, store, shard, rows in _missing(sources, stores):
        texts = source.shard(shard)
        store.write(
            shard,
            rows,
            _word_ids(tokenizer, texts, max_length) if per_word else _ids(tokenizer, texts, max_length),
        )
    return stores


def _missing(sources: Sequence[Source], stores: Sequence[ShardStore]) -> list[tuple[Source, ShardStore, int, int]]:
    return [
        (source, store, shard, rows)
        for source, store in zip(sources, stores, strict=True)
        for shard, rows in enumerate(source.sizes)
        if not store.has(shard, rows)
    ]


def _ids(tokenizer: PreTrainedTokenizerBase, texts: list[Any], max_length: int) -> dict[str, Any]:
    rows = encode_texts(texts, tokenizer, max_length).input_ids
    return {"ids": _flat(rows), "lengths": _lengths(rows)}


def _word_ids(tokenizer: PreTrainedTokenizerBase, texts: list[Any], max_length: int) -> dict[str, Any]:
    encoded = encode_words(texts, None, tokenizer, max_length)
    places = [[place for place, word in enumerate(row) if word != IGNORED] for row in encoded.labels]
    return {
        "ids": _flat(encoded.input_ids),
        "lengths": _lengths(encoded.input_ids),
        "places": _flat(places),
        "counts": _lengths(places),
    }


def _flat(rows: Sequence[Sequence[int]]) -> np.ndarray:
    return np.fromiter((value for row in rows for value in row), np.int32, sum(map(len, rows)))


def _lengths(rows: Sequence[Sequence[int]]) -> np.ndarray:
    return np.fromiter(map(len, rows), np.int32, len(rows))


def tokenizer_state(tokenizer: PreTrainedTokenizerBase) -> Any:
    """List what decides a tokenizer's ids."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    return sorted(tokenizer.get_vocab().items()) if backend is None else backend.to_str()


def _about(teacher: Teacher, source: Source) -> dict[str, Any]:
    facts = {
        "teacher": teacher.name,
        "task": cache_name(teacher.per_word),
        "max_length": teacher.max_length,
        "bf16": teacher.bf16,
    }
    return facts | _facts(source)


def _facts(source: Source) -> dict[str, Any]:
    return {"source": source.name, "rows": source.rows}


__all__ = ["Text", "ask_teacher", "encode_for_student", "tokenizer_state"]
