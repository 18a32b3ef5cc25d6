# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A text that is longer than a model reads, in parts that it can read: between sentences, else between words."""

import re
from collections.abc import Callable, Sequence

SENTENCE_END = re.compile(r"(?<=[.!?…。！？])\s+")
Encode = Callable[[str], list[int]]


def parts_of(text: str, encode: Encode, longest: int, *, split: bool = False) -> list[list[int]]:
    """Token ids of a text, or of its parts.

    Args:
        text: any; an empty one has no parts.
        encode: from a text to its ids, special tokens included.
        longest: ids that a part may have.
        split: cut what is too long.

    Raises:
        ValueError: the text is too long and is not to be split, or one word of it is too long.
    """
    if not text.strip():
        return []
    ids = encode(text)
    if len(ids) <= longest:
        return [ids]
    if not split:
        raise ValueError(
            f"the text {text[:40]!r}... has {len(ids):,} tokens, but the model reads {longest:,}; shorten it, or have "
            "it split between sentences (too_long='split', --split)."
        )
    return _packed(SENTENCE_END.split(text), encode, longest)


def _packed(pieces: Sequence[str], encode: Encode, longest: int) -> list[list[int]]:
    """As many sentences, or words of one that is too long, to a part as fit."""
    parts: list[list[int]] = []
    begun = ""
    for piece in pieces:
        longer = f"{begun} {piece}".strip()
        if len(encode(longer)) <= longest:
            begun = longer
            continue
        if begun:
            parts.append(encode(begun))
        begun = piece if len(encode(piece)) <= longest else ""
        if not begun:
            words = piece.split()
            if len(words) < 2:
                raise ValueError(
                    f"the word {piece[:40]!r}... alone has more tokens than the model reads ({longest:,})."
                )
            parts += _packed(words, encode, longest)
    return [*parts, encode(begun)] if begun else parts


__all__ = ["parts_of"]
